/** Products that a cart changes, as they were when it was checked: an order that ends in between leaves no claim behind, but another product. */
import { createHash } from 'node:crypto'
import type { Transaction } from '../../platform/database/sql.ts'
import { systemContext, type Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { product } from '../inventory/index.ts'
import { activeLines } from './cart-order.ts'
import { placeLines } from './cart-lines.ts'
import type { ShoppingCart } from './shopping-cart.schema.ts'

/** Lines that an answer of in-life sales has made of a product that is there. */
export const changedLines = (cart: ShoppingCart): { productId: string; action: string; effectiveAt: Date }[] =>
  placeLines(activeLines(cart)).flatMap(({ item: { inLife, action, product: about } }) => (inLife === undefined || action === 'add' || about?.id === undefined ? [] : [{ productId: about.id, action: inLife.action, effectiveAt: new Date(inLife.effectiveDate) }]))

/** What an answer rests on of each product, by id; undefined when the cart changes none. */
export const productsNow = async (deps: Pick<Services, 'store'>, { brand, correlationId }: Context, cart: ShoppingCart, tx?: Transaction): Promise<Record<string, string> | undefined> => {
  const ids = changedLines(cart).map(one => one.productId)
  if (ids.length === 0) return undefined
  const found = await deps.store.getMany(systemContext(brand, correlationId), product, ids, tx && { tx })
  return Object.fromEntries(
    [...found].map(([id, { doc }]) => {
      const { status, productOffering, place, productTerm, productPrice, productRelationship } = doc
      return [id, createHash('sha256').update(JSON.stringify([status, productOffering?.id, place?.map(one => one.id), productTerm, productPrice, productRelationship])).digest('base64url').slice(0, 22)]
    }),
  )
}
