/** What the offerings of an order need and rule out, by their relations in the catalog: the configurator's word on it (catalog/selection.ts). */
import type { Work } from '../../tmf/resource.ts'
import { configureSelection, type LoadedOffering } from '../catalog/index.ts'
import { product } from '../inventory/index.ts'
import { offeringId, type ProductFacts } from './business-check.ts'
import { placeItems, type OrderItem, type ProductOrderDocument, type RejectionReason } from './order-document.ts'

const LIVING = ['created', 'pendingActive', 'active', 'suspended']
const MOST_PRODUCTS = 500
const CODES = new Set(['requiresOffering', 'excludedByOffering'])

/** Only such offerings are worth the look at what the customer has. */
const isRelated = (offering: LoadedOffering | undefined): boolean => (offering?.doc.productOfferingRelationship ?? []).some(one => /^(requires|dependsOn|prerequisite|excludes|incompatible)/i.test(one.relationshipType ?? ''))

/** Offerings of what the customer has and keeps: without the products that the order changes or ends. */
const kept = async (customer: string | undefined, named: ReadonlySet<string>, { context, deps }: Pick<Work<ProductOrderDocument>, 'context' | 'deps'>): Promise<string[]> => {
  if (customer === undefined) return []
  const found = await deps.store.find(context, product, { where: [{ path: 'relatedParty.id', value: customer }, { path: 'status', value: LIVING }], limit: MOST_PRODUCTS })
  return found.flatMap(one => (named.has(one.id) || one.doc.productOffering?.id === undefined ? [] : [one.doc.productOffering.id]))
}

/** Why what is ordered cannot be had together, or not without something else. */
export const relationReasons = async (
  items: readonly OrderItem[],
  offerings: ReadonlyMap<string, LoadedOffering>,
  products: ReadonlyMap<string, ProductFacts>,
  customer: string | undefined,
  work: Pick<Work<ProductOrderDocument>, 'context' | 'deps' | 'now'>,
): Promise<RejectionReason[]> => {
  const placed = placeItems(items)
  const bought = placed.filter(({ item }) => item.action === 'add' || (item.action === 'modify' && offeringId(item) !== undefined))
  if (!bought.some(({ item }) => isRelated(offerings.get(offeringId(item) ?? '')))) return []
  const named = new Set(placed.flatMap(({ item }) => (item.action === 'add' ? [] : (item.product?.id ?? []))))
  const unchanged = placed.flatMap(({ item }) => (item.action === 'noChange' || (item.action === 'modify' && offeringId(item) === undefined) ? (products.get(item.product?.id ?? '')?.offeringId ?? []) : []))
  const existing = [...unchanged, ...(await kept(customer, named, work))]
  const { finding } = configureSelection({ item: bought.flatMap(({ item }) => (offeringId(item) === undefined ? [] : [{ id: item.id, offeringId: offeringId(item)!, quantity: item.quantity ?? 1 }])), offerings, existing, now: work.now, complete: 'nothing' })
  return finding.flatMap(one => (CODES.has(one.code) ? [{ code: one.code, orderItemId: one.itemId, message: one.message }] : []))
}
