/**
 * What the conformance rules work with: every resource of the running modules, a server, and ways to make valid bodies from nothing but
 * the declarations. A resource is covered by being declared: each rule file goes through all of them and fails when one was left out.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { modules } from '../../src/modules/index.ts'
import { loadAddresses } from '../../src/modules/place/index.ts'
import { loadCoverage } from '../../src/modules/serviceability/index.ts'
import { DEFAULT_BRAND, systemContext } from '../../src/platform/principal.ts'
import type { AnyResource } from '../../src/tmf/module.ts'
import { basePath, type Operation } from '../../src/tmf/resource.ts'
import { createTestApp, type TestApp, type TestAppOptions } from '../support/app.ts'
import { objectsAt } from './documents.ts'

export type Doc = Record<string, any>

export const resources: readonly AnyResource[] = modules.flatMap(module => module.resources ?? [])
export const has = (resource: AnyResource, operation: Operation): boolean => resource.operations.includes(operation)
export const pathOf = (resource: AnyResource): string => `${basePath(resource.api)}/${resource.name}`
export const context = systemContext(DEFAULT_BRAND, 'conformance')

/** The running resource that a reference points at. */
export const targetOf = (to: string | undefined, ref: Doc): AnyResource | undefined =>
  to === undefined ? resources.find(one => one.type === ref['@referredType'] || one.name === ref['@referredType']) : resources.find(one => one.name === to)

export interface Answer {
  status: number
  headers: Record<string, string | undefined>
  body: any
  text: string
}

export interface Request {
  /** Sent as JSON, or as it is when it is text. */
  payload?: unknown
  type?: string
  headers?: Record<string, string>
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT'

export interface Suite {
  server: TestApp
  send(method: Method, url: string, request?: Request): Promise<Answer>
  /** A create body that works now: the declared example, what it refers to made first. */
  body(resource: AnyResource): Promise<Doc>
  /** A stored resource, created over HTTP where that is served, else by the store as Tandem itself does. */
  make(resource: AnyResource, more?: Doc): Promise<Doc>
  /** How many are stored. */
  count(resource: AnyResource): Promise<number>
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

let versions = 0
/** What must differ from one to the next of a kind. */
const DIFFERENT: Readonly<Record<string, () => Doc>> = { extensionSchema: () => ({ version: `1.${++versions}` }) }

export interface SuiteOptions {
  settings?: TestAppOptions['settings']
  /** Sent with every request that names none of its own. */
  headers?: Record<string, string>
}

/** A server with ways to make every resource. */
export const startSuite = async (options: SuiteOptions): Promise<Suite> => {
  const server = await createTestApp({ modules, settings: { ROLES: 'api', ...options.settings } })
  // A port can only be held where there is a line, and somebody sent only to a place that there is.
  for (const brand of [DEFAULT_BRAND, 'elsewhere']) {
    await loadAddresses(server.services, { ...context, brand }, [{ id: 'adr-quay-street-7', street: 'Quay Street', streetNumber: '7', postcode: '0101', city: 'Doggerhaven' }])
    await loadCoverage(server.services, { ...context, brand }, [{ provider: 'own', technology: 'fibre', maxDownload: 1000, addressId: 'adr-quay-street-7' }])
  }
  const send: Suite['send'] = async (method, url, request = {}) => {
    const { payload, type = 'application/json', headers = {} } = request
    const raw = payload === undefined ? undefined : typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload)
    const answer = await server.app.inject({ method, url, headers: { ...options.headers, ...(raw !== undefined && { 'content-type': type }), ...headers }, ...(raw !== undefined && { payload: raw }) })
    return { status: answer.statusCode, headers: answer.headers as Answer['headers'], body: parsed(answer.body), text: answer.body }
  }
  const body: Suite['body'] = async resource => {
    const draft = { ...structuredClone(resource.example), ...DIFFERENT[resource.name]?.() } as Doc
    for (const reference of resource.references ?? []) {
      if (reference.onMissing === 'record') continue
      for (const { object } of objectsAt(draft, reference.path)) {
        const target = targetOf(reference.to, object)
        if (target === undefined || typeof object['id'] !== 'string' || /^https?:/.test(String(object['href'] ?? ''))) continue
        if ((await server.services.store.get(context, target, object['id'])) !== undefined) continue
        object['id'] = (await make(target))['id']
        delete object['href']
      }
    }
    return draft
  }
  const make: Suite['make'] = async (resource, more = {}) => {
    const draft = { ...(await body(resource)), ...more }
    if (!has(resource, 'create')) return (await server.services.store.create(context, resource, draft)).doc as Doc
    const { status, body: made, text } = await send('POST', pathOf(resource), { payload: draft })
    if (status !== 201 && status !== 200) throw new Error(`POST ${pathOf(resource)} of its example answered ${status}: ${text}`)
    return made
  }
  const count: Suite['count'] = async resource => server.services.store.count(context, resource, {})
  return { server, send, body, make, count }
}

/** Runs rules for every resource, on one server, and checks at the end that none was left out. */
export const forEveryResource = (rules: (resource: AnyResource, suite: () => Suite) => void, options: SuiteOptions = {}): void => {
  let suite: Suite | undefined
  const current = (): Suite => {
    if (suite === undefined) throw new Error('the server has not started')
    return suite
  }
  beforeAll(async () => {
    suite = await startSuite(options)
  })
  afterAll(() => suite?.server.close())

  const covered = new Set<string>()
  for (const resource of resources) {
    describe(`${resource.name} (${pathOf(resource)})`, () => {
      test('is served', async () => {
        const { status } = await current().send('GET', pathOf(resource))
        expect(status).toBe(has(resource, 'list') ? 200 : 405)
        covered.add(resource.name)
      })
      rules(resource, current)
    })
  }

  test('every resource that the running modules serve was covered', async () => {
    const served = new Set<string>()
    for (const api of new Set(resources.map(resource => basePath(resource.api)))) {
      const { body } = await current().send('GET', `${api}/openapi.json`)
      const marker = api.startsWith('/tandem/') ? /^\/tandem\/v1\/([A-Za-z]+)\/\{id\}$/ : /\/([A-Za-z]+)\/\{id\}$/
      for (const path of Object.keys((body as Doc)['paths'] as Doc)) {
        const name = marker.exec(path)?.[1]
        // Tandem's own operations (coverage, addresses) are routes of modules: they have tests of their own.
        if (name !== undefined && name !== 'hub' && (!api.startsWith('/tandem/') || resources.some(resource => resource.name === name))) served.add(name)
      }
    }
    expect(resources.length).toBeGreaterThan(0)
    expect([...covered].sort()).toEqual(resources.map(resource => resource.name).sort())
    expect([...served].filter(name => !covered.has(name))).toEqual([])
  })
}

/** A test in which everything is refused: afterwards as many are stored as before. */
export const refusing = (name: string, resource: AnyResource, suite: () => Suite, work: () => Promise<void>): void => {
  test(`${name}; nothing is stored`, async () => {
    const before = await suite().count(resource)
    await work()
    expect(await suite().count(resource)).toBe(before)
  })
}

/** TMF630 Error: what every refusal looks like. */
export const expectError = (answer: Answer, status: number | number[], ...named: string[]): void => {
  const allowed = Array.isArray(status) ? status : [status]
  expect(allowed, `${answer.status} ${answer.text.slice(0, 500)}`).toContain(answer.status)
  expect(answer.body).toMatchObject({ code: expect.any(String), reason: expect.any(String), message: expect.any(String), status: String(answer.status) })
  const said = JSON.stringify([answer.body.message, answer.body.details])
  for (const name of named) expect(said).toContain(name)
}
