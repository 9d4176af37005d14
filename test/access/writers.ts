/**
 * Who of the confined callers writes a resource, decided for each: a resource that is not here fails the matrix until somebody has thought of it.
 * The question is whom a row counts for. One that decides about everybody of a brand (rules, limits, terms, templates, roles) is the house's.
 */
export type Writer =
  /** The house alone: it counts for all, or says what somebody pays. */
  | 'house'
  /** Partners their own rows, which are offered beside the house's. */
  | 'partner'
  /** Those whose row it is, and those who sell to them. */
  | 'party'

const HOUSE = [
  'extensionSchema', 'importJob', 'exportJob', 'taxRate', 'priceRule', 'priceList', 'priceListEntry', 'promotion', 'userRole', 'serviceNeed', 'qualificationRule', 'technicianCalendar', 'salesRule',
  'catalogChangeSetting', 'catalogChangeSet', 'catalogChange', 'agreementSpecification', 'billingCycleSpecification', 'billFormat', 'billPresentationMedia', 'financingOffer', 'inLifeRule', 'deliveryRule',
  'deliveryTarget', 'contractTerms', 'signatureRule', 'discountAuthority', 'billingSetting', 'channelEntitlement', 'salesGateway', 'partyPrivacyProfileSpecification', 'retentionRule', 'campaign', 'product',
]

/** geographicAddress is read alone: lists bring it. */
const PARTNER = ['catalog', 'category', 'productSpecification', 'productOffering', 'productOfferingPrice', 'geographicAddress']

const PARTY = [
  'geographicAddressValidation', 'geographicSite', 'individual', 'organization', 'customer', 'partyRole', 'partyMerge', 'identitySuggestion', 'permission', 'delegation', 'partyInteraction', 'contactPreference',
  'checkServiceQualification', 'queryServiceQualification', 'capacityReservation', 'appointment', 'searchTimeSlot', 'serviceInstance', 'resourceInstance', 'agreement', 'salesLead', 'checkProductConfiguration',
  'queryProductConfiguration', 'productOfferingQualification', 'productOrder', 'cancelProductOrder', 'partyAccount', 'billingAccount', 'settlementAccount', 'financialAccount', 'financingPlan', 'contractSummary',
  'contractSignature', 'quote', 'paymentMethod', 'customerBill', 'appliedCustomerBillingRate', 'customerBillOnDemand', 'shoppingCart', 'refusedCapture', 'processFlow', 'taskFlow', 'partyPrivacyProfile', 'partyPrivacyAgreement',
]

/** By the name of the resource. */
export const WRITERS: ReadonlyMap<string, Writer> = new Map<string, Writer>([
  ...HOUSE.map(name => [name, 'house'] as const),
  ...PARTNER.map(name => [name, 'partner'] as const),
  ...PARTY.map(name => [name, 'party'] as const),
])
