/** What the lines of a cart need and rule out among each other and beside what the customer has: the same word as the order will have. */
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import type { LoadedOffering } from '../catalog/index.ts'
import { customerOf, relationReasons } from '../ordering/index.ts'
import { offeringIdOf, placeLines } from './cart-lines.ts'
import type { CartItem, LineIssue } from './cart-types.ts'
import type { ShoppingCart } from './shopping-cart.schema.ts'

/** Codes of these; a checkout asks again, as the customer may have something else by then. */
export const RELATION_CODES: readonly string[] = ['requiresOffering', 'excludedByOffering']

/** Issues by line. What is saved for later is not bought with the others. */
export const relationIssues = async (cart: ShoppingCart, lines: readonly CartItem[], offerings: ReadonlyMap<string, LoadedOffering>, work: { deps: Services; context: Context; now: Date }): Promise<Map<string, LineIssue[]>> => {
  // What stays as it is counts as what the customer has.
  const bought = placeLines(lines).filter(({ item, isActive }) => isActive && (item.action === 'delete' || ((item.action === 'add' || item.action === 'modify') && offeringIdOf(item) !== undefined)))
  const items = bought.map(({ id, item }) => ({ id, action: item.action ?? 'add', quantity: item.quantity ?? 1, ...(item.productOffering && { productOffering: item.productOffering }), ...(item.product?.id !== undefined && { product: { id: item.product.id } }) }))
  const issues = new Map<string, LineIssue[]>()
  for (const { code, message, orderItemId } of await relationReasons(items as Parameters<typeof relationReasons>[0], offerings, new Map(), customerOf(cart), work)) {
    if (orderItemId !== undefined) issues.set(orderItemId, [...(issues.get(orderItemId) ?? []), { code, message }])
  }
  return issues
}
