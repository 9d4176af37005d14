/** What the sales rules have against an offering for this customer, beside what else is asked about. */
import type { LoadedOffering } from '../catalog/index.ts'
import { buyerOf, hasGuards, judgeSale, type Buyer } from '../sales-rule/index.ts'
import type { Reason, Wanted } from './judge.ts'
import type { Setting } from './setting.ts'

/** One question may be about hundreds of offerings: who asks is looked up once. */
const buyers = new WeakMap<Setting, Buyer>()

const buyerIn = (setting: Setting): Buyer => {
  let buyer = buyers.get(setting)
  if (!buyer) buyers.set(setting, (buyer = buyerOf(setting.deps, setting.context, { customer: setting.party && { id: setting.party.id }, at: setting.now, without: new Set() })))
  return buyer
}

const ITEM = 'item'

export const salesReasons = async (offering: LoadedOffering, wanted: Wanted, setting: Setting): Promise<Reason[]> => {
  const { deps, context, now, channel, party } = setting
  if (!(await hasGuards(deps, context.brand))) return []
  const place = typeof wanted.place?.['id'] === 'string' ? wanted.place['id'] : undefined
  const findings = await judgeSale(deps, context, {
    item: [
      { id: ITEM, offeringId: offering.pin.id, action: wanted.action, characteristic: Object.fromEntries(wanted.characteristics.map(one => [one.name, one.value ?? null])), ...(wanted.productId !== undefined && { productId: wanted.productId }) },
      ...wanted.others.map((other, index) => ({ id: `other${index}`, offeringId: other.pin.id, action: 'add' as const })),
    ],
    ...(party && { customer: { id: party.id } }),
    ...(place !== undefined && { place: { id: place } }),
    channel, at: now,
    offerings: new Map([offering, ...wanted.others].map(one => [one.pin.id, one])),
    ...(wanted.productId === undefined && { buyer: buyerIn(setting) }),
  })
  // A deposit is asked for at the checkout; it keeps nobody from buying. That something has to be bought with it is put right in the cart.
  return findings.filter(one => one.itemId === ITEM && one.deposit === undefined).map(({ code, message }) => ({ code, label: message }))
}
