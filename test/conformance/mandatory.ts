/**
 * What TM Forum's v4 conformance profiles want in every answer, beside id and href. `given` are those that nobody can derive: they are there
 * when a client gave them, or when the work has come that far; they can be selected and filtered by all the same.
 */
export const MANDATORY: Readonly<Record<string, { always: readonly string[]; given?: readonly string[] }>> = {
  productSpecification: { always: ['name', 'lastUpdate', 'lifecycleStatus'] },
  productOffering: { always: ['name', 'lastUpdate', 'lifecycleStatus'] },
  productOfferingPrice: { always: ['name', 'lastUpdate', 'lifecycleStatus'], given: ['priceType'] },
  productOrder: { always: ['orderDate', 'state', 'productOrderItem', 'relatedParty'], given: ['completionDate'] },
  customer: { always: ['name', 'engagedParty', '@type'] },
  individual: { always: ['givenName', 'familyName'] },
  organization: { always: ['tradingName'] },
  partyRole: { always: ['name', 'roleType'] },
  paymentMethod: { always: ['name', 'status', 'statusDate', '@type'] },
  partyInteraction: { always: ['channel', 'direction', 'reason'] },
  product: { always: ['status', 'productCharacteristic', 'productPrice', 'relatedParty'], given: ['productOffering', 'billingAccount'] },
  partyPrivacyProfile: { always: ['agreedByParty', 'partyPrivacyProfileCharacteristic', 'partyPrivacyProfileSpecification'] },
  partyPrivacyProfileSpecification: { always: ['partyPrivacyProfileSpecCharacteristic'] },
  checkServiceQualification: { always: ['checkServiceQualificationDate', 'state', 'serviceQualificationItem'] },
  queryServiceQualification: { always: ['queryServiceQualificationDate', 'state', 'searchCriteria', 'serviceQualificationItem'] },
  geographicAddress: { always: ['country', 'city', 'postcode', 'streetName', 'streetNr', 'streetType', 'locality', 'stateOrProvince', 'geographicSubAddress'] },
  geographicAddressValidation: { always: ['state', 'validationDate', 'validationResult', 'provideAlternative', 'submittedGeographicAddress'], given: ['validGeographicAddress', 'alternateGeographicAddress'] },
  geographicSite: { always: [] },
  partyAccount: { always: ['name', 'relatedParty'] },
  billingAccount: { always: ['name', 'relatedParty'] },
  settlementAccount: { always: ['name', 'relatedParty'] },
  financialAccount: { always: ['name'] },
  billFormat: { always: ['name'] },
  billPresentationMedia: { always: ['name'] },
  billingCycleSpecification: { always: ['name'] },
  customerBill: { always: ['state'], given: ['billDocument'] },
  appliedCustomerBillingRate: { always: ['isBilled'] },
}
