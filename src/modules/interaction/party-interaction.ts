/** TMF683 partyInteraction: one contact between a party and the provider, in whatever channel. The contacts of a customer are its thread. */
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import type { Context } from '../../platform/principal.ts'
import { defineApi, defineResource } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { customer, partyOf } from '../customer/index.ts'
import { PartyInteraction, partyInteractionCreate, partyInteractionUpdate } from './party-interaction.schema.ts'

export const partyInteractionApi = defineApi({
  number: 683,
  name: 'partyInteraction',
  version: 'v4',
  release: '4.0.0',
  title: 'Party Interaction',
  description: 'Every contact with a party in every channel, one record each, so that the next channel sees the thread.',
  slug: 'party-interaction',
})

type Parties = NonNullable<PartyInteraction['relatedParty']>

/** Who took part for the provider. */
const STAFF: readonly string[] = ['agent', 'employee', 'staff', 'operator', 'seller']

const isStaff = (party: Parties[number]): boolean => STAFF.includes(party.role?.toLowerCase() ?? '')

/** Whose contact it is: a person or company rather than its role as a customer, and nobody of the staff. */
const ownerOf = (parties: Parties = []): string | undefined => {
  const own = parties.filter(party => !isStaff(party))
  return (own.find(party => party['@referredType'] !== customer.type) ?? own[0])?.id
}

/** Beside each customer the party that is engaged: a thread is found by either, and belongs to the party. */
const withEngagedParties = async (deps: Services, context: Context, parties: Parties): Promise<Parties> => {
  const added: Parties = []
  for (const one of parties) {
    if (one['@referredType'] !== customer.type) continue
    const party = await partyOf(deps, context, one)
    if (party === undefined || [...parties, ...added].some(other => other.id === party.id)) continue
    added.push({ id: party.id, href: party.doc.href, ...(party.name !== undefined && { name: party.name }), ...(one.role !== undefined && { role: one.role }), '@referredType': party.kind === 'individual' ? 'Individual' : 'Organization' })
  }
  return added.length === 0 ? parties : [...parties, ...added]
}

interface Period {
  startDateTime?: string
  endDateTime?: string
}

const periodFaults = (period: Period | undefined, at: string): Fault[] =>
  period?.startDateTime !== undefined && period.endDateTime !== undefined && Date.parse(period.endDateTime) < Date.parse(period.startDateTime)
    ? [fault(`${at}.endDateTime`, 'must not be before startDateTime', period.endDateTime)]
    : []

export const partyInteraction = defineResource({
  api: partyInteractionApi,
  name: 'partyInteraction',
  type: 'PartyInteraction',
  table: 'party_interaction',
  description: 'One contact between a party and the provider. The thread of a customer: relatedParty.id=…&sort=-interactionDate.startDateTime',
  schema: PartyInteraction,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: partyInteractionCreate,
  update: partyInteractionUpdate,
  serverSet: ['statusChangeDate'],
  stamps: { onCreate: ['creationDate'] },
  lifecycle: {
    attribute: 'status',
    states: ['open', 'inProgress', 'completed'],
    // Most contacts are over when they are written down.
    initial: ['open', 'inProgress', 'completed'],
    moves: { open: ['inProgress', 'completed'], inProgress: ['open', 'completed'], completed: ['open'] },
    movedBy: 'client',
    changeEvent: 'StatusChangeEvent',
  },
  filters: { status: 'text', direction: 'text', reason: 'text', creationDate: 'instant', 'interactionDate.startDateTime': 'instant', 'interactionDate.endDateTime': 'instant' },
  // A contact is history: it keeps nobody and nothing from being deleted.
  references: [
    { path: 'relatedParty[]', weak: true },
    { path: 'interactionItem[].item', onMissing: 'record', weak: true },
    { path: 'interactionItem[].relatedParty[]', weak: true },
    { path: 'interactionRelationship[]', to: 'partyInteraction', weak: true },
  ],
  ownerParty: doc => ownerOf(doc.relatedParty),
  prepare: async (draft, { now, previous, context, deps }) => {
    const moved = draft.status === previous?.status ? draft : { ...draft, statusChangeDate: now.toISOString() }
    return moved.relatedParty === undefined ? moved : { ...moved, relatedParty: await withEngagedParties(deps, context, moved.relatedParty) }
  },
  check: doc => {
    const faults = [...periodFaults(doc.interactionDate, 'interactionDate'), ...(doc.interactionItem ?? []).flatMap((item, index) => periodFaults(item.itemDate, `interactionItem[${index}].itemDate`))]
    if (faults.length > 0) throw refuse.invalid(faults)
  },
  example: {
    description: 'Asked when the technician comes',
    direction: 'inbound',
    reason: 'appointmentQuestion',
    status: 'completed',
    channel: [{ id: 'care', name: 'Customer care' }],
    interactionDate: { startDateTime: '2026-11-20T09:30:00Z', endDateTime: '2026-11-20T09:34:00Z' },
    interactionItem: [{ id: '1', reason: 'appointmentQuestion', resolution: 'Told the time slot', item: { id: 'order-7', href: 'https://shop.example.com/order/7', role: 'subject', '@referredType': 'ProductOrder' } }],
    relatedParty: [{ id: 'ada-lovelace', href: 'https://crm.example.com/party/ada-lovelace', name: 'Ada Lovelace', role: 'customer', '@referredType': 'ExternalParty' }],
  },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'a text that people write holds a card number; the answer does not repeat it', attribute: 'description' },
    { status: 400, code: 'invalidAttribute', when: 'a time ends before it begins', attribute: 'interactionDate.endDateTime' },
    { status: 409, code: 'stateMoveNotAllowed', when: 'status is changed to one that does not follow', attribute: 'status' },
  ],
})
