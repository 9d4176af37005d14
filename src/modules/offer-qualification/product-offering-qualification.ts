/** TMF679 productOfferingQualification: what can this customer buy here, through this channel? Answered in the request; question and answer do not change. */
import { isDeepStrictEqual } from 'node:util'
import { fault, refuse } from '../../platform/errors.ts'
import { defineResource } from '../../tmf/resource.ts'
import { answerQualification } from './answer.ts'
import { offerQualificationApi } from './offer-api.ts'
import { ProductOfferingQualification, productOfferingQualificationCreate, productOfferingQualificationUpdate } from './product-offering-qualification.schema.ts'

/** A channel has shown them, a cart line or a quote relies on them. */
const PINNED = [
  'productOfferingQualificationItem', 'qualificationResult', 'effectiveQualificationDate', 'expectedPOQCompletionDate', 'expirationDate', 'instantSyncQualification',
  'provideAlternative', 'provideOnlyAvailable', 'provideUnavailabilityReason', 'category', 'channel', 'place',
] as const satisfies readonly (keyof ProductOfferingQualification)[]

const CUSTOMER = ['customer', 'buyer', 'owner', 'subscriber', 'requester']

export const productOfferingQualification = defineResource({
  api: offerQualificationApi,
  name: 'productOfferingQualification',
  type: 'ProductOfferingQualification',
  table: 'product_offering_qualification',
  description: 'Asks whether a customer can buy offerings at a place (items), or which offerings of a category can be had (no items), and answers at once: qualified, alternate with proposals, or unqualified with reasons, commercial ones and those of the line.',
  schema: ProductOfferingQualification,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { ...productOfferingQualificationCreate, alsoAnswers: [200], answers: () => 200 },
  update: productOfferingQualificationUpdate,
  lifecycle: {
    attribute: 'state',
    states: ['acknowledged', 'inProgress', 'done', 'terminatedWithError'],
    initial: ['acknowledged'],
    moves: { acknowledged: ['inProgress', 'done', 'terminatedWithError'], inProgress: ['done', 'terminatedWithError'] },
    movedBy: 'server',
  },
  stamps: { onCreate: ['productOfferingQualificationDate'] },
  filters: { state: 'text', qualificationResult: 'text', productOfferingQualificationDate: 'instant', expirationDate: 'instant', effectiveQualificationDate: 'instant' },
  references: [{ path: 'relatedParty[]' }, { path: 'category', to: 'category', onMissing: 'record', weak: true }, { path: 'productOfferingQualificationItem[].productOffering', to: 'productOffering', onMissing: 'record', weak: true }],
  ownerParty: doc => doc.relatedParty?.find(party => CUSTOMER.includes((party.role ?? '').toLowerCase()))?.id,
  async prepare(draft, { context, now, previous, deps, fresh, rely }) {
    return previous === undefined ? (await answerQualification(draft, deps, context, now, undefined, { fresh, rely })).doc : draft
  },
  check(doc, { previous, by }) {
    if (previous === undefined || by === 'server') return
    const changed = PINNED.filter(name => !isDeepStrictEqual(doc[name], previous[name]))
    if (changed.length > 0) throw refuse.conflict('qualificationAnswered', `${changed.join(', ')} cannot change once the qualification is answered: ask again with a new one`, changed.map(path => fault(path, `cannot change once the qualification is answered`)))
  },
  example: {
    description: 'Can this home have the package?',
    instantSyncQualification: true,
    provideAlternative: true,
    provideUnavailabilityReason: true,
    place: [{ id: 'adr-quay-street-7', role: 'installationAddress', '@referredType': 'GeographicAddress' }],
    productOfferingQualificationItem: [{ id: '1', action: 'add', productOffering: { id: 'home-trio', name: 'Home Trio' } }],
  },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'two items have the same id, or there are more than 100', attribute: 'productOfferingQualificationItem[].id' },
    { status: 400, code: 'invalidAttribute', when: 'the place cannot be understood', attribute: 'place' },
    { status: 409, code: 'qualificationAnswered', when: 'a PATCH changes the question or the answer', attribute: 'productOfferingQualificationItem' },
  ],
})
