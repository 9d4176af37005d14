/** One customer with a fibre line and a phone in instalments upgrades, renews, moves and ceases: the orders run, and the bills show exactly what was said. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openInLifeShop, type InLifeShop, type Json } from './in-life-shop.ts'

let shop: InLifeShop
beforeAll(async () => {
  shop = await openInLifeShop('2027-01-10T09:00:00Z')
}, 120_000)
afterAll(() => shop?.close())

const at = (instant: string): string => instant.slice(0, 10)

test('a line and a phone live through upgrade, renewal, move and end', async () => {
  const rule = (body: Json): Promise<Json> => shop.call('POST', '/tandem/v1/inLifeRule', body)
  await rule({ name: 'Moving costs fifty', action: ['move'], fee: [{ name: 'Moving', kind: 'fee', method: 'fixed', amount: { unit: 'EUR', value: 50 }, taxIncluded: true }] })
  const leaving = await rule({ name: 'Half of what is left', action: ['remove'], takesEffect: 'endOfBillingPeriod', device: 'payOff', fee: [{ name: 'Early termination', method: 'remainingMonths', percentage: 50 }] })
  const who = await shop.person()
  const sale = await shop.buy(who, [
    { action: 'add', productOffering: { id: shop.slow }, product: { place: [{ id: 'adr-1', role: 'installation' }] } },
    { action: 'add', productOffering: { id: shop.phone }, financing: { id: shop.months24 } },
  ])
  const products = await shop.products(sale['id'])
  const line = products.find(one => one['name'] === 'Fibre 100')!
  expect(line['productTerm'][0].validFor).toEqual({ startDateTime: line['startDate'], endDateTime: expect.stringContaining('2029-01-10') })
  const [plan] = await shop.until(async () => { const found = await shop.call('GET', '/tandem/v1/financingPlan?state=active'); return found.length > 0 && found }, 'the plan has begun')
  expect(plan).toMatchObject({ amountFinanced: { unit: 'EUR', value: 600 }, numberOfInstalments: 24, product: { name: 'Phone' }, soldWith: [{ id: line['id'] }] })
  expect(plan.instalment.map((one: Json) => one['amount'].value)).toEqual(Array.from({ length: 24 }, () => 25))

  // Upgrade, at once: no second connection fee, the term goes on.
  await shop.moveTo('2027-03-15T09:00:00Z')
  const [up] = (await shop.options(line['id'], '?action=upgrade'))['option']
  expect(up).toMatchObject({ action: 'upgrade', possible: true, reason: [], takesEffect: 'now', oneTimeCost: [], monthly: { present: { taxIncluded: { value: 36 } }, new: { taxIncluded: { value: 48 } }, difference: { value: 12 } } })
  expect(up.kept.map((one: Json) => one['what'])).toEqual(expect.arrayContaining(['number', 'term', 'device']))
  const buyChange = async (body: Json, ...states: string[]): Promise<Json> => {
    const cart = await shop.call('POST', `/tandem/v1/product/${line['id']}/inLifeCart`, body)
    const done = await shop.checkOut(cart, who.account)
    return await shop.ended(done['productOrder'].id, ...states)
  }
  const upgraded = await buyChange({ action: 'upgrade', productOffering: { id: shop.fast } }, 'completed')
  expect(upgraded['productOrderItem'][0]).toMatchObject({ action: 'modify', inLife: { action: 'upgrade', monthly: up.monthly } })
  expect(upgraded['productOrderItem'][0].itemPrice.map((one: Json) => one['priceType'])).toEqual(['recurring'])
  const read = (): Promise<Json> => shop.call('GET', `/tmf-api/productInventory/v4/product/${line['id']}`)
  expect(await read()).toMatchObject({ name: 'Fibre 500', productOffering: { id: shop.fast }, productTerm: [{ validFor: { endDateTime: expect.stringContaining('2029-01-10') } }] })

  // Renewal: a new term from then on.
  await shop.moveTo('2027-04-20T09:00:00Z')
  await buyChange({ action: 'renew' }, 'completed')
  expect((await read())['productTerm'][0].validFor.endDateTime).toContain('2029-04-20')

  // Move: the price as it was sold, for a fee.
  await shop.moveTo('2027-05-10T09:00:00Z')
  const [nowhere] = (await shop.options(line['id'], '?action=move'))['option']
  expect([nowhere.possible, nowhere.reason[0].code]).toEqual([false, 'placeNeeded'])
  const moved = await buyChange({ action: 'move', place: { id: 'adr-2' } }, 'completed')
  expect(moved['productOrderItem'][0].itemPrice).toMatchObject([{ name: 'Moving', price: { taxIncludedAmount: { value: 50 } }, chargeId: expect.any(String) }])
  expect((await read())['place']).toMatchObject([{ id: 'adr-2' }])

  // End: at the end of the billing period, with half of what is left and the rest of the phone.
  await shop.moveTo('2027-06-15T09:00:00Z')
  const [end] = (await shop.options(line['id'], '?action=remove'))['option']
  expect([end.possible, at(end.effectiveDate), end.takesEffect]).toEqual([true, '2027-07-01', 'endOfBillingPeriod'])
  // 22 months from 1 July 2027 to 20 April 2029, each begun one counted: 22 × 40.00 × 50 % = 440.00, with 20 % tax 528.00. 19 of 24 instalments of 25.00 are not due by then.
  expect(end.oneTimeCost).toMatchObject([
    { kind: 'terminationFee', taxExcluded: { value: 440 }, taxIncluded: { value: 528 }, rule: { id: leaving['id'] } },
    { kind: 'devicePayOff', taxIncluded: { value: 475 } },
  ])
  expect(end.oneTimeTotal).toEqual({ unit: 'EUR', value: 1003 })
  const order = await buyChange({ action: 'remove' }, 'pending')
  expect(at(order['requestedStartDate'])).toBe('2027-07-01')
  expect((await read())['status']).toBe('active')
  const [again] = (await shop.options(line['id'], '?action=renew'))['option']
  expect(again.reason.map((one: Json) => one['code'])).toContain('changeUnderWay')
  await shop.moveTo('2027-07-01T00:30:00Z')
  await shop.ended(order['id'], 'completed')
  expect((await read())['status']).toBe('terminated')
  const paid = await shop.until(async () => { const now = await shop.call('GET', `/tandem/v1/financingPlan/${plan.id}`); return now.state === 'paidOff' && now }, 'paid off')
  expect(paid.payOff.amount).toEqual({ unit: 'EUR', value: 475 })

  // The bills.
  await shop.moveTo('2027-08-01T06:00:00Z')
  const rates = await shop.until(async () => {
    const all = await shop.rates(who.account)
    return all.some(one => /Early termination/.test(one['name'] ?? one['description'] ?? '')) && all.some(one => /paid off/.test(one['name'] ?? '')) && all
  }, 'the last bill', 60_000)
  const sums = new Map<string, [number, number]>()
  for (const one of rates) {
    const name = String(one['name']).replace(/instalment \d+ of/, 'instalment of')
    const [count, sum] = sums.get(name) ?? [0, 0]
    sums.set(name, [count + 1, Math.round((sum + one['taxIncludedAmount'].value) * 100) / 100])
  }
  const shown = Object.fromEntries([...sums].map(([name, [count, sum]]) => [name, `${count} × = ${sum}`]))
  expect(shown).toEqual({
    // Net 21.29 (22 of 31 days of 30.00) + 30.00 + 30.00 − 16.45 (14 of 31 days are kept of March): 64.84, with 20 % tax.
    'Fibre 100 monthly': '4 × = 77.81',
    'Fibre 100 once': '1 × = 48',
    // Net 21.94 (17 of 31 days of 40.00) + 40.00 for April, May and June; July was charged in advance and given back: 141.94.
    'Fibre 500 monthly': '6 × = 170.33',
    Moving: '1 × = 50',
    'Early termination': '1 × = 528',
    'Phone: instalment of 24': '5 × = 125',
    'Phone: remainder paid off': '1 × = 475',
  })
}, 240_000)
