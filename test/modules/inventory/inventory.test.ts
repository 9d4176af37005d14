import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canMoveProduct, productMoves, productStates, storedStatus } from '../../../src/modules/inventory/product-state.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'

type Json = Record<string, any>
const PRODUCT = '/tmf-api/productInventory/v4/product'

let test: TestApp
beforeAll(async () => {
  test = await createTestApp({ settings: { ROLES: 'api', OVERLOAD_LAG_MS: '30000' } })
})
afterAll(async () => {
  await test.close()
})
const call = async (method: 'GET' | 'POST' | 'PATCH', url: string, payload?: Json, status?: number): Promise<any> => {
  const answer = await test.app.inject({ method, url, ...(payload && { payload }) })
  expect(answer.statusCode, `${method} ${url}: ${answer.body}`).toBe(status ?? (method === 'POST' ? 201 : 200))
  return answer.json()
}

describe('states of a product', () => {
  it('end in cancelled, terminated and aborted', () => {
    for (const state of ['cancelled', 'terminated', 'aborted ', 'aborted'] as const) for (const to of productStates) expect(canMoveProduct(state, to)).toBe(false)
    expect(Object.keys(productMoves)).toEqual(['created', 'pendingActive', 'active', 'suspended', 'pendingTerminate'])
  })

  it('keep the spelling of the definition', () => {
    expect(storedStatus('aborted')).toBe('aborted ')
    expect(storedStatus('active')).toBe('active')
    expect(storedStatus(undefined)).toBeUndefined()
  })
})

describe('a product', () => {
  it('carries in every answer what the conformance profile wants, and invents nothing', async () => {
    const product = await call('POST', PRODUCT, { name: 'Line', status: 'active' })
    expect(product).toMatchObject({ '@type': 'Product', productCharacteristic: [], productPrice: [], relatedParty: [], startDate: expect.any(String) })
    expect(product.productOffering).toBeUndefined()
    expect(product.billingAccount).toBeUndefined()
  })

  it('goes through its life, and is told which moves there are', async () => {
    const { id } = await call('POST', PRODUCT, { name: 'Line', status: 'created' })
    for (const status of ['pendingActive', 'active', 'suspended', 'active', 'pendingTerminate', 'terminated']) expect(await call('PATCH', `${PRODUCT}/${id}`, { status })).toMatchObject({ status })
    const refused = await call('PATCH', `${PRODUCT}/${id}`, { status: 'active' }, 409)
    expect(refused.message).toContain('terminated is final')
    expect(await call('GET', `${PRODUCT}/${id}`)).toMatchObject({ terminationDate: expect.any(String) })
    expect((await call('PATCH', `${PRODUCT}/${(await call('POST', PRODUCT, { status: 'active' })).id}`, { status: 'pendingActive' }, 409)).message).toContain('suspended, pendingTerminate, terminated')
  })

  it.each(['aborted', 'aborted '])('takes %j for aborted, and answers it as the definition spells it', async status => {
    const { id } = await call('POST', PRODUCT, { name: 'Line', status: 'active' })
    expect(await call('PATCH', `${PRODUCT}/${id}`, { status })).toMatchObject({ status: 'aborted ' })
    expect((await call('GET', `${PRODUCT}?status=${encodeURIComponent('aborted ')}&id=${id}`))).toHaveLength(1)
  })

  it('begins in a state that something can begin in', async () => {
    expect(await call('POST', PRODUCT, { name: 'Line' })).toMatchObject({ status: 'created' })
    expect((await call('POST', PRODUCT, { name: 'Line', status: 'terminated' }, 400)).message).toMatch(/status/)
  })

  it('is found by the party, the account and the order it belongs to', async () => {
    const mark = `c-${Date.now()}`
    const { id } = await call('POST', PRODUCT, { status: 'active', relatedParty: [{ id: mark, role: 'customer', '@referredType': 'ExternalParty' }], productOrderItem: [{ orderItemId: '1', productOrderId: `o-${mark}` }] })
    for (const filter of [`relatedParty.id=${mark}`, `productOrderItem.productOrderId=o-${mark}`]) expect((await call('GET', `${PRODUCT}?${filter}`)).map((one: Json) => one['id'])).toEqual([id])
  })
})

describe('services and resources', () => {
  it('are read, and written by delivery alone', async () => {
    expect(await call('GET', '/tandem/v1/serviceInstance')).toEqual([])
    expect(await call('GET', '/tandem/v1/resourceInstance')).toEqual([])
    await call('POST', '/tandem/v1/serviceInstance', { name: 'x' }, 405)
  })
})
