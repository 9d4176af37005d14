/** The page that a campaign's link opens: what anybody who has the link is shown and can do, without logging in, and what never leaves the browser. */
import { Window } from 'happy-dom'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { openCartShop, type CartShop, type Json } from '../cart/cart-shop.ts'

const CAMPAIGN = '/tandem/v1/campaign'
const DAY = 86_400_000

let shop: CartShop
/** The same data where callers are asked who they are, with a shop that takes carts over. */
let guarded: TestApp
beforeAll(async () => {
  shop = await openCartShop()
  guarded = await createTestApp({ databaseUrl: shop.databaseUrl, settings: { AUTH: 'key', BOOTSTRAP_KEY: 'offer-page-test-bootstrap-key-01', ROLES: 'api', PUBLIC_URL: 'https://tandem.example', SHOP_URL: 'https://shop.example/cart,north=https://north.example/cart?x=1' } })
}, 60_000)
afterAll(async () => {
  await guarded?.close()
  await shop?.close()
})

const later = (ms: number): string => new Date(shop.services.clock.now().getTime() + ms).toISOString()

/** A campaign with one offer to a customer: its token. */
const offered = async (more: Json = {}, headers: Record<string, string> = {}): Promise<{ token: string; link: string; campaign: string }> => {
  const { id } = await shop.call('POST', CAMPAIGN, { name: 'Autumn', item: [{ productOffering: { id: shop.offers.router } }], discount: { name: 'Autumn', percentage: 50 }, validFor: { endDateTime: later(10 * DAY) }, ...more }, 201, headers)
  await shop.call('PATCH', `${CAMPAIGN}/${id}`, { status: 'active' }, 200, headers)
  const made = await shop.call('POST', `${CAMPAIGN}/${id}/offer`, { recipient: [{ email: `somebody-${id}@example.org`, consent: { textVersion: '1', givenAt: later(0) } }] }, 201, headers)
  return { ...made.offer[0], campaign: id }
}
const post = (what: string, link: string, headers: Record<string, string> = {}) => guarded.app.inject({ method: 'POST', url: `/offer/${what}`, payload: { link }, headers })
const words = (html: string): string => html.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ').trim()
/** Amounts are set with spaces that do not break. */
const told = async (what: string, link: string, status = 200, language = 'en'): Promise<string> => {
  const answer = await post(what, link, { 'accept-language': language })
  expect([answer.statusCode, answer.headers['content-type']], answer.body).toEqual([status, 'text/html; charset=utf-8'])
  return words(answer.body)
}

describe('the page', () => {
  test('is served to anybody with a policy that lets nothing in but its own files, and tells nobody where it was', async () => {
    const page = await guarded.app.inject({ url: '/offer', headers: { 'accept-language': 'de-CH,de;q=0.9' } })
    expect(page.statusCode).toBe(200)
    expect(page.headers['content-security-policy']).toBe("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
    expect(page.headers).toMatchObject({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', vary: 'accept-language' })
    expect(page.body).toContain('<html lang="de-ch">')
    // Nothing inline, and the files that it names are there.
    expect(page.body).not.toMatch(/\son\w+=|style=|<script>|<style/)
    const files = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file]) => file)
    expect(files).toEqual(['offer/page.css', 'offer/page.js'])
    for (const file of files) expect((await guarded.app.inject({ url: `/${file}` })).statusCode).toBe(200)
  })

  test('shows what is offered with tax, until when, and what it costs once the discount has ended; without a trace', async () => {
    const { token, link, campaign } = await offered({ item: [{ productOffering: { id: shop.offers.bundle }, term: { amount: 24, units: 'month' } }], discount: { name: 'Autumn & more', percentage: 50, duration: { amount: 6, units: 'month' } }, description: '<b>For you</b>' })
    expect(link).toMatch(new RegExp(`^http://127.0.0.1:\\d+/offer#${token}$`))
    const shown = await told('shown', token)
    expect(shown).toMatch(/^Autumn .*For you.* Both \(You are bound for: 24 months\) Plan Router What it costs, with tax Per month €11\.94 Once €29\.94/)
    expect(shown).toContain('Autumn &amp; more (for 6 months) −50%')
    expect(shown.match(/−50%/g)).toHaveLength(1)
    expect(shown).toContain('Per month, once the discount has ended €23.88')
    expect(shown).toContain('Take the offer')
    expect((await post('shown', token)).body).toContain('&lt;b&gt;For you&lt;/b&gt;')
    expect(await shop.call('GET', `${CAMPAIGN}/${campaign}/result`)).toEqual({ sent: 1, opened: 0, accepted: 0, ordered: 0 })
    expect((await post('opened', token)).statusCode).toBe(204)
    expect(await shop.call('GET', `${CAMPAIGN}/${campaign}/result`)).toMatchObject({ opened: 1, accepted: 0 })
  })

  test('takes the offer with one click, and says where to go on: in the shop or by a code', async () => {
    const { token, campaign } = await offered()
    const answer = await post('accepted', token)
    expect(words(answer.body)).toMatch(/^It is in your cart The price is held for you\. Router .*Once €29\.94/)
    const next = /href="([^"]+)"/.exec(answer.body)?.[1] ?? ''
    expect(next).toMatch(/^https:\/\/shop\.example\/cart\?handOver=[\w-]{32}$/)
    const code = /<output>([^<]+)</.exec(answer.body)?.[1] ?? ''
    const taken = await shop.call('POST', '/tandem/v1/cartTakeOver', { code }, 200, { 'x-tandem-channel': 'store' })
    expect([taken.due.value, taken.cartItem[0].addedBy]).toEqual([29.94, expect.objectContaining({ channel: 'web', campaign })])
    // Asked again it is the same cart, with a code that is new.
    expect(await told('shown', token)).toMatch(/This offer has been taken\. Show my cart$/)
    const again = /<output>([^<]+)</.exec((await post('accepted', token)).body)?.[1] ?? ''
    expect((await shop.call('POST', '/tandem/v1/cartTakeOver', { code: again }, 200)).id).toBe(taken.id)
    // Somebody's cart is shown to no bearer of the link.
    const { customer } = await shop.customer()
    await shop.call('POST', `/tandem/v1/shoppingCart/${taken.id}/merge`, { customer: { id: customer, '@referredType': 'Customer' }, strategy: 'merge' }, 200)
    expect(await told('accepted', token, 409)).toBe('Your offer This offer has been taken.')
  })

  test('speaks the language of its reader, with the words that the campaign has in it', async () => {
    const { token } = await offered({ translation: [{ language: 'de', name: 'Herbst', description: 'Für Freunde' }] })
    expect(await told('shown', token, 200, 'de-AT,en;q=0.5')).toMatch(/^Herbst Für Freunde .*Einmalig €\s29,94.*Der Preis ist zugesagt bis/)
    expect(await told('shown', token, 200, 'fr')).toMatch(/^Autumn .*Une fois 29,94\s€/)
    expect(await told('shown', token, 200, 'xx')).toContain('Take the offer')
  })

  test('says in words when there is nothing to be had', async () => {
    expect(await told('shown', 'x'.repeat(32), 404)).toContain('There is no offer behind this link.')
    expect(await told('shown', '', 400)).toContain('The link is not complete.')
    const { token, campaign } = await offered()
    expect(await told('shown', `other/${token}`, 404)).toContain('There is no offer behind this link.')
    const later2 = await offered({ validFor: { startDateTime: later(DAY), endDateTime: later(2 * DAY) } })
    expect(await told('shown', later2.token)).toContain('This offer begins later. It begins on')
    expect(await told('accepted', later2.token, 409)).toContain('This offer begins later.')
    const elsewhere = await offered({ channel: ['store', 'app'] })
    expect(await told('shown', elsewhere.token)).toMatch(/This offer is not sold here, but through: store, app$/)
    expect(await told('accepted', elsewhere.token, 403)).toBe('Your offer This offer is not sold here, but through: store, app')
    await shop.call('PATCH', `${CAMPAIGN}/${campaign}`, { status: 'ended' })
    expect(await told('shown', token)).toMatch(/This offer has been withdrawn\.$/)
    expect(await told('accepted', token, 409)).toBe('Your offer This offer has been withdrawn.')
    const answer = await guarded.app.inject({ method: 'POST', url: '/offer/shown', payload: { link: token, more: 1 } })
    expect([answer.statusCode, answer.json().details[0].path]).toEqual([400, 'more'])
  })

  test('leads whoever has a personal offer to where it is asked who it is', async () => {
    const who = await shop.customer()
    await shop.call('POST', '/tandem/v1/consent', { party: who.person, action: 'grant', purpose: 'marketing', textVersion: '1' })
    const { id } = await shop.call('POST', CAMPAIGN, { name: 'Personal', personal: true, item: [{ productOffering: { id: shop.offers.router } }], validFor: { endDateTime: later(DAY) } })
    await shop.call('PATCH', `${CAMPAIGN}/${id}`, { status: 'active' })
    const { token } = (await shop.call('POST', `${CAMPAIGN}/${id}/offer`, { recipient: [{ customer: { id: who.customer } }] })).offer[0]
    const shown = await post('shown', token)
    expect(shown.body).toContain(`href="https://shop.example/cart#offer=${token}"`)
    expect(shown.body).not.toContain('<button')
    expect(await told('accepted', token, 403)).toContain('This offer is for you personally.')
  })

  test('lets whoever has a personal offer to an address that nobody is known by take it', async () => {
    const { token } = await offered({ personal: true })
    const shown = await told('shown', token)
    expect(shown).toContain('Take the offer')
    expect(shown).not.toContain('for you personally')
    expect(await told('accepted', token)).toContain('It is in your cart')
  })

  test('shows no price below zero once a discount has ended beside a larger one that lasts', async () => {
    await shop.call('POST', '/tmf-api/promotionManagement/v4/promotion', { name: 'Six', lifecycleStatus: 'release', promotionType: 'Discount', pattern: [{ name: 'Six', priority: 1, criteriaGroupLogicalRelationship: 'AND', criteriaGroup: [{ criteriaLogicalRelationship: 'AND', criteria: [{ criteriaParameter: 'promotionCode', criteriaOperator: '=', criteriaValue: 'SIX' }] }], action: [{ actionType: 'percentage', actionValue: '10', chargeType: 'recurring', applicationDuration: { amount: 6, units: 'month' } }] }] })
    const lasting = { item: [{ productOffering: { id: shop.offers.plan } }], discount: { name: 'Large', amount: { unit: 'EUR', value: 500 }, on: 'recurring' }, promotionCode: ['SIX'] }
    let shown = ''
    // The price engine hears of a promotion within a second.
    await shop.until(async () => (shown = await told('shown', (await offered(lasting)).token)).includes('once the discount has ended'), 'the promotion is heard of')
    expect(shown).toMatch(/Per month €0\.00 .*Per month, once the discount has ended €0\.00/)
  })

  test('finds the offers of other brands by their links, and leads to their shops', async () => {
    const north = { 'x-tandem-brand': 'north' }
    const specification = await shop.call('POST', '/tmf-api/productCatalogManagement/v4/productSpecification', { name: 'S', lifecycleStatus: 'Launched' }, 201, north)
    const price = await shop.call('POST', '/tmf-api/productCatalogManagement/v4/productOfferingPrice', { name: 'Once', priceType: 'oneTime', price: { unit: 'JPY', value: 1000 }, tax: [{ taxCategory: 'VAT', taxRate: 10 }], lifecycleStatus: 'Launched' }, 201, north)
    const thing = await shop.call('POST', '/tmf-api/productCatalogManagement/v4/productOffering', { name: 'Thing', lifecycleStatus: 'Launched', productSpecification: { id: specification.id }, productOfferingPrice: [{ id: price.id }] }, 201, north)
    const { link, token } = await offered({ item: [{ productOffering: { id: thing.id } }] }, north)
    const fragment = new URL(link).hash.slice(1)
    expect(fragment).toBe(`north/${token}`)
    expect(await told('shown', fragment)).toContain('¥550')
    await told('shown', token, 404)
    expect((await post('accepted', fragment)).body).toMatch(/href="https:\/\/north\.example\/cart\?x=1&amp;handOver=/)
  })
})

describe('its script', () => {
  /** A browser at the page, whose requests reach the server; everything that it asks for is noted. */
  const browse = async (fragment: string) => {
    const page = await guarded.app.inject({ url: '/offer' })
    const window = new Window({ url: `https://tandem.example/offer#${fragment}`, settings: { enableJavaScriptEvaluation: true, suppressInsecureJavaScriptEnvironmentWarning: true } })
    const asked: { url: string; method: string; body: string }[] = []
    let fails = 0
    const fetching = async (url: string, init: { method: string; headers: Record<string, string>; body: string }) => {
      asked.push({ url, method: init.method, body: init.body })
      if (fails-- > 0) throw new TypeError('network')
      const answer = await guarded.app.inject({ method: 'POST', url: `/${url}`, payload: init.body, headers: init.headers })
      return new Response(answer.statusCode === 204 ? null : answer.body, { status: answer.statusCode, headers: { 'content-type': String(answer.headers['content-type']) } })
    }
    Object.assign(window, { fetch: fetching })
    window.document.write(page.body.replace(/<(link|script)[^>]*>(<\/script>)?/g, ''))
    const script = await guarded.app.inject({ url: '/offer/page.js' })
    const start = (failing = 0): void => {
      fails = failing
      window.eval(script.body)
    }
    const main = window.document.querySelector('main')!
    const settled = (text: RegExp) => shop.until(async () => text.test(main.textContent.replace(/\s+/g, ' ')) && !main.hasAttribute('aria-busy'), `the page says ${text.source}`, 5_000)
    return { window, main, asked, start, settled }
  }

  test('shows, counts as seen and takes with a click, and sends the token in no address', async () => {
    const { token, campaign } = await offered()
    const { window, main, asked, start, settled } = await browse(token)
    start()
    await settled(/Take the offer/)
    expect(window.document.title).toBe('Autumn')
    await shop.until(async () => (await shop.call('GET', `${CAMPAIGN}/${campaign}/result`)).opened === 1, 'seen')
    // Times are those of who reads it.
    expect(main.querySelector('time')?.textContent).not.toContain('UTC')
    main.querySelector('button')!.click()
    await settled(/It is in your cart/)
    expect(window.document.activeElement).toBe(main)
    expect(asked.map(one => `${one.method} ${one.url}`)).toEqual(['POST offer/shown', 'POST offer/opened', 'POST offer/accepted'])
    expect(asked.every(one => !one.url.includes(token) && JSON.parse(one.body).link === token)).toBe(true)
    expect(await shop.call('GET', `${CAMPAIGN}/${campaign}/result`)).toMatchObject({ accepted: 1 })
    await window.happyDOM.close()
  })

  test('offers to try again what did not get through, and counts nothing as seen that was not shown', async () => {
    const { token, campaign } = await offered()
    const { window, main, start, settled } = await browse(token)
    start(1)
    await settled(/This did not work/)
    expect((await shop.call('GET', `${CAMPAIGN}/${campaign}/result`)).opened).toBe(0)
    main.querySelector('button')!.click()
    await settled(/Take the offer/)
    await window.happyDOM.close()
  })
})
