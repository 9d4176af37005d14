/** A server on which people are linked, merged and taken apart, with the requests that the tests of identity share. */
import { afterAll, beforeAll, expect } from 'vitest'
import { createTestApp, type TestApp, type TestAppOptions } from '../../support/app.ts'

export type Doc = Record<string, any>

/** Call it at the top of a test file: it opens a server before the tests and closes it after them. */
export const openIdentity = (settings: NonNullable<TestAppOptions['settings']> = {}) => {
  let server: TestApp
  beforeAll(async () => {
    server = await createTestApp({ settings: { PHONE_COUNTRY: 'DE', ...settings } })
  })
  afterAll(() => server.close())

  const send = async (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', url: string, payload?: Doc, headers: Record<string, string> = {}): Promise<{ status: number; body: any }> => {
    const answer = await server.app.inject({ method, url, headers, ...(payload && { payload }) })
    return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() }
  }

  const ok = async (...request: Parameters<typeof send>): Promise<any> => {
    const { status, body } = await send(...request)
    expect(status, JSON.stringify(body)).toBeLessThan(300)
    return body
  }

  /** Waits for what follows from events. */
  const eventually = async <T>(read: () => Promise<T>, holds: (value: T) => boolean): Promise<T> => {
    const until = Date.now() + 10_000
    for (;;) {
      const value = await read()
      if (holds(value)) return value
      if (Date.now() > until) throw new Error(`did not come about: ${JSON.stringify(value)}`)
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }

  const PARTY = '/tmf-api/party/v4/individual'
  let counter = 0
  const unique = (): string => `${Date.now() % 100_000}${counter++}`
  const phone = (number: string): Doc => ({ mediumType: 'phone', characteristic: { phoneNumber: number } })
  const email = (address: string): Doc => ({ mediumType: 'email', characteristic: { emailAddress: address } })
  const person = (doc: Doc): Promise<Doc> => ok('POST', PARTY, { givenName: 'Mira', familyName: 'Aldenhoven', ...doc })
  const identifiers = (party: string, query = ''): Promise<Doc[]> => ok('GET', `/tandem/v1/partyIdentifier?party=${party}${query}`)
  const identifier = async (party: string, type: string): Promise<Doc> => (await eventually(() => identifiers(party), rows => rows.some(row => row['type'] === type))).find(row => row['type'] === type)!
  const verify = async (party: string, type: string): Promise<Doc> => ok('POST', `/tandem/v1/partyIdentifier/${(await identifier(party, type))['id']}/verify`, { verifiedBy: 'code by SMS' })
  const cluster = async (party: string): Promise<string[]> => ((await ok('GET', `/tandem/v1/party/${party}/cluster`))['member'] as Doc[]).map(one => one['id'] as string)
  const suggestions = (party: string): Promise<Doc[]> => ok('GET', `/tandem/v1/identitySuggestion?first.id=${party}`).then(async first => [...first, ...(await ok('GET', `/tandem/v1/identitySuggestion?second.id=${party}`))])
  const read = (party: string): Promise<Doc> => ok('GET', `${PARTY}/${party}`)
  const merge = (survivor: string, merged: string): Promise<Doc> => ok('POST', '/tandem/v1/partyMerge', { survivor: { id: survivor }, merged: { id: merged }, reason: 'The customer said so' })
  const undo = (id: string): Promise<Doc> => ok('POST', `/tandem/v1/partyMerge/${id}/undo`, { reason: 'They are two' })
  /** The next free number of a range that nobody else in this file uses. */
  const number = (): string => `+4930901${String(1000 + counter++)}`
  return { server: () => server, send, ok, eventually, PARTY, unique, phone, email, person, identifiers, identifier, verify, cluster, suggestions, read, merge, undo, number }
}
