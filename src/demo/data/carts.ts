/** What the channels of the sample may do with carts, and two carts on their way: a guest's on the web, and one of a customer. */
import { brands } from './record.ts'
import type { SampleRecord } from './record.ts'

const brand = brands.own
const record = (resource: string, id: string, doc: Record<string, unknown>): SampleRecord => ({ brand, resource, id, doc })

export const cartRecords: SampleRecord[] = [
  record('channelEntitlement', 'entitlement-web', { channel: 'web', description: 'The web shop sells everything and gives no discounts', action: ['handOver', 'takeOver', 'merge', 'checkOut'] }),
  record('channelEntitlement', 'entitlement-care', { channel: 'care', description: 'Customer care may give ten percent, or ten pounds', discount: { maxPercentage: 10, maxAmount: { unit: 'GBP', value: 10 } } }),
  record('channelEntitlement', 'entitlement-store', { channel: 'store', description: 'Stores may give fifteen percent', discount: { maxPercentage: 15 } }),
  record('shoppingCart', 'cart-guest', {
    contactMedium: [{ mediumType: 'phone', preferred: true, characteristic: { phoneNumber: '+441632960321' } }],
    cartItem: [
      { id: '1', action: 'add', status: 'active', quantity: 1, productOffering: { id: 'mobile-m', name: 'Mobile M' } },
      { id: '2', action: 'add', status: 'saveForLater', quantity: 1, productOffering: { id: 'phone-aura-9' } },
    ],
  }),
  record('shoppingCart', 'cart-ind-002', {
    relatedParty: [{ id: 'ind-002', role: 'customer', '@referredType': 'Individual' }],
    cartItem: [{ id: '1', action: 'add', status: 'active', quantity: 1, productOffering: { id: 'home-trio', name: 'Home Trio' }, product: { place: [{ id: 'adr-quay-street-7', role: 'installation', '@referredType': 'GeographicAddress' }] } }],
  }),
]
