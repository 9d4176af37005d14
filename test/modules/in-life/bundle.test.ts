/** A bundle (line, router, television) lives on over HTTP: it moves, becomes another, gets and loses parts; its parts keep what was agreed, and the bills show what was said. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openInLifeShop, type InLifeShop, type Json } from './in-life-shop.ts'

const CATALOG = '/tmf-api/productCatalogManagement/v4'
const PRODUCT = '/tmf-api/productInventory/v4/product'
const ORDER = '/tmf-api/productOrderingManagement/v4/productOrder'

let shop: InLifeShop
let offers: Record<'router' | 'tvS' | 'tvM' | 'mesh' | 'home' | 'plus', string>
beforeAll(async () => {
  shop = await openInLifeShop('2027-01-10T09:00:00Z')
  const child = (id: string, lower: number, upper: number, preset: number): Json => ({ id, bundledProductOfferingOption: { numberRelOfferLowerLimit: lower, numberRelOfferUpperLimit: upper, numberRelOfferDefault: preset } })
  const router = (await shop.offering('Home router', { oneTime: 60 })).id
  const tvS = (await shop.offering('TV S', { recurring: 10 })).id
  const tvM = (await shop.offering('TV M', { recurring: 15 })).id
  const mesh = (await shop.offering('Mesh', { recurring: 4, oneTime: 20 })).id
  const bundle = async (name: string, more: Json): Promise<string> => (await shop.call('POST', `${CATALOG}/productOffering`, { name, isBundle: true, lifecycleStatus: 'Launched', ...more })).id
  const television = { bundledGroupProductOffering: [{ id: 'tv', name: 'Television', bundledGroupProductOfferingOption: { numberRelOfferLowerLimit: 0, numberRelOfferUpperLimit: 1 }, bundledProductOffering: [child(tvS, 0, 1, 1), child(tvM, 0, 1, 0)] }] }
  const plus = await bundle('Home Plus', { bundledProductOffering: [child(shop.fast, 1, 1, 1), child(router, 1, 1, 1), child(mesh, 1, 2, 1)], ...television })
  const home = await bundle('Home', { bundledProductOffering: [child(shop.slow, 1, 1, 1), child(router, 1, 1, 1)], ...television, productOfferingRelationship: [{ id: plus, relationshipType: 'upgradesTo' }] })
  offers = { router, tvS, tvM, mesh, home, plus }
}, 120_000)
afterAll(() => shop?.close())

interface Home {
  who: { customer: string; account: string }
  bundle: string
  part: (name: string) => string
}

const homeOf = async (): Promise<Home> => {
  const who = await shop.person()
  const order = await shop.buy(who, [{ action: 'add', productOffering: { id: offers.home }, product: { place: [{ id: 'adr-1', role: 'installation' }] } }])
  const all = await shop.products(order['id'])
  return { who, bundle: all.find(one => one['isBundle'])!['id'], part: name => all.find(one => one['name'] === name)!['id'] }
}
const read = (id: string): Promise<Json> => shop.call('GET', `${PRODUCT}/${id}`)
const rule = (body: Json): Promise<Json> => shop.call('POST', '/tandem/v1/inLifeRule', body)
const buyChange = async ({ bundle, who }: Home, body: Json, ...states: string[]): Promise<{ cart: Json; order: Json }> => {
  const cart = await shop.call('POST', `/tandem/v1/product/${bundle}/inLifeCart`, body)
  const done = await shop.checkOut(cart, who.account)
  return { cart, order: await shop.ended(done['productOrder'].id, ...states) }
}
const insideOf = async (bundle: string): Promise<string[]> => (await read(bundle))['productRelationship'].map((one: Json) => one['product'].name).sort()
const billed = async (account: string, name: string): Promise<Json[]> =>
  await shop.until(async () => {
    const found = (await shop.rates(account)).filter(one => one['name'] === name)
    return found.length > 0 && found
  }, `${name} on a bill`, 60_000)
/** Bills of the next month. */
const nextMonth = async (): Promise<void> => {
  const now = shop.services.clock.now()
  await shop.moveTo(new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1, 6)).toISOString())
}

test('a bundle moves as one: all its parts, for one fee and that of the part that a rule names, at the price as sold', async () => {
  const home = await homeOf()
  const rules = [
    await rule({ name: 'Moving costs fifty', action: ['move'], fee: [{ name: 'Moving', kind: 'fee', method: 'fixed', amount: { unit: 'EUR', value: 50 }, taxIncluded: true, taxRate: 20 }] }),
    await rule({ name: 'The dish is put up again', action: ['move'], productOffering: [{ id: offers.tvS }], fee: [{ name: 'Dish', kind: 'fee', method: 'fixed', amount: { unit: 'EUR', value: 15 }, taxIncluded: true }] }),
  ]
  const answer = await shop.options(home.bundle, '?action=move&place=adr-2')
  // 30.00 + 10.00 with 20 % tax.
  expect(answer['product']).toMatchObject({ monthly: { taxIncluded: { value: 48 } }, part: [{}, {}, {}] })
  const [move] = answer['option']
  expect([move.possible, move.reason]).toEqual([true, []])
  expect(move.oneTimeCost.map((one: Json) => [one['name'], one['taxIncluded'].value, one['product']?.name])).toEqual([['Moving', 50, undefined], ['Dish', 15, 'TV S']])
  expect(move.monthly).toMatchObject({ present: { taxIncluded: { value: 48 } }, new: { taxIncluded: { value: 48 } }, difference: { value: 0 } })
  expect(move.part.map((one: Json) => [one['product'].name, one['becomes']]).sort()).toEqual([['Fibre 100', 'moved'], ['Home router', 'moved'], ['TV S', 'moved']])
  expect(move.kept.filter((one: Json) => one['product']?.name === 'Fibre 100').map((one: Json) => one['what']).sort()).toEqual(['number', 'price', 'term'])

  const before = await read(home.part('Fibre 100'))
  const { cart, order } = await buyChange(home, { action: 'move', place: { id: 'adr-2' } }, 'completed')
  expect(cart['cartItem'][0].cartItem).toHaveLength(3)
  expect(cart['cartTotalPrice']).toMatchObject([{ priceType: 'penalty', price: { taxIncludedAmount: { value: 65 } } }])
  expect(order['productOrderItem']).toHaveLength(1)
  expect(order['productOrderItem'][0].productOrderItem.map((one: Json) => one['action'])).toEqual(['modify', 'modify', 'modify'])
  for (const name of ['Fibre 100', 'Home router', 'TV S']) expect((await read(home.part(name)))['place']).toMatchObject([{ id: 'adr-2' }])
  const after = await read(home.part('Fibre 100'))
  expect([after['productPrice'], after['productTerm'][0].validFor, after['status']]).toEqual([before['productPrice'], before['productTerm'][0].validFor, 'active'])
  await nextMonth()
  expect((await billed(home.who.account, 'Moving')).map(one => one['taxIncludedAmount'].value)).toEqual([50])
  expect((await billed(home.who.account, 'Dish')).map(one => one['taxIncludedAmount'].value)).toEqual([15])

  // Who writes the move into an order takes the parts along too, and pays the same.
  const written = await shop.call('POST', ORDER, { productOrderItem: [{ id: '1', action: 'modify', product: { id: home.bundle, place: [{ id: 'adr-3', role: 'installation' }] } }] })
  const moved = await shop.ended(written.id, 'completed')
  const items: Json[] = [moved['productOrderItem'][0], ...moved['productOrderItem'][0].productOrderItem]
  expect(items.flatMap(one => (one['itemPrice'] ?? []).map((price: Json) => price['name'])).sort()).toEqual(['Dish', 'Moving'])
  expect((await read(home.part('TV S')))['place']).toMatchObject([{ id: 'adr-3' }])
  for (const one of rules) await shop.call('DELETE', `/tandem/v1/inLifeRule/${one['id']}`)
}, 120_000)

test('a bundle becomes another and back: what both have stays, what takes its place changes, what is new comes and goes with its costs', async () => {
  const home = await homeOf()
  const [up] = (await shop.options(home.bundle, '?action=upgrade'))['option']
  expect([up.possible, up.reason, up.productOffering.id]).toEqual([true, [], offers.plus])
  expect(up.part.map((one: Json) => [one['becomes'], one['productOffering'].name]).sort()).toEqual([['added', 'Mesh'], ['changed', 'Fibre 500'], ['kept', 'Home router'], ['kept', 'TV S']])
  // 40.00 + 10.00 + 4.00 against 30.00 + 10.00, with 20 % tax; the mesh is set up for 20.00.
  expect(up.monthly).toMatchObject({ present: { taxIncluded: { value: 48 } }, new: { taxIncluded: { value: 64.8 } }, difference: { value: 16.8 } })
  expect(up.oneTimeTotal).toEqual({ unit: 'EUR', value: 24 })
  const tv = await read(home.part('TV S'))
  const { cart, order } = await buyChange(home, { action: 'upgrade', productOffering: { id: offers.plus } }, 'completed')
  expect(cart['due']).toEqual({ unit: 'EUR', value: 24 })
  expect(order['productOrderItem'][0].productOrderItem.map((one: Json) => one['action']).sort()).toEqual(['add', 'modify', 'noChange', 'noChange'])
  const bundle = await read(home.bundle)
  expect([bundle['name'], bundle['productOffering'].id]).toEqual(['Home Plus', offers.plus])
  expect(await insideOf(home.bundle)).toEqual(['Fibre 100', 'Home router', 'Mesh', 'TV S'].sort())
  const line = await read(home.part('Fibre 100'))
  expect(line).toMatchObject({ name: 'Fibre 500', productTerm: [{ validFor: { endDateTime: expect.stringMatching(/^2029/) } }] })
  expect(line['productPrice'].map((one: Json) => one['priceType'])).toEqual(['recurring'])
  expect((await read(home.part('TV S')))['productPrice']).toEqual(tv['productPrice'])
  const mesh = bundle['productRelationship'].find((one: Json) => one['product'].name === 'Mesh').product.id
  expect(await read(mesh)).toMatchObject({ status: 'active', place: [{ id: 'adr-1' }] })

  // Back: the mesh goes, by the rule for what goes.
  const leaving = await rule({ name: 'A mesh that goes back', action: ['remove'], productOffering: [{ id: offers.mesh }], fee: [{ name: 'Collection', kind: 'fee', method: 'fixed', amount: { unit: 'EUR', value: 12 }, taxIncluded: true }] })
  const [down] = (await shop.options(home.bundle, `?action=downgrade&productOffering=${offers.home}`))['option']
  expect(down.part.find((one: Json) => one['becomes'] === 'ended').product).toEqual({ id: mesh, name: 'Mesh' })
  expect(down.oneTimeTotal).toEqual({ unit: 'EUR', value: 12 })
  const back = await buyChange(home, { action: 'downgrade', productOffering: { id: offers.home } }, 'completed')
  expect(back.order['productOrderItem'][0].productOrderItem.find((one: Json) => one['action'] === 'delete')).toMatchObject({ product: { id: mesh }, itemPrice: [{ name: 'Collection', chargeId: expect.any(String) }] })
  expect((await read(mesh))['status']).toBe('terminated')
  expect(await insideOf(home.bundle)).toEqual(['Fibre 100', 'Home router', 'TV S'])
  await shop.call('DELETE', `/tandem/v1/inLifeRule/${leaving['id']}`)
  await nextMonth()
  expect((await billed(home.who.account, 'Collection')).map(one => one['taxIncludedAmount'].value)).toEqual([12])
  expect((await billed(home.who.account, 'Mesh once')).map(one => one['taxIncludedAmount'].value)).toEqual([24])
  const rates = await shop.rates(home.who.account)
  // From then on 30.00 + 10.00 a month with tax again: nothing else recurs.
  const coming = rates.filter(one => String(one['name']).endsWith('monthly') && one['periodCoverage']?.startDateTime >= shop.services.clock.now().toISOString().slice(0, 7))
  expect(Math.round(coming.reduce((all, one) => all + one['taxIncludedAmount'].value, 0) * 100) / 100).toBe(48)
}, 120_000)

test('parts come and go within the limits and choice groups of their bundle', async () => {
  const home = await homeOf()
  const leaving = await rule({ name: 'Half of what is left', action: ['remove'], fee: [{ name: 'Early termination', method: 'remainingMonths', percentage: 50 }] })
  const all: Json[] = (await shop.options(home.bundle))['option']
  const byId = (id: string): Json => all.find(one => one['id'] === id)!
  // The group takes one of them, so another is not added beside it.
  expect(byId(`add:${offers.tvM}`)).toMatchObject({ possible: false, reason: [{ code: 'bundleLimit' }] })
  expect(byId(`remove:${home.part('Fibre 100')}`)).toMatchObject({ possible: false, reason: [{ code: 'bundleLimit' }] })
  expect(byId(`remove:${home.part('TV S')}`)).toMatchObject({ possible: true, oneTimeCost: [] })
  // The whole: half of 24 months of the line's 30.00, with tax. Nothing binds the television.
  expect(byId('remove').oneTimeTotal).toEqual({ unit: 'EUR', value: 24 * 30 * 0.5 * 1.2 })
  expect(byId('remove').monthly.present.taxIncluded.value).toBe(48)
  // Nor by an order that is written by hand, nor from the part itself.
  const byHand = await shop.call('POST', ORDER, { productOrderItem: [{ id: '1', action: 'delete', product: { id: home.part('Home router') } }] })
  expect(byHand).toMatchObject({ state: 'rejected', rejectionReason: [{ code: 'bundleLimit', orderItemId: '1' }] })
  expect((await shop.options(home.part('Home router'), '?action=remove'))['option'][0]).toMatchObject({ possible: false, reason: [{ code: 'bundleLimit' }] })
  // What the bundle does not have inside is not made of a part of it.
  expect((await shop.options(home.part('Fibre 100'), '?action=upgrade'))['option'][0]).toMatchObject({ possible: false, reason: [{ code: 'bundleLimit' }, { code: 'notInBundle' }] })

  const gone = await buyChange(home, { action: 'remove', part: { id: home.part('TV S') } }, 'completed')
  expect(gone.order['productOrderItem'][0]).toMatchObject({ action: 'modify', product: { id: home.bundle }, productOrderItem: [{ action: 'delete', product: { id: home.part('TV S') } }] })
  expect((await read(home.part('TV S')))['status']).toBe('terminated')
  expect(await insideOf(home.bundle)).toEqual(['Fibre 100', 'Home router'])
  const came = await buyChange(home, { action: 'add', productOffering: { id: offers.tvM } }, 'completed')
  expect(came.cart['cartItem'][0].cartItem[0]).toMatchObject({ action: 'add', productOffering: { id: offers.tvM }, itemPrice: [{ priceType: 'recurring' }] })
  expect(await insideOf(home.bundle)).toEqual(['Fibre 100', 'Home router', 'TV M'])
  const tv = (await read(home.bundle))['productRelationship'].find((one: Json) => one['product'].name === 'TV M').product.id
  expect(await read(tv)).toMatchObject({ status: 'active', place: [{ id: 'adr-1' }] })
  await shop.call('DELETE', `/tandem/v1/inLifeRule/${leaving['id']}`)
}, 120_000)

test('one part takes the place of another in one order, although the catalog does not lead from one to the other', async () => {
  const home = await homeOf()
  const leaving = await rule({ name: 'A box that goes back', action: ['remove'], productOffering: [{ id: offers.tvS }], fee: [{ name: 'Collection', kind: 'fee', method: 'fixed', amount: { unit: 'EUR', value: 12 }, taxIncluded: true }] })
  const part = home.part('TV S')
  const asked = `?action=add&productOffering=${offers.tvM}`
  expect((await shop.options(home.bundle, asked))['option']).toMatchObject([{ possible: false, reason: [{ code: 'bundleLimit' }] }])
  const [swap] = (await shop.options(home.bundle, `${asked}&part=${part}`))['option']
  // 15.00 against 10.00 with 20 % tax.
  expect(swap).toMatchObject({
    id: `add:${offers.tvM}:${part}`, name: 'Add TV M in place of TV S', possible: true, reason: [], oneTimeTotal: { unit: 'EUR', value: 12 },
    monthly: { present: { taxIncluded: { value: 12 } }, new: { taxIncluded: { value: 18 } }, difference: { value: 6 } },
  })
  expect(swap.part.map((one: Json) => [one['becomes'], one['product']?.id ?? one['productOffering'].id])).toEqual([['ended', part], ['added', offers.tvM]])
  // Nothing takes the place of itself, of what is no part, or of one by something beside the bundle.
  const refused = async (body: Json, status: number): Promise<Json[]> => (await shop.call('POST', `/tandem/v1/product/${home.bundle}/inLifeCart`, { action: 'add', ...body }, status)).details
  expect(await refused({ productOffering: { id: offers.tvM }, part: { id: home.bundle } }, 400)).toMatchObject([{ path: 'part.id' }])
  expect(await refused({ productOffering: { id: shop.option }, part: { id: part } }, 409)).toMatchObject([{ path: 'productOffering.id' }])

  const { cart, order } = await buyChange(home, { action: 'add', productOffering: { id: offers.tvM }, part: { id: part } }, 'completed')
  expect(cart['cartItem']).toMatchObject([{ action: 'modify', product: { id: home.bundle }, cartItem: [{ action: 'delete', product: { id: part } }, { action: 'add', productOffering: { id: offers.tvM } }] }])
  expect(order['productOrderItem'][0].productOrderItem.map((one: Json) => one['action'])).toEqual(['delete', 'add'])
  expect((await read(part))['status']).toBe('terminated')
  expect(await insideOf(home.bundle)).toEqual(['Fibre 100', 'Home router', 'TV M'])
  await nextMonth()
  expect((await billed(home.who.account, 'Collection')).map(one => one['taxIncludedAmount'].value)).toEqual([12])
  expect(await billed(home.who.account, 'TV M monthly')).not.toEqual([])
  await shop.call('DELETE', `/tandem/v1/inLifeRule/${leaving['id']}`)
}, 120_000)

test('while a bundle is changed none of its parts is, and a client writes nothing into what was answered', async () => {
  const home = await homeOf()
  const later = new Date(shop.services.clock.now().getTime() + 20 * 86_400_000).toISOString()
  const cart = await shop.call('POST', `/tandem/v1/product/${home.bundle}/inLifeCart`, { action: 'upgrade', productOffering: { id: offers.plus }, effectiveDate: later })
  const [line] = cart.cartItem
  const changed = await shop.patch(cart.id, { cartItem: [{ ...line, cartItem: line.cartItem.filter((one: Json) => one['action'] !== 'add') }] })
  expect(changed['cartItem'][0].cartItem).toHaveLength(4)
  const done = await shop.checkOut(changed, home.who.account)
  await shop.ended(done['productOrder'].id, 'pending')
  for (const name of ['TV S', 'Fibre 100']) {
    const [end] = (await shop.options(home.part(name), '?action=remove'))['option']
    expect(end.reason.map((one: Json) => one['code'])).toContain('changeUnderWay')
  }
  await shop.moveTo(later)
  await shop.ended(done['productOrder'].id, 'completed')
  expect(await read(home.bundle)).toMatchObject({ name: 'Home Plus' })
}, 120_000)

test('who exchanges a bundle chooses of the other one, and a renewal begins the terms of its parts anew', async () => {
  const home = await homeOf()
  const [other] = (await shop.options(home.bundle, `?action=upgrade&choice=${offers.tvM}`))['option']
  expect(other.part.filter((one: Json) => String(one['productOffering']?.name ?? one['product'].name).startsWith('TV')).map((one: Json) => one['becomes']).sort()).toEqual(['added', 'ended'])
  // 40.00 + 15.00 + 4.00 with 20 % tax.
  expect([other.possible, other.monthly.new.taxIncluded.value]).toEqual([true, 70.8])
  // What cannot be chosen there is refused instead of left out.
  for (const [query, path] of [[`choice=${offers.tvM}&choice=nope`, 'choice[1]'], ['part=nope', 'part'], ['productOffering=nope', 'productOffering']] as const) {
    const refused = await shop.call('GET', `/tandem/v1/product/${home.bundle}/inLifeOption?${query}`, undefined, 400)
    expect(refused.details).toMatchObject([{ path }])
  }
  const unknown = await shop.call('POST', `/tandem/v1/product/${home.bundle}/inLifeCart`, { action: 'upgrade', productOffering: { id: offers.plus }, choice: [{ id: 'nope' }] }, 400)
  expect(unknown.details).toMatchObject([{ path: 'choice[0].id' }])
  const chosen = await buyChange(home, { action: 'upgrade', productOffering: { id: offers.plus }, choice: [{ id: offers.tvM }] }, 'completed')
  expect(chosen.order['state']).toBe('completed')
  expect(await insideOf(home.bundle)).toEqual(['Fibre 500', 'Home router', 'Mesh', 'TV M'].map(name => (name === 'Fibre 500' ? 'Fibre 100' : name)).sort())

  const before = (await read(home.part('Fibre 100')))['productTerm'][0].validFor.endDateTime
  await shop.moveTo(new Date(shop.services.clock.now().getTime() + 90 * 86_400_000).toISOString())
  const [renewal] = (await shop.options(home.bundle, '?action=renew'))['option']
  const line = renewal.part.find((one: Json) => one['becomes'] === 'renewed')
  expect([renewal.possible, line.product.name, line.term.new.startsAnew]).toEqual([true, 'Fibre 500', true])
  await buyChange(home, { action: 'renew' }, 'completed')
  const after = (await read(home.part('Fibre 100')))['productTerm'][0].validFor.endDateTime
  expect(after > before).toBe(true)
  expect(after.slice(0, 10)).toBe(line.term.new.end.slice(0, 10))
}, 120_000)
