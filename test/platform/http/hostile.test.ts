/** The whole application under input that was made to break it: whatever comes, the answer is the caller's fault, in the TM Forum form. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../../support/app.ts'

let test: TestApp
let paths: { url: string; methods: string[] }[]

beforeAll(async () => {
  test = await createTestApp({ settings: { ROLES: 'api' } })
  const documents = await Promise.all(
    (await test.app.inject('/docs/static/swagger-initializer.js')).body.match(/\/[\w./-]+\/openapi\.json/g)?.map(async url => (await test.app.inject(url)).json<{ paths: Record<string, object> }>()) ?? [],
  )
  paths = documents.flatMap(document => Object.entries(document.paths).map(([url, operations]) => ({ url, methods: Object.keys(operations) })))
}, 120_000)
afterAll(async () => { await test.close() })

const answerOf = async (method: string, url: string, payload?: string | Buffer, type = 'application/json') => {
  const answer = await test.app.inject({ method: method as 'GET', url, ...(payload === undefined ? {} : { payload, headers: { 'content-type': type } }) })
  return { status: answer.statusCode, body: answer.body, what: `${method} ${url.slice(0, 120)} ${String(payload ?? '').slice(0, 60)} → ${String(answer.statusCode)} ${answer.body.slice(0, 200)}` }
}
const IDS = ['%00', 'a%00b', '%ED%A0%80', "'; drop table event; --", '..%2F..%2Fetc', '%F0%9F%98%80', 'x'.repeat(900), '__proto__', '%E2%80%AE', '0', '-1', 'null', '%25']

const inForm = (body: string): boolean => {
  const error = JSON.parse(body) as Record<string, unknown>
  return error['@type'] === 'Error' && typeof error['code'] === 'string' && typeof error['reason'] === 'string' && typeof error['status'] === 'string'
}

describe('hostile input', () => {
  it('finds documented paths to try', () => {
    expect(paths.length).toBeGreaterThan(20)
  })

  it('in ids', async () => {
    for (const { url, methods } of paths.filter(path => path.url.includes('{'))) {
      for (const id of IDS) {
        for (const method of methods.filter(one => ['get', 'delete'].includes(one))) {
          const { status, body, what } = await answerOf(method.toUpperCase(), url.replaceAll(/\{[^}]+\}/g, id))
          expect(status, what).toBeGreaterThanOrEqual(400)
          expect(status, what).toBeLessThan(500)
          expect(inForm(body), what).toBe(true)
        }
      }
    }
  }, 120_000)

  it('in queries', async () => {
    const queries = ['id=%00', 'a%00=1', 'name=%ED%A0%80', 'id=1&id=%00', 'limit=1e9', 'limit=-1', 'limit=99999999999999999999', 'offset=9223372036854775808', 'sort=%00', 'sort=-', 'fields=%00', 'fields=a,,b..c', 'name.regex=(a%2B)%2B%24', 'name.regex=%5B', 'lastUpdate.gt=yesterday', 'id=%7B', '__proto__.x=1', 'constructor=1', 'after=%00', 'filter=%5B%5D', `name=${'y'.repeat(5000)}`, 'id%3E=', '=', '&&&', '%']
    for (const { url } of paths.filter(path => !path.url.includes('{') && path.methods.includes('get'))) {
      for (const query of queries) {
        const { status, body, what } = await answerOf('GET', `${url}?${query}`)
        expect(status, what).toBeLessThan(500)
        if (status >= 400) expect(inForm(body), what).toBe(true)
      }
    }
  }, 120_000)

  it('in bodies', async () => {
    const bodies: (string | Buffer)[] = ['', '{', 'null', '[]', '"x"', '5', '{}', '{"name":"a\\u0000"}', '{"name":"\\ud800"}', '{"name":1e999}', '{"name":{"name":{}}}', '{"__proto__":{"x":1}}', '{"id":"mine"}', '{"@type":5}', '{"name":null}', '{"a":1,"a":2}', '[{"op":"test"}]', '[{"op":"replace","path":"/x","value":1}]', '['.repeat(1000), Buffer.from([0xff, 0xfe]), JSON.stringify({ name: 'z'.repeat(200_000) }), JSON.stringify({ relatedParty: Array.from({ length: 2000 }, () => ({ id: '' })) })]
    for (const { url, methods } of paths) {
      for (const method of methods.filter(one => ['post', 'patch', 'put'].includes(one))) {
        for (const type of method === 'patch' ? ['application/json', 'application/json-patch+json'] : ['application/json']) {
          for (const payload of bodies) {
            const { status, body, what } = await answerOf(method.toUpperCase(), url.replaceAll(/\{[^}]+\}/g, 'nobody'), payload, type)
            expect(status, what).toBeLessThan(500)
            if (status >= 400) expect(inForm(body), what).toBe(true)
          }
        }
      }
    }
  }, 180_000)

  it('in headers', async () => {
    const [path] = paths.filter(one => one.methods.includes('get') && !one.url.includes('{'))
    for (const headers of [{ 'x-tandem-brand': '../x' }, { 'x-tandem-channel': 'ä' }, { 'if-none-match': '"'.repeat(500) }, { 'if-match': 'x' }, { 'x-correlation-id': '\u00ff'.repeat(300) }, { 'idempotency-key': 'k'.repeat(5000) }, { accept: 'x/y' }]) {
      const answer = await test.app.inject({ url: path?.url ?? '', headers })
      expect(answer.statusCode, JSON.stringify(headers)).toBeLessThan(500)
    }
  })
})
