/** When a contract has to be signed (Tandem's own): data, by what is accepted, who accepts it, where, and how much it is about. */
import { Type, type Static } from 'typebox'
import { fault, refuse } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import { systemContext, type Context } from '../../platform/principal.ts'
import { remembering } from '../../tmf/remembering.ts'
import { defineResource } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { TimePeriod } from '../../tmf/types/basics.ts'
import { ProductOfferingRef } from '../../tmf/types/references.ts'
import { partyOf } from '../customer/index.ts'
import { contractApi } from './api.ts'
import { offeringIds, type Source } from './summary-document.ts'

type Doc = Record<string, any>

const SignatureRule = Type.Object(
  {
    id: Type.String({ description: 'Identifier' }),
    href: Type.String({ description: 'Where it can be read' }),
    name: Type.Optional(Type.String({ maxLength: 200, description: 'Name shown to people' })),
    subject: Type.Optional(Type.Enum(['shoppingCart', 'quote'], { type: 'string', description: 'What is accepted; both when left out' })),
    customerType: Type.Optional(Type.Enum(['individual', 'organization'], { type: 'string', description: 'Who accepts it; anybody when left out' })),
    channel: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { description: 'Where it is accepted; anywhere when left out' })),
    productOffering: Type.Optional(Type.Array(ProductOfferingRef, { description: 'Offerings one of which is among what is accepted, parts included; any when left out' })),
    minimumAmount: Type.Optional(
      Type.Object({ unit: Type.String({ pattern: '^[A-Z]{3}$', description: 'Currency' }), value: Type.Number({ minimum: 0, description: 'Amount' }) }, { description: 'From this amount on: one of the totals (once, per month …), with tax' }),
    ),
    validFor: Type.Optional(TimePeriod),
    lastUpdate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was last changed' })),
    ...extensible,
  },
  { description: 'When a contract has to be signed' },
)
type SignatureRule = Static<typeof SignatureRule>

export const signatureRule = defineResource({
  api: contractApi,
  name: 'signatureRule',
  type: 'SignatureRule',
  table: 'signature_rule',
  description: 'When a contract has to be signed before it is accepted: one rule whose conditions all hold is enough. Without rules nothing has to be.',
  schema: SignatureRule,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { required: ['name'] },
  stamps: { onWrite: ['lastUpdate'] },
  history: true,
  filters: { name: 'text', subject: 'text', lastUpdate: 'instant' },
  references: [{ path: 'productOffering[]', to: 'productOffering', weak: true }],
  visibility: 'brand',
  writtenBy: 'house',
  external: false,
  afterWrite: deps => rules.forget(deps),
  check: doc => {
    const { startDateTime: from, endDateTime: until } = doc.validFor ?? {}
    if (from !== undefined && until !== undefined && new Date(from) >= new Date(until)) throw refuse.invalid([fault('validFor.endDateTime', 'must be after startDateTime', until)])
  },
  example: { name: 'Contracts of companies from 1000 a month on', customerType: 'organization', channel: ['web', 'care'], minimumAmount: { unit: 'GBP', value: 1000 } },
})

type Deps = Pick<Services, 'store' | 'database' | 'clock'>

const rules = remembering(async (deps: Deps, brand): Promise<SignatureRule[]> => (await deps.store.find(systemContext(brand, newId()), signatureRule, { sort: 'name', limit: 500 })).map(one => one.doc))

const TOTALS = { quote: 'quoteTotalPrice', shoppingCart: 'cartTotalPrice' } as const

const reaches = (doc: Doc, source: Source, least: { unit: string; value: number }): boolean =>
  ((doc[TOTALS[source]] ?? []) as Doc[]).some(({ price }) => {
    const money = (price?.taxIncludedAmount ?? price?.dutyFreeAmount) as { unit?: string; value?: number } | undefined
    return money?.unit === least.unit && (money.value ?? 0) >= least.value
  })

const CUSTOMER_ROLES = ['customer', 'buyer', 'owner']

/** Who accepts a quote or a cart, as it names the customer. */
export const customerRef = (doc: Doc): Doc | undefined => ((doc['relatedParty'] ?? []) as Doc[]).find(one => CUSTOMER_ROLES.includes(String(one['role'] ?? '').toLowerCase()))

/** The rule by which this cart or quote has to be signed, if there is one. Costs nothing where no rules are. */
export const signatureRuleFor = async (deps: Deps, context: Context, source: Source, doc: object, channel: string): Promise<{ id: string; name: string } | undefined> => {
  const now = deps.clock.now()
  const of = doc as Doc
  const open = (await rules.of(deps, context.brand)).filter(
    ({ subject, channel: where, validFor, minimumAmount }) =>
      (subject === undefined || subject === source) &&
      (where === undefined || where.includes(channel)) &&
      (validFor?.startDateTime === undefined || new Date(validFor.startDateTime) <= now) &&
      (validFor?.endDateTime === undefined || now < new Date(validFor.endDateTime)) &&
      (minimumAmount === undefined || reaches(of, source, minimumAmount)),
  )
  if (open.length === 0) return undefined
  const offered = new Set(offeringIds(of, source))
  const customer = customerRef(of)
  const kind = customer === undefined || open.every(one => one.customerType === undefined) ? undefined : (await partyOf(deps, systemContext(context.brand, context.correlationId), customer['@referredType'] === 'Party' ? { id: customer['id'] } : (customer as { id: string })))?.kind
  const found = open.find(one => (one.customerType === undefined || one.customerType === kind) && (one.productOffering === undefined || one.productOffering.some(({ id }) => offered.has(id))))
  return found && { id: found.id, name: found.name ?? found.id }
}
