/** Where a cart is wanted that names no place itself: the place of the qualification that one of its lines relies on. */
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import type { ShoppingCart } from '../cart/index.ts'
import { productOfferingQualification } from '../offer-qualification/index.ts'
import { checkServiceQualification } from '../serviceability/index.ts'

interface Placed {
  place?: Record<string, unknown>[]
}

export const placeOfPin = async (deps: Services, context: Context, cart: ShoppingCart): Promise<Record<string, unknown> | undefined> => {
  const pin = (cart.cartItem ?? []).map(line => line.qualification).find(one => one !== undefined)
  if (pin === undefined) return undefined
  const offer = (await deps.store.get(context, productOfferingQualification, pin.id))?.doc
  if (offer) return (offer.productOfferingQualificationItem?.map(item => (item.product as Placed | undefined)?.place?.[0]).find(one => one !== undefined) ?? (offer as Placed).place?.[0]) as Record<string, unknown> | undefined
  const service = (await deps.store.get(context, checkServiceQualification, pin.id))?.doc
  return service?.serviceQualificationItem?.map(item => (item.service as Placed | undefined)?.place?.[0]).find(one => one !== undefined)
}
