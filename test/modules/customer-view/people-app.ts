/** A running app with people and what they have, for the tests of the view and the search. */
import { expect } from 'vitest'
import { systemContext } from '../../../src/platform/principal.ts'
import { product, resourceInstance } from '../../../src/modules/inventory/index.ts'
import { createTestApp, type TestApp, type TestAppOptions } from '../../support/app.ts'

export type Json = Record<string, any>

export const PARTY = '/tmf-api/party/v4'
export const CUSTOMER = '/tmf-api/customerManagement/v4/customer'
export const BOOTSTRAP = 'bootstrap-key-of-the-customer-view'

export interface PeopleApp extends TestApp {
  call: (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, options?: { payload?: Json; key?: string; brand?: string }) => Promise<{ status: number; body: any; headers: Json; text: string }>
  made: (url: string, payload: Json, brand?: string) => Promise<Json>
  /** A key with these permissions and this scope. */
  key: (permissions: string[], more?: Json) => Promise<string>
  /** Waits until the reactions to all events have run and the search has read them. */
  settled: () => Promise<void>
  person: (givenName: string, familyName: string, more?: Json, brand?: string) => Promise<Json>
  customer: (person: Json, more?: Json, brand?: string) => Promise<Json>
  /** A product with its owner and others with their roles; made by the store, as delivery does. */
  product: (parties: Record<string, Json>, more?: Json, brand?: string) => Promise<Json>
  resource: (productId: string, more: Json) => Promise<void>
}

export const createPeopleApp = async (options: TestAppOptions = {}): Promise<PeopleApp> => {
  const test = await createTestApp({ ...options, settings: { AUTH: 'key', BOOTSTRAP_KEY: BOOTSTRAP, ...options.settings } })
  const call: PeopleApp['call'] = async (method, url, { payload, key = BOOTSTRAP, brand } = {}) => {
    const answer = await test.app.inject({ method, url, headers: { authorization: `Bearer ${key}`, ...(brand !== undefined && { 'x-tandem-brand': brand }) }, ...(payload && { payload }) })
    return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json(), headers: answer.headers as Json, text: answer.body }
  }
  const made: PeopleApp['made'] = async (url, payload, brand) => {
    const answer = await call('POST', url, { payload, ...(brand !== undefined && { brand }) })
    expect(answer.status, `POST ${url}: ${answer.text}`).toBe(201)
    return answer.body
  }
  const partyRef = (party: Json, role: string): Json => ({ id: party.id, name: party.fullName ?? party.name ?? party.id, role, '@referredType': party['@type'] ?? 'Individual' })
  return {
    ...test,
    call,
    made,
    key: async (permissions, more = {}) => (await made('/tandem/v1/apiKey', { name: 'test', brands: ['default'], permissions, ...more })).key,
    settled: async () => {
      for (const end = Date.now() + 15_000; Date.now() < end; await new Promise(resolve => setTimeout(resolve, 20))) {
        const [row] = await test.database.query<{ open: boolean }>(
          `SELECT EXISTS (SELECT 1 FROM event WHERE position IS NULL) OR (SELECT coalesce(max(position), 0) FROM event) > (SELECT position FROM search_position) OR EXISTS (SELECT 1 FROM search_fill WHERE done_at IS NULL) OR EXISTS (SELECT 1 FROM event_reaction WHERE state = 'due') AS open`,
        )
        if (row?.open === false) return
      }
      throw new Error('what follows from the events did not come to its end')
    },
    person: (givenName, familyName, more = {}, brand = 'default') => made(`${PARTY}/individual`, { givenName, familyName, ...more }, brand),
    customer: (person, more = {}, brand = 'default') => made(CUSTOMER, { name: `${person.givenName} ${person.familyName}`, status: 'active', engagedParty: { id: person.id, '@referredType': 'Individual' }, ...more }, brand),
    product: async (parties, more = {}, brand = 'default') => {
      const relatedParty = Object.entries(parties).map(([role, party]) => partyRef(party, role)) as any
      return (await test.services.store.create(systemContext(brand, 'test'), product, { name: 'Mobile M', status: 'active', relatedParty, ...more })).doc
    },
    resource: async (productId, more) => {
      await test.services.store.create(systemContext('default', 'test'), resourceInstance, { name: 'number', system: 'mobile', product: { id: productId }, ...more })
    },
  }
}
