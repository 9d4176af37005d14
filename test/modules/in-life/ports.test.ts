/** The port that a line used is given back when the line has moved away or ended: the next household gets it before the network's next report. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openInLifeShop, type InLifeShop, type Json } from './in-life-shop.ts'

let shop: InLifeShop
beforeAll(async () => {
  shop = await openInLifeShop('2027-01-10T09:00:00Z')
}, 120_000)
afterAll(() => shop?.close())

test('a line that moves, and then ends, leaves its ports to others', async () => {
  const at = (id: string): Json => ({ id, role: 'installation', '@referredType': 'GeographicAddress' })
  await shop.call('POST', '/tandem/v1/address/bulk', ['old', 'new'].map((id, index) => ({ id, street: 'Quay Street', streetNumber: String(7 + index), postcode: 'ZD1 1AA', city: 'Doggerhaven' })), 200)
  await shop.call('POST', '/tandem/v1/coverage/bulk', ['old', 'new'].map(addressId => ({ provider: 'own', technology: 'fibre', maxDownload: 1000, addressId, capacity: 1 })), 200)
  const reserve = (id: string, status = 201): Promise<Json> => shop.call('POST', '/tandem/v1/capacityReservation', { place: at(id), technology: 'fibre' }, status)
  const order = async (item: Json): Promise<Json> => {
    const made = await shop.call('POST', '/tmf-api/productOrderingManagement/v4/productOrder', { productOrderItem: [{ id: '1', ...item }] })
    return await shop.ended(made.id, 'completed')
  }
  const first = await reserve('old')
  const bought = await order({ action: 'add', productOffering: { id: shop.slow }, product: { place: [at('old')] }, capacityReservation: { id: first['id'] } })
  const id = (await shop.products(bought['id']))[0]!['id']
  expect(await shop.call('GET', first['href'])).toMatchObject({ state: 'taken', settledDate: expect.any(String) })
  await reserve('old', 409)

  const second = await reserve('new')
  await order({ action: 'modify', product: { id, place: [at('new')] }, capacityReservation: { id: second['id'] } })
  expect(await shop.call('GET', first['href'])).toMatchObject({ state: 'released' })
  expect(await shop.call('GET', second['href'])).toMatchObject({ state: 'taken', settledDate: expect.any(String) })
  expect((await reserve('old'))['state']).toBe('reserved')
  await reserve('new', 409)

  // Another change of it leaves the port where it is.
  await order({ action: 'modify', product: { id, productCharacteristic: [] } })
  expect(await shop.call('GET', second['href'])).toMatchObject({ state: 'taken' })
  await order({ action: 'delete', product: { id } })
  expect(await shop.call('GET', second['href'])).toMatchObject({ state: 'released' })
  expect((await reserve('new'))['state']).toBe('reserved')
})
