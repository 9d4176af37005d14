/** By what products that customers have are found that a change is about: what they are, what their prices were made of, and how they are taxed. */
import type { Context } from '../../platform/principal.ts'
import type { Condition, FilterCondition } from '../../tmf/services.ts'
import { productOfferingPrice } from '../catalog/index.ts'
import { taxRate } from '../tax/index.ts'
import type { DraftChange } from './change-store.ts'
import type { Doc, KindName } from './kinds.ts'
import type { WorkDeps } from './work.ts'

type Where = readonly (Condition | FilterCondition)[]
type Predicate = FilterCondition['where']

/** In the hands of somebody: what ended is not concerned any more. */
const LIVING: Condition = { path: 'status', value: ['created', 'pendingActive', 'active', 'suspended', 'pendingTerminate'] }

/** By which attribute products name what a kind of change is about. */
const PATHS: Partial<Record<KindName, string>> = {
  productOffering: 'productOffering.id',
  productOfferingPrice: 'productPrice.productOfferingPrice.id',
  productSpecification: 'productSpecification.id',
  promotion: 'productPrice.derivation.alterations.id',
  priceList: 'productPrice.derivation.source.list.id',
  priceListEntry: 'productPrice.derivation.source.entry.id',
}

const way = (...names: string[]) => ({ names, lists: names.map(() => false) })
const is = (value: string, ...names: string[]): Predicate => ({ kind: 'compare', way: way(...names), op: 'eq', as: 'text', value })
const lacks = (...names: string[]): Predicate => ({ kind: 'not', part: { kind: 'exists', way: way(...names) } })
const allOf = (...parts: Predicate[]): Predicate => ({ kind: 'and', parts })
const oneOf = (...parts: Predicate[]): Predicate => ({ kind: 'or', parts })

/** Those with a price of the category that was not sold for another jurisdiction: what does not say where it is taxed is taxed where its account is. */
const taxedBy = ({ category, jurisdiction }: Doc): Where | undefined => {
  if (typeof category !== 'string' || typeof jurisdiction !== 'string') return undefined
  const named = oneOf(is(category, 'taxCategory'), ...(category === 'standard' ? [lacks('taxCategory')] : []))
  const ofCategory = oneOf(is(category, 'derivation', 'tax', 'category'), allOf(lacks('derivation', 'tax', 'category'), named))
  const there = oneOf(is(jurisdiction, 'derivation', 'tax', 'jurisdiction'), lacks('derivation', 'tax', 'jurisdiction'))
  return [LIVING, { where: { kind: 'some', way: { names: ['productPrice'], lists: [true] }, where: allOf(ofCategory, there) } }]
}

/** A rule decides about the catalog prices that name it; products name these. */
const ruledBy = async (deps: WorkDeps, context: Context, id: string): Promise<Where | 'none'> => {
  const prices = await deps.store.find(context, productOfferingPrice, { where: [{ path: 'constraint.id', value: id }], limit: 10_000 })
  return prices.length === 0 ? 'none' : [{ path: 'productPrice.productOfferingPrice.id', value: prices.map(one => one.id) }, LIVING]
}

/** Conditions for the products that a change is about; `none`: there are none; undefined: a change of this kind is about no product. */
export const conditionsOf = async (deps: WorkDeps, context: Context, { resource, resourceId, action, document }: DraftChange): Promise<Where | 'none' | undefined> => {
  // A rate that begins takes the place of the one before on every bill to come.
  if (resource === 'taxRate') return taxedBy(action === 'create' ? (document ?? {}) : ((await deps.store.get(context, taxRate, resourceId))?.doc ?? {}))
  if (action === 'create') return undefined
  if (resource === 'priceRule') return await ruledBy(deps, context, resourceId)
  const path = PATHS[resource]
  return path === undefined ? undefined : [{ path, value: resourceId }, LIVING]
}
