/** Offer qualification: what a customer can buy at a place through a channel, and what carts and orders rely on. */
import { defineModule } from '../../tmf/module.ts'
import { reserveFrom } from '../serviceability/index.ts'
import { offerQualificationHoldings } from './personal.ts'
import { pinRoutes } from './pin-routes.ts'
import { productOfferingQualification } from './product-offering-qualification.ts'
import { lineOfOffer } from './reservable.ts'

reserveFrom(productOfferingQualification.name, lineOfOffer)

export const offerQualificationModule = defineModule({
  name: 'offer-qualification',
  dependsOn: ['catalog', 'customer', 'inventory', 'sales-rule', 'place', 'serviceability'],
  resources: [productOfferingQualification],
  contributions: { personal: offerQualificationHoldings },
  routes: pinRoutes,
})

export { productOfferingQualification } from './product-offering-qualification.ts'
export { marketReasons, marketsFor, type Market } from './market.ts'
export { whyNotOffered, type Offered, type WhyNot } from './offered.ts'
export { recheckPin, reliesOnPin, type Pin, type Rechecked, type Relied } from './pin.ts'
