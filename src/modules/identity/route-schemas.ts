/** Bodies and answers of the identity module's own operations, for their document and the check of what comes in. */
import { Type } from 'typebox'
import { IDENTIFIER_TYPES } from './normalise.ts'
import { PartyRef } from './party-ref.ts'

const instant = (description: string) => Type.String({ format: 'date-time', description })
const id = (description: string) => Type.String({ minLength: 1, maxLength: 255, description })
const reason = Type.Optional(Type.String({ maxLength: 1000, description: 'Why' }))
const identifierType = Type.Enum([...IDENTIFIER_TYPES], { type: 'string', description: 'What kind of identifier it is' })

export const IdParams = Type.Object({ id: id('Identifier') })

export const Decision = Type.Object({ reason }, { additionalProperties: false, examples: [{ reason: 'The customer was asked' }] })

export const Acceptance = Type.Object(
  { reason, survivor: Type.Optional(id('Which of the two stands for both; the first when left out')) },
  { additionalProperties: false, examples: [{ reason: 'Both numbers are hers' }] },
)

export const IdentifierCreate = Type.Object(
  {
    party: id('Identifier of the individual or organization'),
    type: identifierType,
    value: Type.String({ minLength: 1, maxLength: 1000, description: 'As it was given; phones may be written in any way' }),
    scope: Type.Optional(Type.String({ maxLength: 200, description: 'Who gave it, where values are unique only there: the stack of a customer number' })),
    source: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'Who says that it is the party’s; tandem when left out' })),
    since: Type.Optional(instant('From when on it is theirs; now when left out')),
    until: Type.Optional(instant('Until when; open when left out')),
    verified: Type.Optional(Type.Boolean({ description: 'It has been verified, just now' })),
    verifiedBy: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'How or by whom: a code by SMS' })),
  },
  { additionalProperties: false, examples: [{ party: 'ind-001', type: 'phone', value: '+49 30 901820', verified: true, verifiedBy: 'code by SMS' }] },
)

export const Verification = Type.Object(
  {
    verifiedBy: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'How or by whom: a code by SMS; the caller when left out' })),
    at: Type.Optional(instant('When it was verified; now when left out, never in the future')),
    until: Type.Optional(instant('Until when that holds; open when left out')),
  },
  { additionalProperties: false, examples: [{ verifiedBy: 'code by SMS' }] },
)

export const End = Type.Object({ at: Type.Optional(instant('When it ended; now when left out, never in the future')) }, { additionalProperties: false, examples: [{}] })

export const IdentifierQuery = Type.Object(
  { party: id('Party whose identifiers are wanted'), ended: Type.Optional(Type.Boolean({ description: 'Also those that have ended' })) },
  { additionalProperties: false },
)

export const LookupQuery = Type.Object(
  {
    type: identifierType,
    value: Type.String({ minLength: 1, maxLength: 1000, description: 'Written in any way' }),
    scope: Type.Optional(Type.String({ maxLength: 200, description: 'Who gave it' })),
    at: Type.Optional(instant('Whose it was then; now when left out')),
  },
  { additionalProperties: false },
)

const Ref = Type.Object({ id: Type.String({ description: 'Identifier' }), href: Type.String({ description: 'Where it can be read' }) }, { description: 'A reference' })

export const IdentifierAnswer = Type.Object(
  {
    id: Type.String({ description: 'Identifier' }),
    href: Type.String({ description: 'Where it can be read' }),
    party: PartyRef,
    person: Type.Unsafe<unknown>({ ...PartyRef, description: 'The party that stands for the person: another one where the party is merged' }),
    type: identifierType,
    scope: Type.Optional(Type.String({ description: 'Who gave it' })),
    value: Type.String({ description: 'In the form in which it is compared: phones in E.164' }),
    raw: Type.String({ description: 'As it was given' }),
    source: Type.String({ description: 'Who says that it is theirs' }),
    confidence: Type.Number({ description: 'From 0 to 1' }),
    verified: Type.Boolean({ description: 'Whether it has been verified' }),
    verifiedAt: Type.Optional(instant('When')),
    verifiedBy: Type.Optional(Type.String({ description: 'How or by whom' })),
    since: instant('From when on it is theirs'),
    until: Type.Optional(instant('Until when it was')),
    merge: Type.Optional(Type.Unsafe<unknown>({ ...Ref, description: 'Of an answer to a verification: the merge that it led to' })),
    conflict: Type.Optional(Type.Array(Type.String(), { description: 'Of an answer to a verification: what kept the other party that had it from being merged, in words; a suggestion says the same' })),
  },
  { description: 'An identifier of a party' },
)

export const IdentifierList = Type.Array(IdentifierAnswer)

export const ClusterAnswer = Type.Object(
  {
    person: PartyRef,
    member: Type.Array(PartyRef, { description: 'All parties that are this person, the one that stands for them first' }),
    merge: Type.Array(Type.Object({ id: Type.String({ description: 'Identifier' }), href: Type.String({ description: 'Where it can be read' }), survivor: Type.String({ description: 'Party' }), merged: Type.String({ description: 'Party' }) }), { description: 'The merges that say so, oldest first' }),
  },
  { description: 'A person, and the parties that it is' },
)
