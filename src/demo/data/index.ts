/** The sample provider's data, in the order in which it can be stored. */
import { accessRecords } from './access.ts'
import { appointmentRecords } from './appointments.ts'
import { billingRecords } from './billing.ts'
import { cartRecords } from './carts.ts'
import { catalogRecords } from './catalog.ts'
import { deliveryRuleRecords } from './delivery.ts'
import { peopleRecords } from './people.ts'
import { qualificationRecords } from './qualification.ts'
import { relationRecords } from './relations.ts'
import { sellingRecords } from './selling.ts'
import type { SampleRecord } from './record.ts'

export { brands } from './record.ts'
export { ownCoverage, sampleAddresses, virtualCoverage } from './town.ts'
export type { SampleRecord } from './record.ts'

export const sampleRecords: SampleRecord[] = [...billingRecords, ...catalogRecords, ...deliveryRuleRecords, ...peopleRecords, ...relationRecords, ...accessRecords, ...appointmentRecords, ...cartRecords, ...qualificationRecords, ...sellingRecords]
