/**
 * The access matrix of all other operations, made from the routes that the server has: one without an expectation (own-routes.ts) fails.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { basePath } from '../../src/tmf/resource.ts'
import { resources, type Doc } from '../conformance/suite.ts'
import { CONFINED, expectNoLeak, MARKER, STRANGERS } from './callers.ts'
import { OWN_ROUTES, type Expectation } from './own-routes.ts'
import { SERVED, startWorld, type Method, type World } from './world.ts'

let world: World
const ask: World['ask'] = (...asked) => world.ask(...asked)

beforeAll(async () => {
  world = await startWorld()
}, 120_000)
afterAll(() => world?.close())

/** The victim's ids in the place of `{resource}`. */
const filled = <T>(value: T): T => {
  const text = JSON.stringify(value)
  return (text === undefined ? undefined : JSON.parse(text.replaceAll(/\{(\w+)\}/g, (_, name: string) => (resources.some(one => one.name === name) ? String(world.rows(name).victim['id']) : name)))) as T
}

const requestOf = (route: string, { of, query, payload }: Expectation): { method: Method; url: string; payload: unknown } => {
  const [method, path] = route.split(' ') as [Method, string]
  let position = 0
  const url = path.replaceAll(/:(\w+)/g, (_, name: string) => {
    position += 1
    if (name === 'resource') return 'individual'
    return position === 1 && of !== undefined ? `{${of}}` : '{individual}'
  })
  return { method, url: filled(query === undefined ? url : `${url}?${query}`), payload: filled(payload) ?? (method === 'GET' || method === 'DELETE' ? undefined : {}) }
}

/** Routes of registered resources, of hubs, streams and documents: the same for each API. */
const generic = new Set(
  [...new Set(resources.map(resource => resource.api))].flatMap(api =>
    [basePath(api), ...(api.aliases ?? [])].flatMap(base => [
      ...resources.filter(resource => basePath(resource.api) === basePath(api)).flatMap(({ name, operations, within }) =>
        [name, ...(within ? [`${within.resource}/:${within.resource}Id/${name}`] : [])].flatMap(path => operations.map(operation => `${SERVED[operation].method} ${base}/${path}${SERVED[operation].byId ? '/:id' : ''}`)),
      ),
      `POST ${base}/hub`,
      `DELETE ${base}/hub/:id`,
      `GET ${base}/events`,
      `GET ${base}/openapi.json`,
    ]),
  ),
)

/** All operations that there are, asked by several callers each. */
const LONG_MS = 120_000

const EVENTS = /\/events$/

const servedRoutes = (): { route: string; isPublic: boolean }[] =>
  world.suite.server.routes.filter(one => one.method !== 'HEAD' && one.method !== 'OPTIONS').map(one => ({ route: `${one.method} ${one.url}`, isPublic: one.isPublic }))

test('has an expectation, and every expectation an operation', () => {
  const served = servedRoutes().map(one => one.route)
  const known = (route: string): boolean => generic.has(route) || OWN_ROUTES[route] !== undefined || route === 'GET /events' || route === 'GET /tandem/v1/openapi.json' || route.startsWith('GET /docs')
  expect(served.filter(route => !known(route))).toEqual([])
  expect(Object.keys(OWN_ROUTES).filter(route => !served.includes(route))).toEqual([])
})

test('is public only where it says nothing about anybody', () => {
  const open = servedRoutes().filter(one => one.isPublic).map(one => one.route)
  expect(open.filter(route => !route.endsWith('/openapi.json') && !route.startsWith('GET /docs') && OWN_ROUTES[route]?.access !== 'public')).toEqual([])
})

test('is closed to who is not let in', async () => {
  for (const { route, isPublic } of servedRoutes()) {
    const expectation = OWN_ROUTES[route] ?? { access: isPublic ? ('public' as const) : ('scoped' as const) }
    const { method, url, payload } = requestOf(route, expectation)
    for (const caller of STRANGERS) {
      if (method === 'GET' && /docs/.test(url)) continue
      const answer = await ask(caller, method, url, { payload })
      if (isPublic) expect(answer.status, `${caller} ${route}`).not.toBe(401)
      else expect(answer.status, `${caller} ${route}: ${answer.text}`).toBe(401)
      expectNoLeak(answer, [], url, route)
    }
  }
}, LONG_MS)

test('needs its permission', async () => {
  for (const { route, isPublic } of servedRoutes()) {
    const expectation = OWN_ROUTES[route] ?? { access: 'scoped' as const }
    if (isPublic || expectation.access === 'self' || EVENTS.test(route)) continue
    const { method, url, payload } = requestOf(route, expectation)
    const answer = await ask('nothing', method, url, { payload })
    expect(answer.status, `${route}: ${answer.text.slice(0, 300)}`).toBe(403)
    expectNoLeak(answer, [], url, route)
  }
}, LONG_MS)

test('keeps confined callers to their rows, or away', async () => {
  const hidden = resources.flatMap(one => world.rows(one).hidden)
  const ofPeople = resources.filter(one => one.visibility !== 'brand').flatMap(one => world.rows(one).hidden)
  for (const { route, isPublic } of servedRoutes()) {
    const expectation = OWN_ROUTES[route]
    if (isPublic || expectation === undefined) continue
    const { method, url, payload } = requestOf(route, expectation)
    for (const caller of CONFINED) {
      const answer = await ask(caller, method, url, { payload })
      const about = `${caller} ${route}`
      if (expectation.access === 'closed' || expectation.access === 'operator') expect(answer.status, `${about}: ${answer.text.slice(0, 300)}`).toBe(403)
      else expect(answer.status, `${about}: ${answer.text.slice(0, 300)}`).toBeLessThan(500)
      if (expectation.access === 'scoped' && url.includes(String(world.rows('individual').victim['id']))) {
        expect([400, 403, 404].includes(answer.status) || JSON.stringify(answer.body).length < 200, `${about}: ${answer.status} ${answer.text.slice(0, 300)}`).toBe(true)
      }
      // What all of a brand read may say whatever was written into it.
      if (expectation.access === 'brand') expect(ofPeople.filter(id => answer.text.includes(id) && !url.includes(id)), about).toEqual([])
      else expectNoLeak(answer, hidden, `${decodeURIComponent(url)} ${JSON.stringify(payload)}`, about)
    }
  }
}, 60_000)

test('keeps brands apart, and what concerns all of them to operators', async () => {
  const hidden = resources.map(one => String(world.rows(one).victim['id']))
  for (const { route, isPublic } of servedRoutes()) {
    const expectation = OWN_ROUTES[route]
    if (isPublic || expectation === undefined) continue
    const { method, url, payload } = requestOf(route, expectation)
    const answer = await ask('agent of another brand', method, url, { payload })
    if (expectation.access === 'operator') expect(answer.status, route).toBe(403)
    else expect(answer.status, `${route}: ${answer.text.slice(0, 300)}`).toBeLessThan(500)
    // Its own questions are in the audit of its brand, and nobody else's.
    if (route === 'GET /tandem/v1/auditRecord') expect(new Set((answer.body as Doc[]).map(one => one['principal']))).toEqual(new Set([`${world.issuer.url}#elsewhere`]))
    else expectNoLeak({ ...answer, text: answer.text.replaceAll(`${MARKER} elsewhere`, '') }, hidden, `${decodeURIComponent(url)} ${JSON.stringify(payload)}`, route)
    if (expectation.access === 'operator') continue
    const agent = method === 'GET' ? await ask('agent', method, url) : undefined
    if (agent !== undefined) expect([401, 403], `${route} for an agent`).not.toContain(agent.status)
  }
}, 60_000)
