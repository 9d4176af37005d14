/** How the sample's brands bill, and what is taxed how. Rates are the invented provider's, not legal advice. */
import { brands, jurisdiction } from './record.ts'
import type { SampleRecord } from './record.ts'

const rates: [category: string, name: string, rate: number][] = [
  ['standard', 'Value added tax', 20],
  ['reduced', 'Reduced value added tax', 5],
  ['zero', 'Not taxed', 0],
]

const setting = (brand: string, id: string, name: string, prefix: string): SampleRecord => ({
  brand,
  resource: 'billingSetting',
  id,
  doc: { name, timeZone: 'Europe/London', taxJurisdiction: jurisdiction, paymentDueDays: 14, billNumberPrefix: prefix, recurringTiming: 'advance' },
})

export const billingRecords: SampleRecord[] = [
  setting(brands.own, 'billing-doggerland', 'Doggerland Telecom', 'DT-'),
  setting(brands.virtual, 'billing-breeze', 'Breeze', 'BZ-'),
  ...Object.values(brands).flatMap(brand =>
    rates.map(([category, name, rate]): SampleRecord => ({ brand, resource: 'taxRate', id: `tax-${jurisdiction.toLowerCase()}-${category}`, doc: { name, category, jurisdiction, rate } })),
  ),
]
