/** Who may give which discount on a quote (Tandem's own): limits as data, by channel, role or principal. */
import { Type, type Static } from 'typebox'
import { fault, refuse } from '../../platform/errors.ts'
import { exact } from '../../platform/money.ts'
import { callerKind, isBuyer, type Context } from '../../platform/principal.ts'
import { defineResource } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { Money } from '../../tmf/types/basics.ts'
import { quoteOwnApi } from './api.ts'

const names = (description: string) => Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { minItems: 1, maxItems: 200, description }))

const DiscountAuthority = Type.Object(
  {
    id: Type.String({ description: 'Identifier' }),
    href: Type.String({ description: 'Where it can be read' }),
    name: Type.Optional(Type.String({ maxLength: 200, description: 'Name shown to people: Team lead' })),
    channel: names('Channels that it is for; any when left out'),
    role: names('Roles of callers that it is for; any when left out'),
    principal: names('Callers that it is for; any when left out'),
    maxPercentage: Type.Optional(Type.Number({ minimum: 0, maximum: 100, description: 'Most percent off a charge, all discounts of the quote on it together' })),
    maxAmount: Type.Optional(Money),
    secondPerson: Type.Optional(Type.Boolean({ description: 'True: what it approves must have been asked for by somebody else' })),
    lastUpdate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was last changed' })),
    ...extensible,
  },
  { description: 'Up to which discount somebody may approve quotes' },
)
export type DiscountAuthority = Static<typeof DiscountAuthority>

export const discountAuthority = defineResource({
  api: quoteOwnApi,
  name: 'discountAuthority',
  type: 'DiscountAuthority',
  table: 'discount_authority',
  description: 'Up to which discount somebody may approve quotes. Of several that fit a caller the most generous counts. Without one only who may do everything gives discounts.',
  schema: DiscountAuthority,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { required: ['name', 'maxPercentage'] },
  stamps: { onWrite: ['lastUpdate'] },
  filters: { name: 'text', maxPercentage: 'number', lastUpdate: 'instant' },
  // How far a price can be brought down is nothing for who pays it.
  visibility: 'house',
  external: false,
  check: doc => {
    if (doc.maxAmount !== undefined && (doc.maxAmount.unit === undefined || doc.maxAmount.value === undefined)) throw refuse.invalid([fault('maxAmount', 'must have a currency (unit) and a value')])
  },
  example: { name: 'Care agents', channel: ['care'], maxPercentage: 10 },
})

/** What was taken off the charges of a quote. */
export interface Given {
  /** Largest share of a charge, in percent; decimal text. */
  percentage: string
  /** In all, by currency; decimal text. */
  amount: ReadonlyMap<string, string>
}

export interface Authority {
  name: string
  maxPercentage: number
  maxAmount?: { unit: string; value: number }
  secondPerson: boolean
  /** Callers that it is for, when it names them. */
  principal?: readonly string[]
}

/** What the caller may give, what others may, and whether who may do everything may, too: not where an authority is for anybody. */
export interface Authorities {
  mine: Authority
  all: readonly Authority[]
  everything: boolean
}

const FULL: Authority = { name: 'everything', maxPercentage: 100, secondPerson: false }
const NONE: Authority = { name: 'nothing', maxPercentage: 0, secondPerson: false }

const authorityOfRow = (doc: DiscountAuthority): Authority => ({
  name: doc.name ?? doc.id,
  maxPercentage: doc.maxPercentage ?? 0,
  ...(doc.maxAmount?.unit !== undefined && doc.maxAmount.value !== undefined && { maxAmount: { unit: doc.maxAmount.unit, value: doc.maxAmount.value } }),
  secondPerson: doc.secondPerson === true,
  ...(doc.principal && { principal: doc.principal }),
})

/** Authorities of the brand, read as Tandem itself: a confined caller need not see them to be bound by them. */
const rowsOf = async (deps: Pick<Services, 'store'>, context: Context): Promise<DiscountAuthority[]> => {
  const house: Context = { ...context, principal: { id: 'system', kind: 'system', brands: [context.brand], permissions: ['*:*'] } }
  return (await deps.store.find(house, discountAuthority, { limit: 500 })).map(one => one.doc)
}

const fits = (doc: DiscountAuthority, context: Context): boolean =>
  (doc.channel === undefined || doc.channel.includes(context.channel)) &&
  (doc.role === undefined || doc.role.some(role => context.principal.roles?.includes(role) === true)) &&
  (doc.principal === undefined || doc.principal.includes(context.principal.id))

/** Up to what the caller may approve; and who could where that is not enough. */
export const authorityOf = async (deps: Pick<Services, 'store'>, context: Context): Promise<Authorities> => {
  if (context.principal.kind === 'system') return { mine: FULL, all: [], everything: true }
  const rows = await rowsOf(deps, context)
  // A buyer gives itself nothing, whichever channel it says that it comes through.
  const mine = (isBuyer(context) ? [] : rows).filter(row => fits(row, context)).map(authorityOfRow).sort((a, b) => b.maxPercentage - a.maxPercentage)[0]
  return { mine: mine ?? (callerKind(context) === 'administrator' ? FULL : NONE), all: rows.map(authorityOfRow), everything: !rows.some(({ channel, role, principal }) => channel === undefined && role === undefined && principal === undefined) }
}

/** Why a discount is beyond an authority; undefined when it is within it. */
export const beyond = (given: Given, { maxPercentage, maxAmount }: Authority): string | undefined => {
  if (exact(given.percentage).greaterThan(maxPercentage)) return `${exact(given.percentage).toDecimalPlaces(2).toString()} % is more than ${maxPercentage} %`
  const amount = maxAmount === undefined ? undefined : given.amount.get(maxAmount.unit)
  return amount !== undefined && exact(amount).greaterThan(maxAmount?.value ?? 0) ? `${amount} ${maxAmount?.unit ?? ''} is more than ${maxAmount?.value ?? 0} ${maxAmount?.unit ?? ''}` : undefined
}

const EVERYTHING = 'whoever may do everything'

/** Who may approve a discount that the caller asks for, by the names of their authorities. Nobody approves alone what needs a second person. */
export const approversOf = (given: Given, { all, everything }: Authorities, asker: string): string[] => {
  const able = all.filter(one => beyond(given, one) === undefined && !(one.secondPerson && one.principal?.every(name => name === asker) === true)).map(one => one.name)
  return able.length === 0 && everything ? [EVERYTHING] : able
}

/** Why nobody may give a discount; undefined where somebody may. */
export const beyondAll = (given: Given, authorities: Authorities, asker: string): string | undefined => {
  if (exact(given.percentage).isZero() || beyond(given, authorities.mine) === undefined || approversOf(given, authorities, asker).length > 0) return undefined
  const most = authorities.all.toSorted((a, b) => b.maxPercentage - a.maxPercentage)[0]
  const amounts = [...given.amount].map(([unit, amount]) => `${amount} ${unit}`).join(' and ')
  return `a discount of ${exact(given.percentage).toDecimalPlaces(2).toString()} %, ${amounts} in all, is more than anybody may approve${most === undefined ? '' : `: ${most.name} may give up to ${most.maxPercentage} %${most.maxAmount === undefined ? '' : ` and ${most.maxAmount.value} ${most.maxAmount.unit}`}`}`
}
