/**
 * How long the prices of a cart are pinned. Nobody's change of the catalog ends a pin, but the end of an agreement does: its frame prices hold no
 * longer than it does, whether it runs out, is terminated, or gives way to its next version.
 */
import { systemContext } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import type { PricedComponent } from '../pricing/index.ts'
import type { PricedCart } from './price-cart.ts'
import type { ShoppingCart } from './shopping-cart.schema.ts'

type Pin = NonNullable<ShoppingCart['pricePin']>
type Deps = Pick<Services, 'store'>
/** An agreement and the frame price of it: `agreementItem[0].framePrice[1]`. */
type Basis = NonNullable<Pin['agreement']>[number]

interface Period {
  endDateTime?: string
}

interface AgreementDoc {
  status?: string
  agreementPeriod?: Period
  agreementItem?: readonly { framePrice?: readonly { validFor?: Period }[] }[]
}

/** The frame prices that charges are made by. */
const basisOf = (charges: Iterable<readonly PricedComponent[]>): Basis[] => {
  const found = new Map<string, Basis>()
  for (const own of charges) for (const { source: { agreement } } of own) if (agreement) found.set(`${agreement.id} ${agreement.item}`, { id: agreement.id, item: agreement.item })
  return [...found.values()]
}

const endOf = (period: Period | undefined): number => (period?.endDateTime === undefined ? Infinity : Date.parse(period.endDateTime))

const frameEnd = (doc: AgreementDoc, item: string): number => {
  const [, at, index] = /^agreementItem\[(\d+)\]\.framePrice\[(\d+)\]$/.exec(item) ?? []
  return endOf(doc.agreementItem?.[Number(at)]?.framePrice?.[Number(index)]?.validFor)
}

/** Until when these frame prices hold; never any more, where an agreement is over already. */
const agreedUntil = async (deps: Deps, brand: string, basis: readonly Basis[]): Promise<number> => {
  const agreement = deps.store.resource('agreement')
  if (basis.length === 0 || agreement === undefined) return Infinity
  const house = systemContext(brand, 'price-pin')
  const ids = [...new Set(basis.map(one => one.id))]
  const [found, next] = await Promise.all([deps.store.getMany(house, agreement, ids), deps.store.find(house, agreement, { where: [{ path: 'replaces.id', value: ids }, { path: 'status', value: 'approved' }], limit: 1 })])
  if (next.length > 0) return -Infinity
  return Math.min(...basis.map(({ id, item }) => {
    const doc = found.get(id)?.doc as AgreementDoc | undefined
    return doc?.status === 'approved' ? Math.min(endOf(doc.agreementPeriod), frameEnd(doc, item)) : -Infinity
  }))
}

/** Prices of agreements that count now, and until when. The engine hears of the end of one a moment later: it reads all again then. */
export const priceAsAgreed = async (deps: Deps, brand: string, now: Date, price: (fresh: boolean) => Promise<PricedCart>): Promise<{ priced: PricedCart; basis: Basis[]; until: number }> => {
  for (const fresh of [false, true]) {
    const priced = await price(fresh)
    const basis = basisOf(priced.component.values())
    const until = await agreedUntil(deps, brand, basis)
    if (until > now.getTime() || fresh) return { priced, basis, until: Math.max(until, now.getTime()) }
  }
  throw new Error('Priced neither once nor twice')
}

/** Whether pinned prices hold now. */
export const pinHolds = async (deps: Deps, brand: string, pin: Pin | undefined, now: Date): Promise<boolean> =>
  pin !== undefined && new Date(pin.expirationDate) > now && (pin.agreement === undefined || (await agreedUntil(deps, brand, pin.agreement)) > now.getTime())
