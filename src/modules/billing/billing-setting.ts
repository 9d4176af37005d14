/** How a brand bills where an account does not say otherwise. */
import { Type } from 'typebox'
import { fault, refuse } from '../../platform/errors.ts'
import type { Context } from '../../platform/principal.ts'
import type { Transaction } from '../../platform/database/sql.ts'
import { defineResource } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { billingApi } from './api.ts'
import { isTimeZone } from '../../platform/calendar.ts'

const schema = Type.Object({
  id: Type.String({ description: 'Identifier' }),
  href: Type.String({ description: 'Where it can be read' }),
  '@type': Type.Optional(Type.String({ description: 'BillingSetting' })),
  name: Type.Optional(Type.String({ description: 'Name shown to people' })),
  timeZone: Type.Optional(Type.String({ description: 'IANA zone of bill dates; UTC when left out' })),
  taxJurisdiction: Type.Optional(Type.String({ description: 'Where customers are taxed, as in the tax rates' })),
  billCycleDay: Type.Optional(Type.Integer({ minimum: 1, maximum: 31, description: 'Cycle day of accounts that are made for a customer; the day of the first product when left out' })),
  paymentDueDays: Type.Optional(Type.Integer({ minimum: 0, maximum: 365, description: 'Days from the bill to its due date; 14 when left out' })),
  billNumberPrefix: Type.Optional(Type.String({ maxLength: 20, pattern: '^[A-Za-z0-9/-]*$', description: 'What bill numbers begin with' })),
  recurringTiming: Type.Optional(Type.Enum(['advance', 'arrears'], { type: 'string', description: 'Whether recurring prices are charged for the coming period (advance, when left out) or the past one' })),
  lastUpdate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was last changed' })),
})

export const billingSetting = defineResource({
  api: billingApi,
  name: 'billingSetting',
  type: 'BillingSetting',
  table: 'billing_setting',
  description: 'How a brand bills where an account does not say otherwise: time zone, tax jurisdiction, cycle day, due date, number prefix.',
  schema,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  stamps: { onWrite: ['lastUpdate'] },
  visibility: 'house',
  filters: { name: 'text', lastUpdate: 'instant' },
  check: doc => {
    if (doc.timeZone !== undefined && !isTimeZone(doc.timeZone)) throw refuse.invalid([fault('timeZone', 'must be an IANA time zone', doc.timeZone)])
  },
  example: { name: 'Consumer brand', timeZone: 'Europe/Berlin', taxJurisdiction: 'DE', paymentDueDays: 14, billNumberPrefix: 'T-' },
  refusals: [{ status: 400, code: 'invalidAttribute', when: 'timeZone is none', attribute: 'timeZone' }],
})

/** The settings in force for a brand. */
export interface BrandBilling {
  timeZone: string
  taxJurisdiction: string
  billCycleDay: number | undefined
  paymentDueDays: number
  billNumberPrefix: string
  recurringTiming: 'advance' | 'arrears'
}

/** Where a brand has several rows, the one that was made last is in force. */
export const brandBilling = async (deps: Services, context: Context, tx?: Transaction): Promise<BrandBilling> => {
  const rows = await deps.store.find(context, billingSetting, { limit: 1000 }, tx ? { tx } : {})
  const doc = rows.toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : a.id < b.id ? -1 : 1)).at(-1)?.doc
  return {
    timeZone: doc?.timeZone ?? 'UTC',
    taxJurisdiction: doc?.taxJurisdiction ?? '',
    billCycleDay: doc?.billCycleDay,
    paymentDueDays: doc?.paymentDueDays ?? 14,
    billNumberPrefix: doc?.billNumberPrefix ?? '',
    recurringTiming: doc?.recurringTiming ?? 'advance',
  }
}
