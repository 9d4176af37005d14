/** TMF.md "Events": one event for each write, in its transaction, with the type that the definition names; positions in commit order; hubs that get them. */
import { createHmac } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { eventTypeOf } from '../../src/tmf/events/event.ts'
import { basePath } from '../../src/tmf/resource.ts'
import type { AnyResource } from '../../src/tmf/module.ts'
import { attributesOf, kindOf, secretsOf } from './documents.ts'
import { expectError, forEveryResource, has, pathOf, type Doc, type Suite } from './suite.ts'

interface Row {
  event_type: string
  revision: number
  position: string | null
  brand: string
  correlation_id: string
  doc: string
}

interface Delivery {
  path: string
  headers: IncomingHttpHeaders
  text: string
  body: Doc
}

const deliveries: Delivery[] = []
let listener: Server
let base = ''

beforeAll(async () => {
  listener = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk as Buffer))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8')
      deliveries.push({ path: request.url ?? '', headers: request.headers, text, body: JSON.parse(text) as Doc })
      response.writeHead(204).end()
    })
  })
  await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`
})
afterAll(() => new Promise(resolve => listener.close(resolve)))

const rows = (suite: Suite, resource: AnyResource, id: unknown): Promise<Row[]> =>
  suite.server.database.query<Row>('SELECT event_type, revision, position::text AS position, brand, correlation_id, doc::text AS doc FROM event WHERE resource = $1 AND resource_id = $2 ORDER BY seq', [resource.name, id])

const emits = (resource: AnyResource, kind: 'create' | 'attributeValueChange' | 'stateChange' | 'delete'): boolean =>
  resource.events?.includes(kind) ?? (kind !== 'stateChange' || resource.lifecycle !== undefined)

/** What may leave the house: secrets stay. */
const withoutSecrets = (resource: AnyResource, doc: Doc): Doc => Object.fromEntries(Object.entries(doc).filter(([name]) => !secretsOf(resource).has(name)))

const revisionOf = (etag: string | undefined): number => Number(/\d+/.exec(etag ?? '')?.[0])

const freeText = (resource: AnyResource): string | undefined => {
  const fixed = new Set([resource.lifecycle?.attribute, ...(resource.update?.immutable ?? []), ...(resource.serverSet ?? []), ...(resource.stamps?.onCreate ?? []), ...(resource.stamps?.onWrite ?? [])])
  return attributesOf(resource).find(([name, node]) => ['description', 'name', 'givenName', 'tradingName', 'externalId'].includes(name) && kindOf(node) === 'text' && !fixed.has(name))?.[0]
}

forEveryResource((resource, suite) => {
  const api = basePath(resource.api)

  test('a create writes one event: its type, its first revision, a snapshot, the correlation id', async () => {
    const answer = has(resource, 'create') ? await suite().send('POST', pathOf(resource), { payload: await suite().body(resource), headers: { 'x-correlation-id': `story-${resource.name}` } }) : undefined
    const made = (answer?.body as Doc | undefined) ?? (await suite().make(resource))
    if (answer) expect([200, 201], answer.text).toContain(answer.status)
    const [first, ...others] = (await rows(suite(), resource, made['id'])).filter(row => row.revision === 1)
    expect(others).toEqual([])
    if (!emits(resource, 'create')) return expect(first).toBeUndefined()
    expect(first).toMatchObject({ event_type: `${resource.type}CreateEvent`, brand: 'default' })
    if (answer) expect(first?.correlation_id).toBe(`story-${resource.name}`)
    expect(withoutSecrets(resource, JSON.parse(first?.doc ?? '') as Doc)).toEqual(made)
  })

  if (has(resource, 'create')) test('what is refused leaves no event', async () => {
    const events = async (): Promise<number> => Number((await suite().server.database.query<{ n: string }>('SELECT count(*) AS n FROM event WHERE resource = $1', [resource.name]))[0]?.n)
    const before = await events()
    expectError(await suite().send('POST', pathOf(resource), { payload: { ...(await suite().body(resource)), nothingOfTheKind: 1 } }), 400)
    expectError(await suite().send('POST', pathOf(resource), { payload: '{' }), 400)
    expect(await events()).toBe(before)
  })

  const text = freeText(resource)
  if (has(resource, 'patch') && text !== undefined) test('each change writes one event of its kind, a change of nothing none', async () => {
    const made = await suite().make(resource)
    const changed = await suite().send('PATCH', String(made['href']), { payload: { [text]: 'changed' } })
    expect(changed.status, changed.text).toBe(200)
    const revision = revisionOf(changed.headers['etag'])
    const again = await suite().send('PATCH', String(made['href']), { payload: { [text]: 'changed' } })
    expect(again.status).toBe(200)
    const written = (await rows(suite(), resource, made['id'])).filter(row => row.revision === revision)
    expect(written.map(row => row.event_type)).toEqual(emits(resource, 'attributeValueChange') ? [`${resource.type}AttributeValueChangeEvent`] : [])
    if (written[0]) expect(withoutSecrets(resource, JSON.parse(written[0].doc) as Doc)).toEqual(changed.body)
  })

  const { lifecycle } = resource
  if (has(resource, 'patch') && lifecycle?.movedBy === 'client' && emits(resource, 'stateChange')) test('a move of its state writes a state change', async () => {
    const made = await suite().make(resource)
    const moves = lifecycle.open === true ? ['elsewhere'] : (lifecycle.moves[String(made[lifecycle.attribute])] ?? [])
    for (const state of moves) {
      const moved = await suite().send('PATCH', String(made['href']), { payload: { [lifecycle.attribute]: state } })
      if (moved.status !== 200) continue
      const written = (await rows(suite(), resource, made['id'])).filter(row => row.revision === revisionOf(moved.headers['etag']))
      expect(written.map(row => row.event_type)).toEqual([eventTypeOf(resource, 'stateChange')])
      return
    }
    expect.unreachable(`no move of ${resource.name} was possible from ${String(made[lifecycle.attribute])}`)
  })

  if (has(resource, 'delete') && has(resource, 'create')) test('a delete writes one event', async () => {
    const made = await suite().make(resource)
    const answer = await suite().send('DELETE', String(made['href']))
    expect(answer.status, answer.text).toBe(204)
    const last = (await rows(suite(), resource, made['id'])).at(-1)
    if (emits(resource, 'delete')) expect(last?.event_type).toBe(`${resource.type}DeleteEvent`)
  })

  test('every event gets a position, in the order of its resource', async () => {
    const made = await suite().make(resource)
    if (has(resource, 'patch') && text !== undefined) for (const word of ['one', 'two', 'three']) await suite().send('PATCH', String(made['href']), { payload: { [text]: word } })
    const positions = await vi.waitFor(async () => {
      const events = await rows(suite(), resource, made['id'])
      expect(events.map(event => event.position)).not.toContain(null)
      return events.map(event => Number(event.position))
    }, { timeout: 15_000, interval: 50 })
    expect(positions).toEqual([...positions].sort((a, b) => a - b))
    expect(new Set(positions).size).toBe(positions.length)
  })

  if (emits(resource, 'create')) describe('hub', () => {
    const SECRET = 'a-secret-of-the-listener'
    const callback = (): string => `${base}/${resource.name}`
    const query = `eventType=${resource.type}CreateEvent`

    test('a listener is registered once, gets what it asked for as it was written, signed, and leaves', async () => {
      const registered = await suite().send('POST', `${api}/hub`, { payload: { callback: callback(), query, secret: SECRET } })
      expect(registered.status, registered.text).toBe(201)
      expect(registered.headers['location']).toBe(`${api}/hub/${(registered.body as Doc)['id']}`)
      expect(registered.body).toMatchObject({ callback: callback(), query })
      expect(registered.text).not.toContain(SECRET)
      expectError(await suite().send('POST', `${api}/hub`, { payload: { callback: callback(), query, secret: SECRET } }), 409)

      const made = await suite().make(resource)
      const mine = (): Delivery[] => deliveries.filter(one => one.path === `/${resource.name}` && (one.body['event'] as Doc)[resource.name]?.id === made['id'])
      await vi.waitFor(() => expect(mine()).toHaveLength(1), { timeout: 20_000, interval: 50 })
      const [delivery] = mine()
      expect(delivery?.body).toMatchObject({ eventType: `${resource.type}CreateEvent`, eventId: expect.any(String), eventTime: expect.any(String), correlationId: expect.any(String), domain: expect.any(String), title: expect.any(String), timeOccurred: expect.any(String) })
      expect(delivery?.body['event']).toEqual({ [resource.name]: withoutSecrets(resource, made) })
      expect(delivery?.headers['content-type']).toContain('application/json')
      expect(delivery?.headers['x-tandem-signature']).toBe(`sha256=${createHmac('sha256', SECRET).update(delivery?.text ?? '').digest('hex')}`)
      expect(new Set(deliveries.filter(one => one.path === `/${resource.name}`).map(one => one.body['eventType']))).toEqual(new Set([`${resource.type}CreateEvent`]))

      expect((await suite().send('DELETE', String(registered.headers['location']))).status).toBe(204)
      expectError(await suite().send('DELETE', String(registered.headers['location'])), 404)
    })

    test('a subscription that makes no sense is refused and named', async () => {
      const refused = async (payload: unknown, ...named: string[]): Promise<void> => expectError(await suite().send('POST', `${api}/hub`, { payload }), 400, ...named)
      await refused({}, 'callback')
      await refused({ callback: 7 }, 'callback')
      await refused({ callback: 'no address' }, 'callback')
      await refused({ callback: 'ftp://example.com/x' }, 'callback')
      await refused({ callback: 'http://10.1.2.3/x' }, 'callback')
      await refused({ callback: 'http://[::1]:9/x' }, 'callback')
      await refused({ callback: callback(), query: 'eventType=NothingOfTheKindEvent' }, 'query')
      await refused({ callback: callback(), query: 'nothingOfTheKind=1' }, 'nothingOfTheKind')
      await refused({ callback: callback(), colour: 'red' }, 'colour')
      await refused('{', '')
      expectError(await suite().send('DELETE', `${api}/hub/nowhere`), 404)
    })
  })
}, { settings: { ROLES: 'api,worker' } })
