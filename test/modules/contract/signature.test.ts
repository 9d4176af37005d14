/** Electronic signatures over real HTTP to a signature service: a checkout waits for one, a quote and an agreement need one, and only a signature of exactly what was shown counts. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openCartShop, type CartShop, type Json } from '../cart/cart-shop.ts'

let shop: CartShop
let contract: string
beforeAll(async () => {
  shop = await openCartShop()
  await shop.call('POST', '/tandem/v1/salesGateway', { port: 'signature', baseUrl: `${shop.backEnds.url}/signature`, timeoutMs: 800 })
  await shop.call('POST', '/tandem/v1/contractTerms', { name: 'Terms', version: '2026-01', url: 'https://example.com/terms' })
  contract = (await shop.offering('Contract', { recurring: 30, oneTime: 10 })).id
  await shop.call('POST', '/tandem/v1/signatureRule', { name: 'Contracts of people', customerType: 'individual', productOffering: [{ id: contract }] })
}, 60_000)
afterAll(() => shop?.close())
afterEach(async () => {
  await shop.outside('DELETE', '/faults/signature')
  await shop.outside('PUT', '/signature/answers', { rule: [] })
})

const ready = async (lines: Json[] = [{ productOffering: { id: contract } }, shop.line('router')]): Promise<Json> => {
  const { customer } = await shop.customer()
  return await shop.cart(lines, { relatedParty: [{ id: customer, role: 'customer', '@referredType': 'Customer' }] })
}
const checkout = (cart: Json, status = 200, more: Json = {}): Promise<Json> => shop.call('POST', '/tandem/v1/checkout', { shoppingCart: { id: cart['id'] }, termsAccepted: true, paymentToken: 'tok-visa', ...more }, status)
const payments = (cart: Json): Promise<Json[]> => shop.outside('GET', `/payments/authorisation?reference=${cart['id']}`)
const signatureOf = async (cart: Json): Promise<Json> => (await shop.call('GET', `/tandem/v1/contractSignature?shoppingCart.id=${cart['id']}`))[0]
const sign = (url: string, outcome: string): Promise<Response> => fetch(url, { method: 'POST', body: JSON.stringify({ outcome }) })
const ended = (cart: Json, state: string): Promise<Json> => shop.until(async () => {
  const now = await shop.call('GET', `/tandem/v1/checkout/${cart['id']}`)
  return now.state === state && now
}, `checkout ${state}`, 30_000)

describe('a checkout that has to be signed', () => {
  test('waits with what is held, takes no money, and goes on once it is signed, even when told twice', async () => {
    await shop.outside('PUT', '/faults/signature', { repeatCallbackRate: 1 })
    const cart = await ready()
    const waiting = await checkout(cart, 202)
    expect(waiting['waitingFor'].reason).toBe('signature')
    expect(await payments(cart)).toEqual([])
    expect((await shop.outside('GET', '/warehouse/stock')).find((one: Json) => one['sku'] === 'RT-1').reserved).toBeGreaterThan(0)
    expect((await checkout(cart, 202))['waitingFor'].redirectUrl).toBe(waiting['waitingFor'].redirectUrl)
    await sign(waiting['waitingFor'].redirectUrl, 'signed')
    const done = await ended(cart, 'completed')
    const proof = await shop.call('GET', `/tandem/v1/acceptanceProof/${done['productOrder'].id}`)
    expect(proof.termsAccepted).toBe(true)
    expect(proof.terms).toMatchObject([{ name: 'Terms', version: '2026-01', url: 'https://example.com/terms' }])
    expect(proof.acceptance).toMatchObject({ channel: 'api', by: expect.stringMatching(/^Ada/) })
    expect(proof.contractSummary.document.service.map((one: Json) => one['name'])).toEqual(['Contract', 'Router'])
    expect(proof.contractSummary.acceptance.signature).toMatchObject({ hash: proof.contractSummary.hash, signer: expect.stringMatching(/^Ada/), reference: expect.stringContaining('audit-trail') })
    expect(proof.signature).toMatchObject({ state: 'signed', hash: proof.contractSummary.hash, evidence: { hash: proof.contractSummary.hash, id: expect.stringContaining('sig-') } })
    const books: Json[] = await shop.outside('GET', `/books/signature?reference=${proof.signature.id}`)
    expect(books).toMatchObject([{ executions: 1, key: `${proof.signature.id}.signature` }])
  })

  test('is over when the signer declines, the time lapses there, or something else was signed', async () => {
    for (const [outcome, code, state] of [['declined', 'signatureDeclined', 'declined'], ['expired', 'signatureMissing', 'expired'], ['wrongHash', 'signatureMissing', 'failed']] as const) {
      const cart = await ready()
      await sign((await checkout(cart, 202))['waitingFor'].redirectUrl, outcome)
      expect((await ended(cart, 'refused'))['fault'].map((one: Json) => one['code'])).toEqual([code])
      const signature = await signatureOf(cart)
      expect(signature['state']).toBe(state)
      expect((await shop.call('GET', `/tandem/v1/contractSummary/${signature['contractSummary'].id}`)).state).toBe('given')
      expect(await payments(cart)).toEqual([])
      expect((await shop.call('GET', `${shop.CART}/${cart['id']}`)).status).toBe('active')
    }
  })

  test('ends when nobody signs in time; who signs late signs nothing', async () => {
    const cart = await ready()
    const page = (await checkout(cart, 202))['waitingFor'].redirectUrl
    await shop.advance(16 * 60_000)
    expect((await ended(cart, 'refused'))['fault'].map((one: Json) => one['code'])).toEqual(['heldTooLong'])
    await shop.until(async () => ['cancelled', 'expired'].includes((await signatureOf(cart))['state']), 'taken back')
    expect((await sign(page, 'signed')).status).toBe(409)
  })

  test('gets through a service that fails, hangs, answers wrongly and never calls back', async () => {
    await shop.outside('PUT', '/faults/signature', { errorRate: 0.3, timeoutRate: 0.05, wrongAnswerRate: 0.15, loseCallbackRate: 1, seed: 5 })
    await shop.outside('PUT', '/signature/answers', { rule: [{ match: {}, outcome: 'signed', afterMs: 300 }] })
    const carts = [await ready(), await ready()]
    for (const cart of carts) await checkout(cart, 202)
    for (const cart of carts) await ended(cart, 'completed')
    await shop.outside('DELETE', '/faults/signature')
    for (const cart of carts) expect(await shop.outside('GET', `/books/signature?reference=${(await signatureOf(cart))['id']}`)).toMatchObject([{ executions: 1 }])
  }, 60_000)

  test('is not asked where no rule wants it, and where the contract was signed before', async () => {
    await checkout(await ready([shop.line('router')]))
    const cart = await ready()
    const summary = await shop.call('POST', '/tandem/v1/contractSummary', { shoppingCart: { id: cart['id'] } })
    expect((await shop.call('PATCH', `/tandem/v1/contractSummary/${summary.id}`, { state: 'accepted' }, 409)).code).toBe('signatureMissing')
    await shop.outside('PUT', '/signature/answers', { rule: [{ match: {}, outcome: 'signed' }] })
    const asked = await shop.call('POST', '/tandem/v1/contractSignature', { contractSummary: { id: summary.id }, signer: { name: 'Ada Lovelace', email: 'ada@example.com' } })
    await shop.until(async () => (await shop.call('GET', asked.href)).state === 'signed', 'signed')
    const done = await checkout(cart, 200, { contractSummary: { id: summary.id } })
    expect((await shop.call('GET', `/tandem/v1/acceptanceProof/${done['productOrder'].id}`)).acceptance.by).toBe('Ada Lovelace')
  })
})

test('a consumer accepts the summary before the checkout where the terms want it, and the one of what is in the cart', async () => {
  const terms = await shop.call('POST', '/tandem/v1/contractTerms', { name: 'Strict', version: '2', summaryBeforeCheckout: true, validFor: { startDateTime: '2020-01-01T00:00:00Z' } })
  const cart = await ready([shop.line('router')])
  expect((await checkout(cart, 409))['fault'].map((one: Json) => one['code'])).toEqual(['contractSummaryMissing'])
  const summary = await shop.call('POST', '/tandem/v1/contractSummary', { shoppingCart: { id: cart['id'] } })
  expect((await checkout(cart, 409, { contractSummary: { id: summary.id } }))['fault'].map((one: Json) => one['code'])).toEqual(['contractSummaryMissing'])
  await shop.call('PATCH', `/tandem/v1/contractSummary/${summary.id}`, { state: 'accepted', acceptedBy: 'Ada' })
  await shop.call('POST', `/tandem/v1/shoppingCart/${cart['id']}/item`, shop.line('plan'))
  expect((await checkout(cart, 409, { contractSummary: { id: summary.id } }))['fault'].map((one: Json) => one['code'])).toEqual(['contractSummaryMissing'])
  const next = await shop.call('POST', '/tandem/v1/contractSummary', { shoppingCart: { id: cart['id'] } })
  await shop.call('PATCH', `/tandem/v1/contractSummary/${next.id}`, { state: 'accepted', acceptedBy: 'Ada' })
  const done = await checkout(cart, 200, { contractSummary: { id: next.id } })
  expect(await shop.call('GET', `/tandem/v1/acceptanceProof/${done['productOrder'].id}`)).toMatchObject({ terms: [{ id: terms.id }], contractSummary: { id: next.id } })
  await shop.call('DELETE', `/tandem/v1/contractTerms/${terms.id}`)
})

test('a quote is accepted once its summary is signed', async () => {
  const { customer } = await shop.customer('Quoted')
  const quote = await shop.call('POST', '/tmf-api/quoteManagement/v4/quote', { instantSyncQuote: true, relatedParty: [{ id: customer, role: 'customer', '@referredType': 'Customer' }], quoteItem: [{ id: '1', action: 'add', quantity: 1, productOffering: { id: contract } }] }, 200)
  expect(quote.state).toBe('approved')
  const summary = await shop.call('POST', '/tandem/v1/contractSummary', { quote: { id: quote.id } })
  const accept = (status: number): Promise<Json> => shop.call('PATCH', quote.href, { state: 'accepted', contractSummary: { id: summary.id } }, status)
  await accept(409)
  const asked = await shop.call('POST', '/tandem/v1/contractSignature', { contractSummary: { id: summary.id }, signer: { name: 'Quoted' } })
  expect((await shop.call('POST', '/tandem/v1/contractSignature', { contractSummary: { id: summary.id }, signer: { name: 'Again' } }, 409)).code).toBe('signatureUnderWay')
  const { signUrl } = await shop.until(async () => {
    const now = await shop.call('GET', asked.href)
    return now.state === 'pending' && now
  }, 'pending')
  await sign(signUrl, 'signed')
  await shop.until(async () => (await shop.call('GET', `/tandem/v1/contractSummary/${summary.id}`)).state === 'accepted', 'accepted')
  const { productOrder } = await accept(200)
  await shop.until(async () => (await shop.raw('GET', `/tandem/v1/acceptanceProof/${productOrder[0].id}`)).statusCode === 200, 'ordered')
  expect(await shop.call('GET', `/tandem/v1/acceptanceProof/${productOrder[0].id}`)).toMatchObject({ quote: { id: quote.id }, acceptance: { by: 'Quoted', channel: 'api' }, signature: { state: 'signed' }, terms: [{ version: '2026-01' }] })
})

test('an agreement is approved once it is signed as it is, and nobody writes a signature', async () => {
  const url = '/tmf-api/agreementManagement/v4/agreement'
  const { customer } = await shop.customer('Frame')
  const draft = { name: 'Frame', agreementType: 'frame', engagedParty: [{ id: customer, role: 'customer', '@referredType': 'Customer' }], agreementItem: [{ productOffering: [{ id: contract }] }], agreementAuthorization: [{ state: 'requested', signatureRequired: true }] }
  const made = await shop.call('POST', url, draft)
  expect((await shop.call('PATCH', made.href, { agreementAuthorization: [{ state: 'approved', signatureRequired: true, signature: { hash: 'x' } }] }, 400)).message).toContain('signature')
  await shop.call('PATCH', made.href, { agreementAuthorization: [{ state: 'approved', signatureRequired: true }] })
  expect((await shop.call('PATCH', made.href, { status: 'approved' }, 409)).code).toBe('signatureMissing')
  await shop.outside('PUT', '/signature/answers', { rule: [{ match: {}, outcome: 'signed' }] })
  const signed = async (): Promise<void> => {
    const asked = await shop.call('POST', '/tandem/v1/contractSignature', { agreement: { id: made.id }, signer: { name: 'Chief' } })
    await shop.until(async () => (await shop.call('GET', asked.href)).state === 'signed', 'signed')
  }
  await shop.call('PATCH', made.href, { agreementAuthorization: [{ state: 'requested', signatureRequired: true }] })
  await signed()
  await shop.call('PATCH', made.href, { agreementItem: [{ productOffering: [{ id: contract }], termOrCondition: [{ id: '1', description: 'One more' }] }] })
  expect((await shop.call('PATCH', made.href, { status: 'approved' }, 409)).code).toBe('signatureMissing')
  await shop.call('PATCH', made.href, { agreementAuthorization: [{ state: 'requested', signatureRequired: true }] })
  await signed()
  const approved = await shop.call('PATCH', made.href, { status: 'approved' })
  expect(approved.agreementAuthorization).toMatchObject([{ state: 'approved', signature: { signer: 'Chief' } }])
})

test('there is no summary of nothing', async () => {
  const { customer } = await shop.customer()
  const of = { relatedParty: [{ id: customer, role: 'customer', '@referredType': 'Customer' }] }
  for (const lines of [[], [{ productOffering: { id: contract }, status: 'saveForLater' }]]) {
    const cart = await shop.cart(lines, of)
    const refused = await shop.call('POST', '/tandem/v1/contractSummary', { shoppingCart: { id: cart['id'] } }, 409)
    expect(refused).toMatchObject({ code: 'nothingToSummarize', message: expect.stringContaining(`shoppingCart ${cart['id']} has no items`), details: [{ path: 'shoppingCart.id' }] })
    await shop.call('POST', `/tandem/v1/shoppingCart/${cart['id']}/item`, { productOffering: { id: contract } })
    expect((await shop.call('POST', '/tandem/v1/contractSummary', { shoppingCart: { id: cart['id'] } })).document.service).toHaveLength(1)
  }
})
