/** How the sample provider sells beyond the shelf: leads, frame agreements, who may give which discount, what leaving early costs,
 * phones in instalments, and the terms that stand in its contracts. */
import { brands, currency, ref, type SampleRecord } from './record.ts'

const own = (resource: string, id: string, doc: Record<string, unknown>, afterwards?: Record<string, unknown>): SampleRecord => ({ brand: brands.own, resource, id, doc, ...(afterwards && { afterwards }) })

export const sellingRecords: SampleRecord[] = [
  ...Object.values(brands).map((brand): SampleRecord => ({
    brand,
    resource: 'contractTerms',
    id: `terms-${brand}-2026`,
    doc: {
      name: 'Terms for consumers',
      version: '2026-01',
      provider: { name: brand === brands.own ? 'Doggerland Telecom' : 'Breeze', address: '1 Quay Street, Doggerhaven ZD1 1AA', contact: 'care@example.com', complaints: 'complaints@example.com' },
      termination: 'With a month\'s notice, at the earliest at the end of the minimum term. Before that the charges of the remaining months are due.',
      renewal: 'After the minimum term the contract goes on from month to month.',
      remedies: 'Where the speed is below what was promised for two weeks, the contract can be ended without a fee.',
      accessibility: 'Bills in large print and in Braille; a relay service for calls.',
      validFor: { startDateTime: '2026-01-01T00:00:00Z' },
    },
  })),
  own('discountAuthority', 'authority-store', { name: 'Stores', channel: ['store'], maxPercentage: 5 }),
  own('discountAuthority', 'authority-care', { name: 'Care agents', channel: ['care'], maxPercentage: 10, maxAmount: { unit: currency, value: 100 } }),
  own('discountAuthority', 'authority-team-lead', { name: 'Team leads', role: ['team-lead'], maxPercentage: 30, secondPerson: true }),
  own('inLifeRule', 'leave-early', {
    name: 'Who leaves internet early pays half of what is left',
    action: ['remove'],
    category: [{ id: 'cat-internet', name: 'Internet at home' }],
    takesEffect: 'endOfBillingPeriod',
    fee: [{ name: 'Early termination', kind: 'terminationFee', method: 'remainingMonths', percentage: 50 }],
  }),
  own('financingOffer', 'pay-in-24', {
    name: '24 months without interest',
    productOffering: [{ id: 'phone-aura-9', name: 'Aura 9' }, { id: 'phone-aura-9-pro', name: 'Aura 9 Pro' }],
    numberOfInstalments: 24,
    interestRate: 0,
    downPayment: { unit: currency, value: 49 },
  }),
  own('agreementSpecification', 'agreement-frame', {
    name: 'Frame agreement for companies',
    version: '1.0',
    attachment: [{ name: 'Terms', mimeType: 'text/plain', content: Buffer.from('Prices of this frame hold for all lines of the company.').toString('base64') }],
    specificationCharacteristic: [{ name: 'paymentDays', valueType: 'number', configurable: true, specCharacteristicValue: [{ value: 14, default: true }, { value: 30 }] }],
  }),
  own(
    'agreement',
    'agreement-151',
    {
      name: 'Mobile frame 2026',
      agreementType: 'frame',
      agreementSpecification: { id: 'agreement-frame', name: 'Frame agreement for companies' },
      agreementPeriod: { startDateTime: '2026-01-01T00:00:00Z', endDateTime: '2029-01-01T00:00:00Z' },
      engagedParty: [{ ...ref('Organization', 'org-151', 'The company'), role: 'customer' }],
      characteristic: [{ name: 'paymentDays', value: 30 }],
      agreementAuthorization: [{ state: 'approved', date: '2025-12-15T10:00:00Z' }],
      agreementItem: [
        {
          productOffering: [{ id: 'mobile-business-s', name: 'Mobile Business S' }, { id: 'mobile-business-l', name: 'Mobile Business L' }],
          termOrCondition: [{ id: '1', description: 'Lines can be moved between people at no charge' }],
          framePrice: [
            { id: '1', productOffering: { id: 'mobile-business-s', name: 'Mobile Business S' }, priceType: 'recurring', recurringChargePeriod: 'month', price: { unit: currency, value: 9.5 }, fromQuantity: 10 },
            { id: '2', productOffering: { id: 'mobile-business-l', name: 'Mobile Business L' }, priceType: 'recurring', percentage: 15 },
          ],
          commitment: [{ id: '1', kind: 'quantity', quantity: 10 }, { id: '2', kind: 'term', duration: { amount: 36, units: 'month' } }],
        },
      ],
    },
    { status: 'approved' },
  ),
  own('salesLead', 'lead-bakery', {
    name: 'Bakery on Quay Street wants fibre',
    rating: 'hot',
    priority: 'high',
    estimatedRevenue: { unit: currency, value: 3060 },
    productOffering: { id: 'fibre-business-1000', name: 'Fibre Business 1000' },
    channel: { id: 'store', name: 'Store on Quay Street' },
    prospectContact: [{ mediumType: 'phone', characteristic: { phoneNumber: '+441632960999' } }],
  }),
  own('salesLead', 'lead-harbour', { name: 'Harbour office moves in spring', rating: 'warm', priority: 'medium', referredDate: '2026-01-20T09:00:00Z', relatedParty: [{ ...ref('Organization', 'org-152', 'The company'), role: 'customer' }] }, { status: 'inProgress' }),
]
