/** A running app with a small catalog, delivery rules and the back-end simulators behind it, and what delivery tests ask of it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from 'vitest'
import { startBackEnds, type BackEnds } from '../../../src/demo/back-ends/server.ts'
import type { BackEndSettings } from '../../../src/demo/back-ends/settings.ts'
import { createTestApp, type TestApp, type TestAppOptions } from '../../support/app.ts'

export type Json = Record<string, any>

export const ORDER = '/tmf-api/productOrderingManagement/v4/productOrder'
export const CANCEL = '/tmf-api/productOrderingManagement/v4/cancelProductOrder'
export const PRODUCT = '/tmf-api/productInventory/v4/product'
const CATALOG = '/tmf-api/productCatalogManagement/v4'

export interface Shop extends TestApp {
  backEnds: BackEnds
  call: (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: Json, status?: number) => Promise<any>
  /** Places an order of these items and answers it as it was stored. */
  order: (items: Json[], more?: Json) => Promise<Json>
  read: (orderId: string) => Promise<Json>
  /** Waits until the order is in one of the states, and answers it. */
  reaches: (orderId: string, ...states: string[]) => Promise<Json>
  cancel: (orderId: string) => Promise<Json>
  /** Waits until the cancellation has ended. */
  cancelled: (taskId: string) => Promise<Json>
  tasks: (orderId: string) => Promise<Json[]>
  task: (orderId: string, name: string) => Promise<Json>
  products: (orderId: string) => Promise<Json[]>
  /** What a back end has booked under a key. */
  books: (system: string, key?: string) => Promise<Json[]>
  faults: (system: string, faults: Json) => Promise<void>
  until: <T>(look: () => Promise<T | undefined | false>, what: string, ms?: number) => Promise<T>
  /** Ids of the offerings. */
  offers: Record<'fibre' | 'mobile' | 'phone' | 'tv' | 'plain' | 'router' | 'visit' | 'duo' | 'trio', string>
  /** Specifications by the same names. */
  specs: Record<'fibre' | 'mobile' | 'phone' | 'tv' | 'plain' | 'router' | 'visit', string>
}

const step = (name: string, target: string, targetType: string, action: Json, more: Json = {}): Json => ({
  name, kind: 'service', specification: { id: `cfs-${name}`, name: `Service ${name}` }, target, targetType, action, attempts: 3, backoffMs: 50, pollAfterMs: 60_000, deadlineSeconds: 3_600, ...more,
})

const fixed = { add: 'provision', modify: 'change', delete: 'cease' }
const mobile = { add: 'add', modify: 'modify', delete: 'delete' }

const stepsOf: Record<string, Json[]> = {
  fibre: [step('line', 'fixed', 'broadband', fixed, { characteristic: [{ name: 'downMbps', fromCharacteristic: 'downMbps' }], result: [{ name: 'ontPort', toCharacteristic: 'accessPort' }] })],
  mobile: [step('sim', 'mobile', 'mobileLine', mobile, { characteristic: [{ name: 'dataGb', fromCharacteristic: 'dataGb' }], result: [{ name: 'msisdn', toCharacteristic: 'msisdn' }], pointOfNoReturn: 'soft', cancellationFee: { unit: 'EUR', value: 5 } })],
  phone: [
    step('parcel', 'warehouse', 'device', { add: 'ship' }, {
      kind: 'resource', characteristic: [{ name: 'sku', value: 'HS-1' }], result: [{ name: 'trackingNumber', toCharacteristic: 'trackingNumber' }], pointOfNoReturn: 'hard', pointOfNoReturnReach: 'task',
    }),
  ],
  router: [
    step('box', 'warehouse', 'device', { add: 'ship' }, { kind: 'resource', characteristic: [{ name: 'sku', value: 'RT-1' }], pointOfNoReturn: 'soft', cancellationFee: { unit: 'EUR', value: 9.99 }, pollAfterMs: 200 }),
  ],
  visit: [step('visit', 'people', 'visit', { add: 'visit' }, { compensation: 'none', deadlineSeconds: 1_000 })],
  tv: [step('channels', 'fixed', 'iptv', fixed, { characteristic: [{ name: 'tier', fromCharacteristic: 'tier', value: 'basic' }] })],
}

const createCatalog = async (call: Shop['call']): Promise<Pick<Shop, 'offers' | 'specs'>> => {
  const specs = {} as Shop['specs']
  const offers = {} as Shop['offers']
  for (const name of ['fibre', 'mobile', 'phone', 'tv', 'plain', 'router', 'visit'] as const) {
    specs[name] = (await call('POST', `${CATALOG}/productSpecification`, { name: `Spec ${name}`, lifecycleStatus: 'Launched' })).id
    const price = await call('POST', `${CATALOG}/productOfferingPrice`, { name: `${name} monthly`, priceType: 'recurring', recurringChargePeriodType: 'month', recurringChargePeriodLength: 1, price: { unit: 'EUR', value: 19.9 }, tax: [{ taxCategory: 'VAT', taxRate: 20 }], lifecycleStatus: 'Launched' })
    offers[name] = (await call('POST', `${CATALOG}/productOffering`, { name: `Offer ${name}`, version: '1.0', lifecycleStatus: 'Launched', productSpecification: { id: specs[name] }, productOfferingPrice: [{ id: price.id }] })).id
    if (stepsOf[name]) await call('POST', '/tandem/v1/deliveryRule', { name: `Delivery of ${name}`, productSpecification: { id: specs[name] }, step: stepsOf[name] })
  }
  await call('PATCH', `/tandem/v1/deliveryRule/${(await call('GET', `/tandem/v1/deliveryRule?productSpecification.id=${specs.tv}`))[0].id}`, { step: [{ ...stepsOf['tv']![0], afterSpecification: [specs.fibre] }] })
  const bundle = async (name: string, parts: string[]) =>
    (await call('POST', `${CATALOG}/productOffering`, { name, isBundle: true, version: '2.0', lifecycleStatus: 'Launched', bundledProductOffering: parts.map(id => ({ id, bundledProductOfferingOption: { numberRelOfferLowerLimit: 1, numberRelOfferUpperLimit: 1, numberRelOfferDefault: 1 } })) })).id
  offers.duo = await bundle('Duo', [offers.fibre, offers.tv])
  offers.trio = await bundle('Trio', [offers.fibre, offers.mobile, offers.phone])
  return { specs, offers }
}

export const openShop = async (options: TestAppOptions & { backEnds?: Partial<BackEndSettings>; target?: Json } = {}): Promise<Shop> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'tandem-shop-'))
  const backEnds = await startBackEnds({ port: 0, dataDir: folder, mobileMs: 60, pickMs: 60, transitMs: 60, hangMs: 2_000, ...options.backEnds })
  const test = await createTestApp({ ...options, settings: { OVERLOAD_LAG_MS: '30000', ...options.settings } })
  await test.listen()
  const call: Shop['call'] = async (method, url, payload, status) => {
    const answer = await test.app.inject({ method, url, ...(payload && { payload }) })
    expect(answer.statusCode, `${method} ${url}: ${answer.body}`).toBe(status ?? (method === 'POST' ? 201 : method === 'DELETE' ? 204 : 200))
    return answer.body === '' ? undefined : answer.json()
  }
  const until: Shop['until'] = async (look, what, ms = 15_000) => {
    for (const end = Date.now() + ms; Date.now() < end; await new Promise(resolve => setTimeout(resolve, 20))) {
      const found = await look()
      if (found) return found
    }
    throw new Error(`gave up waiting: ${what}`)
  }
  for (const [system, adapter] of [['fixed', 'fixed-rest'], ['mobile', 'tmf641'], ['warehouse', 'shipment'], ['people', 'manual']] as const) {
    await call('POST', '/tandem/v1/deliveryTarget', { system, adapter, baseUrl: `${backEnds.url}/${system}`, timeoutMs: 1_000, breaker: { failures: 1_000 }, ...options.target })
  }
  const read: Shop['read'] = id => call('GET', `${ORDER}/${id}`)
  const tasks: Shop['tasks'] = async id => (await call('GET', `/tandem/v1/deliveryPlan?productOrder=${id}`))[0]?.task ?? []
  const outside = async (method: string, url: string, body?: Json): Promise<any> => {
    const answer = await fetch(`${backEnds.url}${url}`, { method, ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }) })
    return answer.status === 204 ? undefined : await answer.json()
  }
  return {
    ...test,
    ...(await createCatalog(call)),
    backEnds,
    call,
    until,
    read,
    tasks,
    order: (items, more = {}) => call('POST', ORDER, { productOrderItem: items, relatedParty: [{ id: 'c-1', name: 'Ada', role: 'customer', '@referredType': 'ExternalParty' }], ...more }),
    reaches: async (id, ...states) => {
      let last: Json = {}
      return await until(async () => {
        last = await read(id)
        return states.includes(last['state']) && last
      }, `order ${states.join(' or ')}`).catch(async (error: Error) => {
        throw new Error(`${error.message}; it is ${last['state']}: ${JSON.stringify((await tasks(id)).map(one => [one['name'], one['state'], one['error'], one['attempts']]))}`)
      })
    },
    cancel: id => call('POST', CANCEL, { productOrder: { id }, cancellationReason: 'changed their mind' }),
    cancelled: id => until(async () => { const task = await call('GET', `${CANCEL}/${id}`); return ['done', 'terminatedWithError'].includes(task.state) && task }, 'cancellation ended'),
    task: async (id, name) => (await tasks(id)).find(one => one['name'] === name) ?? expect.fail(`no task ${name}`),
    products: async id => {
      const all: Json[] = await call('GET', `${PRODUCT}?productOrderItem.productOrderId=${id}`)
      return all
    },
    books: (system, key) => outside('GET', `/books/${system}${key ? `?key=${encodeURIComponent(key)}` : ''}`),
    faults: async (system, faults) => void (await outside('PUT', `/faults/${system}`, faults)),
    close: async () => {
      await test.close()
      await backEnds.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export const add = (id: string, offering: string, more: Json = {}): Json => ({ id, action: 'add', quantity: 1, productOffering: { id: offering }, ...more })
