/** How a brand works on its catalog: data of the brand, so that a stricter rule needs no restart. */
import { Type, type Static } from 'typebox'
import { fault, refuse } from '../../platform/errors.ts'
import { isCurrency } from '../../platform/money.ts'
import { isConfined, systemContext } from '../../platform/principal.ts'
import type { Transaction } from '../../platform/database/sql.ts'
import { defineResource } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { catalogChangeApi } from './api.ts'

const schema = Type.Object(
  {
    id: Type.String({ description: 'Identifier' }),
    href: Type.String({ description: 'Where it can be read' }),
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'Name shown to people' })),
    approvalRequired: Type.Optional(Type.Boolean({ description: 'True: a change set is activated only after somebody approved it who neither wrote any of it nor submitted it' })),
    currency: Type.Optional(Type.Array(Type.String({ description: 'ISO 4217' }), { maxItems: 50, description: 'Currencies that the brand sells in: what is on sale must have its prices in each' })),
    lastUpdate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was last changed' })),
  },
  { description: 'How a brand works on its catalog' },
)
type CatalogChangeSetting = Static<typeof schema>

export const catalogChangeSetting = defineResource({
  api: catalogChangeApi,
  name: 'catalogChangeSetting',
  type: 'CatalogChangeSetting',
  table: 'catalog_change_setting',
  description: 'How a brand works on its catalog: whether a second person approves, and which currencies it sells in. Where there are several the strictest counts.',
  schema,
  external: false,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { required: ['name'] },
  stamps: { onWrite: ['lastUpdate'] },
  visibility: 'house',
  filters: { name: 'text', lastUpdate: 'instant' },
  check: (doc, { context }) => {
    if (isConfined(context.principal)) throw refuse.forbidden('A caller that is confined to some parties\' rows has no part in work on the catalog')
    const faults = (doc.currency ?? []).flatMap((one, index) => (isCurrency(one) ? [] : [fault(`currency[${index}]`, 'must be an ISO 4217 currency code', one)]))
    if (faults.length > 0) throw refuse.invalid(faults)
  },
  example: { name: 'Consumer brand', approvalRequired: false },
  refusals: [{ status: 400, code: 'invalidAttribute', when: 'a currency is none', attribute: 'currency[0]' }],
})

export interface BrandRules {
  approvalRequired: boolean
  currency: readonly string[]
}

/** What holds for a brand: of several settings the strictest, so that a further row cannot loosen what one asks for. */
export const brandRules = async (deps: Pick<Services, 'store'>, brand: string, tx?: Transaction): Promise<BrandRules> => {
  const rows: CatalogChangeSetting[] = (await deps.store.find(systemContext(brand, 'catalog-change'), catalogChangeSetting, { limit: 100 }, tx ? { tx } : {})).map(one => one.doc)
  return { approvalRequired: rows.some(one => one.approvalRequired === true), currency: [...new Set(rows.flatMap(one => one.currency ?? []))].sort() }
}
