/** Quotes over HTTP: prices, discounts within authority, versions, expiry, and the one order that an accepted quote becomes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../../support/app.ts'

const QUOTE = '/tmf-api/quoteManagement/v4/quote'
const CATALOG = '/tmf-api/productCatalogManagement/v4'
type Doc = Record<string, any>

let test: TestApp
const send = async (method: 'POST' | 'PATCH' | 'GET' | 'DELETE', url: string, payload?: object, channel = 'web'): Promise<{ status: number; body: Doc; raw: Buffer; type: string }> => {
  const answer = await test.app.inject({ method, url, headers: { 'x-tandem-channel': channel }, ...(payload && { payload }) })
  const type = String(answer.headers['content-type'] ?? '')
  return { status: answer.statusCode, body: answer.body !== '' && type.includes('json') ? (answer.json() as Doc) : {}, raw: answer.rawPayload, type }
}
const made = async (url: string, payload: object, channel?: string): Promise<Doc> => {
  const { status, body } = await send('POST', url, payload, channel)
  expect([200, 201], JSON.stringify(body)).toContain(status)
  return body
}

let line = ''
let router = ''
let bundle = ''
let company = ''
let person = ''

beforeAll(async () => {
  test = await createTestApp()
  const price = async (name: string, priceType: string, value: number): Promise<Doc> => made(`${CATALOG}/productOfferingPrice`, { name, priceType, lifecycleStatus: 'Launched', ...(priceType === 'recurring' && { recurringChargePeriodType: 'month', recurringChargePeriodLength: 1 }), price: { unit: 'EUR', value } })
  const offering = async (name: string, more: object): Promise<string> => String((await made(`${CATALOG}/productOffering`, { name, lifecycleStatus: 'Launched', ...more }))['id'])
  const ref = (doc: Doc): object => ({ id: doc['id'], name: doc['name'] })
  const [monthly, setup, box] = [await price('Monthly charge', 'recurring', 40), await price('Set-up', 'oneTime', 50), await price('Router', 'oneTime', 100)]
  line = await offering('Line', { productOfferingPrice: [ref(monthly!), ref(setup!)] })
  router = await offering('Router', { productOfferingPrice: [ref(box!)] })
  bundle = await offering('Office', { isBundle: true, bundledProductOffering: [{ id: line, name: 'Line', bundledProductOfferingOption: { numberRelOfferLowerLimit: 1, numberRelOfferUpperLimit: 2, numberRelOfferDefault: 1 } }, { id: router, name: 'Router', bundledProductOfferingOption: { numberRelOfferLowerLimit: 0, numberRelOfferUpperLimit: 1, numberRelOfferDefault: 1 } }] })
  company = String((await made('/tmf-api/party/v4/organization', { tradingName: 'Bakery' }))['id'])
  person = String((await made('/tmf-api/party/v4/individual', { givenName: 'Mira', familyName: 'Alden' }))['id'])
  await made('/tandem/v1/discountAuthority', { name: 'Agents', channel: ['care'], maxPercentage: 10 })
  await made('/tandem/v1/discountAuthority', { name: 'Team leads', channel: ['backoffice'], maxPercentage: 30 })
})
afterAll(() => test.close())

const draft = (more: object = {}, item: object = {}): object => ({
  relatedParty: [{ id: company, role: 'customer', '@referredType': 'Organization' }],
  quoteItem: [{ id: '1', action: 'add', quantity: 2, productOffering: { id: line }, ...item }],
  ...more,
})
const totals = (quote: Doc): Record<string, number> => Object.fromEntries((quote['quoteTotalPrice'] as Doc[]).map(one => [String(one['priceType']), (one['price'].dutyFreeAmount ?? one['price'].taxIncludedAmount).value as number]))

describe('a quote', () => {
  it('is priced with all that it holds, bundles with their default parts', async () => {
    const quote = await made(QUOTE, draft({}, { productOffering: { id: bundle }, quantity: 1 }))
    expect(quote).toMatchObject({ state: 'inProgress', version: '1', quoteDate: expect.any(String), expectedQuoteCompletionDate: expect.any(String) })
    expect(quote['quoteItem'][0].quoteItem.map((one: Doc) => one['productOffering'].id)).toEqual([line, router])
    expect(totals(quote)).toEqual({ recurring: 40, oneTime: 150 })
  })

  it('cannot be approved while its selection is incomplete, and says what is missing', async () => {
    const quote = await made(QUOTE, draft({}, { productOffering: { id: bundle }, quantity: 1, quoteItem: [{ id: '1.1', action: 'add', quantity: 1, productOffering: { id: router } }] }))
    expect(quote['finding']).toMatchObject([{ code: 'quantityOutOfLimits', fix: expect.stringContaining('add 1 of Line') }])
    expect(await send('PATCH', `${QUOTE}/${quote['id']}`, { state: 'approved' })).toMatchObject({ status: 409, body: { code: 'quoteIncomplete' } })
  })

  it('has no discount that would take nothing off, or lasts for a time that nobody can count', async () => {
    const quote = await made(QUOTE, draft({}, { discount: [{ name: 'Sorry', amount: { unit: 'USD', value: 5 } }] }))
    expect(quote['finding']).toMatchObject([{ code: 'discountCurrency', quoteItemId: '1', message: expect.stringContaining('Sorry is in USD') }])
    for (const duration of [{ amount: 0, units: 'month' }, { amount: 3, units: 'mouths' }]) {
      const refused = await send('POST', QUOTE, draft({}, { discount: [{ name: 'Sorry', percentage: 5, duration }] }))
      expect(refused).toMatchObject({ status: 400, body: { message: expect.stringContaining('discount[0].duration must be') } })
    }
  })

  it('has a discount up to what the channel may give; beyond, somebody else approves it', async () => {
    const quote = await made(QUOTE, draft({}, { discount: [{ name: 'Welcome', percentage: 25, on: 'recurring' }] }), 'care')
    expect(totals(quote)).toEqual({ recurring: 60, oneTime: 100 })
    const url = `${QUOTE}/${quote['id']}`
    const refused = await send('PATCH', url, { state: 'approved' }, 'care')
    expect(refused).toMatchObject({ status: 409, body: { code: 'discountBeyondAuthority' } })
    expect(refused.body['message']).toContain('25 % is more than 10 %')
    expect(refused.body['message']).toContain('Team leads')
    expect((await send('PATCH', url, { state: 'pending' }, 'care')).body).toMatchObject({ state: 'pending', authorization: [{ name: 'discount', state: 'requested', mayApprove: ['Team leads'] }] })
    expect((await send('PATCH', url, { state: 'approved' }, 'backoffice')).body).toMatchObject({ state: 'approved', authorization: [{ state: 'approved', givenDate: expect.any(String) }], validFor: { endDateTime: expect.any(String) }, effectiveQuoteCompletionDate: expect.any(String) })
    const within = await made(QUOTE, draft({ instantSyncQuote: true }, { discount: [{ name: 'Small', percentage: 10 }] }), 'care')
    expect(within['state']).toBe('approved')
    expect((await made(QUOTE, draft({ instantSyncQuote: true }, { discount: [{ name: 'Large', percentage: 11 }] }), 'care'))['state']).toBe('pending')
  })

  it('has no discount that its customer approves, whatever it may do of its own and whichever channel it names', async () => {
    const { key } = await made('/tandem/v1/apiKey', { name: 'shopper', permissions: ['*:*'], parties: [person] })
    const guarded = await createTestApp({ databaseUrl: test.databaseUrl, settings: { AUTH: 'key', BOOTSTRAP_KEY: 'quote-test-bootstrap-key-0123456789', ROLES: 'api' } })
    try {
      const ask = async (method: 'POST' | 'PATCH' | 'GET', url: string, payload?: object): Promise<{ status: number; body: Doc }> => {
        const answer = await guarded.app.inject({ method, url, headers: { authorization: `Bearer ${String(key)}`, 'x-tandem-channel': 'backoffice' }, ...(payload && { payload }) })
        return { status: answer.statusCode, body: answer.json() }
      }
      const own = { relatedParty: [{ id: person, role: 'customer', '@referredType': 'Individual' }], instantSyncQuote: true }
      expect((await ask('POST', QUOTE, draft(own))).body).toMatchObject({ state: 'approved' })
      const quote = await ask('POST', QUOTE, draft(own, { discount: [{ name: 'For me', percentage: 20, on: 'recurring' }] }))
      expect(quote.body, JSON.stringify(quote.body)).toMatchObject({ state: 'pending', authorization: [{ state: 'requested', mayApprove: ['Team leads'] }] })
      expect(await ask('PATCH', `${QUOTE}/${String(quote.body['id'])}`, { state: 'approved' })).toMatchObject({ status: 409, body: { code: 'discountBeyondAuthority' } })
      // Codes of promotions are not for everyone.
      await made('/tmf-api/promotionManagement/v4/promotion', { name: 'Quiet', lifecycleStatus: 'release', promotionType: 'Discount', pattern: [{ criteriaGroup: [{ criteria: [{ criteriaParameter: 'promotionCode', criteriaOperator: '=', criteriaValue: 'QUIET' }] }], action: [{ actionType: 'percentage', actionValue: '10' }] }] })
      expect(await ask('GET', '/tmf-api/promotionManagement/v4/promotion')).toEqual({ status: 200, body: [] })
      await expect.poll(async () => (await ask('POST', QUOTE, draft({ ...own, promotionCode: ['QUIET'] }))).body['promotionCodeResult'], { timeout: 5_000 }).toMatchObject([{ code: 'QUIET', applied: true }])
    } finally {
      await guarded.close()
    }
  })

  it('says at once when nobody may give a discount, and does not wait for nobody', async () => {
    // As long as no authority is for anybody, who may do everything may give everything.
    const much = { discount: [{ name: 'Half', percentage: 50, on: 'recurring' }] }
    const asked = await made(QUOTE, draft({ instantSyncQuote: true }, much), 'care')
    expect(asked).toMatchObject({ state: 'pending', authorization: [{ mayApprove: ['whoever may do everything'] }] })
    const { id } = await made('/tandem/v1/discountAuthority', { name: 'Anybody', maxPercentage: 5 })
    try {
      const vain = await made(QUOTE, draft({ instantSyncQuote: true }, much), 'care')
      expect(vain).toMatchObject({ state: 'inProgress', finding: [{ code: 'discountBeyondAuthority', message: 'a discount of 50 %, 40 EUR in all, is more than anybody may approve: Team leads may give up to 30 %' }] })
      expect(vain['authorization']).toBeUndefined()
      const url = `${QUOTE}/${vain['id']}`
      for (const state of ['pending', 'approved']) {
        const refused = await send('PATCH', url, { state }, 'care')
        expect(refused).toMatchObject({ status: 409, body: { code: 'discountBeyondAuthority' } })
      }
      const item = { id: '1', action: 'add', quantity: 2, productOffering: { id: line } }
      // What somebody may give is waited for; what waits does not become what nobody may give.
      expect((await send('PATCH', url, { state: 'pending', quoteItem: [{ ...item, discount: [{ name: 'Some', percentage: 25, on: 'recurring' }] }] }, 'care')).body).toMatchObject({ state: 'pending', authorization: [{ mayApprove: ['Team leads'] }] })
      expect(await send('PATCH', url, { quoteItem: [{ ...item, ...much }] }, 'care')).toMatchObject({ status: 409, body: { code: 'discountBeyondAuthority' } })
    } finally {
      await send('DELETE', `/tandem/v1/discountAuthority/${id}`)
    }
  })

  it('does not let what was approved change but as its next version, and keeps the one before', async () => {
    const quote = await made(QUOTE, draft({ instantSyncQuote: true }))
    const url = `${QUOTE}/${quote['id']}`
    expect(quote['state']).toBe('approved')
    const quoteItem = [{ id: '1', action: 'add', quantity: 3, productOffering: { id: line } }]
    expect(await send('PATCH', url, { quoteItem })).toMatchObject({ status: 409, body: { code: 'quoteBinding' } })
    const next = await send('PATCH', url, { state: 'inProgress', quoteItem })
    expect(next.body).toMatchObject({ state: 'inProgress', version: '2' })
    expect(totals(next.body)['recurring']).toBe(120)
    const versions = (await send('GET', `/tandem/v1/quote/${quote['id']}/version`)).body as unknown as Doc[]
    expect(versions.map(one => [one['version'], one['state'], totals(one['quote'])['recurring']])).toEqual([['2', 'inProgress', 120], ['1', 'approved', 80]])
  })

  it('is a PDF for whoever wants to print it', async () => {
    const { id } = await made(QUOTE, draft())
    const answer = await send('GET', `/tandem/v1/quote/${id}/document`)
    expect(answer).toMatchObject({ status: 200, type: 'application/pdf' })
    expect(answer.raw.subarray(0, 5).toString()).toBe('%PDF-')
  })

  it('names two items with one id, and discounts that are none', async () => {
    const { status, body } = await send('POST', QUOTE, draft({ quoteItem: [{ id: '1', productOffering: { id: line }, discount: [{ name: 'x' }] }, { id: '1', productOffering: { id: line } }] }))
    expect(status).toBe(400)
    for (const part of ['quoteItem[id=1].id is the id of another item too', 'must have either percentage or amount']) expect(body['message']).toContain(part)
  })
})

describe('acceptance', () => {
  it('makes one order that refers to the quote and keeps its prices, also when the catalog has others by then', async () => {
    const site = await made('/tmf-api/geographicSiteManagement/v4/geographicSite', { name: 'Bakery, Quay Street' })
    const place = [{ id: site['id'], role: 'installation', '@referredType': 'GeographicSite' }]
    const quote = await made(QUOTE, draft({ quoteItem: [{ id: 'site-a', product: { place }, quoteItem: [{ id: 'a1', action: 'add', quantity: 2, productOffering: { id: line }, discount: [{ name: 'Rollout', percentage: 10, on: 'recurring' }] }] }] }), 'care')
    const url = `${QUOTE}/${quote['id']}`
    expect((await send('PATCH', url, { state: 'accepted' })).status).toBe(409)
    expect((await send('PATCH', url, { state: 'approved' }, 'care')).status).toBe(200)
    await made(`${CATALOG}/productOfferingPrice`, { name: 'Dearer', priceType: 'recurring', lifecycleStatus: 'Launched', recurringChargePeriodType: 'month', recurringChargePeriodLength: 1, price: { unit: 'EUR', value: 99 } }).then(dearer => send('PATCH', `${CATALOG}/productOffering/${line}`, { productOfferingPrice: [{ id: dearer['id'] }] }))
    const both = await Promise.all([send('PATCH', url, { state: 'accepted' }), send('PATCH', url, { state: 'accepted' })])
    expect(both.map(one => one.status).every(status => status === 200 || status === 409)).toBe(true)
    const accepted = (await send('GET', url)).body
    expect(accepted['state']).toBe('accepted')
    const order = accepted['productOrder'][0]
    await expect.poll(async () => (await send('GET', order.href)).status, { timeout: 10_000 }).toBe(200)
    const found = (await send('GET', order.href)).body
    expect(found, JSON.stringify(found['rejectionReason'])).toMatchObject({ quote: [{ id: quote['id'] }], productOrderItem: [{ id: 'a1', quantity: 2, quoteItem: { quoteId: quote['id'] }, product: { place: [{ id: site['id'] }] } }] })
    expect(found['state']).not.toBe('rejected')
    expect(found['orderTotalPrice'].find((one: Doc) => one['priceType'] === 'recurring').price.dutyFreeAmount ?? found['orderTotalPrice'].find((one: Doc) => one['priceType'] === 'recurring').price.taxIncludedAmount).toMatchObject({ value: 72 })
    const orders = (await send('GET', `/tmf-api/productOrderingManagement/v4/productOrder?quote.id=${quote['id']}`)).body as unknown as Doc[]
    expect(orders).toHaveLength(1)
    expect(await send('DELETE', url)).toMatchObject({ status: 409, body: { code: 'quoteAccepted' } })
  })

  it('counts as a use of the promotions in it, and keeps what it promised when they have run out since', async () => {
    const code = { criteriaParameter: 'promotionCode', criteriaOperator: '=', criteriaValue: 'ONEOFF' }
    await made('/tmf-api/promotionManagement/v4/promotion', { name: 'One off', lifecycleStatus: 'release', promotionType: 'Discount', usageLimit: 1, pattern: [{ criteriaGroup: [{ criteria: [code] }], action: [{ actionType: 'percentage', actionValue: '10', chargeType: 'oneTime' }] }] })
    const box = { productOffering: { id: router }, quantity: 1 }
    await expect.poll(async () => totals(await made(QUOTE, draft({ promotionCode: ['ONEOFF'] }, box)))['oneTime'], { timeout: 5_000 }).toBe(90)
    const approved = async (): Promise<Doc> => made(QUOTE, draft({ promotionCode: ['ONEOFF'], instantSyncQuote: true }, box))
    const both = [await approved(), await approved()]
    expect(both.map(one => one['appliedPromotion'])).toMatchObject([[{ name: 'One off', reduction: '10', limited: true }], [{ reduction: '10' }]])
    for (const quote of both) {
      const { productOrder } = (await send('PATCH', `${QUOTE}/${quote['id']}`, { state: 'accepted' })).body
      await expect.poll(async () => (await send('GET', productOrder[0].href)).status, { timeout: 10_000 }).toBe(200)
      const order = (await send('GET', productOrder[0].href)).body
      expect(order, JSON.stringify(order['rejectionReason'])).toMatchObject({ state: expect.not.stringMatching('rejected'), appliedPromotion: [{ name: 'One off', promised: true }], promotionCodeResult: [{ applied: true }] })
      expect(order['orderTotalPrice'][0].price.taxIncludedAmount.value).toBe(90)
    }
    // It is used up for everybody who was promised nothing.
    expect(await made(QUOTE, draft({ promotionCode: ['ONEOFF'] }, box))).toMatchObject({ promotionCodeResult: [{ applied: false, reason: 'usedUp' }] })
  })

  it('by a consumer comes after the summary of the contract, which is kept with who accepted it where', async () => {
    const terms = await made('/tandem/v1/contractTerms', { name: 'Terms', version: '7', provider: { name: 'Doggerland Telecom', contact: 'care@example.com' }, termination: 'A month of notice' })
    const quote = await made(QUOTE, draft({ instantSyncQuote: true, relatedParty: [{ id: person, role: 'customer', '@referredType': 'Individual' }] }))
    const url = `${QUOTE}/${quote['id']}`
    expect(await send('PATCH', url, { state: 'accepted' })).toMatchObject({ status: 409, body: { code: 'contractSummaryMissing' } })
    const summary = await made('/tandem/v1/contractSummary', { quote: { id: quote['id'] } })
    expect(summary).toMatchObject({ state: 'given', hash: expect.stringMatching(/^[0-9a-f]{64}$/), document: { terms: { id: terms['id'], version: '7' }, provider: { name: 'Doggerland Telecom' }, service: [{ name: 'Line', quantity: 2 }], termination: 'A month of notice' } })
    expect((await send('PATCH', url, { state: 'accepted', contractSummary: { id: summary['id'] } })).status).toBe(409)
    const agreed = await send('PATCH', `/tandem/v1/contractSummary/${summary['id']}`, { state: 'accepted', acceptedBy: 'Mira Alden' }, 'store')
    expect(agreed.body['acceptance']).toMatchObject({ by: 'Mira Alden', channel: 'store', hash: summary['hash'], date: expect.any(String) })
    expect((await send('GET', `/tandem/v1/contractSummary/${summary['id']}/document`)).raw.subarray(0, 5).toString()).toBe('%PDF-')
    expect((await send('PATCH', url, { state: 'accepted', contractSummary: { id: summary['id'] } })).body).toMatchObject({ state: 'accepted' })
  })

  it('of a summary is refused once the quote has changed', async () => {
    const quote = await made(QUOTE, draft({ instantSyncQuote: true }))
    const summary = await made('/tandem/v1/contractSummary', { quote: { id: quote['id'] } })
    await send('PATCH', `${QUOTE}/${quote['id']}`, { state: 'inProgress', promotionCode: ['SPRING'] })
    expect(await send('PATCH', `/tandem/v1/contractSummary/${summary['id']}`, { state: 'accepted' })).toMatchObject({ status: 409, body: { code: 'summaryOutdated' } })
  })

  it('is too late after the validity: the quote ends by itself when business time is there', async () => {
    const quote = await made(QUOTE, draft({ instantSyncQuote: true }))
    const url = `${QUOTE}/${quote['id']}`
    await send('POST', '/tandem/v1/clock', { advance: 'P31D' })
    expect((await send('PATCH', url, { state: 'accepted' })).status).toBe(409)
    await expect.poll(async () => (await send('GET', url)).body, { timeout: 25_000, interval: 500 }).toMatchObject({ state: 'cancelled', statusReason: 'expired' })
  }, 40_000)
})
