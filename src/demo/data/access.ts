/** Roles of the sample provider's people, and somebody who acts for a company. */
import { brands, ref, type SampleRecord } from './record.ts'

const role = (id: string, entitlements: readonly string[]): SampleRecord[] =>
  [brands.own, brands.virtual].map(brand => ({
    brand,
    resource: 'userRole',
    id,
    doc: {
      involvementRole: id,
      entitlement: entitlements.map(text => {
        const [name, action] = text.split(':')
        return { function: name, action }
      }),
    },
  }))

export const accessRecords: SampleRecord[] = [
  ...role('shop-assistant', ['productOffering:read', 'individual:create', 'individual:read', 'customer:create', 'customer:read', 'checkServiceQualification:*', 'productOrder:create', 'productOrder:read']),
  ...role('care-agent', ['*:read', 'individual:update', 'organization:update', 'productOrder:*', 'cancelProductOrder:*', 'partyInteraction:*', 'consent:*', 'personalData:read']),
  ...role('customer', ['productOffering:read', 'individual:*', 'customer:read', 'product:read', 'productOrder:*', 'cancelProductOrder:*', 'billingAccount:read', 'customerBill:read', 'checkServiceQualification:*', 'consent:*', 'personalDataExport:*', 'personalDataErasure:create', 'personalDataErasure:read', 'personalDataErasure:update', 'delegation:*', 'customer360:read']),
  ...role('auditor', ['auditRecord:read']),
  {
    brand: brands.own,
    resource: 'delegation',
    id: 'delegation-household',
    doc: {
      grantor: ref('Individual', 'ind-001', 'The account holder'),
      delegate: ref('Individual', 'ind-002', 'A member of the household'),
      permission: ['product:read', 'productOrder:read', 'productOrder:create', 'billingAccount:read'],
      reason: 'Looks after the contract of the household',
    },
  },
]
