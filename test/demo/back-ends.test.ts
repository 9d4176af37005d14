/** The simulators keep the promises of src/demo/back-ends/README.md: once for each key, books that tell, survival of a kill. */
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isAlive } from '../../src/demo/back-ends/process.ts'
import { startBackEnds } from '../../src/demo/back-ends/server.ts'
import { spawnBackEnds } from '../../src/demo/back-ends/spawn.ts'
import type { AddressInfo } from 'node:net'
import type { BooksSummary, KeyAccount } from '../../src/demo/back-ends/accounts.ts'
import type { BackEnds } from '../../src/demo/back-ends/server.ts'
import type { BackEndSettings } from '../../src/demo/back-ends/settings.ts'

let dataDir: string
let open: { close(): Promise<void> }[] = []

const quick = { port: 0, mobileMs: 20, pickMs: 20, transitMs: 20, hangMs: 200 } satisfies Partial<BackEndSettings>

const start = async (options: Partial<BackEndSettings> = {}): Promise<BackEnds> => {
  const backEnds = await startBackEnds({ ...quick, dataDir, ...options })
  open.push(backEnds)
  return backEnds
}

const call = async (url: string, method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<{ status: number; body: any }> => {
  const answer = await fetch(`${url}${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  return { status: answer.status, body: await answer.json() }
}

const key = (value: string): Record<string, string> => ({ 'idempotency-key': value })
const provision = { serviceType: 'broadband', action: 'provision', characteristics: { downMbps: 500 } }
const line = (name = 'dataGb', value: unknown = 20): unknown => ({ serviceOrderItem: [{ id: '1', action: 'add', service: { serviceType: 'mobileLine', serviceCharacteristic: [{ name, value }] } }] })
const serviceOrders = '/mobile/tmf-api/serviceOrdering/v4/serviceOrder'
const parcel = { shipmentItem: [{ id: '1', sku: 'ROUTER-1', quantity: 1 }] }

const until = async <T>(what: string, look: () => Promise<T | undefined> | T | undefined): Promise<T> => {
  const deadline = Date.now() + 5_000
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > deadline) throw new Error(`${what} did not happen within 5 s`)
    await new Promise(tick => setTimeout(tick, 10))
  }
}

const settled = (url: string, system: string, id: string, state: string): Promise<any> =>
  until(`${id} ${state}`, async () => {
    const { body } = await call(url, 'GET', `/${system}/by-key/${id}`)
    return body.state === state ? body : undefined
  })

const summaryOf = async (url: string): Promise<BooksSummary> => (await call(url, 'GET', '/books/summary')).body
const account = async (url: string, system: string, name: string): Promise<KeyAccount> => (await call(url, 'GET', `/books/${system}?key=${name}`)).body[0]

/** A caller that takes call-backs; `refuse` makes it answer 500 that many times first. */
const listener = async (refuse = 0): Promise<{ url: string; got: any[] }> => {
  const got: any[] = []
  let left = refuse
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', part => (text += part))
    request.on('end', () => {
      if (left-- > 0) response.writeHead(500).end()
      else {
        got.push(JSON.parse(text))
        response.writeHead(204).end()
      }
    })
  })
  await new Promise<void>(ready => server.listen(0, '127.0.0.1', ready))
  open.push({ close: () => new Promise(done => { server.close(() => done()); server.closeAllConnections() }) })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/back`, got }
}

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'back-ends-'))
})

afterEach(async () => {
  for (const thing of open.reverse()) await thing.close()
  open = []
  rmSync(dataDir, { recursive: true, force: true })
})

describe('every stack', () => {
  it('does the work of a key once, however often and however parallel the request comes', async () => {
    const { url } = await start()
    const answers = await Promise.all(Array.from({ length: 8 }, () => call(url, 'POST', '/fixed/orders', provision, key('k'))))
    expect(new Set(answers.map(answer => answer.body.orderId)).size).toBe(1)
    expect(await account(url, 'fixed', 'k')).toMatchObject({ requests: 8, executions: 1, compensations: 0, state: 'completed' })
  })

  it('refuses a key that was used for another body, and a request without a key', async () => {
    const { url } = await start()
    await call(url, 'POST', '/fixed/orders', provision, key('k'))
    expect(await call(url, 'POST', '/fixed/orders', { ...provision, serviceType: 'iptv' }, key('k'))).toMatchObject({ status: 409, body: { code: 'keyReused', permanent: true } })
    expect(await call(url, 'POST', '/fixed/orders', provision)).toMatchObject({ status: 400, body: { code: 'missingKey' } })
  })

  it('blocks a key that is cancelled before it arrives', async () => {
    const { url } = await start()
    expect((await call(url, 'POST', '/warehouse/by-key/late/cancel')).status).toBe(200)
    expect(await call(url, 'POST', '/warehouse/shipment', parcel, key('late'))).toMatchObject({ status: 409, body: { code: 'keyCancelled' } })
    expect((await summaryOf(url)).systems.warehouse.executions).toBe(0)
  })

  it('shows a caller who does one piece of work under two keys, unless the first was undone', async () => {
    const { url } = await start()
    const reference = { 'x-work-reference': 'order-1/item-1/line' }
    const first = await call(url, 'POST', '/fixed/orders', provision, { ...key('a'), ...reference })
    await call(url, 'POST', '/fixed/orders', provision, { ...key('b'), ...reference })
    expect((await summaryOf(url)).executedTwice).toEqual([{ system: 'fixed', reference: 'order-1/item-1/line', executions: 2 }])
    await call(url, 'POST', `/fixed/orders/${first.body.orderId}/cancel`)
    expect((await summaryOf(url)).executedTwice).toEqual([])
  })

  it('executes a repeated key again when told to forget keys, and the books say so', async () => {
    const { url } = await start()
    await call(url, 'PUT', '/faults/fixed', { forgetKeys: true })
    for (let i = 0; i < 2; i++) await call(url, 'POST', '/fixed/orders', provision, key('k'))
    expect((await summaryOf(url)).executedTwice).toEqual([{ system: 'fixed', key: 'k', executions: 2 }])
  })
})

describe('the fixed stack', () => {
  it('provisions, changes and ceases a service, and undoes each', async () => {
    const { url } = await start()
    const made = (await call(url, 'POST', '/fixed/orders', provision, key('1'))).body
    expect(made).toMatchObject({ state: 'completed', service: { state: 'active', characteristics: { downMbps: 500 } }, resources: [{ type: 'ontPort' }] })
    const service = async (): Promise<any> => (await call(url, 'GET', `/fixed/services/${made.service.id}`)).body
    const faster = (await call(url, 'POST', '/fixed/orders', { serviceType: 'broadband', action: 'change', serviceId: made.service.id, characteristics: { downMbps: 1000 } }, key('2'))).body
    expect(await service()).toMatchObject({ characteristics: { downMbps: 1000 } })
    await call(url, 'POST', `/fixed/orders/${faster.orderId}/cancel`)
    await call(url, 'POST', `/fixed/orders/${faster.orderId}/cancel`)
    expect(await service()).toMatchObject({ characteristics: { downMbps: 500 } })
    expect(await account(url, 'fixed', '2')).toMatchObject({ executions: 1, compensations: 1 })
    const ceased = (await call(url, 'POST', '/fixed/orders', { serviceType: 'broadband', action: 'cease', serviceId: made.service.id }, key('3'))).body
    expect(await service()).toMatchObject({ state: 'terminated' })
    await call(url, 'POST', `/fixed/orders/${ceased.orderId}/cancel`)
    expect(await service()).toMatchObject({ state: 'active' })
  })

  it('answers an unknown service and a wrong action without booking anything', async () => {
    const { url } = await start()
    expect((await call(url, 'POST', '/fixed/orders', { ...provision, action: 'cease', serviceId: 'svc-9' }, key('1'))).status).toBe(404)
    expect((await call(url, 'POST', '/fixed/orders', { ...provision, action: 'wish' }, key('2'))).status).toBe(400)
    expect((await summaryOf(url)).systems.fixed).toMatchObject({ keys: 2, executions: 0 })
  })
})

describe('the mobile stack', () => {
  it('acknowledges, then calls back with a number and a SIM', async () => {
    const { url } = await start()
    const caller = await listener(2)
    const posted = await call(url, 'POST', serviceOrders, { ...(line() as object), callback: caller.url }, { ...key('k'), 'x-correlation-id': 'c-1' })
    expect(posted).toMatchObject({ status: 201, body: { state: 'acknowledged', externalId: 'k' } })
    const event = await until('the call-back', () => caller.got[0])
    expect(event).toMatchObject({ eventType: 'ServiceOrderStateChangeEvent', correlationId: 'c-1', event: { serviceOrder: { id: posted.body.id, state: 'completed' } } })
    const characteristics = event.event.serviceOrder.serviceOrderItem[0].service.serviceCharacteristic
    expect(characteristics).toContainEqual({ name: 'msisdn', value: '+447700900000' })
    expect(characteristics.find((entry: any) => entry.name === 'iccid').value).toMatch(/^8944\d{15}$/)
    await until('an empty queue', async () => ((await summaryOf(url)).pendingCallbacks === 0 ? true : undefined))
    expect(caller.got).toHaveLength(1)
  })

  it('fails an order when the pool is empty, and completes the same key once a number came back', async () => {
    const { url } = await start({ pool: 1 })
    await call(url, 'POST', serviceOrders, line(), key('first'))
    const first = await settled(url, 'mobile', 'first', 'completed')
    await call(url, 'POST', serviceOrders, line(), key('second'))
    expect(await settled(url, 'mobile', 'second', 'failed')).toMatchObject({ errorMessage: [{ code: 'poolExhausted' }] })
    expect((await summaryOf(url)).pool).toEqual({ total: 1, inUse: 1, free: 0 })
    for (let i = 0; i < 2; i++) await call(url, 'POST', '/mobile/tmf-api/serviceOrdering/v4/cancelServiceOrder', { serviceOrder: { id: first.id } })
    expect((await summaryOf(url)).pool.free).toBe(1)
    await call(url, 'POST', serviceOrders, line(), key('second'))
    await settled(url, 'mobile', 'second', 'completed')
    expect(await account(url, 'mobile', 'second')).toMatchObject({ requests: 2, executions: 1 })
    expect(await account(url, 'mobile', 'first')).toMatchObject({ executions: 1, compensations: 1, state: 'cancelled' })
  })

  it('never completes an order that was cancelled while under way', async () => {
    const { url } = await start({ mobileMs: 1_000 })
    const caller = await listener()
    const posted = await call(url, 'POST', serviceOrders, line(), { ...key('k'), 'x-callback-url': caller.url })
    await call(url, 'POST', '/mobile/tmf-api/serviceOrdering/v4/cancelServiceOrder', { serviceOrder: { id: posted.body.id } })
    await new Promise(tick => setTimeout(tick, 1_200))
    expect(await account(url, 'mobile', 'k')).toMatchObject({ state: 'cancelled', executions: 0, compensations: 0 })
    expect(caller.got).toEqual([])
  })

  it('repeats and loses call-backs as told', async () => {
    const { url } = await start()
    const caller = await listener()
    await call(url, 'PUT', '/faults/mobile', { repeatCallbackRate: 1 })
    await call(url, 'POST', serviceOrders, line(), { ...key('twice'), 'x-callback-url': caller.url })
    await until('two call-backs', () => (caller.got.length === 2 ? true : undefined))
    expect(caller.got[0].eventId).toBe(caller.got[1].eventId)
    await call(url, 'PUT', '/faults/mobile', { loseCallbackRate: 1 })
    await call(url, 'POST', serviceOrders, line(), { ...key('lost'), 'x-callback-url': caller.url })
    await settled(url, 'mobile', 'lost', 'completed')
    expect((await summaryOf(url)).pendingCallbacks).toBe(0)
    expect(caller.got).toHaveLength(2)
  })
})

describe('the warehouse', () => {
  it('ships and delivers, in this order, with tracking', async () => {
    const { url } = await start()
    const caller = await listener(1)
    const posted = await call(url, 'POST', '/warehouse/shipment', parcel, { ...key('k'), 'x-callback-url': caller.url })
    expect(posted).toMatchObject({ status: 201, body: { state: 'acknowledged' } })
    await until('delivery', () => (caller.got.length === 2 ? true : undefined))
    expect(caller.got.map(event => event.event.shipment.state)).toEqual(['shipped', 'delivered'])
    expect(caller.got[0].event.shipment).toMatchObject({ trackingNumber: 'TRK000001', carrier: 'Gannet Parcels', shipmentItem: [{ sku: 'ROUTER-1', serialNumber: ['SN-000001-1-1'] }] })
    expect((await call(url, 'GET', `/warehouse/shipment/${posted.body.id}/tracking`)).body).toMatchObject({ state: 'delivered', checkpoint: [{ state: 'shipped' }, { state: 'delivered' }] })
  })

  it('gives stock back when cancelled before it ships, and wants a return afterwards', async () => {
    const { url } = await start({ pickMs: 50 })
    const stock = async (): Promise<any> => (await summaryOf(url)).stock[0]
    await call(url, 'PUT', '/warehouse/stock/ROUTER-1', { onHand: 1 })
    const first = await call(url, 'POST', '/warehouse/shipment', parcel, key('1'))
    expect(await call(url, 'POST', '/warehouse/shipment', parcel, key('2'))).toMatchObject({ status: 422, body: { code: 'outOfStock' } })
    expect((await call(url, 'POST', `/warehouse/shipment/${first.body.id}/cancel`)).body.state).toBe('cancelled')
    expect(await stock()).toMatchObject({ onHand: 1, reserved: 0, shipped: 0 })
    const second = await call(url, 'POST', '/warehouse/shipment', parcel, key('2'))
    await settled(url, 'warehouse', '2', 'delivered')
    expect(await call(url, 'POST', `/warehouse/shipment/${second.body.id}/cancel`)).toMatchObject({ status: 409, body: { code: 'alreadyShipped' } })
    expect((await call(url, 'POST', '/warehouse/return', { shipment: { id: second.body.id } }, key('3'))).status).toBe(201)
    await settled(url, 'warehouse', '3', 'received')
    expect(await stock()).toMatchObject({ onHand: 1, reserved: 0, shipped: 0 })
    expect(await call(url, 'POST', '/warehouse/return', { shipment: { id: second.body.id } }, key('4'))).toMatchObject({ status: 409 })
    expect((await summaryOf(url)).systems.warehouse.standing).toBe(0)
  })
})

describe('faults', () => {
  it('are the same for the same seed, and do the work at most once', async () => {
    const run = async (seed: number): Promise<number[]> => {
      const folder = mkdtempSync(join(tmpdir(), 'back-ends-'))
      const backEnds = await startBackEnds({ ...quick, dataDir: folder })
      try {
        await call(backEnds.url, 'PUT', '/faults/fixed', { errorRate: 0.5, seed })
        const statuses: number[] = []
        for (let i = 0; i < 24; i++) statuses.push((await call(backEnds.url, 'POST', '/fixed/orders', provision, key(`k${i % 6}`))).status)
        const summary = await summaryOf(backEnds.url)
        expect(summary.executedTwice).toEqual([])
        expect(summary.systems.fixed).toMatchObject({ keys: 6, requests: 24 })
        return statuses
      } finally {
        await backEnds.close()
        rmSync(folder, { recursive: true, force: true })
      }
    }
    const first = await run(7)
    expect(await run(7)).toEqual(first)
    expect(await run(8)).not.toEqual(first)
    expect(first).toContain(503)
    expect(first).toContain(200)
  })

  it('hang, answer wrongly and drop connections', async () => {
    const { url } = await start()
    await call(url, 'PUT', '/faults/fixed', { timeoutRate: 1 })
    await expect(fetch(`${url}/fixed/orders`, { method: 'POST', headers: key('hang'), body: JSON.stringify(provision), signal: AbortSignal.timeout(100) })).rejects.toThrow(/timeout/)
    await call(url, 'PUT', '/faults/fixed', { wrongAnswerRate: 1 })
    const wrong = await (await fetch(`${url}/fixed/orders`, { method: 'POST', headers: key('wrong'), body: JSON.stringify(provision) })).text()
    expect(wrong).not.toContain('fix-')
    expect(await account(url, 'fixed', 'wrong')).toMatchObject({ executions: 1 })
    await call(url, 'PUT', '/faults/fixed', { down: true })
    await expect(fetch(`${url}/fixed/orders`, { method: 'POST', headers: key('down'), body: JSON.stringify(provision) })).rejects.toThrow()
    await call(url, 'DELETE', '/faults/fixed')
    expect((await call(url, 'POST', '/fixed/orders', provision, key('down'))).status).toBe(200)
  })

  it('fail for good what matches', async () => {
    const { url } = await start()
    for (const system of ['fixed', 'mobile', 'warehouse']) await call(url, 'PUT', `/faults/${system}`, { failFor: [{ downMbps: 500 }, { dataGb: 13 }, { sku: 'ROUTER-1' }] })
    expect(await call(url, 'POST', '/fixed/orders', provision, key('f'))).toMatchObject({ status: 422, body: { code: 'refusedByStack', permanent: true } })
    expect(await call(url, 'POST', '/warehouse/shipment', parcel, key('w'))).toMatchObject({ status: 422 })
    await call(url, 'POST', serviceOrders, line('dataGb', 13), key('m'))
    await settled(url, 'mobile', 'm', 'failed')
    await call(url, 'POST', serviceOrders, line('dataGb', 14), key('n'))
    await settled(url, 'mobile', 'n', 'completed')
  })

  it('refuses a rate that is none', async () => {
    const { url } = await start()
    for (const body of [{ errorRate: 2 }, { down: 'yes' }, { wind: 1 }, { failFor: [1] }]) expect((await call(url, 'PUT', '/faults/fixed', body)).status).toBe(400)
  })
})

describe('the process', () => {
  it('keeps books, faults and unsent call-backs over a kill -9, and cuts a torn line off', async () => {
    const caller = await listener()
    const first = await spawnBackEnds({ ...quick, dataDir, mobileMs: 300 })
    await call(first.url, 'PUT', '/faults/warehouse', { latencyMs: 1 })
    await call(first.url, 'POST', '/fixed/orders', provision, key('f'))
    await call(first.url, 'POST', serviceOrders, line(), { ...key('m'), 'x-callback-url': caller.url })
    process.kill(first.pid, 'SIGKILL')
    appendFileSync(join(dataDir, 'journal.jsonl'), '[["counter","fix",7')
    const second = await spawnBackEnds({ ...quick, dataDir, mobileMs: 300 })
    open.push({ close: () => second.stop() })
    expect(second).toMatchObject({ adopted: false })
    expect((await call(second.url, 'GET', '/faults/warehouse')).body.latencyMs).toBe(1)
    expect((await call(second.url, 'POST', '/fixed/orders', provision, key('f'))).body.orderId).toBe('fix-000001')
    expect(await account(second.url, 'fixed', 'f')).toMatchObject({ requests: 2, executions: 1 })
    const event = await until('the call-back', () => caller.got[0])
    expect(event.event.serviceOrder.state).toBe('completed')
  })

  it('is taken over by the next start on its folder, replaced when the settings differ, and gone after a stop', async () => {
    const first = await spawnBackEnds({ ...quick, dataDir })
    const second = await spawnBackEnds({ ...quick, dataDir })
    expect(second).toMatchObject({ adopted: true, pid: first.pid })
    const third = await spawnBackEnds({ ...quick, dataDir, pool: 5 })
    expect(third.adopted).toBe(false)
    expect((await summaryOf(third.url)).pool.total).toBe(5)
    await third.stop()
    await third.stop()
    await expect(fetch(`${third.url}/health`)).rejects.toThrow()
  })

  it('does not outlive whoever started it by more than a while', async () => {
    const keeper = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'])
    process.env['BACK_ENDS_ORPHAN_MS'] = '100'
    const backEnds = await spawnBackEnds({ ...quick, dataDir })
    delete process.env['BACK_ENDS_ORPHAN_MS']
    open.push({ close: () => backEnds.stop() })
    expect((await call(backEnds.url, 'POST', '/keeper', { pid: keeper.pid })).status).toBe(200)
    await new Promise(tick => setTimeout(tick, 1_500))
    expect(isAlive(backEnds.pid)).toBe(true)
    keeper.kill('SIGKILL')
    await until('its end', () => (isAlive(backEnds.pid) ? undefined : true))
  })

  it('says in one line why it cannot start', async () => {
    const { url } = await start()
    const other = mkdtempSync(join(tmpdir(), 'back-ends-'))
    await expect(spawnBackEnds({ ...quick, dataDir: other, port: Number(new URL(url).port) })).rejects.toThrow(/could not start.*EADDRINUSE/)
    rmSync(other, { recursive: true, force: true })
  })
})
