/** A server with two callers of one brand, and short words for what tests of change sets do. */
import { expect } from 'vitest'
import { createTestApp, type TestApp } from '../../support/app.ts'

export type Json = Record<string, any>
export interface Answer {
  status: number
  body: Json
  text: string
  headers: Record<string, unknown>
}

export const CATALOG = '/tmf-api/productCatalogManagement/v4'
export const SETS = '/tandem/v1/catalogChangeSet'
export const CHANGES = '/tandem/v1/catalogChange'
const BOOTSTRAP = 'bootstrap-key-of-the-catalog-tests'

export interface World {
  server: TestApp
  /** Who sends: the author when nobody is named. */
  send: (method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE', url: string, payload?: unknown, as?: { key?: string; on?: TestApp; type?: string; brand?: string }) => Promise<Answer>
  made: (url: string, payload: unknown) => Promise<Json>
  keyOf: (name: string, permissions: readonly string[]) => Promise<string>
  author: string
  approver: string
  /** A draft with these changes. */
  setOf: (...changes: Json[]) => Promise<Json>
  stage: (set: Json, name: string, as?: { key?: string; on?: TestApp }, payload?: Json) => Promise<Answer>
  offering: (value: number, more?: Json, price?: Json) => Promise<{ offering: Json; price: Json }>
  close: () => Promise<void>
}

export const createWorld = async (settings: Json = {}): Promise<World> => {
  const server = await createTestApp({ settings: { AUTH: 'key', BOOTSTRAP_KEY: BOOTSTRAP, ...settings } })
  const keys = { author: BOOTSTRAP }
  const send: World['send'] = async (method, url, payload, as = {}) => {
    const raw = payload === undefined ? undefined : typeof payload === 'string' ? payload : JSON.stringify(payload)
    const answer = await (as.on ?? server).app.inject({ method, url, headers: { authorization: `Bearer ${as.key ?? keys.author}`, ...(as.brand !== undefined && { 'x-tandem-brand': as.brand }), ...(raw !== undefined && { 'content-type': as.type ?? 'application/json' }) }, ...(raw !== undefined && { payload: raw }) })
    const isJson = /json(;|$)/.test(String(answer.headers['content-type'] ?? '')) && !/ndjson/.test(String(answer.headers['content-type']))
    return { status: answer.statusCode, text: answer.body, headers: answer.headers, body: isJson && answer.body !== '' ? (JSON.parse(answer.body) as Json) : {} }
  }
  const made: World['made'] = async (url, payload) => {
    const { status, body } = await send('POST', url, payload)
    expect(status, JSON.stringify(body)).toBe(201)
    return body
  }
  const keyOf: World['keyOf'] = async (name, permissions) => {
    const answer = await send('POST', '/tandem/v1/apiKey', { name, permissions }, { key: BOOTSTRAP })
    expect(answer.status, answer.text).toBe(201)
    return answer.body['key'] as string
  }
  const author = await keyOf('author', ['*:read', '*:create', '*:update', '*:delete'])
  const approver = await keyOf('approver', ['*:read', 'catalogChangeApproval:create', 'catalogChangeActivation:create'])
  keys.author = author
  const setOf: World['setOf'] = async (...changes) => {
    const set = await made(SETS, { name: 'A change' })
    for (const change of changes) await made(CHANGES, { catalogChangeSet: { id: set['id'] }, ...change })
    return set
  }
  const stage: World['stage'] = (set, name, as, payload) => send('POST', `${SETS}/${String(set['id'])}/${name}`, payload ?? {}, as)
  const offering: World['offering'] = async (value, more = {}, priceMore = {}) => {
    const price = await made(`${CATALOG}/productOfferingPrice`, { name: 'Charge', priceType: 'recurring', recurringChargePeriodType: 'month', recurringChargePeriodLength: 1, price: { unit: 'EUR', value }, lifecycleStatus: 'Launched', ...priceMore })
    return { price, offering: await made(`${CATALOG}/productOffering`, { name: 'Thing', lifecycleStatus: 'Launched', productOfferingPrice: [{ id: price['id'] }], ...more }) }
  }
  return { server, send, made, keyOf, author, approver, setOf, stage, offering, close: () => server.close() }
}

export const until = async (holds: () => Promise<boolean>, ms = 10_000): Promise<void> => {
  for (const since = Date.now(); !(await holds()); await new Promise(resolve => setTimeout(resolve, 50))) if (Date.now() - since > ms) throw new Error('did not come true in time')
}
