/** Tax rates as data: percent by category, jurisdiction and time. */
import { Type, type Static } from 'typebox'
import { fault, refuse } from '../../platform/errors.ts'
import { TimePeriod } from '../../tmf/types/basics.ts'
import { defineResource, type Stored } from '../../tmf/resource.ts'
import { taxApi } from './api.ts'
import type { TaxRateRow } from './rate-for.ts'

const schema = Type.Object({
  id: Type.String({ description: 'Identifier' }),
  href: Type.String({ description: 'Where it can be read' }),
  '@type': Type.Optional(Type.String({ description: 'TaxRate' })),
  name: Type.Optional(Type.String({ description: 'Name shown to people: German VAT' })),
  category: Type.Optional(Type.String({ minLength: 1, description: 'What is taxed so: standard, reduced, zero' })),
  jurisdiction: Type.Optional(Type.String({ minLength: 1, description: 'Where it holds: a country, or a country and a region' })),
  rate: Type.Optional(Type.Number({ minimum: 0, maximum: 1000, description: 'Percent' })),
  validFor: Type.Optional(TimePeriod),
  lastUpdate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was last changed' })),
})

export const taxRate = defineResource({
  api: taxApi,
  name: 'taxRate',
  type: 'TaxRate',
  table: 'tax_rate',
  description: 'A tax rate in percent for a category of prices in a jurisdiction, for as long as it holds. Where several hold, the one that began last.',
  schema,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { required: ['category', 'jurisdiction', 'rate'] },
  stamps: { onWrite: ['lastUpdate'] },
  visibility: 'house',
  filters: { name: 'text', category: 'text', jurisdiction: 'text', rate: 'number', lastUpdate: 'instant' },
  check: doc => {
    const { startDateTime: from, endDateTime: until } = doc.validFor ?? {}
    if (from !== undefined && until !== undefined && new Date(from) >= new Date(until)) throw refuse.invalid([fault('validFor.endDateTime', 'must be after startDateTime', until)])
  },
  example: { name: 'German VAT', category: 'standard', jurisdiction: 'DE', rate: 19, validFor: { startDateTime: '2021-01-01T00:00:00+01:00' } },
  refusals: [{ status: 400, code: 'invalidAttribute', when: 'the rate would end before it begins', attribute: 'validFor.endDateTime' }],
})

const instant = (text: string | undefined): Date | undefined => (text === undefined ? undefined : new Date(text))

/** A row of the rate table as the computation wants it. */
export const taxRateRow = ({ doc }: Stored<Static<typeof schema>>): TaxRateRow => ({
  category: doc.category ?? '',
  jurisdiction: doc.jurisdiction ?? '',
  rate: String(doc.rate ?? 0),
  from: instant(doc.validFor?.startDateTime),
  until: instant(doc.validFor?.endDateTime),
})
