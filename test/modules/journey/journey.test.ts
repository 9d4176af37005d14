/** Journeys are written from what happens to carts and orders, over all channels; whoever they belong to reads them. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { shoppingCart } from '../../../src/modules/cart/index.ts'
import { systemContext } from '../../../src/platform/principal.ts'
import { openCartShop, type CartShop, type Json } from '../cart/cart-shop.ts'
import { startListener } from '../../tmf/events/listener.ts'

const FLOW = '/tmf-api/processFlowManagement/v4/processFlow'
const TASK = '/tmf-api/processFlowManagement/v4/taskFlow'
const MINUTE = 60_000

let shop: CartShop
beforeAll(async () => {
  shop = await openCartShop({ settings: { PHONE_COUNTRY: 'GB' } })
}, 60_000)
afterAll(() => shop?.close())

const on = (channel: string): Record<string, string> => ({ 'x-tandem-channel': channel })

/** The journeys of a cart once they are as `is` wants them. */
const journeysOf = (cart: string, is: (flow: Json) => boolean): Promise<Json[]> =>
  shop.until(async () => {
    const flows: Json[] = await shop.call('GET', `${FLOW}?relatedEntity.id=${cart}`)
    return flows.length > 0 && flows.every(is) && flows
  }, `the journey of ${cart}`)
const tasksOf = (flow: Json, query = 'sort=sequence'): Promise<Json[]> => shop.call('GET', `${FLOW}/${flow['id']}/taskFlow?${query}`)
const said = (task: Json): string => [task['taskFlowSpecification'], task['channel']?.[0].id, task['state']].join(' ')
const steps = (tasks: Json[]): string[] => tasks.filter(task => task['taskFlowSpecification'] !== 'milestone').map(said)

test('a guest in the web, care, a store and the order are one journey, with how long each took', async () => {
  await shop.call('POST', '/tandem/v1/channelEntitlement', { channel: 'care', discount: { maxPercentage: 10 } })
  const cart = await shop.cart([shop.line('bundle')], { contactMedium: [{ mediumType: 'phone', characteristic: { phoneNumber: '07700 900456' } }] }, on('web'))
  await shop.advance(5 * MINUTE)
  await shop.call('POST', `/tandem/v1/shoppingCart/${cart['id']}/item`, { productOffering: { id: shop.offers.plan } }, 201, on('web'))
  await shop.advance(60 * MINUTE)
  await shop.call('POST', `/tandem/v1/shoppingCart/${cart['id']}/discount`, { item: cart['cartItem'][0].cartItem[1].id, percentage: 10, reason: 'Waited long' }, 201, on('care'))
  const { code } = await shop.call('POST', `/tandem/v1/shoppingCart/${cart['id']}/handOver`, {}, 201, on('care'))
  await shop.advance(20 * MINUTE)
  // The store works on it from when it takes it over, not only from its first change.
  await shop.call('POST', '/tandem/v1/cartTakeOver', { code }, 200, on('store'))
  await shop.advance(10 * MINUTE)
  const { person } = await shop.customer('Grace')
  await shop.call('POST', `/tandem/v1/shoppingCart/${cart['id']}/merge`, { customer: { id: person, '@referredType': 'Individual' }, strategy: 'merge' }, 200, on('store'))
  const { productOrder } = await shop.call('POST', '/tandem/v1/checkout', { shoppingCart: { id: cart['id'] }, termsAccepted: true, paymentToken: 'tok-visa' }, 200, on('store'))

  const flows = await journeysOf(cart['id'], flow => flow['taskFlow'].some((task: Json) => task['taskFlowSpecification'] === 'order') && flow['relatedEntity'].some((one: Json) => one['id'] === productOrder.id))
  expect(flows).toHaveLength(1)
  const [flow] = flows as [Json]
  expect(flow['processFlowSpecification']).toBe('purchaseJourney')
  expect(flow['channel'].map((one: Json) => one['id'])).toEqual(['web', 'care', 'store'])
  expect(flow['relatedParty'][0]).toMatchObject({ id: person, role: 'customer' })
  expect(flow['durationSeconds']).toBeGreaterThanOrEqual(85 * 60)
  const tasks = await tasksOf(flow)
  expect(steps(tasks).slice(0, 4)).toEqual(['cart web completed', 'cart care completed', 'cart store completed', 'checkout store completed'])
  expect(steps(tasks)[4]).toMatch(/^order store /)
  const [web, care, store] = tasks as [Json, Json, Json]
  expect(Math.round(web['durationSeconds'] / 60)).toBe(5)
  expect(Math.round(care['waitSeconds'] / 60)).toBe(60)
  expect(Math.round(store['waitSeconds'] / 60)).toBe(20)
  expect(Math.round(store['durationSeconds'] / 60)).toBe(10)
  expect(care['href']).toBe(`${FLOW}/${flow['id']}/taskFlow/${care['id']}`)
  expect((await shop.call('GET', care['href'])).processFlow.id).toBe(flow['id'])
  expect((await journeysOf(productOrder.id, () => true)).map(one => one['id'])).toEqual([flow['id']])

  const view = await shop.call('GET', `/tandem/v1/customer360/${person}?sections=journeys`)
  expect(view.section.journeys.item.map((one: Json) => one['id'])).toEqual([flow['id']])
  expect(view.section.journeys.item[0].taskFlow.slice(0, 3).map((one: Json) => one['channel'][0].id)).toEqual(['web', 'care', 'store'])
}, 30_000)

test('tells where it stopped: refused at the checkout, left alone, thrown away', async () => {
  const cart = await shop.cart([shop.line('plan')], {}, on('web'))
  await shop.call('POST', '/tandem/v1/checkout', { shoppingCart: { id: cart['id'] } }, 409, on('web'))
  const [refused] = (await journeysOf(cart['id'], flow => flow['stoppedAt'] !== undefined)) as [Json]
  expect([refused['state'], refused['stoppedAt']]).toEqual(['active', { taskFlowSpecification: 'checkout', channel: 'web', reason: 'refused' }])
  expect(steps(await tasksOf(refused))).toEqual(['cart web completed', 'checkout web cancelled'])

  await shop.call('POST', `/tandem/v1/shoppingCart/${cart['id']}/item`, { productOffering: { id: shop.offers.router } }, 201, on('app'))
  await shop.advance(25 * 60 * MINUTE)
  const [left] = (await journeysOf(cart['id'], flow => flow['state'] === 'hold')) as [Json]
  expect(left['stoppedAt']).toEqual({ taskFlowSpecification: 'cart', channel: 'app', reason: 'abandoned' })
  expect(steps(await tasksOf(left)).at(-1)).toBe('cart app hold')
  expect((await shop.call('GET', `${FLOW}?state=hold&stoppedAt.channel=app`)).map((one: Json) => one['id'])).toContain(left['id'])

  await shop.call('PATCH', `${shop.CART}/${cart['id']}`, { description: 'again' }, 200, on('app'))
  const [again] = (await journeysOf(cart['id'], flow => flow['state'] === 'active')) as [Json]
  expect(again['stoppedAt']).toBeUndefined()
  await shop.call('DELETE', `${shop.CART}/${cart['id']}`)
  const [gone] = (await journeysOf(cart['id'], flow => flow['state'] === 'cancelled')) as [Json]
  expect(gone['stoppedAt']).toMatchObject({ taskFlowSpecification: 'cart', reason: 'deleted' })
}, 40_000)

test('an event that is replayed changes nothing', async () => {
  const cart = await shop.cart([shop.line('plan')], {}, on('web'))
  await shop.call('POST', `/tandem/v1/shoppingCart/${cart['id']}/item`, { productOffering: { id: shop.offers.router } }, 201, on('care'))
  const [flow] = (await journeysOf(cart['id'], one => one['taskFlow'].length === 2)) as [Json]
  const before = [await shop.call('GET', flow['href']), await tasksOf(flow)]
  const again = await shop.database.query(`UPDATE event_reaction SET state = 'due', due_at = now() WHERE reaction = 'journey.follow-carts' AND resource_id = $1 RETURNING event_seq`, [cart['id']])
  const rows = again.length
  expect(rows).toBeGreaterThan(0)
  await shop.until(async () => (await shop.database.query(`SELECT 1 FROM event_reaction WHERE reaction = 'journey.follow-carts' AND resource_id = $1 AND state = 'due'`, [cart['id']])).length === 0, `${rows} to run again`)
  expect([await shop.call('GET', flow['href']), await tasksOf(flow)]).toEqual(before)
}, 30_000)

test('steps of a journey are nobody\'s to change; flows of others are kept, and completed with their last task', async () => {
  const cart = await shop.cart([shop.line('plan')], {}, on('web'))
  const [journey] = (await journeysOf(cart['id'], () => true)) as [Json]
  const [step] = (await tasksOf(journey)) as [Json]
  expect((await shop.call('PATCH', step['href'], { state: 'cancelled' }, 409)).code).toBe('taskObserved')
  expect((await shop.call('POST', FLOW, { processFlowSpecification: 'purchaseJourney' }, 400)).message).toContain('processFlowSpecification')

  const flow = await shop.call('POST', FLOW, { processFlowSpecification: 'accountReview', characteristic: [{ name: 'taskFlowSpecification', value: ['call', 'close'] }] })
  expect([flow.state, flow.taskFlow.length]).toEqual(['active', 2])
  const [call, close] = (await tasksOf(flow)) as [Json, Json]
  expect([said(call), said(close)]).toEqual(['call  new', 'close  new'])
  await shop.call('PATCH', call['href'], { state: 'completed' })
  expect((await shop.call('GET', flow.href)).state).toBe('active')
  const done = await shop.call('PATCH', close['href'], { state: 'completed' })
  expect(done.durationSeconds).toBe(0)
  expect((await shop.call('GET', flow.href)).state).toBe('completed')
  // A task is reached through its own flow alone.
  await shop.call('GET', `${FLOW}/${journey['id']}/taskFlow/${call['id']}`, undefined, 404)
  await shop.call('GET', `${FLOW}/nowhere/taskFlow`, undefined, 404)
  expect((await shop.call('GET', `${TASK}?processFlow.id=${flow.id}`)).length).toBe(2)
  await shop.call('DELETE', flow.href)
  await shop.call('GET', `${TASK}/${call['id']}`, undefined, 404)
}, 30_000)

test('listeners hear once what somebody has to tell before a task goes on', async () => {
  const listener = await startListener()
  try {
    const flow = await shop.call('POST', FLOW, { processFlowSpecification: 'moveHouse', characteristic: [{ name: 'taskFlowSpecification', value: ['survey'] }] })
    const [task] = (await tasksOf(flow)) as [Json]
    const hub = await shop.call('POST', '/tmf-api/processFlowManagement/v4/hub', { callback: listener.url, query: 'eventType=TaskFlowInformationRequiredEvent,TaskFlowStateChangeEvent,TaskFlowAttributeValueChangeEvent' })
    const asked = [{ name: 'floor', description: 'Which floor is it on?' }]
    await shop.call('PATCH', task['href'], { state: 'hold', informationRequired: asked })
    await shop.call('PATCH', task['href'], { priority: 2 })
    await shop.call('PATCH', task['href'], { state: 'active', informationRequired: [] })
    await shop.call('PATCH', task['href'], { informationRequired: [{ name: 'entrance' }] })
    const done = await shop.call('PATCH', task['href'], { state: 'completed' })
    expect(done).not.toHaveProperty('informationRequired')
    await shop.until(async () => listener.taken.length === 5, 'the events', 15_000)
    expect(listener.taken.map(({ event }) => [event.eventType, event.event.taskFlow.state])).toEqual([
      ['TaskFlowInformationRequiredEvent', 'hold'], ['TaskFlowAttributeValueChangeEvent', 'hold'], ['TaskFlowStateChangeEvent', 'active'], ['TaskFlowInformationRequiredEvent', 'active'], ['TaskFlowStateChangeEvent', 'completed'],
    ])
    expect(listener.taken[0]?.event.event.taskFlow).toMatchObject({ id: task['id'], informationRequired: asked })
    await shop.call('DELETE', `/tmf-api/processFlowManagement/v4/hub/${hub.id}`)
  } finally {
    await listener.close()
  }
}, 30_000)

test('a journey is read by the customer whose it is and by the store that sold, by no other', async () => {
  const ada = await shop.customer('Ada')
  const cart = await shop.cart([shop.line('plan')], { relatedParty: [{ id: ada.person, role: 'customer', '@referredType': 'Individual' }, { id: 'store-7', role: 'store', '@referredType': 'Store' }] }, on('store'))
  const [flow] = (await journeysOf(cart['id'], one => one['taskFlow'].length === 1)) as [Json]
  const processFlow = shop.services.store.resource('processFlow')!
  const taskFlow = shop.services.store.resource('taskFlow')!
  const seenBy = async (scope: Json): Promise<number[]> => {
    const context = { ...systemContext('default', 'test'), principal: { id: 'somebody', kind: 'token' as const, brands: ['default'], permissions: ['*:read'], scope } }
    return await Promise.all([shop.services.store.count(context, processFlow, { where: [{ path: 'id', value: flow['id'] }] }), shop.services.store.count(context, taskFlow, { where: [{ path: 'processFlow.id', value: flow['id'] }] }), shop.services.store.count(context, shoppingCart, { where: [{ path: 'id', value: cart['id'] }] })])
  }
  expect(await seenBy({ parties: [ada.person] })).toEqual([1, 1, 1])
  expect(await seenBy({ store: 'store-7' })).toEqual([1, 1, 1])
  expect(await seenBy({ parties: ['somebody-else'] })).toEqual([0, 0, 0])
  expect(await seenBy({ store: 'store-8' })).toEqual([0, 0, 0])
}, 30_000)
