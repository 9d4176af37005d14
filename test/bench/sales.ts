/**
 * Sales: what a cart of ten items costs, over 10,000 offerings with lists, tax and 100 promotions, on one core; and what promotions that cannot
 * apply cost. Then, over HTTP, a thing put into a cart, and whole purchases from the empty cart to the order.
 */
import { circumstancesOf, snapshotOf, type PromotionSketch, type Shop } from '../modules/pricing/case-book.ts'
import { price, type Snapshot } from '../../src/modules/pricing/price.ts'
import type { PricingItem } from '../../src/modules/pricing/price-request.ts'
import { converse } from './conversations.ts'
import type { Measured } from './measure.ts'
import { clientOf, emptyCarts, floorPurchase, openShop, purchase, storedOf } from './purchase.ts'
import { startServers } from './servers.ts'

const OFFERINGS = 10_000
const CATEGORIES = 50

const numbered = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index))
const named = <T>(prefix: string, values: readonly T[]): Record<string, T> => Object.fromEntries(values.map((value, index) => [`${prefix}${index}`, value]))

/** Each with a monthly and a one-time charge; every tenth is in a list for stores, every fifth on sale. */
const shop: Shop = {
  offerings: named('o', numbered(OFFERINGS, index => ({ prices: [`m${index}`, `s${index}`], category: [`c${index % CATEGORIES}`], terms: [24] }))),
  prices: {
    ...named('m', numbered(OFFERINGS, index => ({ priceType: 'recurring', recurringChargePeriodType: 'month', price: `EUR ${(10 + (index % 90) + 0.99).toFixed(2)}`, tax: [{ taxCategory: 'standard', taxRate: 19 }] }))),
    ...named('s', numbered(OFFERINGS, index => ({ priceType: 'oneTime', price: `EUR ${20 + (index % 50)}`, tax: [{ taxCategory: 'standard', taxRate: 19 }] }))),
  },
  lists: { store: { listType: 'OVERRIDE', rule: [{ about: 'channel', value: ['store'] }] }, sale: { listType: 'SALE' } },
  entries: Object.fromEntries(numbered(OFFERINGS / 5, index => [`e${index}`, { offering: `o${index * 5}`, list: index % 2 === 0 ? 'store' : 'sale', price: 'EUR 12.50' }])),
  taxes: [['standard', 'DE', '19']],
}

/** A hundred that are active, as a provider has them: on offerings, categories, segments, codes, and some for all. */
const active: PromotionSketch[] = [
  ...numbered(55, index => ({ value: '10', when: [['productOffering', '=', `o${index * 37}`] as [string, string, string]], priority: index % 3 })),
  ...numbered(20, index => ({ value: '5', months: 6, when: [['category', '=', `c${index}`] as [string, string, string], ['termMonths', '>=', '24'] as [string, string, string]] })),
  ...numbered(12, index => ({ value: '20', when: [['segment', '=', `segment-${index}`] as [string, string, string]] })),
  ...numbered(10, index => ({ type: 'Reduction' as const, value: '5.00 EUR', when: [['promotionCode', '=', `CODE${index}`] as [string, string, string]] })),
  { value: '3', on: 'oneTime', when: [['cartTotal', '>=', '500']] },
  { value: '2', on: 'recurring', when: [['cartQuantity', '>=', '10']] },
  { value: '100', on: 'oneTime', exclusive: true, when: [['cartTotal', '>=', '100000']] },
]

/** For other channels, offerings, segments and times. */
const cannotApply = (count: number): PromotionSketch[] =>
  numbered(count, index => ({
    value: '10',
    ...[{ when: [['productOffering', '=', `not-sold-${index}`]] }, { when: [['channel', '=', 'partner'], ['category', '=', 'c1']] }, { when: [['segment', '=', `other-${index}`]] }, { when: [['cartTotal', '>=', '0']], valid: ['2020-01-01T00:00:00Z', '2021-01-01T00:00:00Z'] }, { when: [['promotionCode', '=', `OTHER${index}`]] }][index % 5],
  })) as PromotionSketch[]

const circumstances = () => circumstancesOf({ currency: 'EUR', country: 'DE', channel: 'web', segment: ['segment-3'], customer: 'ada', code: ['CODE4'] })

/** A thousand carts of ten different items. */
const carts = numbered(1000, cart => numbered(10, (index): PricingItem => ({ id: String(index), offeringId: `o${(cart * 131 + index * 997) % OFFERINGS}`, quantity: 1 + (index % 3) })))

/** Carts priced in so many seconds, for each second that a core worked on it: what else runs on the machine takes none of it. */
const rate = (snapshot: Snapshot, seconds: number): { perSecond: number; times: number[] } => {
  const times: number[] = []
  const before = process.cpuUsage()
  const end = performance.now() + seconds * 1000
  let last = performance.now()
  for (let index = 0; last < end; index++) {
    const answer = price(snapshot, circumstances(), carts[index % carts.length]!)
    if (answer.line.length !== 10 || answer.fault.length > 0) throw new Error(`a cart was not priced: ${JSON.stringify(answer.fault)}`)
    const now = performance.now()
    times.push(now - last)
    last = now
  }
  const { user, system } = process.cpuUsage(before)
  return { perSecond: times.length / ((user + system) / 1e6), times }
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

const compare = (name: string, measured: Snapshot, floor: Snapshot, { turns, seconds }: { turns: number; seconds: number }, note: string): Measured => {
  rate(measured, 0.5)
  rate(floor, 0.5)
  const runs = numbered(turns, () => ({ measured: rate(measured, seconds), floor: rate(floor, seconds) }))
  const times = runs.flatMap(run => run.measured.times).sort((a, b) => a - b)
  const at = (share: number): number => Math.round((times[Math.floor(times.length * share)] ?? 0) * 1000) / 1000
  return {
    name,
    unit: 'pricings/s',
    value: Math.round(median(runs.map(run => run.measured.perSecond))),
    floor: Math.round(median(runs.map(run => run.floor.perSecond))),
    ratio: median(runs.map(run => run.measured.perSecond / run.floor.perSecond)),
    p50: at(0.5),
    p99: at(0.99),
    n: times.length,
    note,
  }
}

async function* buying(options: { turns: number; seconds: number }): AsyncGenerator<Measured> {
  const servers = await startServers(async () => undefined)
  const [tandem, floor] = [clientOf(servers.tandem, 16), clientOf(servers.floor, 16)]
  const isShort = options.turns === 1
  const about = { warmUp: isShort ? 3 : 10, processes: servers.processes }
  try {
    const shop = await openShop(tandem.ask)
    const stored = await storedOf(tandem.ask, shop)
    const empty = await emptyCarts(servers.databaseUrl, stored['cart']!, isShort ? 5_000 : 30_000)
    const floorCarts: string[] = []
    for (let n = 0; n < 500; n++) floorCarts.push((await floor.ask('POST', '/purchase/cart', stored['cart']))['id'] as string)
    let next = 0
    const add = async (): Promise<void> => void (await tandem.ask('POST', `/tandem/v1/shoppingCart/${empty()}/item`, { productOffering: { id: shop.router } }))
    const change = async (): Promise<void> => void (await floor.ask('POST', `/purchase/cart/${floorCarts[next++ % floorCarts.length]!}`, stored['filled']))
    yield await converse('add to cart, 16 at once', add, change, { ...options, callers: 16 }, about)
    yield await converse('add to cart, one', add, change, { ...options, callers: 1 }, about)
    const buy = purchase(tandem.ask, shop)
    const store = floorPurchase(floor.ask, stored)
    yield await converse('whole purchase, 16 at once', buy, store, { ...options, callers: 16 }, about)
    yield await converse('whole purchase, one', buy, store, { ...options, callers: 1 }, about)
  } finally {
    await Promise.all([tandem.close(), floor.close()])
    await servers.stop()
  }
}

export async function* sales(options: { turns: number; seconds: number }): AsyncGenerator<Measured> {
  const with100 = snapshotOf({ ...shop, promotions: named('p', active) })
  yield compare('price 10 items', with100, snapshotOf(shop), options, 'one core, 100 active promotions; the floor is without promotions')
  const [few, many] = [10, 1000].map(count => snapshotOf({ ...shop, promotions: { ...named('p', active), ...named('q', cannotApply(count)) } }))
  yield compare('…1,000 that cannot apply', many!, few!, options, 'beside them promotions that cannot apply: 1,000 against 10')
  yield* buying(options)
}
