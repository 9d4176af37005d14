/** identitySuggestion: two parties that may be one person, how likely and why in words, for a person to accept or refuse. */
import { Type, type Static } from 'typebox'
import { defineResource } from '../../tmf/resource.ts'
import { identityApi } from './identity-api.ts'
import { PartyRef } from './party-ref.ts'

const text = (description: string) => Type.Optional(Type.String({ description }))
const instant = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))

const Reason = Type.Object(
  {
    code: Type.String({ description: 'For programs: sameBirthDate, similarName, sameUnverifiedPhone, lookAlikeLetters …' }),
    text: Type.String({ description: 'For people' }),
    weight: Type.Optional(Type.Number({ description: 'What it adds to the score, or takes from it' })),
  },
  { description: 'One thing that speaks for or against' },
)

const IdentitySuggestion = Type.Object(
  {
    id: Type.String({ description: 'Identifier' }),
    href: Type.String({ description: 'Where it can be read' }),
    '@type': text('IdentitySuggestion'),
    first: Type.Optional(PartyRef),
    second: Type.Optional(PartyRef),
    kind: Type.Optional(Type.Enum(['weak', 'conflict'], { type: 'string', description: 'weak: hints; conflict: a strong identifier says the same person, and something speaks against merging them silently' })),
    score: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: 'How likely, from 0 to 1' })),
    reason: Type.Optional(Type.Array(Reason, { description: 'What speaks for and against' })),
    state: Type.Optional(Type.Enum(['open', 'accepted', 'refused', 'obsolete'], { type: 'string', description: 'obsolete: nothing to decide any more: they are one already, no longer alike, or one is gone' })),
    apart: Type.Optional(Type.Boolean({ description: 'Somebody has found that they are two: no strong identifier merges them silently, also when they are suggested again' })),
    digest: text('Of what was compared: a refused suggestion comes back when it has changed'),
    creationDate: instant('When it was first suggested'),
    decisionDate: instant('When it was decided'),
    decidedBy: text('Who decided it'),
    decisionReason: text('Why'),
    merge: Type.Optional(Type.Object({ id: Type.String({ description: 'Identifier' }), href: Type.Optional(Type.String({ description: 'Where it can be read' })) }, { description: 'The merge that settled it' })),
  },
  { description: 'Two parties that may be one person' },
)
export type IdentitySuggestion = Static<typeof IdentitySuggestion>

export const identitySuggestion = defineResource({
  api: identityApi,
  name: 'identitySuggestion',
  type: 'IdentitySuggestion',
  table: 'identity_suggestion',
  otherKey: true,
  description: 'Two parties that may be one person, with a score and its reasons. A person accepts it, which merges them, or refuses it; a refused one comes back only when something has changed.',
  schema: IdentitySuggestion,
  operations: ['list', 'get'],
  create: { required: ['first', 'second', 'kind', 'score', 'reason'] },
  stamps: { onCreate: ['creationDate'] },
  lifecycle: {
    attribute: 'state',
    states: ['open', 'accepted', 'refused', 'obsolete'],
    initial: ['open'],
    moves: { open: ['accepted', 'refused', 'obsolete'], accepted: ['refused', 'obsolete'], refused: ['open', 'accepted'], obsolete: ['open', 'accepted', 'refused'] },
    movedBy: 'server',
  },
  filters: { state: 'text', kind: 'text', score: 'number', 'first.id': 'text', 'second.id': 'text', creationDate: 'instant' },
  external: false,
  references: [{ path: 'first', weak: true }, { path: 'second', weak: true }],
  example: {
    first: { id: 'ind-001', '@referredType': 'Individual' },
    second: { id: 'ind-002', '@referredType': 'Individual' },
    kind: 'weak',
    score: 0.6,
    reason: [
      { code: 'sameBirthDate', text: 'The same birth date', weight: 0.3 },
      { code: 'sameUnverifiedPhone', text: 'The same phone number, not verified', weight: 0.3 },
    ],
  },
})
