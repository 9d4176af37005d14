/** The short form of the cart soak: seeded races of channels, checkouts, cancelling and call-backs over two servers on one database. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { raceCart } from '../../soak/cart-races.ts'
import { createRandom } from '../../soak/random.ts'
import { openCartShop, type CartShop } from './cart-shop.ts'

let shop: CartShop
let second: TestApp
beforeAll(async () => {
  shop = await openCartShop()
  second = await createTestApp({ databaseUrl: shop.databaseUrl })
}, 60_000)
afterAll(async () => {
  await second?.close()
  await shop?.close()
})

test('no change is lost, a cart becomes one order, and the money held is the money due', async () => {
  const doors = [`http://127.0.0.1:${(shop.app.server.address() as { port: number }).port}`, await second.listen()]
  await shop.outside('PUT', '/faults/payments', { errorRate: 0.05, repeatCallbackRate: 0.5, loseCallbackRate: 0.1, seed: 3 })
  let turn = 0
  const world = { door: () => doors[turn++ % 2]!, backEnds: shop.backEnds.url, offerings: [shop.offers.plan, shop.offers.router] }
  for (let round = 0; round < 2; round++) await Promise.all(Array.from({ length: 4 }, (_, lane) => raceCart(world, createRandom(663 + round * 10 + lane), `r${round}-${lane}`)))
  const { executedTwice } = await shop.outside('GET', '/books/summary')
  expect(executedTwice.filter((one: { system: string }) => one.system === 'payments')).toEqual([])
}, 180_000)
