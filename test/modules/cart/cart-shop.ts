/** A running app with a small catalog, the back-end simulators behind its checkout, and what cart tests ask of it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'vitest'
import { startBackEnds, type BackEnds } from '../../../src/demo/back-ends/server.ts'
import { createTestApp, type TestApp, type TestAppOptions } from '../../support/app.ts'

export type Json = Record<string, any>
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
type Answer = Awaited<ReturnType<TestApp['app']['inject']>>

const CART = '/tmf-api/shoppingCart/v4/shoppingCart'
const CATALOG = '/tmf-api/productCatalogManagement/v4'

export interface CartShop extends TestApp {
  backEnds: BackEnds
  CART: string
  offers: Record<'plan' | 'router' | 'bundle', string>
  raw: (method: Method, url: string, payload?: Json, headers?: Record<string, string>) => Promise<Answer>
  call: (method: Method, url: string, payload?: Json, status?: number, headers?: Record<string, string>) => Promise<any>
  line: (offer: 'plan' | 'router' | 'bundle', more?: Json) => Json
  cart: (lines: Json[], more?: Json, headers?: Record<string, string>) => Promise<Json>
  patch: (id: string, body: Json, headers?: Record<string, string>) => Promise<Json>
  offering: (name: string, prices: { recurring?: number; oneTime?: number }, more?: Json, specification?: Json) => Promise<{ id: string; prices: string[] }>
  /** Moves business time on. */
  advance: (ms: number) => Promise<void>
  /** A person who is a customer, with a passport. */
  customer: (name?: string) => Promise<{ person: string; customer: string }>
  outside: (method: string, url: string, body?: Json) => Promise<any>
  until: <T>(look: () => Promise<T | undefined | false>, what: string, ms?: number) => Promise<T>
}

export const openCartShop = async (options: TestAppOptions & { gateways?: boolean } = {}): Promise<CartShop> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tandem-cart-'))
  const backEnds = await startBackEnds({ port: 0, dataDir: folder, mobileMs: 60, pickMs: 60, transitMs: 60, hangMs: 1_000 })
  const test = await createTestApp(options)
  await test.listen()
  const raw: CartShop['raw'] = (method, url, payload, headers = {}) => test.app.inject({ method, url, headers, ...(payload && { payload }) })
  const call: CartShop['call'] = async (method, url, payload, status, headers) => {
    const answer = await raw(method, url, payload, headers)
    expect(answer.statusCode, `${method} ${url}: ${answer.body}`).toBe(status ?? (method === 'POST' ? 201 : method === 'DELETE' ? 204 : 200))
    return answer.body === '' ? undefined : answer.json()
  }
  const offering: CartShop['offering'] = async (name, { recurring, oneTime }, more = {}, specification) => {
    const prices: string[] = []
    const tax = [{ taxCategory: 'VAT', taxRate: 20 }]
    if (recurring !== undefined) prices.push((await call('POST', `${CATALOG}/productOfferingPrice`, { name: `${name} monthly`, priceType: 'recurring', recurringChargePeriodType: 'month', recurringChargePeriodLength: 1, price: { unit: 'EUR', value: recurring }, tax, lifecycleStatus: 'Launched' })).id)
    if (oneTime !== undefined) prices.push((await call('POST', `${CATALOG}/productOfferingPrice`, { name: `${name} once`, priceType: 'oneTime', price: { unit: 'EUR', value: oneTime }, tax, lifecycleStatus: 'Launched' })).id)
    const spec = await call('POST', `${CATALOG}/productSpecification`, { name: `Spec ${name}`, lifecycleStatus: 'Launched', ...specification })
    const { id } = await call('POST', `${CATALOG}/productOffering`, { name, version: '1.0', lifecycleStatus: 'Launched', productSpecification: { id: spec.id }, productOfferingPrice: prices.map(price => ({ id: price })), ...more })
    return { id, prices }
  }
  const outside: CartShop['outside'] = async (method, url, body) => {
    const answer = await fetch(`${backEnds.url}${url}`, { method, ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }) })
    return await answer.json()
  }
  const plan = await offering('Plan', { recurring: 19.9 })
  const sku = { productSpecCharacteristic: [{ name: 'sku', configurable: false, minCardinality: 1, maxCardinality: 1, productSpecCharacteristicValue: [{ value: 'RT-1', isDefault: true }] }] }
  const router = await offering('Router', { oneTime: 49.9 }, {}, sku)
  const bundled = (id: string): Json => ({ id, bundledProductOfferingOption: { numberRelOfferLowerLimit: 1, numberRelOfferUpperLimit: 1, numberRelOfferDefault: 1 } })
  const bundle = await call('POST', `${CATALOG}/productOffering`, { name: 'Both', isBundle: true, lifecycleStatus: 'Launched', bundledProductOffering: [bundled(plan.id), bundled(router.id)] })
  const offers = { plan: plan.id, router: router.id, bundle: bundle.id as string }
  if (options.gateways !== false) {
    for (const [port, system] of [['credit', 'credit'], ['identity', 'identity'], ['fraud', 'fraud'], ['payment', 'payments'], ['stock', 'warehouse']]) await call('POST', '/tandem/v1/salesGateway', { port, baseUrl: `${backEnds.url}/${system}`, timeoutMs: 800 })
  }
  let people = 0
  return {
    ...test,
    backEnds,
    CART,
    offers,
    raw,
    call,
    offering,
    outside,
    line: (offer, more = {}) => ({ productOffering: { id: offers[offer] }, ...more }),
    cart: (cartItem, more = {}, headers = {}) => call('POST', CART, { cartItem, ...more }, 201, headers),
    patch: (id, body, headers) => call('PATCH', `${CART}/${id}`, body, 200, headers),
    advance: async ms => void (await call('POST', '/tandem/v1/clock', { to: new Date(test.services.clock.now().getTime() + ms).toISOString() }, 200)),
    customer: async (name = 'Ada') => {
      const person = await call('POST', '/tmf-api/party/v4/individual', { givenName: name, familyName: `Shopper${++people}`, individualIdentification: [{ identificationType: 'passport', identificationId: `P${people}0001` }] })
      const role = await call('POST', '/tmf-api/customerManagement/v4/customer', { name: `${name} ${people}`, engagedParty: { id: person.id, '@referredType': 'Individual' } })
      return { person: person.id, customer: role.id }
    },
    until: async (look, what, ms = 15_000) => {
      for (const end = Date.now() + ms; Date.now() < end; await new Promise(resolve => setTimeout(resolve, 25))) {
        const found = await look()
        if (found) return found
      }
      throw new Error(`gave up waiting: ${what}`)
    },
    close: async () => {
      await test.close()
      await backEnds.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
