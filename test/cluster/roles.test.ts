/** What processes answer by their roles. */
import { afterEach, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../support/app.ts'

let test: TestApp
afterEach(() => test.close())

const CATALOG = '/tmf-api/productCatalogManagement/v4/productOffering'

describe('a process with ROLES=worker', () => {
  it('answers probes, metrics and call-backs, and sends requests to others', async () => {
    test = await createTestApp({ settings: { ROLES: 'worker' } })
    expect((await test.app.inject('/health/ready')).statusCode).toBe(200)
    expect((await test.app.inject('/metrics')).statusCode).toBe(200)
    const callBack = await test.app.inject({ method: 'POST', url: '/tandem/v1/callback/nobody?token=nothing', payload: {} })
    expect(callBack.json()).toMatchObject({ status: '404', code: 'notFound' })
    for (const request of [{ method: 'GET', url: CATALOG }, { method: 'POST', url: CATALOG, payload: { name: 'x' } }, { method: 'GET', url: '/tandem/v1/clock' }] as const) {
      const answer = await test.app.inject(request)
      expect(answer.statusCode).toBe(404)
      expect(answer.json()).toMatchObject({ code: 'notServed', status: '404' })
    }
  })
})

describe('a process with ROLES=api', () => {
  it('answers requests and runs no jobs', async () => {
    test = await createTestApp({ settings: { ROLES: 'api' } })
    expect((await test.app.inject(CATALOG)).statusCode).toBe(200)
    await new Promise(resolve => setTimeout(resolve, 2_500))
    expect(test.jobs.counts()).toEqual({ completed: 0, failed: 0, dead: 0, enqueueFailed: 0 })
  })
})
