/** Agreements: approvals, what binds, versions that take each other's place, and what the price engine is told. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { agreementsOf } from '../../../src/modules/agreement/index.ts'
import { channelEntitlement } from '../../../src/modules/cart/channel-entitlement.ts'
import { signatureRule } from '../../../src/modules/contract/signature-rule.ts'
import { financingOffer } from '../../../src/modules/financing/index.ts'
import { inLifeRule } from '../../../src/modules/in-life/index.ts'
import { priceList, priceListEntry, priceRule } from '../../../src/modules/pricing/index.ts'
import { promotion } from '../../../src/modules/promotion/index.ts'
import { discountAuthority } from '../../../src/modules/quote/discount-authority.ts'
import { DEFAULT_BRAND, systemContext } from '../../../src/platform/principal.ts'
import { basePath } from '../../../src/tmf/resource.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { startListener } from '../../tmf/events/listener.ts'

const BASE = '/tmf-api/agreementManagement/v4'
let test: TestApp
beforeAll(async () => {
  test = await createTestApp()
  await send('POST', '/tmf-api/productCatalogManagement/v4/productOffering', { name: 'Line', lifecycleStatus: 'Launched' }).then(({ body }) => (offering = body['id']))
  await send('POST', '/tmf-api/party/v4/organization', { tradingName: 'Harbour Bakery' }).then(({ body }) => (organization = body['id']))
  await send('POST', '/tmf-api/customerManagement/v4/customer', { name: 'Harbour Bakery', engagedParty: { id: organization, '@referredType': 'Organization' } }).then(({ body }) => (customer = body['id']))
})
afterAll(() => test.close())

let offering = ''
let organization = ''
let customer = ''
const context = systemContext(DEFAULT_BRAND, 'test')

const send = async (method: 'POST' | 'PATCH' | 'GET' | 'DELETE', url: string, payload?: object) => {
  const answer = await test.app.inject({ method, url, ...(payload && { payload }) })
  return { status: answer.statusCode, body: (answer.body === '' ? {} : answer.json()) as Record<string, any> }
}

const draft = (more: object = {}): object => ({
  name: 'Frame',
  agreementType: 'commercial',
  engagedParty: [{ id: organization, role: 'customer', '@referredType': 'Organization' }],
  agreementItem: [
    {
      productOffering: [{ id: offering }],
      framePrice: [{ id: '1', priceType: 'recurring', recurringChargePeriod: 'month', price: { unit: 'EUR', value: 12 } }],
      commitment: [{ id: '1', kind: 'quantity', quantity: 5 }],
    },
  ],
  ...more,
})
const make = async (more: object = {}): Promise<Record<string, any>> => {
  const { status, body } = await send('POST', `${BASE}/agreement`, draft(more))
  expect(status, JSON.stringify(body)).toBe(201)
  return body
}
const inForce = async (who: string): Promise<string[]> => (await agreementsOf(test.services, context, who)).map(one => one.id)

describe('an agreement', () => {
  it('is approved only when each of its approvals is, and has a completion date from then on', async () => {
    const { id } = await make({ agreementAuthorization: [{ state: 'approved' }, { state: 'requested' }] })
    const refused = await send('PATCH', `${BASE}/agreement/${id}`, { status: 'approved' })
    expect(refused).toMatchObject({ status: 409, body: { code: 'approvalMissing' } })
    const approved = await send('PATCH', `${BASE}/agreement/${id}`, { status: 'approved', agreementAuthorization: [{ state: 'approved' }, { state: 'approved', signatureRepresentation: 'M. Alden' }] })
    expect(approved.body).toMatchObject({ status: 'approved', completionDate: { startDateTime: expect.any(String) }, agreementPeriod: { startDateTime: expect.any(String) } })
    const ended = await send('PATCH', `${BASE}/agreement/${id}`, { status: 'terminated' })
    expect(ended.body['completionDate']).toMatchObject({ startDateTime: approved.body['completionDate'].startDateTime, endDateTime: expect.any(String) })
  })

  it('does not change what was agreed, nor go while it is in force', async () => {
    const { id } = await make()
    await send('PATCH', `${BASE}/agreement/${id}`, { status: 'approved' })
    expect(await send('PATCH', `${BASE}/agreement/${id}`, { agreementPeriod: { endDateTime: '2040-01-01T00:00:00Z' } })).toMatchObject({ status: 409, body: { code: 'agreementBinding' } })
    expect((await send('PATCH', `${BASE}/agreement/${id}`, { description: 'in the safe' })).status).toBe(200)
    expect(await send('DELETE', `${BASE}/agreement/${id}`)).toMatchObject({ status: 409, body: { code: 'agreementInForce' } })
    await send('PATCH', `${BASE}/agreement/${id}`, { status: 'terminated' })
    expect((await send('DELETE', `${BASE}/agreement/${id}`)).status).toBe(204)
  })

  it('has frame prices for offerings that it is about, and commitments that say how much', async () => {
    const price = (framePrice: object, commitment: object): Promise<{ status: number; body: Record<string, any> }> =>
      send('POST', `${BASE}/agreement`, draft({ agreementItem: [{ productOffering: [{ id: offering }], framePrice: [framePrice], commitment: [commitment] }] }))
    const bad = await price({ priceType: 'recurring', recurringChargePeriod: 'month' }, { kind: 'revenue', period: 'year' })
    expect(bad.status).toBe(400)
    for (const name of ['framePrice[0] must have either price or percentage', 'commitment[0].revenue']) expect(bad.body['message']).toContain(name)
    expect((await price({ priceType: 'oneTime', percentage: 10, productOffering: { id: 'other' } }, { kind: 'quantity', quantity: 1 })).body['message']).toContain('must be one of the offerings of the item')
  })

  it('keeps within what its template allows', async () => {
    const template = await send('POST', `${BASE}/agreementSpecification`, { name: 'T', attachment: [{ name: 'text' }], specificationCharacteristic: [{ name: 'paymentDays', specCharacteristicValue: [{ value: 14 }, { value: 30 }] }] })
    expect(template.status).toBe(201)
    const agreementSpecification = { id: template.body['id'] }
    const refused = await send('POST', `${BASE}/agreement`, draft({ agreementSpecification, characteristic: [{ name: 'paymentDays', value: 90 }] }))
    expect(refused).toMatchObject({ status: 400 })
    expect(refused.body['message']).toContain('characteristic[0].value must be one of 14, 30')
    await make({ agreementSpecification, characteristic: [{ name: 'paymentDays', value: 30 }] })
  })
})

describe('what counts for a party', () => {
  it('is what is approved and within its period, found by the party and by the customer that it is', async () => {
    const future = await make({ agreementPeriod: { startDateTime: '2099-01-01T00:00:00Z' } })
    const { id } = await make()
    expect(await inForce(organization)).not.toContain(id)
    for (const one of [id, future['id']]) await send('PATCH', `${BASE}/agreement/${one}`, { status: 'approved' })
    expect(await inForce(organization)).toContain(id)
    expect(await inForce(customer)).toContain(id)
    expect(await inForce(organization)).not.toContain(future['id'])
    const found = (await agreementsOf(test.services, context, customer)).find(one => one.id === id)
    expect(found).toMatchObject({ offeringIds: [offering], framePrice: [{ price: { unit: 'EUR', value: 12 }, offeringIds: [offering] }], commitment: [{ kind: 'quantity', quantity: 5 }] })
    expect(await inForce('nobody')).toEqual([])
  })

  it('is never two versions, nor none, when the next takes the place of the one before', async () => {
    const first = await make({ agreementAuthorization: [{ state: 'approved' }] })
    expect(await send('POST', `/tandem/v1/agreement/${first['id']}/version`)).toMatchObject({ status: 409, body: { code: 'agreementNotApproved' } })
    await send('PATCH', `${BASE}/agreement/${first['id']}`, { status: 'approved' })
    const second = await send('POST', `/tandem/v1/agreement/${first['id']}/version`)
    expect(second).toMatchObject({ status: 201, body: { version: '2', status: 'inProcess', replaces: { id: first['id'] }, agreementAuthorization: [{ state: 'requested' }] } })
    expect(await send('POST', `/tandem/v1/agreement/${first['id']}/version`)).toMatchObject({ status: 409, body: { code: 'versionInProcess' } })
    expect(await inForce(organization)).toContain(first['id'])
    await send('PATCH', `${BASE}/agreement/${second.body['id']}`, { status: 'approved', agreementAuthorization: [{ state: 'approved' }] })
    const now = await inForce(organization)
    expect(now).toContain(second.body['id'])
    expect(now).not.toContain(first['id'])
    await expect.poll(async () => (await send('GET', `${BASE}/agreement/${first['id']}`)).body['status'], { timeout: 10_000 }).toBe('superseded')
  })
})

describe('a template', () => {
  it('tells listeners of each change of its state as such, whatever the state is called', async () => {
    const listener = await startListener()
    try {
      expect((await send('POST', `${BASE}/hub`, { callback: listener.url, query: 'eventType=AgreementSpecificationStateChangeEvent,AgreementSpecificationAttributeValueChangeEvent' })).status).toBe(201)
      const { body } = await send('POST', `${BASE}/agreementSpecification`, { name: 'Frame', attachment: [{ name: 'Terms', mimeType: 'text/plain', content: 'VGVybXM=' }], lifecycleStatus: 'In design' })
      for (const change of [{ description: 'x' }, { lifecycleStatus: 'Active' }, { lifecycleStatus: 'Shelved' }]) expect((await send('PATCH', body['href'], change)).status).toBe(200)
      await expect.poll(() => listener.taken.length, { timeout: 15_000 }).toBe(3)
      expect(listener.taken.map(({ event }) => [event.eventType, event.event.agreementSpecification.lifecycleStatus])).toEqual([
        ['AgreementSpecificationAttributeValueChangeEvent', 'In design'], ['AgreementSpecificationStateChangeEvent', 'Active'], ['AgreementSpecificationStateChangeEvent', 'Shelved'],
      ])
    } finally {
      await listener.close()
    }
  })
})

describe('a caller that is confined to some parties', () => {
  it('gives itself no price, approval or rule, and takes no commitment away', async () => {
    const keyOf = async (scope: object): Promise<string> => (await send('POST', '/tandem/v1/apiKey', { name: 'confined', permissions: ['*:*'], ...scope })).body['key']
    const [buyer, partner] = [await keyOf({ parties: [organization] }), await keyOf({ partner: organization })]
    const guarded = await createTestApp({ databaseUrl: test.databaseUrl, settings: { AUTH: 'key', BOOTSTRAP_KEY: 'agreement-test-bootstrap-key-0123', ROLES: 'api' } })
    const ask = async (method: 'POST' | 'PATCH' | 'GET' | 'DELETE', url: string, payload?: object, key = buyer) => {
      const answer = await guarded.app.inject({ method, url, headers: { authorization: `Bearer ${key}` }, ...(payload && { payload }) })
      return { status: answer.statusCode, body: (answer.body === '' ? {} : answer.json()) as Record<string, any> }
    }
    const refused = async (attribute: string, method: 'POST' | 'PATCH', url: string, payload: object): Promise<void> => {
      for (const key of [buyer, partner]) expect(await ask(method, url, payload, key)).toMatchObject({ status: 403, body: { message: expect.stringContaining(attribute) } })
    }
    try {
      const free = { productOffering: [{ id: offering }], framePrice: [{ priceType: 'oneTime', price: { unit: 'EUR', value: 0 } }] }
      await refused('agreementItem[0].framePrice', 'POST', `${BASE}/agreement`, draft({ agreementItem: [free] }))
      await refused('agreementItem[0].commitment', 'POST', `${BASE}/agreement`, draft({ agreementItem: [{ commitment: [{ kind: 'quantity', quantity: 1 }] }] }))
      const plain = { agreementItem: [{ productOffering: [{ id: offering }] }] }
      await refused('agreementAuthorization[0].state', 'POST', `${BASE}/agreement`, draft({ ...plain, agreementAuthorization: [{ state: 'approved' }] }))
      const proposed = await ask('POST', `${BASE}/agreement`, draft(plain))
      expect(proposed.status).toBe(201)
      const own = `${BASE}/agreement/${proposed.body['id']}`
      await refused('status', 'PATCH', own, { status: 'approved' })
      await refused('agreementItem[0].framePrice', 'PATCH', own, { agreementItem: [free] })
      expect((await ask('PATCH', own, { description: 'what we would like' })).status).toBe(200)
      expect((await ask('PATCH', own, { status: 'rejected' })).status).toBe(200)

      const made = await make({ agreementAuthorization: [{ state: 'requested' }] })
      const house = `${BASE}/agreement/${made['id']}`
      await refused('agreementItem', 'PATCH', house, plain)
      await refused('agreementAuthorization[0].state', 'PATCH', house, { agreementAuthorization: [{ state: 'approved' }] })
      await refused('agreementAuthorization', 'PATCH', house, { agreementAuthorization: [] })
      await refused('replaces', 'POST', `${BASE}/agreement`, draft({ ...plain, replaces: { id: made['id'] } }))
      expect((await send('PATCH', house, { status: 'approved', agreementAuthorization: [{ state: 'approved' }] })).status).toBe(200)
      await refused('status', 'PATCH', house, { status: 'terminated' })
      expect((await ask('POST', `/tandem/v1/agreement/${made['id']}/version`, {})).status).toBe(201)

      // What holds for all of a brand is no partner's to write either.
      for (const { name, api, example } of [priceRule, priceList, priceListEntry, channelEntitlement, inLifeRule, financingOffer, promotion, signatureRule, discountAuthority]) {
        for (const key of [buyer, partner]) expect((await ask('POST', `${basePath(api)}/${name}`, example, key)).status, name).toBe(403)
      }
    } finally {
      await guarded.close()
    }
  })
})
