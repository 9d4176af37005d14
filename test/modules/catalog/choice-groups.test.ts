/** Groups to choose from inside a bundle, from the catalog over configurator and cart to the order. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../../support/app.ts'

const CATALOG = '/tmf-api/productCatalogManagement/v4'
const CONFIGURATION = '/tmf-api/productConfiguration/v5'
const CART = '/tmf-api/shoppingCart/v4/shoppingCart'
const ORDER = '/tmf-api/productOrderingManagement/v4/productOrder'
type Doc = Record<string, any>

let test: TestApp
const ids: Record<string, string> = {}
const send = async (method: 'POST' | 'GET' | 'PATCH' | 'DELETE', url: string, payload?: object): Promise<{ status: number; body: Doc }> => {
  const answer = await test.app.inject({ method, url, ...(payload && { payload }) })
  return { status: answer.statusCode, body: (answer.body === '' ? {} : answer.json()) as Doc }
}
const made = async (url: string, payload: object): Promise<Doc> => {
  const { status, body } = await send('POST', url, payload)
  expect(status, JSON.stringify(body)).toBe(201)
  return body
}
const limits = (lower?: number, upper?: number): object => ({ bundledGroupProductOfferingOption: { ...(lower !== undefined && { numberRelOfferLowerLimit: lower }), ...(upper !== undefined && { numberRelOfferUpperLimit: upper }) } })
const once = (name: string, more: object = {}): object => ({ id: ids[name], bundledProductOfferingOption: { numberRelOfferUpperLimit: 1, ...more } })
const offering = async (name: string, more: object = {}): Promise<void> => void (ids[name] = String((await made(`${CATALOG}/productOffering`, { name, lifecycleStatus: 'Launched', ...more }))['id']))

beforeAll(async () => {
  test = await createTestApp({ settings: { ROLES: 'api' } })
  const price = await made(`${CATALOG}/productOfferingPrice`, { name: 'Pack', priceType: 'recurring', lifecycleStatus: 'Launched', recurringChargePeriodType: 'month', recurringChargePeriodLength: 1, price: { unit: 'EUR', value: 5 } })
  for (const name of ['Box', 'News', 'Kids', 'Film', 'Sport', 'Film 4K', 'Sport 4K']) await offering(name, { productOfferingPrice: [{ id: price['id'] }] })
  await offering('TV', {
    bundledProductOffering: [{ id: ids['Box'] }],
    bundledGroupProductOffering: [
      {
        id: 'packs', name: 'Channel packs', ...limits(2, 3), bundledProductOffering: [once('News'), once('Kids'), once('Film'), once('Sport')],
        bundledGroupProductOffering: [{ name: 'In 4K', ...limits(undefined, 1), bundledProductOffering: [once('Film 4K'), once('Sport 4K')] }],
      },
    ],
  })
})
afterAll(() => test.close())

describe('in the catalog', () => {
  it('make a bundle, and keep what is in them', async () => {
    const { body } = await send('GET', `${CATALOG}/productOffering/${ids['TV']}`)
    expect(body).toMatchObject({ isBundle: true, bundledGroupProductOffering: [{ id: 'packs', bundledGroupProductOffering: [{ name: 'In 4K' }] }] })
    const kept = await send('DELETE', `${CATALOG}/productOffering/${ids['Film 4K']}`)
    expect(kept.status).toBe(409)
  })

  it.each([
    ['no name', { bundledGroupProductOffering: [{ ...limits(1, 1) }] }, 'bundledGroupProductOffering[0].name'],
    ['nothing to choose from', { bundledGroupProductOffering: [{ name: 'Packs' }] }, 'bundledGroupProductOffering[0].bundledProductOffering'],
    ['the name of another', { bundledGroupProductOffering: [{ name: 'a', bundledProductOffering: [{ id: 'News' }] }, { id: 'a', name: 'b', bundledProductOffering: [{ id: 'Kids' }] }] }, 'bundledGroupProductOffering[1].id'],
    ['the name of the one around it', { bundledGroupProductOffering: [{ name: 'a', bundledGroupProductOffering: [{ name: 'a', bundledProductOffering: [{ id: 'News' }] }] }] }, 'bundledGroupProductOffering[0].bundledGroupProductOffering[0].name'],
    ['what the bundle names itself', { bundledProductOffering: [{ id: 'News' }], bundledGroupProductOffering: [{ name: 'a', bundledProductOffering: [{ id: 'News' }] }] }, 'bundledGroupProductOffering[0].bundledProductOffering[0].id'],
    ['limits the wrong way round', { bundledGroupProductOffering: [{ name: 'a', ...limits(2, 1), bundledProductOffering: [{ id: 'News' }] }] }, 'bundledGroupProductOffering[0].bundledGroupProductOfferingOption.numberRelOfferUpperLimit'],
    ['more wanted than there can be', { bundledGroupProductOffering: [{ name: 'a', ...limits(2), bundledProductOffering: [{ id: 'News', bundledProductOfferingOption: { numberRelOfferUpperLimit: 1 } }] }] }, 'bundledGroupProductOffering[0].bundledGroupProductOfferingOption.numberRelOfferLowerLimit'],
    ['more wanted than groups inside let through', { bundledGroupProductOffering: [{ name: 'a', ...limits(2), bundledGroupProductOffering: [{ name: 'b', ...limits(0, 1), bundledProductOffering: [{ id: 'News' }, { id: 'Kids' }] }] }] }, 'bundledGroupProductOffering[0].bundledGroupProductOfferingOption.numberRelOfferLowerLimit'],
    ['more by default than it takes', { bundledGroupProductOffering: [{ name: 'a', ...limits(0, 1), bundledProductOffering: [{ id: 'News', bundledProductOfferingOption: { numberRelOfferDefault: 2 } }] }] }, 'bundledGroupProductOffering[0].bundledGroupProductOfferingOption.numberRelOfferUpperLimit'],
    ['an offering that is nowhere', { bundledGroupProductOffering: [{ name: 'a', bundledProductOffering: [{ id: 'nowhere' }] }] }, 'bundledGroupProductOffering[0].bundledProductOffering[0].id'],
    ['an offering that is nowhere, further inside', { bundledGroupProductOffering: [{ name: 'a', bundledGroupProductOffering: [{ name: 'b', bundledProductOffering: [{ id: 'nowhere' }] }] }] }, 'bundledGroupProductOffering[0].bundledGroupProductOffering[0].bundledProductOffering[0].id'],
    ['limits below nothing', { bundledGroupProductOffering: [{ name: 'a', ...limits(-1), bundledProductOffering: [{ id: 'News' }] }] }, 'bundledGroupProductOffering[0].bundledGroupProductOfferingOption.numberRelOfferLowerLimit'],
  ])('are refused with %s', async (_why, more, path) => {
    const real = JSON.parse(JSON.stringify(more), (key, value) => (key === 'id' && typeof value === 'string' ? (ids[value] ?? value) : value)) as object
    const { status, body } = await send('POST', `${CATALOG}/productOffering`, { name: 'Wrong', ...real })
    expect(status).toBe(400)
    expect(body['message']).toContain(path)
  })

  it('contain no bundle that contains them', async () => {
    const { status, body } = await send('PATCH', `${CATALOG}/productOffering/${ids['News']}`, { isBundle: true, bundledGroupProductOffering: [{ name: 'a', bundledProductOffering: [{ id: ids['TV'] }] }] })
    expect(status).toBe(400)
    expect(body['message']).toContain('must not contain the resource itself')
  })
})

const chosen = (name: string, ...parts: Doc[]): Doc => ({ '@type': 'ProductConfiguration', productOffering: { '@type': 'ProductOfferingRef', id: ids[name] }, ...(parts.length > 0 && { productConfiguration: parts }) })
const query = async (configuration: Doc): Promise<Doc> => {
  const { body } = await send('POST', `${CONFIGURATION}/queryProductConfiguration`, { '@type': 'QueryProductConfiguration', instantSync: true, requestProductConfigurationItem: [{ '@type': 'QueryProductConfigurationItem', id: '1', productConfiguration: configuration }] })
  return (body['computedProductConfigurationItem'] as Doc[])[0]!
}
const check = async (configuration: Doc): Promise<Doc> => {
  const { body } = await send('POST', `${CONFIGURATION}/checkProductConfiguration`, { '@type': 'CheckProductConfiguration', instantSync: true, checkProductConfigurationItem: [{ '@type': 'CheckProductConfigurationItem', id: '1', productConfiguration: configuration }] })
  return (body['checkProductConfigurationItem'] as Doc[])[0]!
}
const states = (item: Doc): Record<string, string> => Object.fromEntries((item['productConfiguration'].productConfiguration as Doc[]).map(one => [String(one['productOffering'].name), String(one['selectionState'])]))

describe('in the configurator', () => {
  it('are shown on what can be chosen of them', async () => {
    const item = await query(chosen('TV', chosen('News')))
    expect(states(item)).toEqual({ Box: 'required', News: 'selected', Kids: 'allowed', Film: 'allowed', Sport: 'allowed', 'Film 4K': 'allowed', 'Sport 4K': 'allowed' })
    const film4k = (item['productConfiguration'].productConfiguration as Doc[]).find(one => one['productOffering'].name === 'Film 4K')
    expect(film4k).toMatchObject({
      bundledGroupProductOffering: {
        id: 'packs', name: 'Channel packs', bundledGroupProductOfferingOption: { numberRelOfferLowerLimit: 2, numberRelOfferUpperLimit: 3, numberSelected: 1 },
        bundledGroupProductOffering: [{ id: 'In 4K', bundledGroupProductOfferingOption: { numberRelOfferUpperLimit: 1, numberSelected: 0 } }],
      },
    })
    expect(item).toMatchObject({ state: 'rejected', stateReason: [{ code: 'groupOutOfLimits', label: 'TV takes 2 to 3 of Channel packs, there is 1' }] })
  })

  it('are closed once they are full, the inner one before the outer', async () => {
    expect(states(await query(chosen('TV', chosen('News'), chosen('Film 4K'))))).toMatchObject({ Kids: 'allowed', 'Sport 4K': 'excluded' })
    const full = await query(chosen('TV', chosen('News'), chosen('Kids'), chosen('Film')))
    expect(full['state']).toBe('approved')
    expect(states(full)).toMatchObject({ News: 'selected', Sport: 'excluded', 'Film 4K': 'excluded' })
  })

  it('say how few or many too many are mended with the smallest change', async () => {
    expect(await check(chosen('TV', chosen('Box'), chosen('News')))).toMatchObject({ state: 'rejected', proposedChange: [{ action: 'add', offeringId: ids['Kids'], quantity: 1 }] })
    expect(await check(chosen('TV', chosen('Box'), chosen('News'), chosen('Film'), chosen('Film 4K'), chosen('Sport 4K')))).toMatchObject({
      state: 'rejected',
      stateReason: [{ label: 'TV takes 2 to 3 of Channel packs, there are 4' }, { label: 'TV takes 0 to 1 of In 4K, there are 2' }],
      proposedChange: [{ action: 'remove' }],
    })
    // Two are missing: either twice something, which its own limit forbids, or two of them.
    expect(((await check(chosen('TV', chosen('Box'))))['proposedChange'] as Doc[]).map(one => one['action'])).toEqual(['add', 'add'])
  })
})

const line = (...packs: string[]): Doc => ({ action: 'add', quantity: 1, productOffering: { id: ids['TV'] }, cartItem: ['Box', ...packs].map(name => ({ action: 'add', quantity: 1, productOffering: { id: ids[name] } })) })
const ordered = (...packs: string[]): Doc => ({ id: '1', action: 'add', quantity: 1, productOffering: { id: ids['TV'] }, productOrderItem: ['Box', ...packs].map((name, index) => ({ id: `1.${index}`, action: 'add', quantity: 1, productOffering: { id: ids[name] } })) })

describe('when they are bought', () => {
  it('stand against a cart line until enough is chosen, which is then priced', async () => {
    const few = await made(CART, { cartItem: [line('News')] })
    expect(few['cartItem'][0]).toMatchObject({ issue: [{ code: 'groupOutOfLimits', message: expect.stringContaining('takes 2 to 3 of Channel packs, not 1') as string }] })
    const enough = await made(CART, { cartItem: [line('News', 'Film 4K')] })
    expect(enough['cartItem'][0]['issue'] ?? []).toEqual([])
    expect(enough['cartTotalPrice']).toMatchObject([{ price: { dutyFreeAmount: { unit: 'EUR', value: 15 } } }])
  })

  it('reject an order with too many or too few, and let one within them pass', async () => {
    const order = async (...packs: string[]): Promise<Doc> => made(ORDER, { productOrderItem: [ordered(...packs)] })
    expect(await order('News')).toMatchObject({ state: 'rejected' })
    expect(JSON.stringify(await order('News', 'Film 4K', 'Sport 4K'))).toContain('TV takes 0 to 1 of In 4K, the order has 2')
    expect(await order('News', 'Kids')).toMatchObject({ state: 'acknowledged' })
  })

  it('make the bundle unsellable once too few of them are on sale', async () => {
    for (const name of ['News', 'Kids', 'Film']) expect((await send('PATCH', `${CATALOG}/productOffering/${ids[name]}`, { lifecycleStatus: 'Retired' })).status).toBe(200)
    expect(JSON.stringify((await made(CART, { cartItem: [line('Film 4K')] }))['cartItem'][0].issue)).not.toContain('childNotSellable')
    // Two in 4K are on sale still, and no more than one of them can be taken.
    expect((await send('PATCH', `${CATALOG}/productOffering/${ids['Sport']}`, { lifecycleStatus: 'Retired' })).status).toBe(200)
    const cart = await made(CART, { cartItem: [line('Film 4K')] })
    expect(JSON.stringify(cart['cartItem'][0].issue)).toContain('needs 2 of Channel packs, and no more than 1 can be had now')
    const { body } = await send('GET', '/tandem/v1/catalogValidation')
    expect(body['finding']).toContainEqual(expect.objectContaining({ code: 'notSellable', id: ids['TV'], path: 'bundledGroupProductOffering' }))
  })
})
