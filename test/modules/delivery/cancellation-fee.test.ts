/** The fee of a cancelled order over HTTP: announced, on the bill once, and waived by staff who may. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { add, CANCEL, openShop, type Json, type Shop } from './shop.ts'

let shop: Shop
let guarded: TestApp
let account: string
beforeAll(async () => {
  shop = await openShop({ backEnds: { mobileMs: 60_000 } })
  guarded = await createTestApp({ databaseUrl: shop.databaseUrl, settings: { ROLES: 'api', AUTH: 'key' } })
  await shop.call('POST', '/tandem/v1/clock', { to: '2027-01-10T09:00:00Z' }, 200)
  account = (await shop.call('POST', '/tmf-api/accountManagement/v4/billingAccount', { name: 'Household', relatedParty: [{ id: 'c-1', name: 'Ada', role: 'customer', '@referredType': 'ExternalParty' }], billCycleDay: 1, currency: 'EUR', timeZone: 'UTC' })).id
}, 120_000)
afterAll(async () => {
  await guarded?.close()
  await shop?.close()
})

const waiting = async (more: Json = {}): Promise<string> => {
  const { id } = await shop.order([add('1', shop.offers.mobile)], more)
  await shop.until(async () => (await shop.tasks(id)).some(one => one['state'] === 'waiting'), 'the SIM is on its way')
  return id
}
const rates = (): Promise<Json[]> => shop.call('GET', `/tmf-api/customerBillManagement/v4/appliedCustomerBillingRate?limit=500&billingAccount.id=${account}`)

it('is on the next bill once, as it was announced; waived it is on none', async () => {
  const id = await waiting({ billingAccount: { id: account } })
  const [fee] = (await shop.call('GET', `/tandem/v1/productOrder/${id}/cancellationPreview`)).fees
  expect(fee).toMatchObject({ unit: 'EUR', value: 5 })
  const task = await shop.cancelled((await shop.cancel(id))['id'])
  expect(task).toMatchObject({ state: 'done', cancellationFee: [{ value: 5 }], feeState: 'onBill' })
  // Asked for again it is refused, and charged no more.
  await shop.call('POST', CANCEL, { productOrder: { id } }, 409)

  const waived = await waiting({ billingAccount: { id: account } })
  const { key } = await shop.call('POST', '/tandem/v1/apiKey', { name: 'Agent', permissions: ['cancelProductOrder:create', 'productOrder:read'] })
  const denied = await guarded.app.inject({ method: 'POST', url: CANCEL, payload: { productOrder: { id: waived }, waiver: { reason: 'Our mistake' } }, headers: { authorization: `Bearer ${key}` } })
  expect([denied.statusCode, denied.json().message]).toEqual([403, expect.stringContaining('inLifeWaiver:create')])
  const free = await shop.cancelled((await shop.call('POST', CANCEL, { productOrder: { id: waived }, waiver: { reason: 'Our mistake' } })).id)
  expect(free).toMatchObject({ state: 'done', waiver: { reason: 'Our mistake' }, cancellationFee: [{ value: 5 }], feeState: 'waived' })

  await shop.call('POST', '/tandem/v1/clock', { to: '2027-02-01T06:00:00Z' }, 200)
  const billed = await shop.until(async () => { const all = await rates(); return all.length > 0 && all }, 'the bill', 60_000)
  expect(billed.filter(one => String(one['name']).startsWith('Cancellation')).map(one => [one['name'], one['taxIncludedAmount'].value])).toEqual([['Cancellation fee: Offer mobile', 5]])
  await shop.call('POST', '/tandem/v1/clock', { to: '2027-03-01T06:00:00Z' }, 200)
  await new Promise(resolve => setTimeout(resolve, 1_500))
  expect((await rates()).filter(one => String(one['name']).startsWith('Cancellation'))).toHaveLength(1)
}, 120_000)

it('says where it stays when nobody is known to pay it', async () => {
  const id = await waiting({ relatedParty: [] })
  expect(await shop.cancelled((await shop.cancel(id))['id'])).toMatchObject({ state: 'done', feeState: 'notBilled', statusReason: expect.stringContaining('on no bill') })
})
