import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { add, CANCEL, openShop, ORDER, PRODUCT, type Json, type Shop } from './shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop({ backEnds: { mobileMs: 60_000, pickMs: 60_000 } })
})
afterAll(async () => {
  await shop.close()
})

const preview = (id: string): Promise<Json> => shop.call('GET', `/tandem/v1/productOrder/${id}/cancellationPreview`)
const inState = (orderId: string, name: string, state: string): Promise<Json> =>
  shop.until(async () => { const task = (await shop.tasks(orderId)).find(one => one['name'] === name); return task?.['state'] === state && task }, `${name} ${state}`)

describe('an order that is cancelled', () => {
  it('is undone in reverse order before the point of no return, for the fee that was announced', async () => {
    const { id } = await shop.order([add('1', shop.offers.duo), add('2', shop.offers.mobile)])
    await inState(id, 'channels', 'completed')
    const sim = await inState(id, 'sim', 'waiting')
    expect(await preview(id)).toMatchObject({ possible: true, orderState: 'inProgress', fees: [{ taskId: sim['id'], unit: 'EUR', value: 5 }], lockedBy: [] })
    // Delivered already, and yet not completed: completed is final, and this can still be called back.
    expect((await shop.products(id)).find(one => one['name'] === 'Offer fibre')?.['status']).toBe('active')

    const task = await shop.cancelled((await shop.cancel(id))['id'])
    expect(task).toMatchObject({ state: 'done', effectiveCancellationDate: expect.any(String), cancellationFee: [{ name: 'sim', unit: 'EUR', value: 5 }] })
    expect(task['cancelledOrderItem'].map((item: Json) => item['state'])).toEqual(['cancelled', 'cancelled', 'cancelled', 'cancelled'])
    const order = await shop.reaches(id, 'cancelled')
    expect(order).toMatchObject({ cancellationDate: expect.any(String), cancellationReason: 'changed their mind' })
    expect((await shop.products(id)).map(one => [one['name'], one['status']]).sort()).toEqual([['Duo', 'aborted '], ['Offer fibre', 'aborted '], ['Offer mobile', 'cancelled'], ['Offer tv', 'aborted ']])
    const tasks = await shop.tasks(id)
    expect(tasks.map(one => one['state'])).toEqual(['compensated', 'compensated', 'compensated'])
    const undone = [...tasks].sort((a, b) => (a['finishedAt'] as string).localeCompare(b['finishedAt']) || b['executionOrder'] - a['executionOrder'])
    expect(undone.map(one => one['executionOrder'])).toEqual(tasks.map(one => one['executionOrder']).sort((a, b) => b - a))
    for (const one of tasks) {
      const [book] = await shop.books(one['target'], one['id'])
      // The mobile stack had the work, and had not begun it.
      expect(book, one['name']).toMatchObject(one['name'] === 'sim' ? { state: 'cancelled', executions: 0 } : { executions: 1, compensations: 1 })
    }
    expect(await shop.call('GET', `/tandem/v1/serviceInstance?state=active&product.id=${(await shop.products(id)).map(one => one['id']).join(',')}`)).toEqual([])
    const moves = await shop.database.query<{ state: string }>(`select distinct on (revision) doc->>'state' as state, revision from event where resource = 'productOrder' and resource_id = $1 order by revision`, [id])
    const states = moves.map(one => one.state)
    expect(states.filter((state, n) => state !== states[n - 1])).toEqual(['acknowledged', 'inProgress', 'assessingCancellation', 'pendingCancellation', 'cancelled'])
  })

  it('gives back the port that it took, also of a line that was delivered already', async () => {
    const at = { id: 'port-house', role: 'installation', '@referredType': 'GeographicAddress' }
    await shop.call('POST', '/tandem/v1/address/bulk', [{ id: at.id, street: 'Quay Street', streetNumber: '7', postcode: 'ZD1 1AA', city: 'Doggerhaven' }], 200)
    await shop.call('POST', '/tandem/v1/coverage/bulk', [{ provider: 'own', technology: 'fibre', maxDownload: 1000, addressId: at.id, capacity: 1 }], 200)
    const reserve = (status = 201): Promise<Json> => shop.call('POST', '/tandem/v1/capacityReservation', { place: at, technology: 'fibre' }, status)
    const port = await reserve()
    const { id } = await shop.order([add('1', shop.offers.fibre, { product: { place: [at] }, capacityReservation: { id: port['id'] } }), add('2', shop.offers.mobile)])
    expect(await shop.call('GET', port['href'])).toMatchObject({ state: 'taken', order: { id, itemId: '1' } })
    await inState(id, 'line', 'completed')
    await inState(id, 'sim', 'waiting')
    expect((await reserve(409))['code']).toBe('noCapacity')
    expect(await shop.cancelled((await shop.cancel(id))['id'])).toMatchObject({ state: 'done' })
    await shop.reaches(id, 'cancelled')
    expect(await shop.call('GET', port['href'])).toMatchObject({ state: 'released' })
    expect((await reserve())['line']).toMatchObject({ placeId: at.id, ports: 1 })
  })

  it('waits for a target that is being asked at that moment, and undoes what it has taken on', async () => {
    await shop.faults('mobile', { latencyMs: 600 })
    const { id } = await shop.order([add('1', shop.offers.mobile)])
    const sim = await inState(id, 'sim', 'running')
    const { id: cancellation } = await shop.cancel(id)
    await shop.until(async () => (await shop.read(id))['state'] === 'pendingCancellation', 'the cancellation has begun')
    await inState(id, 'sim', 'running')
    expect(await shop.cancelled(cancellation)).toMatchObject({ state: 'done' })
    await shop.faults('mobile', {})
    expect(await shop.tasks(id)).toMatchObject([{ state: 'compensated' }])
    expect(await shop.books('mobile', sim['id'])).toMatchObject([{ state: 'cancelled', executions: 0 }])
    expect((await shop.products(id)).map(one => one['status'])).toEqual(['cancelled'])
  })

  it('is refused after a hard point of no return, naming the task, and goes on as before', async () => {
    const { id } = await shop.order([add('1', shop.offers.phone), add('2', shop.offers.fibre)])
    const parcel = await inState(id, 'parcel', 'waiting')
    expect(await preview(id)).toMatchObject({ possible: false, lockedBy: [{ taskId: parcel['id'], name: 'parcel', orderItemId: '1' }], lockedItems: ['1'] })
    const task = await shop.cancelled((await shop.cancel(id))['id'])
    expect(task).toMatchObject({ state: 'terminatedWithError', refusedBy: [{ taskId: parcel['id'], name: 'parcel' }], statusReason: expect.stringContaining('parcel') })
    expect(await shop.read(id)).toMatchObject({ state: 'inProgress', productOrderItem: [{ state: 'inProgress' }, { state: 'inProgress' }] })
    expect(await shop.books('warehouse', parcel['id'])).toMatchObject([{ compensations: 0 }])
  })

  it('is never planned when the cancellation comes first', async () => {
    const { id } = await shop.order([add('1', shop.offers.fibre)], { requestedStartDate: new Date(Date.now() + 86_400_000).toISOString() })
    expect(await shop.reaches(id, 'pending')).toMatchObject({ productOrderItem: [{ state: 'pending' }] })
    expect(await shop.cancelled((await shop.cancel(id))['id'])).toMatchObject({ state: 'done', cancelledOrderItem: [{ id: '1', state: 'cancelled' }] })
    await shop.reaches(id, 'cancelled')
    expect(await shop.products(id)).toEqual([])
    expect(await shop.tasks(id)).toEqual([])
  })

  it('is refused at once when it has ended, or is being cancelled', async () => {
    const { id } = await shop.reaches((await shop.order([add('1', shop.offers.plain)]))['id'], 'completed')
    const refused = await shop.call('POST', CANCEL, { productOrder: { id } }, 409)
    expect(refused).toMatchObject({ code: 'orderNotCancellable', message: expect.stringContaining('completed') })
    expect(await shop.call('POST', CANCEL, { productOrder: { id: 'nowhere' } }, 400)).toMatchObject({ code: 'referenceNotFound' })
    expect(await preview(id)).toMatchObject({ possible: false, reason: 'the order is completed' })
    await shop.call('GET', '/tandem/v1/productOrder/nowhere/cancellationPreview', undefined, 404)
  })

  it('ends as partial when something cannot be undone for good, and the rest of the work can still be put right', async () => {
    const { id } = await shop.order([add('1', shop.offers.mobile), add('2', shop.offers.fibre)])
    await inState(id, 'sim', 'waiting')
    const line = await inState(id, 'line', 'completed')
    await shop.faults('fixed', { errorRate: 1 })
    const task = await shop.cancelled((await shop.cancel(id))['id'])
    await shop.faults('fixed', {})
    expect(task).toMatchObject({ state: 'terminatedWithError', statusReason: expect.stringContaining('line') })
    expect(await shop.read(id)).toMatchObject({ state: 'partial', productOrderItem: [{ state: 'cancelled' }, { state: 'failed' }] })
    expect((await shop.call('GET', '/tandem/v1/fallout')).map((one: Json) => one['id'])).toContain(line['id'])
    await shop.call('POST', `/tandem/v1/fallout/${line['id']}/retry`, {}, 200)
    await inState(id, 'line', 'compensated')
    expect(await shop.books('fixed', line['id'])).toMatchObject([{ executions: 1, compensations: 1 }])
    expect(await shop.read(id)).toMatchObject({ state: 'partial' })
  })

  it('leaves a change of a product as it was before', async () => {
    await shop.faults('mobile', {})
    const { id } = await shop.reaches((await shop.order([add('1', shop.offers.fibre, { product: { productCharacteristic: [{ name: 'downMbps', value: 100 }] } })]))['id'], 'completed')
    const [product] = await shop.products(id)
    const change = await shop.order([
      { id: '1', action: 'modify', productOffering: { id: shop.offers.fibre }, product: { id: product?.['id'], productCharacteristic: [{ name: 'downMbps', value: 500 }] } },
      add('2', shop.offers.mobile),
    ])
    await inState(change['id'], 'line', 'completed')
    await inState(change['id'], 'sim', 'waiting')
    const speed = async () => (await shop.call('GET', `${PRODUCT}/${product?.['id']}`)).productCharacteristic.find((one: Json) => one['name'] === 'downMbps').value
    expect(await speed()).toBe(500)
    expect(await shop.cancelled((await shop.cancel(change['id']))['id'])).toMatchObject({ state: 'done' })
    expect(await speed()).toBe(100)
    expect(await shop.call('GET', `${PRODUCT}/${product?.['id']}`)).toMatchObject({ status: 'active' })
  })

  it('brings goods back that have left, and waits until they are there', async () => {
    const own = await openShop({ backEnds: { pickMs: 20, transitMs: 700 } })
    try {
      const { id } = await own.order([add('1', own.offers.router)])
      await own.until(async () => { const [task] = await own.tasks(id); return task?.['state'] === 'waiting' && (await own.books('warehouse', task['id']))[0]?.['state'] === 'shipped' }, 'shipped')
      const task = await own.cancelled((await own.cancel(id))['id'])
      expect(task).toMatchObject({ state: 'done', cancellationFee: [{ unit: 'EUR', value: 9.99 }] })
      expect(await own.tasks(id)).toMatchObject([{ state: 'compensated' }])
      const stock = await (await fetch(`${own.backEnds.url}/warehouse/stock`)).json() as Json[]
      expect(stock.find(one => one['sku'] === 'RT-1')).toMatchObject({ reserved: 0, shipped: 0 })
    } finally {
      await own.close()
    }
  })

  it('brings goods back whose shipment was never named, because the answer was wrong', async () => {
    const own = await openShop({ backEnds: { pickMs: 300, transitMs: 60_000 } })
    try {
      await own.faults('warehouse', { wrongAnswerRate: 1 })
      const { id } = await own.order([add('1', own.offers.router)])
      const sent = await own.until(async () => { const [task] = await own.tasks(id); return task?.['error']?.code === 'wrongAnswer' && task }, 'a wrong answer')
      expect(sent['externalId'] ?? null).toBeNull()
      await own.database.query(`update delivery_task set due_at = now() + interval '1 hour' where id = $1`, [sent['id']])
      await own.faults('warehouse', {})
      await own.until(async () => (await own.books('warehouse', sent['id']))[0]?.['state'] === 'shipped', 'shipped')
      const { id: cancellation } = await own.cancel(id)
      const stock = async () => ((await (await fetch(`${own.backEnds.url}/warehouse/stock`)).json()) as Json[]).find(one => one['sku'] === 'RT-1')
      await own.until(async () => (await own.tasks(id))[0]?.['note'] === 'on its way back', 'on its way back')
      expect(await own.books('warehouse', sent['id'])).toMatchObject([{ executions: 1, compensations: 1 }])
      expect(await stock()).toMatchObject({ shipped: 1 })
      expect((await own.call('GET', `${CANCEL}/${cancellation}`)).state).toBe('inProgress')
    } finally {
      await own.close()
    }
  })

  it('is consistent whenever the cancellation comes', async () => {
    const orders = await Promise.all(
      Array.from({ length: 12 }, async (_, n) => {
        const { id } = await shop.order([add('1', shop.offers.duo)])
        await new Promise(resolve => setTimeout(resolve, n * 15))
        const answer = await shop.app.inject({ method: 'POST', url: CANCEL, payload: { productOrder: { id } } })
        expect([201, 409]).toContain(answer.statusCode)
        return { id, task: answer.statusCode === 201 ? (answer.json() as Json) : undefined }
      }),
    )
    for (const { id, task } of orders) {
      const ended = task ? await shop.cancelled(task['id']) : { state: 'refused' }
      const order = await shop.reaches(id, 'cancelled', 'completed')
      expect(order['state']).toBe(ended['state'] === 'done' ? 'cancelled' : 'completed')
      const wanted = order['state'] === 'completed' ? ['active'] : ['cancelled', 'aborted ']
      for (const product of await shop.products(id)) expect(wanted).toContain(product['status'])
      for (const one of await shop.tasks(id)) {
        const [book] = await shop.books(one['target'], one['id'])
        if (order['state'] === 'completed') expect(book).toMatchObject({ executions: 1, compensations: 0 })
        else expect((book?.['executions'] ?? 0) - (book?.['compensations'] ?? 0)).toBe(0)
      }
    }
  })

  it('cannot be deleted while it is under way', async () => {
    const { id } = await shop.order([add('1', shop.offers.mobile)])
    await inState(id, 'sim', 'waiting')
    expect(await shop.call('DELETE', `${ORDER}/${id}`, undefined, 409)).toMatchObject({ code: 'orderInFlight' })
  })

  it('cannot be deleted while products that came of it live', async () => {
    const { id } = await shop.reaches((await shop.order([add('1', shop.offers.plain)]))['id'], 'completed')
    const [product] = await shop.products(id)
    expect(await shop.call('DELETE', `${ORDER}/${id}`, undefined, 409)).toMatchObject({ code: 'stillReferenced', message: expect.stringContaining(product?.['id']) })
    await shop.call('PATCH', `${PRODUCT}/${product?.['id']}`, { status: 'terminated' })
    await shop.call('DELETE', `${ORDER}/${id}`)
  })
})
