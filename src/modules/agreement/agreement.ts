/** TMF651 agreement: what was agreed with a party, from the draft over its approvals to its end or its next version. */
import { isDeepStrictEqual } from 'node:util'
import { fault, refuse, Refusal, type Fault } from '../../platform/errors.ts'
import { isConfined } from '../../platform/principal.ts'
import { defineResource } from '../../tmf/resource.ts'
import { buyersOf } from '../pricing/index.ts'
import { Agreement, agreementCreate, agreementUpdate } from './agreement.schema.ts'
import { agreementSpecification, type AgreementSpecification } from './agreement-specification.ts'
import { agreementApi } from './api.ts'
import { BINDING, requireSignatures, writtenSignatures } from './binding.ts'
import { refuseOwnTerms } from './own-terms.ts'

/** The party that it was agreed with; who provides has a part in it too. */
const buyerOf = (agreement: Partial<Agreement>): string | undefined => buyersOf(agreement.engagedParty?.filter(({ role }) => (role ?? '').trim() !== ''))[0]?.id

const contentFaults = (doc: Agreement): Fault[] => {
  const faults: Fault[] = []
  const period = (value: { startDateTime?: string; endDateTime?: string } | undefined, path: string): void => {
    if (value?.startDateTime !== undefined && value.endDateTime !== undefined && new Date(value.startDateTime) >= new Date(value.endDateTime)) faults.push(fault(`${path}.endDateTime`, 'must be after startDateTime', value.endDateTime))
  }
  period(doc.agreementPeriod, 'agreementPeriod')
  if (doc.engagedParty?.length === 0) faults.push(fault('engagedParty', 'must name at least one party'))
  if (doc.agreementItem?.length === 0) faults.push(fault('agreementItem', 'must have at least one item'))
  doc.agreementItem?.forEach((item, index) => {
    const covered = new Set((item.productOffering ?? []).map(one => one.id))
    item.framePrice?.forEach((price, at) => {
      const path = `agreementItem[${index}].framePrice[${at}]`
      if ((price.price === undefined) === (price.percentage === undefined)) faults.push(fault(path, 'must have either price or percentage'))
      if (price.price !== undefined && (price.price.unit === undefined || price.price.value === undefined || price.price.value < 0)) faults.push(fault(`${path}.price`, 'must have a currency (unit) and a value of at least 0'))
      if (price.priceType === 'recurring' && price.price !== undefined && price.recurringChargePeriod === undefined) faults.push(fault(`${path}.recurringChargePeriod`, 'must say how often a recurring price is charged'))
      if (price.productOffering === undefined ? covered.size === 0 : covered.size > 0 && !covered.has(price.productOffering.id)) faults.push(fault(`${path}.productOffering`, 'must be one of the offerings of the item', price.productOffering?.id ?? 'nothing'))
      period(price.validFor, `${path}.validFor`)
    })
    item.commitment?.forEach((commitment, at) => {
      const needs = { quantity: 'quantity', revenue: 'revenue', term: 'duration' } as const
      const name = needs[commitment.kind]
      if (commitment[name] === undefined) faults.push(fault(`agreementItem[${index}].commitment[${at}].${name}`, `must be given for a commitment of kind ${commitment.kind}`))
    })
  })
  return faults
}

/** Values of characteristics that the template does not allow. */
const templateFaults = (doc: Agreement, template: AgreementSpecification): Fault[] =>
  (doc.characteristic ?? []).flatMap((given, index) => {
    const rule = template.specificationCharacteristic?.find(one => one.name === given.name)
    const allowed = (rule?.specCharacteristicValue ?? []).filter(one => one.value !== undefined)
    return allowed.length === 0 || allowed.some(one => isDeepStrictEqual(one.value, given.value)) ? [] : [fault(`characteristic[${index}].value`, `must be one of ${allowed.map(one => JSON.stringify(one.value)).join(', ')} by the template`, given.value)]
  })

const refuseChange = (before: Agreement, after: Agreement): void => {
  const changed = BINDING.filter(name => !isDeepStrictEqual(before[name], after[name]))
  if (changed.length === 0) return
  throw new Refusal({
    status: 409,
    code: 'agreementBinding',
    reason: 'What was agreed does not change',
    message: `${changed.join(', ')} cannot be changed in status ${before.status ?? ''}; make a new version of the agreement`,
    faults: changed.map(name => fault(name, `cannot be changed in status ${before.status ?? ''}`)),
  })
}

export const agreement = defineResource({
  api: agreementApi,
  name: 'agreement',
  type: 'Agreement',
  table: 'agreement',
  description: 'What the provider and a party have agreed on: terms, frame prices and commitments for offerings, in versions. It counts while it is approved and within its period.',
  schema: Agreement,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: agreementCreate,
  update: agreementUpdate,
  lifecycle: {
    attribute: 'status',
    states: ['inProcess', 'approved', 'rejected', 'superseded', 'terminated'],
    initial: ['inProcess'],
    moves: { inProcess: ['approved', 'rejected'], approved: ['superseded', 'terminated'] },
    movedBy: 'client',
  },
  history: true,
  filters: { name: 'text', status: 'text', agreementType: 'text', version: 'text', documentNumber: 'integer', initialDate: 'instant', 'agreementPeriod.startDateTime': 'instant', 'agreementPeriod.endDateTime': 'instant', 'agreementSpecification.id': 'text', 'replaces.id': 'text' },
  references: [
    { path: 'engagedParty[]' },
    { path: 'agreementItem[].productOffering[]', to: 'productOffering' },
    { path: 'agreementItem[].framePrice[].productOffering', to: 'productOffering' },
    { path: 'agreementItem[].product[]', to: 'product', weak: true },
    { path: 'agreementSpecification', to: 'agreementSpecification' },
    { path: 'associatedAgreement[]', to: 'agreement', weak: true },
    { path: 'replaces', to: 'agreement', weak: true },
  ],
  ownerParty: buyerOf,
  prepare: (draft, { now, previous }) => {
    const doc = { ...draft, initialDate: draft.initialDate ?? now.toISOString(), version: draft.version ?? '1' }
    if (previous === undefined || previous.status === doc.status) return doc
    // TMF651 gives the completion a beginning and an end: when it came about, and when it ended.
    if (doc.status === 'approved') return { ...doc, completionDate: { startDateTime: now.toISOString() }, agreementPeriod: { startDateTime: now.toISOString(), ...doc.agreementPeriod } }
    return doc.status === 'terminated' || doc.status === 'superseded' ? { ...doc, completionDate: { ...doc.completionDate, endDateTime: now.toISOString() } } : doc
  },
  check: async (doc, { previous, by, context, deps }) => {
    if (by === 'client' && isConfined(context.principal)) refuseOwnTerms(doc, previous)
    const template = doc.agreementSpecification === undefined ? undefined : await deps.store.get(context, agreementSpecification, doc.agreementSpecification.id)
    const faults = [...contentFaults(doc), ...(template === undefined ? [] : templateFaults(doc, template.doc)), ...(by === 'client' ? writtenSignatures(doc, previous) : [])]
    if (faults.length > 0) throw refuse.invalid(faults)
    if (previous !== undefined && previous.status !== 'inProcess' && by === 'client') refuseChange(previous, doc)
    if (previous?.status === 'approved' && doc.status === 'superseded' && by === 'client') throw refuse.conflict('stateMoveNotAllowed', 'status becomes superseded when the next version is approved')
    if (previous?.status === 'inProcess' && doc.status === 'approved') {
      const open = (doc.agreementAuthorization ?? []).filter(one => (one.state ?? '').toLowerCase() !== 'approved')
      if (open.length > 0) throw refuse.conflict('approvalMissing', `agreementAuthorization: ${open.length} of ${doc.agreementAuthorization?.length ?? 0} approvals ${open.length === 1 ? 'is' : 'are'} not given (${open.map(one => one.state ?? 'without a state').join(', ')})`)
      requireSignatures(doc, template?.doc.signatureRequired === true)
    }
  },
  checkDelete: doc => {
    if (doc.status === 'approved') throw refuse.conflict('agreementInForce', `agreement ${doc.id} is approved: terminate it before it is deleted`)
  },
  example: {
    name: 'Frame agreement with a bakery',
    agreementType: 'commercial',
    version: '1',
    agreementPeriod: { startDateTime: '2026-01-01T00:00:00Z', endDateTime: '2031-01-01T00:00:00Z' },
    characteristic: [{ name: 'paymentDays', value: 30 }],
    engagedParty: [{ id: 'org-001', name: 'Harbour Bakery', role: 'customer', '@referredType': 'Organization' }],
    agreementItem: [
      {
        productOffering: [{ id: 'mobile-m' }],
        termOrCondition: [{ id: '1', description: 'Payable within 30 days' }],
        framePrice: [{ id: '1', priceType: 'recurring', recurringChargePeriod: 'month', price: { unit: 'GBP', value: 12 }, fromQuantity: 5 }],
        commitment: [{ id: '1', kind: 'quantity', quantity: 5 }],
      },
    ],
  },
  refusals: [
    { status: 403, code: 'forbidden', when: 'a caller that is confined to some parties\' rows writes frame prices, commitments, approvals or what it replaces, or does more with the status than reject', attribute: 'agreementItem' },
    { status: 400, code: 'invalidAttribute', when: 'a frame price has neither price nor percentage or is for an offering that the item is not about, a commitment does not say how much, or the template does not allow a value', attribute: 'agreementItem' },
    { status: 409, code: 'agreementBinding', when: 'a PATCH changes what was agreed once it is approved', attribute: 'agreementItem' },
    { status: 409, code: 'approvalMissing', when: 'it is approved before all its authorizations are', attribute: 'agreementAuthorization' },
    { status: 400, code: 'invalidAttribute', when: 'a signature is written by a client: signing writes it', attribute: 'agreementAuthorization' },
    { status: 409, code: 'signatureMissing', when: 'it is approved although an authorization, or its template, wants a signature of what it says now', attribute: 'agreementAuthorization' },
    { status: 409, code: 'agreementInForce', when: 'it is deleted while it is approved' },
  ],
})
