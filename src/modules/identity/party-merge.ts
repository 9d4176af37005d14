/** partyMerge: two parties are one person, since when and why; undone, they are two again. Nothing else says so: clusters follow from it. */
import { Type, type Static } from 'typebox'
import { fault, refuse } from '../../platform/errors.ts'
import { isConfined } from '../../platform/principal.ts'
import { defineResource } from '../../tmf/resource.ts'
import { partyOf } from '../customer/index.ts'
import { identityApi } from './identity-api.ts'
import { joinParties } from './join.ts'
import { kindOf, partyRef, PartyRef } from './party-ref.ts'
import { tellPersonsChanged } from './persons-changed.ts'

const text = (description: string) => Type.Optional(Type.String({ description }))
const instant = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))

/** The class is found where a caller leaves it out. */
const AnyRef = Type.Object({ ...PartyRef.properties, '@referredType': Type.Optional(PartyRef.properties['@referredType']) }, { description: 'An individual or organization' })
type AnyRef = Static<typeof AnyRef>

const PartyMerge = Type.Object(
  {
    id: Type.String({ description: 'Identifier' }),
    href: Type.String({ description: 'Where it can be read' }),
    '@type': text('PartyMerge'),
    survivor: Type.Optional(AnyRef),
    merged: Type.Optional(AnyRef),
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

/** The two sides of a stored merge. */
export const sidesOf = (merge: PartyMerge): { survivor: PartyRef; merged: PartyRef } => ({ survivor: merge.survivor as PartyRef, merged: merge.merged as PartyRef })

/** Merging changes what both parties show, so that both must be here. */
const isElsewhere = (href: string | undefined, publicUrl: string | undefined): boolean => href !== undefined && /^[a-z][a-z0-9+.-]*:|^\/\//i.test(href) && !(publicUrl !== undefined && href.startsWith(`${publicUrl}/`))

export const partyMerge = defineResource({
  api: identityApi,
  name: 'partyMerge',
  type: 'PartyMerge',
  table: 'party_merge',
  description: 'Two parties that were found to be one person. Both keep their own records; the survivor shows what is best known of both. Undoing it gives both back exactly.',
  schema: PartyMerge,
  operations: ['list', 'get', 'create'],
  create: { required: ['survivor', 'merged'] },
  serverSet: ['kind', 'createdBy', 'undoneDate', 'undoneBy', 'undoneReason'],
  stamps: { onCreate: ['creationDate'] },
  lifecycle: { attribute: 'state', states: ['active', 'undone'], initial: ['active'], moves: { active: ['undone'] }, movedBy: 'server' },
  filters: { state: 'text', kind: 'text', 'survivor.id': 'text', 'merged.id': 'text', creationDate: 'instant' },
  // Both parties cannot be deleted while they are one (their documents say so); afterwards this is history.
  references: [{ path: 'survivor', weak: true }, { path: 'merged', weak: true }],
  events: ['create', 'stateChange'],
  external: false,
  async prepare(draft, { context, previous, deps }) {
    if (previous) return draft
    const whole = async (ref: AnyRef, attribute: string): Promise<PartyRef> => {
      if (isElsewhere(ref.href, deps.config.publicUrl)) throw refuse.invalid([fault(`${attribute}.href`, 'is a party of another system: its record is brought here first', ref.href)])
      const kind = ref['@referredType'] === undefined ? (await partyOf(deps, context, { id: ref.id }))?.kind : kindOf(ref as PartyRef)
      if (kind === undefined) throw refuse.invalid([fault(`${attribute}.id`, 'refers to a party that does not exist', ref.id)])
      return partyRef(kind, ref.id)
    }
    return { ...draft, survivor: await whole(draft.survivor!, 'survivor'), merged: await whole(draft.merged!, 'merged'), kind: draft.kind ?? 'manual', createdBy: draft.createdBy ?? context.principal.id }
  },
  check(doc, { context, previous }) {
    if (previous) return
    if (isConfined(context.principal)) throw refuse.forbidden('Merging concerns all parties of a brand: a caller that is confined to certain ones has no part in it')
    if (doc.survivor!.id === doc.merged!.id) throw refuse.invalid([fault('merged.id', 'must be another party than the survivor', doc.merged!.id)])
    if (doc.survivor!['@referredType'] !== doc.merged!['@referredType']) throw refuse.invalid([fault('merged.@referredType', 'must be that of the survivor: a person and an organization are never one', doc.merged!['@referredType'])])
  },
  afterWrite: tellPersonsChanged,
  consequences: (doc, work) => joinParties({ id: doc.id, ...sidesOf(doc) }, work),
  example: {
    survivor: { id: 'ind-001', '@referredType': 'Individual' },
    merged: { id: 'ind-002', '@referredType': 'Individual' },
    reason: 'The customer called and named both numbers',
  },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'a party is of another system', attribute: 'merged.href' },
    { status: 400, code: 'invalidAttribute', when: 'both are the same party, or a person and an organization', attribute: 'merged' },
    { status: 409, code: 'alreadyOne', when: 'both are the same person already' },
    { status: 409, code: 'notNow', when: 'one of them is being forgotten' },
  ],
})
