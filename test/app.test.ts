import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runningModules } from '../src/app.ts'
import { defineModule } from '../src/tmf/module.ts'
import { createTestApp, type TestApp } from './support/app.ts'

describe('the app', () => {
  let test: TestApp
  beforeAll(async () => {
    test = await createTestApp()
  })
  afterAll(() => test.close())

  it('answers an unknown path in the TM Forum form', async () => {
    const answer = await test.app.inject('/nothing/here')
    expect(answer.statusCode).toBe(404)
    expect(answer.json()).toMatchObject({ '@type': 'Error', code: 'unknownRoute', status: '404' })
  })

  it('shows the documents without asking who is there', async () => {
    expect((await test.app.inject('/docs/')).statusCode).toBe(200)
    expect((await test.app.inject('/')).headers.location).toBe('/docs')
    expect((await test.app.inject('/tandem/v1/openapi.json')).json()).toMatchObject({ openapi: '3.0.3' })
  })
})

describe('a link to the app itself', () => {
  let test: TestApp
  beforeAll(async () => {
    test = await createTestApp({ settings: { ROLES: 'api' } })
  })
  afterAll(() => test.close())

  it('is a local reference, by whichever of its names: what it leads to must exist', async () => {
    const { port } = new URL(await test.listen())
    const offer = (href: string) => test.app.inject({ method: 'POST', url: '/tmf-api/productCatalogManagement/v4/productOffering', payload: { name: 'x', category: [{ id: 'nowhere', href }] } })
    for (const host of ['127.0.0.1', 'localhost']) {
      const refused = await offer(`http://${host}:${port}/tmf-api/productCatalogManagement/v4/category/nowhere`)
      expect(refused.statusCode, refused.body).toBe(400)
      expect(refused.json().code).toBe('referenceNotFound')
    }
    expect((await offer(`http://other.example.com:${port}/tmf-api/productCatalogManagement/v4/category/nowhere`)).statusCode).toBe(201)
  })
})

describe('the list of modules', () => {
  const catalog = defineModule({ name: 'catalog', dependsOn: [] })
  const ordering = defineModule({ name: 'ordering', dependsOn: ['catalog'] })

  it('runs all of them when none is named, and the named ones otherwise', () => {
    expect(runningModules({ modules: undefined }, [catalog, ordering])).toEqual([catalog, ordering])
    expect(runningModules({ modules: ['catalog'] }, [catalog, ordering])).toEqual([catalog])
  })

  it('is refused when it names an unknown module, leaves out what another needs, or is in the wrong order', () => {
    expect(() => runningModules({ modules: ['sales'] }, [catalog, ordering])).toThrow('MODULES must be among catalog, ordering, not sales')
    expect(() => runningModules({ modules: ['ordering'] }, [catalog, ordering])).toThrow('MODULES: ordering needs catalog')
    expect(() => runningModules({ modules: undefined }, [ordering, catalog])).toThrow('ordering needs catalog')
  })
})

describe('what is asked from outside', () => {
  let test: TestApp
  beforeAll(async () => {
    test = await createTestApp({ settings: { ROLES: 'api', AUTH: 'key', BOOTSTRAP_KEY: 'a-key-that-is-long-enough-for-a-test' } })
  })
  afterAll(() => test.close())

  it('is alive and ready without a key', async () => {
    expect((await test.app.inject('/health/live')).statusCode).toBe(200)
    expect((await test.app.inject('/health/ready')).json()).toEqual({ status: 'ready', checks: { database: 'up', jobs: 'up' } })
  })

  it('answers requests and metrics to those with a key only', async () => {
    expect((await test.app.inject('/metrics')).statusCode).toBe(401)
    const answer = await test.app.inject({ url: '/metrics', headers: { authorization: 'Bearer a-key-that-is-long-enough-for-a-test' } })
    expect(answer.statusCode).toBe(200)
    expect(answer.body).toMatch(/tandem_outbox_waiting 0/)
    expect(answer.body).toMatch(/tandem_reactions_waiting\{state="dead"\} 0/)
    expect(answer.body).toMatch(/tandem_hub_deliveries_waiting\{state="due"\} 0/)
    expect(answer.body).toMatch(/tandem_database_connections\{state="open"\} [1-9]/)
  })
})
