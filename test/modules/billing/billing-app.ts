/** A running app with customers and products to bill, and what the billing tests ask of it. */
import { expect } from 'vitest'
import { createTestApp, type TestApp, type TestAppOptions } from '../../support/app.ts'

export const BILL = '/tmf-api/customerBillManagement/v4'
export const ACCOUNT = '/tmf-api/accountManagement/v4/billingAccount'
export const PRODUCT = '/tmf-api/productInventory/v4/product'

export type Json = Record<string, any>

export interface BillingApp extends TestApp {
  post: (url: string, payload: Json, status?: number) => Promise<Json>
  patch: (url: string, payload: Json, status?: number) => Promise<Json>
  get: (url: string, status?: number) => Promise<any>
  /** Waits until `look` answers something, and answers it. */
  until: <T>(look: () => Promise<T | undefined | false>, what: string) => Promise<T>
  /** Moves business time forward to an instant. */
  moveTo: (instant: string) => Promise<void>
  /** An account of an outside party. */
  account: (more?: Json) => Promise<Json>
  /** A product on an account, active, with one price. Waits until billing has seen it. */
  product: (account: Json | undefined, more?: Json) => Promise<Json>
  /** Waits until billing has followed the product to this revision of it. */
  followed: (productId: string, revision: number) => Promise<void>
  /** Runs everything that is due and waits for its end. */
  billRun: (body?: Json) => Promise<Json>
  billsOf: (accountId: string) => Promise<Json[]>
  onDemand: (accountId: string) => Promise<Json>
}

export const recurring = (amount: number, more: Json = {}): Json => ({
  name: 'Monthly fee',
  priceType: 'recurring',
  recurringChargePeriod: 'month',
  price: { dutyFreeAmount: { unit: 'EUR', value: amount } },
  ...more,
})

export const party = (id: string): Json => ({ id, name: `Customer ${id}`, role: 'customer', '@referredType': 'ExternalParty' })

export const createBillingApp = async (options: TestAppOptions = {}): Promise<BillingApp> => {
  const test = await createTestApp(options)
  const call = async (method: 'POST' | 'PATCH' | 'GET', url: string, status: number, payload?: Json): Promise<any> => {
    let answer = await test.app.inject({ method, url, ...(payload && { payload }) })
    // Tests share their machine: like any client, this one comes again when the server is busy.
    for (let tries = 0; answer.statusCode === 503 && tries < 50; tries++) {
      await new Promise(resolve => setTimeout(resolve, 100))
      answer = await test.app.inject({ method, url, ...(payload && { payload }) })
    }
    expect(answer.statusCode, `${method} ${url}: ${answer.body}`).toBe(status)
    return answer.body === '' ? undefined : answer.json()
  }
  const post = (url: string, payload: Json, status = 201): Promise<Json> => call('POST', url, status, payload)
  const patch = (url: string, payload: Json, status = 200): Promise<Json> => call('PATCH', url, status, payload)
  const get = (url: string, status = 200): Promise<any> => call('GET', url, status)
  const until: BillingApp['until'] = async (look, what) => {
    for (const end = Date.now() + 15_000; Date.now() < end; await new Promise(resolve => setTimeout(resolve, 30))) {
      const found = await look()
      if (found) return found
    }
    throw new Error(`gave up waiting: ${what}`)
  }
  const followed = async (productId: string, revision: number): Promise<void> => {
    await until(async () => {
      const rows = await test.database.query('select 1 from billing_product where product_id = $1 and revision >= $2', [productId, revision])
      return rows.length > 0
    }, `product ${productId} revision ${revision} is followed`)
  }
  return {
    ...test,
    post,
    patch,
    get,
    until,
    followed,
    moveTo: async instant => {
      await post('/tandem/v1/clock', { to: instant }, 200)
    },
    account: (more = {}) =>
      post(ACCOUNT, { name: 'Household', relatedParty: [party('ada')], billCycleDay: 11, currency: 'EUR', timeZone: 'Europe/Berlin', taxJurisdiction: 'DE', ...more }),
    product: async (account, more = {}) => {
      const product = await post(PRODUCT, {
        name: 'Fibre 100',
        status: 'active',
        relatedParty: [party('ada')],
        ...(account && { billingAccount: { id: account['id'], '@referredType': 'BillingAccount' } }),
        productPrice: [recurring(20)],
        ...more,
      })
      await followed(product['id'], 1)
      return product
    },
    billRun: async (body = {}) => {
      const run = await call('POST', '/tandem/v1/billRun', 202, body)
      return await until(async () => {
        const state = await get(`/tandem/v1/billRun/${run.id}`)
        return state.state === 'done' ? (state as Json) : undefined
      }, `run ${run.id} is done`)
    },
    billsOf: accountId => get(`${BILL}/customerBill?billingAccount.id=${accountId}&sort=billDate`),
    onDemand: async accountId => {
      const task = await post(`${BILL}/customerBillOnDemand`, { billingAccount: { id: accountId } })
      return await until(async () => {
        const state = await get(`${BILL}/customerBillOnDemand/${task['id']}`)
        return state.state === 'inProgress' ? undefined : (state as Json)
      }, `on-demand task ${task['id']} has ended`)
    },
  }
}
