/**
 * A port of a line that is held for somebody (Tandem's own): reserved at the checkout, taken by the order, released when it is cancelled,
 * expired when nobody ordered in time. The count of each line moves in the transaction of every change (capacity-store.ts).
 */
import { Type, type Static } from 'typebox'
import type { Transaction } from '../../platform/database/sql.ts'
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import { systemContext, type Context } from '../../platform/principal.ts'
import { defineResource, PrepareAgain, type Work } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { RelatedPlaceRefOrValue } from '../../tmf/types/product.ts'
import { RelatedParty } from '../../tmf/types/references.ts'
import { questionOf } from './capacity-question.ts'
import { freePort, holdPort, settlePort, unsettlePort, type LineKey } from './capacity-store.ts'
import { answerTo } from './ask.ts'
import type { Coverage, Verdict } from './qualification.ts'
import { serviceabilityApi } from './qualification-api.ts'
import { rememberedCoverageAt } from './remembered-places.ts'
import { readService } from './requirement.ts'

const text = (description: string) => Type.Optional(Type.String({ maxLength: 200, description }))
const instant = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))

export const CapacityReservation = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    state: Type.Optional(Type.Enum(['reserved', 'taken', 'released', 'expired'], { type: 'string', description: 'Where it stands' })),
    place: Type.Optional(RelatedPlaceRefOrValue),
    technology: text('Technology that is wanted'),
    provider: text('Provider that is wanted'),
    serviceCharacteristic: Type.Optional(Type.Array(Type.Object({ name: Type.String({ description: 'downloadSpeed, latencyClass …' }), value: Type.Unknown({ description: 'The value' }), ...extensible }), { maxItems: 50, description: 'What is needed of the line, as a qualification asks it' })),
    serviceSpecification: Type.Optional(Type.Object({ id: Type.String({ description: 'Kind of service' }), ...extensible }, { description: 'Kind of service, whose own need is added' })),
    qualification: Type.Optional(
      Type.Object({ id: Type.String({ description: 'A checkServiceQualification, or a productOfferingQualification' }), itemId: text('Its item; the only one when left out') }, { description: 'Answer whose line is reserved, instead of a place' }),
    ),
    expirationDate: instant('Until when it is held (business time); half an hour when left out'),
    creationDate: instant('When it was made'),
    settledDate: instant('When the order that took it was delivered'),
    line: Type.Optional(
      Type.Object(
        {
          provider: Type.String({ description: 'Provider' }), technology: Type.String({ description: 'Technology' }), placeKind: Type.Enum(['address', 'cell'], { type: 'string', description: 'What the line is of' }),
          placeId: Type.String({ description: 'The address, or the H3 cell' }), maxDownload: Type.Optional(Type.Number({ description: 'Mbit/s down' })), maxUpload: Type.Optional(Type.Number({ description: 'Mbit/s up' })),
          ports: Type.Optional(Type.Integer({ description: 'Ports as its source counted them' })), asOf: Type.String({ format: 'date-time', description: 'When the source counted them' }),
        },
        { description: 'The line whose port it is' },
      ),
    ),
    order: Type.Optional(Type.Object({ id: Type.String({ description: 'The order' }), itemId: Type.String({ description: 'Its item' }) }, { description: 'Which order took it' })),
    relatedParty: Type.Optional(Type.Array(RelatedParty, { description: 'For whom it is held' })),
    ...extensible,
  },
  { description: 'A port that is held for somebody' },
)
export type CapacityReservation = Static<typeof CapacityReservation>

const HOLD_MS = 30 * 60_000
const LONGEST_MS = 30 * 86_400_000

const described = (line: Coverage, from?: Date): string =>
  `${line.technology} by ${line.provider}${line.maxDownload === undefined ? '' : `, up to ${line.maxDownload} Mbit/s`}${from === undefined ? '' : `, from ${from.toISOString().slice(0, 10)}`}`

/** Why nothing is reserved, with what could be had instead, the best fit first. */
const refusalOf = (verdict: Verdict, placeId: string | undefined): Error => {
  const full = verdict.reasons.some(reason => reason.code === 'noCapacity')
  const instead = verdict.proposals.map(proposal => described(proposal.line, proposal.availableFrom))
  const refusal = refuse.conflict(full ? 'noCapacity' : 'notServiceable', `${verdict.reasons.map(reason => reason.label).join('; ') || 'Nothing can be reserved here'}${instead.length > 0 ? `. Instead: ${instead.join('; ')}` : ''}`)
  const unknown = verdict.reasons.find(reason => reason.code === 'addressUnknown' || reason.code === 'siteUnknown')
  if (unknown !== undefined && placeId !== undefined) refusal.faults.push(fault('place.id', 'names no place that is known here', placeId))
  refusal.faults.push(...verdict.proposals.map((proposal, index): Fault => ({ path: 'line', rule: 'could be had instead', value: instead[index] ?? proposal.line.id })))
  return refusal
}

/** The best line with a port left. What expired and was not swept yet is given back first where there is none. */
const lineFor = async (doc: CapacityReservation, { deps, context, now }: Pick<Work<CapacityReservation>, 'deps' | 'context' | 'now'>): Promise<Coverage> => {
  const { service, path } = await questionOf(doc, deps, context)
  const asked = readService(service, path)
  if (asked.faults.length > 0) throw refuse.invalid(asked.faults)
  const answer = (): Promise<Verdict> => answerTo(deps, context, asked, service.serviceSpecification?.id, now, undefined, { look: rememberedCoverageAt })
  let verdict = await answer()
  if (verdict.lines.length === 0 && verdict.reasons.some(reason => reason.code === 'noCapacity') && (await expireDue(deps, context.brand, now)) > 0) verdict = await answer()
  const line = verdict.lines.find(one => one.place !== undefined)
  if (line === undefined) throw refusalOf(verdict, doc.place?.id)
  return line
}

type Line = NonNullable<CapacityReservation['line']>

const shownLine = (line: Coverage): Line => ({
  provider: line.provider,
  technology: line.technology,
  placeKind: line.place?.kind ?? 'address',
  placeId: line.place?.id ?? '',
  ...(line.maxDownload !== undefined && { maxDownload: line.maxDownload }),
  ...(line.maxUpload !== undefined && { maxUpload: line.maxUpload }),
  ...((line.counted ?? line.capacity) !== undefined && { ports: line.counted ?? line.capacity ?? 0 }),
  asOf: line.asOf.toISOString(),
})

/** What the count of the line knows of a reservation. */
const counts = (doc: CapacityReservation | undefined): boolean => doc !== undefined && (doc.state === 'reserved' || (doc.state === 'taken' && doc.settledDate === undefined))

const hold = async (doc: CapacityReservation, context: Context, tx: Transaction): Promise<void> => {
  const { line } = doc
  if (line === undefined) throw new Error(`capacityReservation ${doc.id} has no line`)
  if (!(await holdPort(tx, context.brand, line, line.ports, new Date(line.asOf)))) throw new PrepareAgain('The last port of the line went meanwhile')
}

const CUSTOMER = ['customer', 'owner', 'buyer', 'subscriber']

export const capacityReservation = defineResource({
  api: serviceabilityApi,
  name: 'capacityReservation',
  type: 'CapacityReservation',
  table: 'capacity_reservation',
  description: 'Holds a port of the best line that meets what is asked of a place, or of the line that a qualification answered, until expirationDate. An order item that names it takes it. DELETE gives the port back.',
  schema: CapacityReservation,
  operations: ['list', 'get', 'create', 'delete'],
  create: { omits: ['state', 'creationDate', 'settledDate', 'line', 'order'] },
  stamps: { onCreate: ['creationDate'] },
  lifecycle: { attribute: 'state', states: ['reserved', 'taken', 'released', 'expired'], initial: ['reserved'], moves: { reserved: ['taken', 'released', 'expired'], taken: ['released'] }, movedBy: 'server' },
  filters: { state: 'text', expirationDate: 'instant', creationDate: 'instant', technology: 'text', provider: 'text', 'order.id': 'text', 'line.placeId': 'text' },
  references: [{ path: 'relatedParty[]' }],
  ownerParty: doc => doc.relatedParty?.find(party => CUSTOMER.includes((party.role ?? '').toLowerCase()))?.id,
  events: ['create', 'stateChange', 'delete'],
  external: false,
  async prepare(draft, work) {
    if (work.previous !== undefined) return draft
    const { now } = work
    const until = draft.expirationDate === undefined ? new Date(now.getTime() + HOLD_MS) : new Date(draft.expirationDate)
    if (until <= now) throw refuse.invalid([fault('expirationDate', 'must be in the future', draft.expirationDate)])
    if (until.getTime() - now.getTime() > LONGEST_MS) throw refuse.invalid([fault('expirationDate', 'must be within thirty days', draft.expirationDate)])
    const line = await lineFor(draft, work)
    return { ...draft, expirationDate: until.toISOString(), line: shownLine(line) }
  },
  checkDelete(doc) {
    if (doc.state !== 'taken') return
    const order = doc.order?.id ?? ''
    throw refuse.conflict('reservationTaken', doc.settledDate === undefined ? `capacityReservation ${doc.id} is taken by order ${order}: cancel that` : `capacityReservation ${doc.id} is in use since order ${order} was completed`)
  },
  consequences: (doc, { context, tx }) => hold(doc, context, tx),
  async changeConsequences(doc, { previous, context, now, tx }) {
    if (previous?.settledDate !== undefined && doc?.state === 'released') await unsettlePort(tx, context.brand, previous.id)
    if (!counts(previous) || counts(doc) || previous.line === undefined) return
    const key: LineKey = previous.line
    if (doc?.state === 'taken') await settlePort(tx, context.brand, previous.id, key, now)
    else await freePort(tx, context.brand, key)
  },
  example: { place: { id: 'adr-quay-street-7', role: 'installation', '@referredType': 'GeographicAddress' }, technology: 'fibre' },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'neither a place nor a qualification is given, or the qualification or its item does not exist', attribute: 'place' },
    { status: 400, code: 'invalidAttribute', when: 'the end is past or too far ahead', attribute: 'expirationDate' },
    { status: 409, code: 'noCapacity', when: 'no line that meets the question has a port left; what could be had instead is named', attribute: 'place' },
    { status: 409, code: 'notServiceable', when: 'no line meets the question; what could be had instead is named', attribute: 'place' },
    { status: 409, code: 'reservationTaken', when: 'a reservation that an order took is deleted' },
  ],
})

/** How many are given back at once. */
export const EXPIRED_AT_ONCE = 200

/** Expires what is due by business time; how many it were. One that is taken at this moment stays with its order. */
export const expireDue = async (deps: Pick<Services, 'store'>, brand: string, now: Date): Promise<number> => {
  const context = systemContext(brand, newId())
  const due = await deps.store.find(context, capacityReservation, { where: [{ path: 'state', value: 'reserved' }, { path: 'expirationDate', op: 'lte', value: now.toISOString() }], sort: 'expirationDate', limit: EXPIRED_AT_ONCE })
  for (const { id } of due) await deps.store.update(context, capacityReservation, id, doc => (doc.state === 'reserved' ? { ...doc, state: 'expired' as const } : doc))
  return due.length
}
