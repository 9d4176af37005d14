import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sweep } from '../../../src/modules/delivery/sweep.ts'
import { add, openShop, type Json, type Shop } from './shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(async () => {
  await shop.close()
})

const moveBy = async (seconds: number): Promise<void> => {
  await shop.call('POST', '/tandem/v1/clock', { to: new Date(shop.services.clock.now().getTime() + seconds * 1_000).toISOString() }, 200)
}

describe('work that a person does', () => {
  it('waits in the work queue, is late when it is late, and is completed there', async () => {
    const { id } = await shop.order([add('1', shop.offers.visit)])
    const task = await shop.until(async () => { const [one] = await shop.tasks(id); return one?.['state'] === 'waiting' && one }, 'waiting')
    expect((await shop.call('GET', '/tandem/v1/fallout')).map((one: Json) => one['id'])).toContain(task['id'])
    expect(task).toMatchObject({ jeopardy: 'none', note: 'waits for a person' })
    await moveBy(850)
    await sweep(shop.services)
    expect(await shop.task(id, 'visit')).toMatchObject({ jeopardy: 'jeopardy' })
    await moveBy(200)
    await sweep(shop.services)
    expect(await shop.task(id, 'visit')).toMatchObject({ jeopardy: 'breached' })
    await shop.call('POST', `/tandem/v1/fallout/${task['id']}/complete`, { characteristic: { engineer: 'E. Kade' }, note: 'done at noon' }, 200)
    await shop.reaches(id, 'completed')
    expect(await shop.call('GET', '/tandem/v1/fallout')).toEqual([])
  })
})

describe('an order for later', () => {
  it('rests until its date, by business time, and then is delivered', async () => {
    const now = shop.services.clock.now().getTime()
    const { id } = await shop.order([add('1', shop.offers.fibre)], { requestedStartDate: new Date(now + 7 * 86_400_000).toISOString() })
    await shop.reaches(id, 'pending')
    await sweep(shop.services)
    expect(await shop.products(id)).toEqual([])
    await moveBy(8 * 86_400)
    await sweep(shop.services)
    const order = await shop.reaches(id, 'completed')
    expect(Date.parse(order['completionDate'])).toBeGreaterThan(now + 7 * 86_400_000)
  })

  it('may be put off again while it rests', async () => {
    const now = shop.services.clock.now().getTime()
    const { id } = await shop.order([add('1', shop.offers.plain)], { requestedStartDate: new Date(now + 86_400_000).toISOString() })
    await shop.reaches(id, 'pending')
    await shop.call('PATCH', `/tmf-api/productOrderingManagement/v4/productOrder/${id}`, { requestedStartDate: new Date(now + 10 * 86_400_000).toISOString() })
    await moveBy(2 * 86_400)
    await sweep(shop.services)
    expect(await shop.read(id)).toMatchObject({ state: 'pending' })
    await moveBy(9 * 86_400)
    await sweep(shop.services)
    await shop.reaches(id, 'completed')
  })
})
