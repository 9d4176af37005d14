/** TMF645 queryServiceQualification: which services can be delivered there? */
import { isDeepStrictEqual } from 'node:util'
import { fault, refuse } from '../../platform/errors.ts'
import { defineResource } from '../../tmf/resource.ts'
import { askedOf, expiryOfAll, foundItems, withFurther } from './answer.ts'
import { answerTo, wantedAt } from './ask.ts'
import { qualificationApi } from './qualification-api.ts'
import { QueryServiceQualification, queryServiceQualificationCreate, queryServiceQualificationUpdate } from './query-service-qualification.schema.ts'
import { readService } from './requirement.ts'
import { taskLifecycle } from './task.ts'

const PINNED = ['searchCriteria', 'serviceQualificationItem', 'effectiveQualificationDate', 'estimatedResponseDate', 'expirationDate', 'instantSyncQualification'] as const satisfies readonly (keyof QueryServiceQualification)[]

export const queryServiceQualification = defineResource({
  api: qualificationApi,
  name: 'queryServiceQualification',
  type: 'QueryServiceQualification',
  table: 'query_service_qualification',
  description: 'Asks which services can be delivered at a place and answers at once with one item for each line that meets the criteria, the best first.',
  schema: QueryServiceQualification,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { ...queryServiceQualificationCreate, alsoAnswers: [200], answers: doc => (doc.instantSyncQualification === true ? 200 : 201) },
  update: queryServiceQualificationUpdate,
  lifecycle: taskLifecycle,
  stamps: { onCreate: ['queryServiceQualificationDate'] },
  filters: { state: 'text', externalId: 'text', queryServiceQualificationDate: 'instant', expirationDate: 'instant' },
  references: [{ path: 'relatedParty[]' }],
  events: ['create', 'stateChange', 'delete'],
  async prepare(draft, { context, now, previous, deps }) {
    const criteria = draft.searchCriteria
    if (previous !== undefined || criteria === undefined) return draft
    const asked = readService(criteria.service ?? {}, 'searchCriteria.service')
    if (asked.faults.length > 0) throw refuse.invalid(asked.faults)
    const verdict = await answerTo(deps, context, asked, criteria.service?.serviceSpecification?.id, wantedAt(criteria, now), criteria.category?.id)
    const items = foundItems(criteria, verdict, now)
    // Criteria without a place cannot be answered; a place where nothing is delivered can.
    const state = verdict.reasons.some(reason => reason.code === 'placeMissing') ? ('terminatedWithError' as const) : ('done' as const)
    return {
      ...draft,
      // Where nothing was found there is no item to say it.
      ...(verdict.asked !== undefined && { searchCriteria: { ...criteria, service: withFurther(criteria.service ?? {}, askedOf(verdict)) } }),
      serviceQualificationItem: items,
      state,
      effectiveQualificationDate: now.toISOString(),
      expirationDate: expiryOfAll(items, now),
    }
  },
  check(doc, { previous, by }) {
    if (previous === undefined || by === 'server') return
    const changed = PINNED.filter(name => !isDeepStrictEqual(doc[name], previous[name]))
    if (changed.length > 0) throw refuse.conflict('qualificationAnswered', `${changed.join(', ')} cannot change once the qualification is answered: ask again with a new one`, changed.map(path => fault(path, `cannot change once the qualification is answered`)))
  },
  example: {
    description: 'What can be had here?',
    searchCriteria: {
      service: {
        serviceCharacteristic: [{ name: 'downloadSpeed', valueType: 'number', value: 50 }],
        place: [{ role: 'installationAddress', '@type': 'GeographicLocation', '@baseType': 'Place', geoJson: { type: 'Point', coordinates: [2.75, 54.72] } }],
      },
    },
  },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'coordinates are not on earth, or the H3 cell is none', attribute: 'searchCriteria.service.place[]' },
    { status: 409, code: 'qualificationAnswered', when: 'a PATCH changes the question or the answer', attribute: 'searchCriteria' },
  ],
})
