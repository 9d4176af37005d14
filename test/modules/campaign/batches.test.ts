/** Offers to many are made in batches: each person has one, whoever is stopped in between and however often it is asked; and codes of promotions are checked. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCartShop, type CartShop, type Json } from '../cart/cart-shop.ts'

const CAMPAIGN = '/tandem/v1/campaign'
const PROMOTION = '/tmf-api/promotionManagement/v4/promotion'
const DAY = 86_400_000

let shop: CartShop
beforeAll(async () => {
  shop = await openCartShop({ gateways: false })
}, 60_000)
afterAll(() => shop?.close())

const later = (ms: number): string => new Date(shop.services.clock.now().getTime() + ms).toISOString()
const body = (more: Json = {}): Json => ({ name: 'Autumn', item: [{ productOffering: { id: shop.offers.router } }], discount: { name: 'Autumn', percentage: 50 }, validFor: { endDateTime: later(10 * DAY) }, ...more })
const campaign = async (more: Json = {}): Promise<string> => {
  const { id } = await shop.call('POST', CAMPAIGN, body(more))
  await shop.call('PATCH', `${CAMPAIGN}/${id}`, { status: 'active' })
  return id
}
const addresses = (count: number): Json[] => Array.from({ length: count }, (_, n) => ({ email: `reader${n}@example.org`, consent: { textVersion: '1', givenAt: later(0) } }))
const make = (id: string, recipient: Json[], more: Json = {}) => shop.raw('POST', `${CAMPAIGN}/${id}/offer`, { recipient, ...more })
const rows = (id: string): Promise<{ recipient: string }[]> => shop.database.query('SELECT recipient FROM campaign_offer WHERE campaign_id = $1', [id])

describe('offers to many', () => {
  test('are made once each when it stops in between and is asked again', async () => {
    const id = await campaign()
    // The database gives way in the third batch.
    await shop.database.query(`CREATE FUNCTION stop_offers() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.recipient = 'email/reader450@example.org' THEN RAISE EXCEPTION 'stopped'; END IF; RETURN NEW; END $$`)
    await shop.database.query('CREATE TRIGGER stop_offers BEFORE INSERT ON campaign_offer FOR EACH ROW EXECUTE FUNCTION stop_offers()')
    expect((await make(id, addresses(500))).statusCode).toBe(500)
    // Whole batches, and nothing of the one that was stopped.
    expect(await rows(id)).toHaveLength(400)
    await shop.database.query('DROP TRIGGER stop_offers ON campaign_offer')
    const again = (await make(id, addresses(500))).json()
    expect([again.offer.length, again.offer.filter((one: Json) => one['isNew']).length, again.offer.filter((one: Json) => one['link'] !== undefined).length]).toEqual([500, 100, 100])
    expect(new Set((await rows(id)).map(one => one.recipient)).size).toBe(500)
    expect(await rows(id)).toHaveLength(500)
    // Links that were lost are made anew, and lead to the offers.
    const renewed = (await make(id, addresses(500), { renew: true })).json()
    expect(new Set(renewed.offer.map((one: Json) => one['token'])).size).toBe(500)
    expect((await shop.call('GET', `/tandem/v1/campaignOffer/${renewed.offer[3].token}`)).id).toBe(again.offer[3].id)
    expect((await shop.call('GET', `/tandem/v1/campaignOffer/${renewed.offer[499].token}`)).id).toBe(again.offer[499].id)
    await shop.call('GET', `/tandem/v1/campaignOffer/${again.offer[499].token}`, undefined, 404)
  }, 60_000)

  test('go once to each person when two make them at once, in another order', async () => {
    const id = await campaign()
    const [one, two] = await Promise.all([make(id, addresses(300)), make(id, addresses(300).toReversed())])
    const made = [...one.json().offer, ...two.json().offer] as Json[]
    expect(made).toHaveLength(600)
    expect(made.filter(offer => offer['isNew'])).toHaveLength(300)
    expect(new Set(made.map(offer => offer['id'])).size).toBe(300)
    // Whoever made it has the link, and it works.
    for (const offer of made.filter(each => each['isNew']).slice(0, 5)) expect((await shop.call('GET', `/tandem/v1/campaignOffer/${offer['token']}`)).id).toBe(offer['id'])
  }, 60_000)

  test('name who is meant twice in a list once, by whatever name, in the order of the list', async () => {
    const id = await campaign()
    const { person, customer } = await shop.customer()
    await shop.call('POST', '/tandem/v1/consent', { party: customer, action: 'grant', purpose: 'marketing', textVersion: '1' })
    const stranger = await shop.customer()
    const made = (await make(id, [{ customer: { id: customer } }, { customer: { id: stranger.person } }, { customer: { id: person } }, { email: 'no address' }, { customer: { id: 'nobody' } }, ...addresses(1), ...addresses(1)])).json()
    expect(made.offer.map((one: Json) => [one['recipient'].customer?.id ?? one['recipient'].email, one['isNew'], one['token'] !== undefined])).toEqual([[customer, true, true], [person, false, false], ['reader0@example.org', true, true], ['reader0@example.org', false, false]])
    expect(made.withheld.map((one: Json) => [one['recipient'].customer?.id ?? one['recipient'].email, one['why']])).toEqual([[stranger.person, 'consent'], ['no address', 'unknown'], ['nobody', 'unknown']])
    expect((await rows(id)).map(one => one.recipient).sort()).toEqual(['email/reader0@example.org', `party/${person}`])
  })

  test('have each customer’s own price', async () => {
    const { customer } = await shop.customer()
    const { customer: other } = await shop.customer()
    for (const party of [customer, other]) await shop.call('POST', '/tandem/v1/consent', { party, action: 'grant', purpose: 'marketing', textVersion: '1' })
    await shop.call('POST', PROMOTION, { name: 'Hers', lifecycleStatus: 'release', promotionType: 'Discount', pattern: [{ name: 'Hers', priority: 1, criteriaGroupLogicalRelationship: 'AND', criteriaGroup: [{ criteriaLogicalRelationship: 'AND', criteria: [{ criteriaParameter: 'customer', criteriaOperator: '=', criteriaValue: customer }] }], action: [{ actionType: 'percentage', actionValue: '10' }] }] })
    const price = async (): Promise<number[]> => {
      const made = (await make(await campaign({ discount: undefined }), [{ customer: { id: customer } }, { customer: { id: other } }])).json()
      return await Promise.all(made.offer.map(async (one: Json) => (await shop.call('GET', `/tandem/v1/campaignOffer/${one['token']}`)).due.value))
    }
    // The price engine hears of a promotion within a second.
    await shop.until(async () => (await price())[0] !== 59.88, 'the promotion is heard of')
    expect(await price()).toEqual([53.89, 59.88])
  })
})

describe('a code of a promotion', () => {
  const promotion = (code: string, more: Json = {}): Promise<Json> =>
    shop.call('POST', PROMOTION, { name: code, lifecycleStatus: 'release', promotionType: 'Discount', pattern: [{ name: code, priority: 1, criteriaGroupLogicalRelationship: 'AND', criteriaGroup: [{ criteriaLogicalRelationship: 'AND', criteria: [{ criteriaParameter: 'promotionCode', criteriaOperator: '=', criteriaValue: code }] }], action: [{ actionType: 'percentage', actionValue: '10' }] }], ...more })

  test('that is none is refused by its place, in the draft', async () => {
    await promotion('Known1')
    const refused = await shop.call('POST', CAMPAIGN, body({ promotionCode: ['known1', 'NOSUCH'] }), 400)
    expect(refused.details).toEqual([expect.objectContaining({ path: 'promotionCode[1]', value: 'NOSUCH' })])
    const { id } = await shop.call('POST', CAMPAIGN, body({ promotionCode: [' KNOWN1 '] }))
    await shop.call('PATCH', `${CAMPAIGN}/${id}`, { promotionCode: ['NOSUCH'] }, 400)
    expect((await shop.call('PATCH', `${CAMPAIGN}/${id}`, { status: 'active' })).notice).toBeUndefined()
  })

  test('that ends before the campaign does is said there, and with the offers', async () => {
    const end = later(3 * DAY)
    await promotion('ENDS', { validFor: { endDateTime: end } })
    const made = await shop.call('POST', CAMPAIGN, body({ promotionCode: ['ENDS'] }))
    expect(made.notice).toEqual([{ code: 'promotionEndsEarlier', attribute: 'promotionCode[0]', message: expect.stringContaining(`ends at ${end}`) }])
    expect((await shop.call('PATCH', `${CAMPAIGN}/${made.id}`, { status: 'active', notice: [] })).notice).toHaveLength(1)
    expect((await make(made.id, addresses(1))).json().notice).toEqual(made.notice)
    await shop.call('PATCH', `${CAMPAIGN}/${made.id}`, { status: 'ended' })
    expect((await shop.call('GET', `${CAMPAIGN}/${made.id}`)).notice).toBeUndefined()
  })

  test('that nobody would get anything by does not become active', async () => {
    const { id: promoted } = await promotion('DRAFT', { lifecycleStatus: 'draft' })
    const { id, notice } = await shop.call('POST', CAMPAIGN, body({ promotionCode: ['DRAFT'] }))
    expect(notice[0].code).toBe('promotionNotInForce')
    const refused = await shop.call('PATCH', `${CAMPAIGN}/${id}`, { status: 'active' }, 409)
    expect([refused.code, refused.details[0].path]).toEqual(['promotionNotInForce', 'promotionCode[0]'])
    await shop.call('PATCH', `${PROMOTION}/${promoted}`, { lifecycleStatus: 'release' })
    await shop.call('PATCH', `${CAMPAIGN}/${id}`, { status: 'active' })
    await promotion('GONE', { validFor: { endDateTime: later(-DAY) } })
    const gone = await shop.call('POST', CAMPAIGN, body({ promotionCode: ['GONE'] }))
    expect((await shop.call('PATCH', `${CAMPAIGN}/${gone.id}`, { status: 'active' }, 409)).message).toMatch(/GONE: its promotion ended at/)
  })
})
