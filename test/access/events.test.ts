/** The access matrix of events: what hubs and the live stream of every API tell each kind of caller. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { modules } from '../../src/modules/index.ts'
import { newId } from '../../src/platform/ids.ts'
import { eventTypesOf } from '../../src/tmf/events/event.ts'
import { basePath } from '../../src/tmf/resource.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import type { Issuer } from '../support/issuer.ts'
import { BOOTSTRAP, CONFINED, DELEGATE, GRANTED, MARKER, OTHER_BRAND, OWN, PARTNER, seesRowsOf, startCallers, STORE, VICTIM, type Caller, type Headers } from './callers.ts'

const resources = modules.flatMap(module => module.resources ?? [])
const apis = [...new Set(resources.map(resource => basePath(resource.api)))]
const emitting = resources.filter(resource => eventTypesOf(resource).length > 0)
const LISTENERS = [...CONFINED.filter(caller => caller !== 'delegate by header'), 'agent', 'agent of another brand'] as const satisfies readonly Caller[]
/** Listeners do not outlive what was granted: they are told of the caller's own rows alone. */
const STREAMS = [...LISTENERS, 'delegate by header'] as const satisfies readonly Caller[]

let server: TestApp
let issuer: Issuer
let credentials: Readonly<Record<Caller, Headers>>
let inbox: Server
let address: string
const heard = new Map<string, { id: string; text: string }[]>()
const streams: AbortController[] = []
/** Ids of event documents by resource and whose they are. */
const ids = new Map<string, Record<'victim' | 'own' | 'partner' | 'store' | 'elsewhere', string>>()

const note = (listener: string, text: string): void => {
  const { event } = JSON.parse(text) as { event: Record<string, { id: string }> }
  for (const doc of Object.values(event)) heard.set(listener, [...(heard.get(listener) ?? []), { id: doc.id, text }])
}

const follow = async (caller: Caller): Promise<void> => {
  const abort = new AbortController()
  streams.push(abort)
  const response = await fetch(`${address}/events`, { headers: { ...credentials[caller], accept: 'text/event-stream' }, signal: abort.signal })
  expect(response.status, caller).toBe(200)
  const read = async (): Promise<void> => {
    let text = ''
    const decoder = new TextDecoder()
    for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += decoder.decode(piece, { stream: true })
      const messages = text.split('\n\n')
      text = messages.pop() ?? ''
      for (const message of messages) for (const line of message.split('\n')) if (line.startsWith('data: ') && line.includes('"event"')) note(`stream of ${caller}`, line.slice('data: '.length))
    }
  }
  read().catch((error: unknown) => {
    if (!abort.signal.aborted) throw error
  })
}

beforeAll(async () => {
  const callers = await startCallers()
  issuer = callers.issuer
  credentials = callers.headers
  server = await createTestApp({ settings: { AUTH: 'oidc', OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: 'tandem', BOOTSTRAP_KEY: BOOTSTRAP } })
  address = await server.listen()
  inbox = createServer((request, response) => {
    let text = ''
    request.on('data', piece => (text += String(piece)))
    request.on('end', () => {
      note(`hub of ${decodeURIComponent(request.url!.slice(1))}`, text)
      response.writeHead(204).end()
    })
  })
  await new Promise<void>(resolve => inbox.listen(0, '127.0.0.1', resolve))
  const callback = `http://127.0.0.1:${(inbox.address() as AddressInfo).port}`
  const granted = await server.app.inject({ method: 'POST', url: '/tandem/v1/delegation', headers: credentials.administrator, payload: { grantor: { id: OWN }, delegate: { id: DELEGATE }, permission: GRANTED.map(name => `${name}:read`) } })
  expect(granted.statusCode, granted.body).toBe(201)
  for (const caller of LISTENERS) {
    for (const api of apis) {
      const made = await server.app.inject({ method: 'POST', url: `${api}/hub`, headers: credentials[caller], payload: { callback: `${callback}/${encodeURIComponent(caller)}` } })
      expect(made.statusCode, `${caller} ${api}: ${made.body}`).toBe(201)
    }
  }
  for (const caller of STREAMS) await follow(caller)
  for (const resource of emitting) {
    const made = { victim: newId(), own: newId(), partner: newId(), store: newId(), elsewhere: newId() }
    ids.set(resource.name, made)
    const owners = { victim: VICTIM, own: OWN, partner: PARTNER, store: VICTIM, elsewhere: OWN }
    for (const [whose, id] of Object.entries(made) as [keyof typeof made, string][]) {
      const hidden = whose === 'victim' || whose === 'elsewhere'
      await server.database.query(
        `INSERT INTO event (event_id, event_type, event_time, correlation_id, brand, owner_party, shared_with, resource, resource_id, revision, doc) VALUES ($1, $2, now(), 'matrix', $3, $4, $5, $6, $7, 1, $8::json)`,
        [newId(), eventTypesOf(resource)[0], whose === 'elsewhere' ? OTHER_BRAND : 'default', owners[whose], whose === 'store' ? [STORE] : null, resource.name, id, JSON.stringify({ id, href: `/${id}`, name: hidden ? MARKER : 'shown' })],
      )
    }
  }
  // Who sees all has all: whoever was told too much was told it by now.
  const all = expected('agent', 'hub').length
  const until = Date.now() + 30_000
  const has = (listener: string): boolean => (heard.get(listener) ?? []).filter(one => known().has(one.id)).length >= all
  while (!(has('hub of agent') && has('stream of agent')) && Date.now() < until) await new Promise(resolve => setTimeout(resolve, 20))
}, 90_000)
afterAll(async () => {
  for (const stream of streams) stream.abort()
  inbox?.closeAllConnections()
  await new Promise(resolve => inbox?.close(resolve))
  await server?.close()
  await issuer?.close()
})

const known = (): Set<string> => new Set([...ids.values()].flatMap(one => Object.values(one)))

const expected = (caller: Caller, medium: 'hub' | 'stream'): string[] =>
  emitting
    .flatMap(resource => {
      const made = ids.get(resource.name)!
      const ofBrand = [made.victim, made.own, made.partner, made.store]
      if (caller === 'agent of another brand') return [made.elsewhere]
      if (caller === 'agent') return ofBrand
      if (resource.visibility === 'house') return []
      if (resource.visibility === 'brand') return caller === 'delegate by header' ? [] : ofBrand
      if (caller === 'delegate' && medium === 'hub') return []
      const party = seesRowsOf(caller as (typeof CONFINED)[number], resource.name)
      return party === OWN ? [made.own] : party === PARTNER ? [made.partner] : party === STORE ? [made.store] : []
    })
    .sort()

test.each([...LISTENERS.map(caller => [caller, 'hub'] as const), ...STREAMS.map(caller => [caller, 'stream'] as const)])('%s is told by its %s what it may read, and nothing else', async (caller, medium) => {
  const wanted = expected(caller, medium)
  const listener = `${medium} of ${caller}`
  const told = (): string[] => [...new Set((heard.get(listener) ?? []).map(one => one.id))].sort()
  const until = Date.now() + 60_000
  while (told().filter(id => known().has(id)).length < wanted.length && Date.now() < until) await new Promise(resolve => setTimeout(resolve, 20))
  // What came of the preparation (the delegation) is nobody's secret here.
  expect(told().filter(id => known().has(id))).toEqual(wanted)
  for (const { text } of heard.get(listener) ?? []) if (caller !== 'agent' && caller !== 'agent of another brand') {
    const isOfBrand = resources.some(resource => resource.visibility === 'brand' && text.includes(`"${resource.name}":{`))
    expect(isOfBrand || !text.includes(MARKER), text).toBe(true)
  }
}, 70_000)
