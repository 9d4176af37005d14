/** partyMerge: two parties are one person, since when and why; undone, they are two again. Nothing else says so: clusters follow from it. */
import { Type, type Static } from 'typebox'
import { defineResource } from '../../tmf/resource.ts'
import { identityApi } from './identity-api.ts'
import { PartyRef } from './party-ref.ts'

const text = (description: string) => Type.Optional(Type.String({ description }))
const instant = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))

const PartyMerge = Type.Object(
  {
    id: Type.String({ description: 'Identifier' }),
    href: Type.String({ description: 'Where it can be read' }),
    '@type': text('PartyMerge'),
    survivor: Type.Optional(PartyRef),
    merged: Type.Optional(PartyRef),
    kind: Type.Optional(Type.Enum(['manual', 'strong', 'suggested'], { type: 'string', description: 'manual: a person asked for it; strong: the same verified identifier; suggested: a person accepted a suggestion' })),
    reason: text('Why'),
    state: Type.Optional(Type.Enum(['active', 'undone'], { type: 'string', description: 'undone: they are two again, each as if the merge had not been' })),
    creationDate: instant('When they became one'),
    createdBy: text('Who merged them'),
    undoneDate: instant('When it was undone'),
    undoneBy: text('Who undid it'),
    undoneReason: text('Why it was undone'),
  },
  { description: 'Two parties that are one person' },
)
export type PartyMerge = Static<typeof PartyMerge>

export const partyMerge = defineResource({
  api: identityApi,
  name: 'partyMerge',
  type: 'PartyMerge',
  table: 'party_merge',
  description: 'Two parties that were found to be one person. Both keep their own records; the survivor shows what is best known of both. Undoing it gives both back exactly.',
  schema: PartyMerge,
  operations: ['list', 'get'],
  create: { required: ['survivor', 'merged'] },
  stamps: { onCreate: ['creationDate'] },
  lifecycle: { attribute: 'state', states: ['active', 'undone'], initial: ['active'], moves: { active: ['undone'] }, movedBy: 'server' },
  filters: { state: 'text', kind: 'text', 'survivor.id': 'text', 'merged.id': 'text', creationDate: 'instant' },
  // Both parties cannot be deleted while they are one (their documents say so); afterwards this is history.
  references: [{ path: 'survivor', weak: true }, { path: 'merged', weak: true }],
  events: ['create', 'stateChange'],
  example: {
    survivor: { id: 'ind-001', '@referredType': 'Individual' },
    merged: { id: 'ind-002', '@referredType': 'Individual' },
    kind: 'manual',
    reason: 'The customer called and named both numbers',
  },
})
