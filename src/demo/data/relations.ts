/** How some of the sample's people pay, who belongs to whom, when they were in contact and how they want to be, and how their bills are made. */
import { brands, currency } from './record.ts'
import { peopleRecords } from './people.ts'
import type { SampleRecord } from './record.ts'

const brand = brands.own

const nameOf = (id: string): string => {
  const doc = peopleRecords.find(record => record.brand === brand && record.id === id)?.doc ?? {}
  const name = doc['fullName'] ?? doc['tradingName']
  return typeof name === 'string' ? name : id
}
const party = (id: string, role?: string): Record<string, unknown> => ({
  id,
  href: `/tmf-api/party/v4/${id.startsWith('org') ? 'organization' : 'individual'}/${id}`,
  name: nameOf(id),
  ...(role !== undefined && { role }),
  '@referredType': id.startsWith('org') ? 'Organization' : 'Individual',
})
const record = (resource: string, id: string, doc: Record<string, unknown>, more: Partial<SampleRecord> = {}): SampleRecord => ({ brand, resource, id, doc, ...more })

const HOUSEHOLD = 'org-household-1'
const COMPANY = 'org-151'

/** A family under one roof, and a company with a branch. */
const organizations: SampleRecord[] = [
  record('organization', HOUSEHOLD, { tradingName: `${nameOf('ind-001').split(' ').at(-1) ?? ''} household`, organizationType: 'household', isLegalEntity: false, status: 'validated' }),
  record('organization', 'org-151-north', {
    tradingName: `${nameOf(COMPANY)}, north branch`,
    organizationType: 'branch',
    isLegalEntity: false,
    isHeadOffice: false,
    status: 'validated',
    organizationParentRelationship: { relationshipType: 'hierarchical', organization: { id: COMPANY, name: nameOf(COMPANY) } },
  }, { needs: [COMPANY] }),
]

const role = (id: string, name: string, roleType: string, who: string, of: Record<string, unknown>): SampleRecord =>
  record('partyRole', id, { name, roleType, status: 'active', engagedParty: party(who), relatedParty: [of] })

const household = { id: HOUSEHOLD, role: 'household', '@referredType': 'Organization' }
const roles: SampleRecord[] = [
  role('role-household-1', 'Head of household', 'householdHead', 'ind-001', household),
  role('role-household-2', 'Member of household', 'householdMember', 'ind-002', household),
  role('role-household-3', 'Member of household', 'householdMember', 'ind-003', household),
  role('role-company-1', 'Technical contact', 'technicalContact', 'ind-004', party(COMPANY, 'company')),
  role('role-company-2', 'Billing contact', 'billingContact', 'ind-005', party(COMPANY, 'company')),
]

const card = (number: string, brandName: string, last: string): SampleRecord =>
  record('paymentMethod', `pay-${number}`, {
    '@type': 'tokenizedCard', name: `${brandName} ending in ${last}`, isPreferred: true, brand: brandName, cardType: 'debit', lastFourDigits: last, tokenType: 'gateway', token: `tok_sample_${number}`,
    issuer: 'Sample gateway', expirationDate: '2030-12-31T23:59:59Z', relatedParty: party(`ind-${number}`, 'owner'), account: [{ id: `acc-${number}`, '@referredType': 'BillingAccount' }],
  })

const payments: SampleRecord[] = [
  card('001', 'Visa', '4242'),
  card('002', 'Mastercard', '4444'),
  card('003', 'Visa', '1881'),
  record('paymentMethod', 'pay-151', {
    '@type': 'directDebit', name: 'Direct debit', isPreferred: true, accountNumber: 'GB33BUKB20201555555555', accountNumberType: 'IBAN', BIC: 'BUKBGB22', bank: 'Sample bank', owner: nameOf(COMPANY),
    mandateId: 'MANDATE-151', mandateStatus: 'active', mandateType: 'recurrent', signatureDate: '2026-01-15T09:00:00Z', relatedParty: party(COMPANY, 'owner'), account: [{ id: 'acc-151', '@referredType': 'BillingAccount' }],
  }),
]

const contact = (id: string, who: string, at: string, channel: string, reason: string, description: string): SampleRecord =>
  record('partyInteraction', id, {
    description, direction: 'inbound', reason, status: 'completed', channel: [{ id: channel, name: channel }], interactionDate: { startDateTime: at, endDateTime: at }, creationDate: at, relatedParty: [party(who, 'customer')],
  })

const contacts: SampleRecord[] = [
  contact('contact-001-1', 'ind-001', '2026-10-02T09:12:00Z', 'web', 'tariffQuestion', 'Compared packages with fibre and mobile'),
  contact('contact-001-2', 'ind-001', '2026-10-05T16:40:00Z', 'store', 'advice', 'Asked in the shop whether the flat can have fibre'),
  contact('contact-001-3', 'ind-001', '2026-10-06T11:05:00Z', 'care', 'appointmentQuestion', 'Called to ask when a technician could come'),
  contact('contact-002-1', 'ind-002', '2026-10-11T08:20:00Z', 'app', 'addressChange', 'Wrote that the name on the door bell has changed'),
]

const preferences: SampleRecord[] = [
  record('contactPreference', 'pref-001-marketing', {
    party: party('ind-001'), purpose: 'marketing', preferredChannel: ['email', 'app'], blockedChannel: ['phone', 'sms'], quietHours: [{ from: '20:00', to: '09:00' }], timeZone: 'Europe/London',
  }),
  record('contactPreference', 'pref-001-service', { party: party('ind-001'), purpose: 'service', preferredChannel: ['sms', 'email'], timeZone: 'Europe/London' }),
]

const bills: SampleRecord[] = [
  record('billingCycleSpecification', 'cycle-quarterly', { name: 'Quarterly, on the first', frequency: 'quarterly', billingDateShift: 0, paymentDueDateOffset: 30 }),
  record('billFormat', 'format-itemized', { name: 'Itemized', description: 'Every line with its period' }),
  record('billPresentationMedia', 'media-email', { name: 'Electronic mail' }),
  record('financialAccount', 'fin-151', { name: `All accounts of ${nameOf(COMPANY)}`, accountType: 'group', creditLimit: { unit: currency, value: 5000 }, relatedParty: [party(COMPANY, 'customer')] }),
]

export const relationRecords: SampleRecord[] = [...organizations, ...roles, ...bills, ...payments, ...contacts, ...preferences]
