/** One server, one set of rows and one credential for each caller of the access matrix. */
import { expect } from 'vitest'
import type { AnyResource } from '../../src/tmf/module.ts'
import type { Operation } from '../../src/tmf/resource.ts'
import { resources, startSuite, type Answer, type Doc, type Suite } from '../conformance/suite.ts'
import type { Issuer } from '../support/issuer.ts'
import { BOOTSTRAP, DELEGATE, GRANTED, OWN, startCallers, type Caller, type Headers } from './callers.ts'
import { makeRows, type Rows } from './rows.ts'

export type Method = Parameters<Suite['send']>[0]

export const SERVED: Readonly<Record<Operation, { method: Method; byId: boolean }>> = {
  list: { method: 'GET', byId: false },
  create: { method: 'POST', byId: false },
  get: { method: 'GET', byId: true },
  patch: { method: 'PATCH', byId: true },
  delete: { method: 'DELETE', byId: true },
}

export interface World {
  suite: Suite
  issuer: Issuer
  credentials: Readonly<Record<Caller, Headers>>
  rows: (resource: AnyResource | string) => Rows
  ask: (caller: Caller, method: Method, url: string, more?: { payload?: unknown; headers?: Headers }) => Promise<Answer>
  /** A body that works, and again: some resources go by their names. */
  fresh: (resource: AnyResource) => Promise<Doc>
  close: () => Promise<void>
}

export const startWorld = async (): Promise<World> => {
  const { issuer, headers: credentials } = await startCallers()
  const suite = await startSuite({ settings: { AUTH: 'oidc', OIDC_ISSUER: issuer.url, OIDC_AUDIENCE: 'tandem', BOOTSTRAP_KEY: BOOTSTRAP }, headers: credentials.administrator })
  const made = new Map<string, Rows>()
  for (const resource of resources) made.set(resource.name, await makeRows(suite, resource))
  const granted = await suite.send('POST', '/tandem/v1/delegation', { payload: { grantor: { id: OWN }, delegate: { id: DELEGATE }, permission: [...GRANTED, 'customer360', 'customerSearch'].map(name => `${name}:read`) } })
  expect(granted.status, granted.text).toBe(201)
  let counter = 0
  return {
    suite,
    issuer,
    credentials,
    rows: resource => {
      const rows = made.get(typeof resource === 'string' ? resource : resource.name)
      if (rows === undefined) throw new Error('There are no such rows')
      return rows
    },
    ask: (caller, method, url, more = {}) => suite.send(method, url, { ...(more.payload !== undefined && { payload: more.payload }), headers: { authorization: '', ...credentials[caller], ...more.headers } }),
    fresh: async resource => {
      const body = await suite.body(resource)
      counter += 1
      return typeof body['name'] === 'string' && /^[A-Za-z]+$/.test(body['name']) ? { ...body, name: `${body['name']}${counter}` } : body
    },
    close: async () => {
      await suite.server.close()
      await issuer.close()
    },
  }
}
