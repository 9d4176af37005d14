import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { channelFor, recordInteraction } from '../../../src/modules/interaction/index.ts'
import { DEFAULT_BRAND, systemContext } from '../../../src/platform/principal.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'

const THREAD = '/tmf-api/partyInteraction/v4/partyInteraction'
const CONTACT = '/tandem/v1/customerContact'
const PREFERENCE = '/tandem/v1/contactPreference'
const ORDERING = '/tmf-api/productOrderingManagement/v4'
const BILL = '/tmf-api/customerBillManagement/v4/customerBill'
const context = systemContext(DEFAULT_BRAND, 'test')

let server: TestApp
const call = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object, headers: Record<string, string> = {}) => {
  const answer = await server.app.inject({ method, url, headers, ...(payload && { payload }) })
  return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json(), headers: answer.headers }
}
const person = async (more: object = {}): Promise<any> => (await call('POST', '/tmf-api/party/v4/individual', { givenName: 'Mira', familyName: 'Aldenhoven', ...more })).body
const customerOf = async (party: { id: string }): Promise<any> =>
  (await call('POST', '/tmf-api/customerManagement/v4/customer', { name: 'Mira', engagedParty: { id: party.id, '@referredType': 'Individual' } })).body
const ref = (party: { id: string; href?: string }, role = 'customer', type = 'Individual') => ({ id: party.id, ...(party.href !== undefined && { href: party.href }), role, '@referredType': type })
const threadOf = async (id: string): Promise<any[]> => (await call('GET', `${THREAD}?relatedParty.id=${id}&sort=-interactionDate.startDateTime`)).body
const threadWith = (id: string, count: number): Promise<any[]> =>
  vi.waitFor(async () => {
    const thread = await threadOf(id)
    expect(thread).toHaveLength(count)
    return thread
  }, { timeout: 15_000, interval: 50 })
/** Every reaction to everything so far is through. */
const settled = (): Promise<void> =>
  vi.waitFor(async () => {
    const [row] = await server.database.query<{ open: string }>(`select (select count(*) from event where position is null) + (select count(*) from event_reaction where state <> 'done') as open`)
    expect(Number(row?.open)).toBe(0)
  }, { timeout: 15_000, interval: 50 })

beforeAll(async () => {
  server = await createTestApp()
})
afterAll(() => server.close())

describe('what people write about a contact', () => {
  test('holds no card number, in any change; the number of a device has its place there', async () => {
    const mira = await person()
    const contact = { customer: { id: mira.id }, reason: 'billQuestion' }
    for (const words of [{ description: 'pays with 4111 1111 1111 1111' }, { note: [{ text: 'says 5555/5555/5555/4444' }] }]) {
      const answer = await call('POST', CONTACT, { ...contact, ...words })
      expect(answer.status).toBe(400)
      expect(JSON.stringify(answer.body)).not.toMatch(/1111|5555/)
    }
    const taken = await call('POST', CONTACT, { ...contact, description: 'phone with IMEI 490154203237518' })
    expect(taken.status).toBe(201)
    expect((await call('PATCH', `${THREAD}/${taken.body.id}`, { note: [{ text: '378282246310005' }] })).status).toBe(400)
    const patch = await call('PATCH', `${THREAD}/${taken.body.id}`, [{ op: 'replace', path: '/description', value: '4111.1111.1111.1111' }], { 'content-type': 'application/json-patch+json' })
    expect(patch.status).toBe(400)
    expect((await call('GET', '/tandem/v1/customerSearch?q=4111111111111111')).status).toBe(200)
    expect((await call('GET', `${THREAD}?reason=4111%201111%201111%201111`)).status).toBe(200)
    expect(await server.database.query(`select query from audit_record where query like '%1111%'`)).toEqual([])
    expect((await server.database.query(`select 1 from audit_record where resource = 'customerSearch' and query like '%q=****%'`)).length).toBe(1)
  })
})

describe('the thread of a customer', () => {
  test('gets one contact for an order and one for its cancellation, in the channels that they came through', async () => {
    const mira = await person()
    const order = await call('POST', `${ORDERING}/productOrder`, { relatedParty: [ref(mira)], productOrderItem: [{ id: '1', action: 'add', productOffering: { id: 'nothing-we-sell' } }] }, { 'x-tandem-channel': 'web' })
    expect(order.status).toBe(201)
    const [placed] = await threadWith(mira.id, 1)
    expect(placed).toMatchObject({ direction: 'inbound', reason: 'orderPlaced', status: 'completed', channel: [{ id: 'web' }] })
    expect(placed.interactionItem[0].item).toMatchObject({ id: order.body.id, '@referredType': 'ProductOrder', href: order.body.href })
    const events = await server.database.query<{ channel: string }>(`select channel from event where resource_id = $1 and event_type = 'ProductOrderCreateEvent'`, [order.body.id])
    expect(events).toEqual([{ channel: 'web' }])
    await settled()
    expect(await threadOf(mira.id)).toHaveLength(1)
  })

  test('gets one contact for a cancellation, in the channel that asked for it, beside the one for the order', async () => {
    const mira = await person()
    const offering = await server.services.store.create(context, server.services.store.resource('productOffering')!, { name: 'Sticker', lifecycleStatus: 'Launched', isSellable: true })
    const order = await call('POST', `${ORDERING}/productOrder`, {
      relatedParty: [ref(mira)], requestedStartDate: '2999-01-01T00:00:00Z', productOrderItem: [{ id: '1', action: 'add', productOffering: { id: offering.id } }],
    }, { 'x-tandem-channel': 'store' })
    expect(order.body.rejectionReason).toBeUndefined()
    const orderId = order.body.id
    await threadWith(mira.id, 1)
    const task = await call('POST', `${ORDERING}/cancelProductOrder`, { productOrder: { id: orderId }, cancellationReason: 'changed my mind' }, { 'x-tandem-channel': 'care' })
    expect(task.status).toBe(201)
    const thread = await threadWith(mira.id, 2)
    expect(thread.map(one => [one.reason, one.channel[0].id])).toEqual(expect.arrayContaining([['orderPlaced', 'store'], ['orderCancellation', 'care']]))
  })

  test('takes the channel of the document where the request names none, and nothing where nobody was in contact', async () => {
    const [mira, nuno] = [await person(), await person()]
    const items = [{ id: '1', action: 'add', productOffering: { id: 'nothing-we-sell' } }]
    await call('POST', `${ORDERING}/productOrder`, { relatedParty: [ref(mira)], channel: [{ id: 'partner-shop', name: 'Partner shop' }], productOrderItem: items })
    expect((await threadWith(mira.id, 1))[0].channel[0].id).toBe('partner-shop')
    await server.services.store.create(context, server.services.store.resource('productOrder')!, { relatedParty: [ref(nuno)], productOrderItem: items })
    await settled()
    expect(await threadOf(nuno.id)).toEqual([])
  })

  test('gets one contact for a bill that was sent, and none for its other moves', async () => {
    const mira = await person()
    const bill = await server.services.store.create(context, server.services.store.resource('customerBill')!, { billNo: 'T-1', state: 'new', relatedParty: [ref(mira, 'payer')] })
    for (const state of ['validated', 'sent']) expect((await call('PATCH', `${BILL}/${bill.id}`, { state }, { 'x-tandem-channel': 'care' })).status).toBe(200)
    const [sent] = await threadWith(mira.id, 1)
    expect(sent).toMatchObject({ direction: 'outbound', reason: 'billSent', channel: [{ id: 'care' }] })
    expect(sent.interactionItem[0].item).toMatchObject({ id: bill.id, name: 'Bill T-1', '@referredType': 'CustomerBill' })
    await settled()
    expect(await threadOf(mira.id)).toHaveLength(1)
  })

  test('is found by the party and by the customer, newest first, and belongs to the party', async () => {
    const mira = await person()
    const customer = await customerOf(mira)
    const at = (day: string) => ({ interactionDate: { startDateTime: `2026-11-${day}T10:00:00Z` }, status: 'completed', direction: 'inbound', channel: [{ id: 'care' }] })
    for (const day of ['03', '05', '04']) expect((await call('POST', THREAD, { ...at(day), reason: `day${day}`, relatedParty: [ref(customer, 'customer', 'Customer')] })).status).toBe(201)
    for (const id of [mira.id, customer.id]) expect((await threadOf(id)).map(one => one.reason)).toEqual(['day05', 'day04', 'day03'])
    const rows = await server.database.query<{ owner_party: string }>('select distinct owner_party from party_interaction where doc::text like $1', [`%${customer.id}%`])
    expect(rows).toEqual([{ owner_party: mira.id }])
  })

  test('keeps nobody from being deleted: contacts are history', async () => {
    const mira = await person()
    await recordInteraction(server.services, { ...context, channel: 'app' }, { party: [{ ...ref(mira) }], direction: 'outbound', reason: 'hello' })
    expect(await threadOf(mira.id)).toHaveLength(1)
    expect((await call('DELETE', `/tmf-api/party/v4/individual/${mira.id}`)).status).toBe(204)
  })
})

describe('a contact that a channel writes down', () => {
  test('becomes one interaction, with what was not said taken from the request', async () => {
    const mira = await person()
    const customer = await customerOf(mira)
    const { status, body, headers } = await call('POST', CONTACT, {
      customer: { id: customer.id }, reason: 'tariffQuestion', agent: 'agent-7', note: [{ author: 'Tova', text: 'Wants to think about it' }], about: [{ id: 'fibre-500', '@referredType': 'ProductOffering', resolution: 'Sent an offer' }],
    }, { 'x-tandem-channel': 'care' })
    expect(status).toBe(201)
    expect(headers['location']).toBe(body.href)
    expect(body).toMatchObject({ direction: 'inbound', status: 'completed', channel: [{ id: 'care' }], reason: 'tariffQuestion' })
    expect(body.relatedParty.map((party: any) => [party.id, party.role])).toEqual([[mira.id, 'customer'], [customer.id, 'customer'], ['agent-7', 'agent']])
    expect((await threadOf(mira.id)).map(one => one.id)).toEqual([body.id])
  })

  test('with a key is written once', async () => {
    const mira = await person()
    const send = () => call('POST', CONTACT, { customer: { id: mira.id }, reason: 'complaint' }, { 'idempotency-key': 'call-1' })
    const [first, second] = [await send(), await send()]
    expect(second.body.id).toBe(first.body.id)
    expect(await threadOf(mira.id)).toHaveLength(1)
  })

  test.each([
    [{ reason: 'x' }, 'customer'],
    [{ customer: { id: 'nobody' }, reason: 'x' }, 'customer.id'],
    [{ customer: { id: 'nobody' } }, 'reason'],
    [{ customer: { id: 'nobody' }, reason: 'x', chanel: 'web' }, 'chanel'],
    [{ customer: { id: 'nobody' }, reason: 'x', channel: 'a b' }, 'channel'],
    [{ customer: { id: 'nobody' }, reason: 'x', direction: 'sideways' }, 'direction'],
  ])('is refused by the name of the attribute: %j', async (payload, attribute) => {
    const { status, body } = await call('POST', CONTACT, payload)
    expect(status).toBe(400)
    expect(body.message).toContain(attribute)
  })

  test('ends no earlier than it begins, and is reopened but not begun anew', async () => {
    const mira = await person()
    const wrong = await call('POST', CONTACT, { customer: { id: mira.id }, reason: 'x', startDateTime: '2026-11-02T00:00:00Z', endDateTime: '2026-11-01T00:00:00Z' })
    expect(wrong.body.message).toContain('endDateTime')
    const { body } = await call('POST', CONTACT, { customer: { id: mira.id }, reason: 'x' })
    expect((await call('PATCH', `${THREAD}/${body.id}`, { status: 'inProgress' })).status).toBe(409)
    const open = await call('PATCH', `${THREAD}/${body.id}`, { status: 'open' })
    expect(open.status).toBe(200)
    expect((await call('PATCH', `${THREAD}/${body.id}`, { direction: 'outbound' })).status).toBe(400)
    const events = await server.database.query<{ event_type: string }>('select event_type from event where resource_id = $1 order by revision', [body.id])
    expect(events.map(event => event.event_type)).toEqual(['PartyInteractionCreateEvent', 'PartyInteractionStatusChangeEvent'])
  })
})

describe('the channel for a purpose', () => {
  const NOON = new Date('2026-11-18T12:00:00Z')
  const media = [
    { mediumType: 'phone', characteristic: { phoneNumber: '+441632960001' } },
    { mediumType: 'email', preferred: true, characteristic: { emailAddress: 'mira@example.com' } },
  ]
  const prefer = async (party: { id: string }, more: object) => expect((await call('POST', PREFERENCE, { party: { id: party.id, '@referredType': 'Individual' }, purpose: 'marketing', ...more })).status).toBe(201)
  const ask = (party: { id: string }, purpose = 'marketing', now = NOON, consented: (channel: string) => boolean | Promise<boolean> = () => true) => channelFor(server.services, context, party.id, purpose, now, consented)

  test('is the preferred medium where nothing was said', async () => {
    expect(await ask(await person({ contactMedium: media }))).toEqual({ channel: 'email' })
    expect(await ask(await person())).toEqual({ channel: undefined, because: 'notReachable' })
    expect(await ask({ id: 'nobody' })).toEqual({ channel: undefined, because: 'unknownParty' })
  })

  test('is the first one wanted by which the party can be reached, for this purpose alone', async () => {
    const mira = await person({ contactMedium: media })
    await prefer(mira, { preferredChannel: ['letter', 'sms', 'email'] })
    expect(await ask(mira)).toEqual({ channel: 'sms' })
    expect(await ask(mira, 'billing')).toEqual({ channel: 'email' })
    await prefer(mira, { preferredChannel: ['app'], purpose: '*' })
    expect(await ask(mira, 'billing')).toEqual({ channel: 'app' })
    expect(await ask(mira)).toEqual({ channel: 'sms' })
    expect(await ask(await customerOf(mira))).toEqual({ channel: 'sms' })
  })

  test('is never one that is blocked or not consented to, and what was said last is in force', async () => {
    const mira = await person({ contactMedium: media })
    await prefer(mira, { preferredChannel: ['sms'] })
    await new Promise(resolve => setTimeout(resolve, 5))
    await prefer(mira, { blockedChannel: ['email', 'sms'] })
    expect(await ask(mira)).toEqual({ channel: 'phone' })
    expect(await ask(mira, 'marketing', NOON, async channel => channel === 'email')).toEqual({ channel: undefined, because: 'noConsent' })
    await new Promise(resolve => setTimeout(resolve, 5))
    await prefer(mira, { blockedChannel: ['email', 'sms', 'phone'] })
    expect(await ask(mira)).toEqual({ channel: undefined, because: 'blocked' })
  })

  test('is the same however somebody spells it', async () => {
    const mira = await person({ contactMedium: media })
    await prefer(mira, { preferredChannel: ['SMS'], blockedChannel: ['E-Mail'], purpose: ' Marketing' })
    expect(await ask(mira)).toEqual({ channel: 'sms' })
    await new Promise(resolve => setTimeout(resolve, 5))
    await prefer(mira, { blockedChannel: ['E-Mail', 'Text message', 'Telephone'], purpose: 'MARKETING' })
    expect(await ask(mira)).toEqual({ channel: undefined, because: 'blocked' })
    expect(await ask(mira, 'billing')).toEqual({ channel: 'email' })
  })

  test('waits for the end of quiet hours, on the clock of the party', async () => {
    const mira = await person({ contactMedium: media })
    await prefer(mira, { quietHours: [{ from: '20:00', to: '08:00' }, { from: '08:00', to: '10:00', weekday: ['Sat', 'Sun'] }], timeZone: 'Europe/Berlin' })
    expect(await ask(mira)).toEqual({ channel: 'email' })
    // 20:30 on a Wednesday in Berlin; Friday night goes over into Saturday morning.
    expect(await ask(mira, 'marketing', new Date('2026-11-18T19:30:40Z'))).toEqual({ channel: 'email', notBefore: new Date('2026-11-19T07:00:00Z') })
    expect(await ask(mira, 'marketing', new Date('2026-11-20T23:00:00Z'))).toEqual({ channel: 'email', notBefore: new Date('2026-11-21T09:00:00Z') })
    // The night in which the clock goes back is an hour longer.
    expect(await ask(mira, 'marketing', new Date('2027-10-30T22:00:00Z'))).toEqual({ channel: 'email', notBefore: new Date('2027-10-31T09:00:00Z') })
  })

  test.each([
    [{ timeZone: 'Mars/Olympus' }, 'timeZone'],
    [{ quietHours: [{ from: '25:00', to: '08:00' }] }, 'quietHours[0].from'],
    [{ quietHours: [{ from: '08:00', to: '08:00' }] }, 'quietHours[0].to'],
    [{ preferredChannel: ['sms'], blockedChannel: ['sms'] }, 'preferredChannel[0]'],
    [{ preferredChannel: ['EMAIL'], blockedChannel: ['e-mail'] }, 'preferredChannel[0]'],
  ])('cannot be said as %j', async (more, attribute) => {
    const mira = await person()
    const { status, body } = await call('POST', PREFERENCE, { party: { id: mira.id, '@referredType': 'Individual' }, purpose: 'marketing', ...more })
    expect(status).toBe(400)
    expect(body.message).toContain(attribute)
  })
})
