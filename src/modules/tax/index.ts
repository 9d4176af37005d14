/** Tax rates as data: what prices show and what bills charge come from one table. */
import { defineModule } from '../../tmf/module.ts'
import { taxRate } from './tax-rate.ts'

export const taxModule = defineModule({ name: 'tax', dependsOn: [], resources: [taxRate] })

export { taxRate, taxRateRow } from './tax-rate.ts'
export { rateFor, type TaxRateRow } from './rate-for.ts'
