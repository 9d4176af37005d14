import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { findDueTasks } from '../../../src/modules/delivery/delivery-store.ts'
import { sweep } from '../../../src/modules/delivery/sweep.ts'
import { add, openShop, type Json, type Shop } from './shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop({ backEnds: { pool: 12 } })
})
afterAll(async () => {
  await shop.close()
})
afterEach(async () => {
  for (const system of ['fixed', 'mobile', 'warehouse']) await shop.faults(system, {})
})

const inState = (orderId: string, name: string, state: string): Promise<Json> =>
  shop.until(async () => { const task = (await shop.tasks(orderId)).find(one => one['name'] === name); return task?.['state'] === state && task }, `${name} ${state}`)
const onlyOnce = async (task: Json) => expect(await shop.books(task['target'], task['id'])).toMatchObject([{ executions: 1 }])

describe('a target that does not do as it should', () => {
  it('is asked again after errors, and does the work once', async () => {
    await shop.faults('fixed', { errorRate: 0.5, seed: 7 })
    const orders = await Promise.all(Array.from({ length: 6 }, () => shop.order([add('1', shop.offers.fibre)])))
    const ended = await Promise.all(orders.map(order => shop.reaches(order['id'], 'completed', 'held')))
    await shop.faults('fixed', {})
    for (const { id, state } of ended) {
      if (state === 'held') await shop.call('POST', `/tandem/v1/fallout/${(await shop.task(id, 'line'))['id']}/retry`, {}, 200)
      await shop.reaches(id, 'completed')
      await onlyOnce(await shop.task(id, 'line'))
    }
    const books = await Promise.all(ended.map(async one => (await shop.books('fixed', (await shop.task(one['id'], 'line'))['id']))[0]!['requests'] as number))
    expect(Math.max(...books), 'requests under one key').toBeGreaterThan(1)
  })

  it('is asked again after a time-out that came after the work was done', async () => {
    await shop.faults('fixed', { timeoutRate: 0.5, seed: 3 })
    const orders = await Promise.all(Array.from({ length: 4 }, () => shop.order([add('1', shop.offers.fibre)])))
    const ended = await Promise.all(orders.map(order => shop.reaches(order['id'], 'completed', 'held')))
    await shop.faults('fixed', {})
    for (const { id, state } of ended) {
      if (state === 'held') await shop.call('POST', `/tandem/v1/fallout/${(await shop.task(id, 'line'))['id']}/retry`, {}, 200)
      await shop.reaches(id, 'completed')
      await onlyOnce(await shop.task(id, 'line'))
    }
  })

  it('is not believed when its answer is not what was promised', async () => {
    await shop.faults('fixed', { wrongAnswerRate: 1 })
    const { id } = await shop.order([add('1', shop.offers.fibre)])
    const failed = await inState(id, 'line', 'failed')
    expect(failed).toMatchObject({ error: { code: 'wrongAnswer' }, attempts: 3 })
    await shop.faults('fixed', {})
    await shop.call('POST', `/tandem/v1/fallout/${failed['id']}/retry`, {}, 200)
    await shop.reaches(id, 'completed')
    await onlyOnce(failed)
  })

  it('may repeat its call-backs', async () => {
    await shop.faults('mobile', { repeatCallbackRate: 1 })
    const { id } = await shop.reaches((await shop.order([add('1', shop.offers.mobile)]))['id'], 'completed')
    const before = await shop.read(id)
    await new Promise(resolve => setTimeout(resolve, 300))
    expect(await shop.read(id)).toEqual(before)
    expect(await shop.products(id)).toHaveLength(1)
  })

  it('is asked when its call-back is lost', async () => {
    await shop.faults('mobile', { loseCallbackRate: 1 })
    const { id } = await shop.order([add('1', shop.offers.mobile)])
    const task = await inState(id, 'sim', 'waiting')
    await new Promise(resolve => setTimeout(resolve, 150))
    await shop.database.query('update delivery_task set due_at = now() where id = $1', [task['id']])
    await sweep(shop.services)
    await shop.reaches(id, 'completed')
    await onlyOnce(task)
  })

  it('that failed the work for good leaves the order held until a person decides', async () => {
    const used = await Promise.all(Array.from({ length: 11 }, () => shop.order([add('1', shop.offers.mobile)])))
    const ended = await Promise.all(used.map(order => shop.reaches(order['id'], 'completed', 'held')))
    const held = ended.filter(order => order['state'] === 'held')
    expect(held.length).toBeGreaterThan(0)
    const { id } = held[0]!
    const task = await shop.task(id, 'sim')
    expect(task).toMatchObject({ state: 'failed', error: { code: 'poolExhausted' } })
    expect(await shop.read(id)).toMatchObject({ productOrderItem: [{ state: 'held' }] })
    // Somebody else gives a number back.
    const other = ended.find(order => order['state'] === 'completed')!
    const taken = await shop.task(other['id'], 'sim')
    await fetch(`${shop.backEnds.url}/mobile/by-key/${taken['id']}/cancel`, { method: 'POST', headers: { 'idempotency-key': taken['id'] } })
    await shop.call('POST', `/tandem/v1/fallout/${task['id']}/retry`, { note: 'pool filled up' }, 200)
    await shop.reaches(id, 'completed')
    expect(await shop.task(id, 'sim')).toMatchObject({ note: 'pool filled up' })
  })
})

describe('the work queue', () => {
  const refusedTv = async (): Promise<{ id: string; task: Json }> => {
    await shop.faults('fixed', { failFor: [{ serviceType: 'iptv', tier: 'max' }] })
    const { id } = await shop.order([add('1', shop.offers.fibre), add('2', shop.offers.tv, { product: { productCharacteristic: [{ name: 'tier', value: 'max' }] } })])
    return { id, task: await inState(id, 'channels', 'failed') }
  }

  it('shows what failed, and takes a corrected request', async () => {
    const { id, task } = await refusedTv()
    const shown = (await shop.call('GET', '/tandem/v1/fallout')).find((one: Json) => one['id'] === task['id'])
    expect(shown).toMatchObject({ productOrder: { id }, error: { code: 'refusedByStack' }, attempts: 1 })
    await shop.reaches(id, 'held')
    await shop.call('POST', `/tandem/v1/fallout/${task['id']}/handOver`, { handTo: 'tv team' }, 200)
    await shop.call('POST', `/tandem/v1/fallout/${task['id']}/handOver`, {}, 400)
    await shop.call('POST', `/tandem/v1/fallout/${task['id']}/editAndRetry`, { characteristic: { tier: 'basic' } }, 200)
    await shop.reaches(id, 'completed')
    expect(await shop.task(id, 'channels')).toMatchObject({ handedTo: 'tv team', request: { characteristic: { tier: 'basic' } } })
    expect(await shop.call('POST', `/tandem/v1/fallout/${task['id']}/retry`, {}, 409)).toMatchObject({ code: 'taskStateNotAllowed' })
  })

  it('lets a task be skipped', async () => {
    const { id, task } = await refusedTv()
    await shop.call('POST', `/tandem/v1/fallout/${task['id']}/skip`, undefined, 200)
    await shop.reaches(id, 'completed')
    expect(await shop.task(id, 'channels')).toMatchObject({ state: 'skipped' })
  })

  it('lets a bundle be given up, and the rest of the order go on', async () => {
    const { id, task } = await refusedTv()
    await shop.call('POST', `/tandem/v1/fallout/${task['id']}/compensate`, {}, 200)
    expect(await shop.reaches(id, 'partial')).toMatchObject({ productOrderItem: [{ state: 'completed' }, { state: 'failed' }] })
    expect((await shop.products(id)).map(one => [one['name'], one['status']]).sort()).toEqual([['Offer fibre', 'active'], ['Offer tv', 'cancelled']])
  })
})

describe('a worker that dies', () => {
  it('in the middle of a call leaves a task that another one takes up under the same key', async () => {
    await shop.faults('fixed', { latencyMs: 400 })
    const { id } = await shop.order([add('1', shop.offers.fibre)])
    const task = await inState(id, 'line', 'running')
    // The lease of a dead worker has run out while its request is still on the way.
    await shop.database.query("update delivery_task set due_at = now() - interval '1 second' where id = $1", [task['id']])
    expect(await findDueTasks(shop.database, 10)).toContain(task['id'])
    await sweep(shop.services)
    await shop.reaches(id, 'completed')
    expect(await shop.task(id, 'line')).toMatchObject({ attempts: 1 }) // a worker's death is no attempt of the target's
    await onlyOnce(task)
  })

  it('before it woke anybody leaves a task that the sweeper finds', async () => {
    const { id } = await shop.order([add('1', shop.offers.fibre)])
    await shop.until(async () => (await shop.tasks(id)).length > 0, 'planned')
    await sweep(shop.services)
    await shop.reaches(id, 'completed')
    await onlyOnce(await shop.task(id, 'line'))
  })
})

describe('a call-back', () => {
  it('is taken from who knows the token, and from nobody else', async () => {
    const { id } = await shop.order([add('1', shop.offers.mobile)])
    const task = await shop.until(async () => (await shop.tasks(id))[0], 'planned')
    await shop.call('POST', `/tandem/v1/callback/${task['id']}?token=guess`, { event: {} }, 404)
    await shop.call('POST', `/tandem/v1/callback/nowhere?token=guess`, { event: {} }, 404)
    await shop.call('POST', `/tandem/v1/callback/${task['id']}`, { event: {} }, 400)
    expect(JSON.stringify(await shop.tasks(id))).not.toContain('token')
    const [row] = await shop.database.query<{ token: string }>('select callback_token as token from delivery_task where id = $1', [task['id']])
    await shop.call('POST', `/tandem/v1/callback/${task['id']}?token=${row?.token}`, { hello: 'world' }, 400)
  })

  it('is waited for while it cannot be reached, longer than it is asked again after errors', async () => {
    await shop.faults('fixed', { down: true })
    const { id } = await shop.order([add('1', shop.offers.fibre)])
    // The rule says three tries.
    await shop.until(async () => (await shop.tasks(id))[0]?.['attempts'] > 4, 'more than four tries')
    expect(await shop.read(id)).toMatchObject({ state: 'inProgress' })
    await shop.faults('fixed', {})
    await shop.reaches(id, 'completed')
    expect(await shop.books('fixed', (await shop.task(id, 'line'))['id'])).toMatchObject([{ executions: 1 }])
  })

  it('that comes late still completes what was given up', async () => {
    await shop.faults('mobile', { loseCallbackRate: 1 })
    const { id } = await shop.order([add('1', shop.offers.mobile)])
    const task = await inState(id, 'sim', 'waiting')
    await shop.database.query("update delivery_task set give_up_after_ms = 1000, waiting_since = now() - interval '1 hour', due_at = now() where id = $1", [task['id']])
    await shop.faults('mobile', { down: true })
    await sweep(shop.services)
    expect(await inState(id, 'sim', 'failed')).toMatchObject({ error: { code: 'noAnswer' } })
    await shop.reaches(id, 'held')
    const [row] = await shop.database.query<{ token: string }>('select callback_token as token from delivery_task where id = $1', [task['id']])
    const body = { event: { serviceOrder: { id: task['externalId'], state: 'completed', serviceOrderItem: [{ service: { id: 'mob-late', serviceCharacteristic: [{ name: 'msisdn', value: '+44999' }], supportingResource: [] } }] } } }
    const url = `/tandem/v1/callback/${task['id']}?token=${row?.token}`
    expect(await shop.call('POST', url, body, 200)).toMatchObject({ state: 'completed' })
    await shop.reaches(id, 'completed')
    const before = await shop.read(id)
    expect(await shop.call('POST', url, body, 200)).toMatchObject({ state: 'completed' })
    expect(await shop.read(id)).toEqual(before)
  })
})
