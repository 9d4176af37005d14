/** TMF645 checkServiceQualification: can these services be delivered there? Answered in the request; the answer is kept and does not change. */
import { isDeepStrictEqual } from 'node:util'
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import { defineResource } from '../../tmf/resource.ts'
import { checkedItem, expiryOfAll, type CheckItem } from './answer.ts'
import { answerTo, readAll, wantedAt } from './ask.ts'
import { CheckServiceQualification, checkServiceQualificationCreate, checkServiceQualificationUpdate } from './check-service-qualification.schema.ts'
import { qualificationApi } from './qualification-api.ts'
import { overall, type Result } from './qualification.ts'
import { taskLifecycle } from './task.ts'

/** Each item costs queries; nobody asks for more at once in earnest. */
const MAX_ITEMS = 100

/** Question and answer belong together: a channel has shown them, a cart line relies on them. */
const PINNED = [
  'serviceQualificationItem', 'qualificationResult', 'effectiveQualificationDate', 'estimatedResponseDate', 'expirationDate',
  'instantSyncQualification', 'provideAlternative', 'provideUnavailabilityReason',
] as const satisfies readonly (keyof CheckServiceQualification)[]

const numbered = (items: readonly CheckItem[]): { items: CheckItem[]; faults: Fault[] } => {
  const taken = new Set<string>()
  const faults: Fault[] = []
  for (const [index, { id }] of items.entries()) {
    if (id === undefined) continue
    if (taken.has(id)) faults.push(fault(`serviceQualificationItem[${index}].id`, 'is used by another item', id))
    taken.add(id)
  }
  let next = 0
  const free = (): string => {
    do next += 1
    while (taken.has(String(next)))
    return String(next)
  }
  return { items: items.map(item => (item.id === undefined ? { ...item, id: free() } : item)), faults }
}

export const checkServiceQualification = defineResource({
  api: qualificationApi,
  name: 'checkServiceQualification',
  type: 'CheckServiceQualification',
  table: 'check_service_qualification',
  description:
    'Asks whether services can be delivered at a place (an address id, address attributes, coordinates or an H3 cell) and answers at once: qualified, alternate with proposals, or unqualified with reasons.',
  schema: CheckServiceQualification,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { ...checkServiceQualificationCreate, alsoAnswers: [200], answers: doc => (doc.instantSyncQualification === true ? 200 : 201) },
  update: checkServiceQualificationUpdate,
  lifecycle: taskLifecycle,
  stamps: { onCreate: ['checkServiceQualificationDate'] },
  filters: { state: 'text', qualificationResult: 'text', externalId: 'text', checkServiceQualificationDate: 'instant', expirationDate: 'instant' },
  references: [{ path: 'relatedParty[]' }],
  async prepare(draft, { context, now, previous, deps }) {
    if (previous !== undefined) return draft
    const given = draft.serviceQualificationItem ?? []
    if (given.length === 0) throw refuse.invalid([fault('serviceQualificationItem', 'must have at least one item')])
    if (given.length > MAX_ITEMS) throw refuse.invalid([fault('serviceQualificationItem', `must have at most ${MAX_ITEMS} items`)])
    const { items, faults } = numbered(given)
    const read = readAll(items.map(item => item.service), index => `serviceQualificationItem[${index}].service`)
    faults.push(...read.faults)
    if (faults.length > 0) throw refuse.invalid(faults)
    const flags = { alternatives: draft.provideAlternative === true, reasons: draft.provideUnavailabilityReason !== false }
    const answered: CheckItem[] = []
    const results: Result[] = []
    for (const [index, item] of items.entries()) {
      const asked = read.asked[index]
      if (asked === undefined) continue
      const verdict = await answerTo(deps, context, asked, item.service?.serviceSpecification?.id, wantedAt(item, now), item.category?.id)
      results.push(verdict.result)
      answered.push(checkedItem(item, verdict, now, flags))
    }
    const state = answered.every(item => item.state === 'terminatedWithError') ? ('terminatedWithError' as const) : ('done' as const)
    return {
      ...draft,
      serviceQualificationItem: answered,
      qualificationResult: overall(results),
      state,
      effectiveQualificationDate: now.toISOString(),
      expirationDate: expiryOfAll(answered, now),
    }
  },
  check(doc, { previous, by }) {
    if (previous === undefined || by === 'server') return
    const changed = PINNED.filter(name => !isDeepStrictEqual(doc[name], previous[name]))
    if (changed.length > 0) throw refuse.conflict('qualificationAnswered', `${changed.join(', ')} cannot change once the qualification is answered: ask again with a new one`, changed.map(path => fault(path, `cannot change once the qualification is answered`)))
  },
  example: {
    description: 'Can this home have gigabit fibre?',
    provideAlternative: true,
    provideUnavailabilityReason: true,
    serviceQualificationItem: [
      {
        id: '1',
        service: {
          serviceCharacteristic: [
            { name: 'technology', valueType: 'string', value: 'fibre' },
            { name: 'downloadSpeed', valueType: 'number', value: 1000 },
          ],
          place: [{ id: 'adr-quay-street-7', role: 'installationAddress', '@referredType': 'GeographicAddress' }],
        },
      },
    ],
  },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'no item is given, or more than 100', attribute: 'serviceQualificationItem' },
    { status: 400, code: 'invalidAttribute', when: 'two items have the same id', attribute: 'serviceQualificationItem[].id' },
    { status: 400, code: 'invalidAttribute', when: 'coordinates are not on earth, or the H3 cell is none', attribute: 'serviceQualificationItem[].service.place[]' },
    { status: 400, code: 'invalidAttribute', when: 'a speed, latency class or market segment cannot be understood', attribute: 'serviceQualificationItem[].service.serviceCharacteristic[].value' },
    { status: 409, code: 'qualificationAnswered', when: 'a PATCH changes the question or the answer', attribute: 'serviceQualificationItem' },
  ],
})
