/** TMF.md "Writing", last rules, and the issue of bad input: whatever is sent, the answer is a 4xx with an Error body, nothing is half stored, and no answer is a 5xx. */
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { attributesOf, kindOf } from './documents.ts'
import { expectError, forEveryResource, has, pathOf, refusing, type Answer, type Doc, type Request, type Suite } from './suite.ts'
import type { AnyResource } from '../../src/tmf/module.ts'

const q = encodeURIComponent
const LONG = 'x'.repeat(10_000)
const TEXT_FOR = (resource: AnyResource): string => attributesOf(resource).find(([name, node]) => kindOf(node) === 'text' && node['enum'] === undefined && node['format'] === undefined && !['id', 'href'].includes(name))?.[0] ?? '@type'

const notServerFault = (answer: Answer, what: string): void => {
  expect(answer.status, `${what}: ${answer.text.slice(0, 300)}`).toBeLessThan(500)
  if (answer.status >= 400) expectError(answer, answer.status)
}

/** Sends what must be refused. */
const refusedPost = async (suite: Suite, resource: AnyResource, what: string, request: Request, status: number | number[]): Promise<void> => {
  const answer = await suite.send('POST', pathOf(resource), request)
  expect([status].flat(), `${what}: ${answer.status} ${answer.text.slice(0, 300)}`).toContain(answer.status)
  expectError(answer, status)
}

const raw = (doc: Doc, name: string, json: string): string => JSON.stringify({ ...doc, [name]: '@@' }).replace('"@@"', json)

/** Bodies that are no valid JSON object for anybody, with the status that says so. */
const bodies: readonly [string, string | Buffer, number | number[]][] = [
  ['malformed', '{"name": ', 400],
  ['empty', '', 400],
  ['not UTF-8', Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0xfe, 0x22, 0x7d]), 400],
  ['a list', '[]', 400],
  ['a text', '"text"', 400],
  ['a number', '5', 400],
  ['null', 'null', 400],
  ['deep', `${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}`, 400],
  ['deep lists', `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, 400],
  ['many values', `{"a":[${'1,'.repeat(60_000)}1]}`, 400],
  ['prototype', '{"__proto__":{"polluted":true}}', 400],
  ['constructor', '{"constructor":{"prototype":{"polluted":true}}}', 400],
  ['too large', `{"name":"${'x'.repeat(1_100_000)}"}`, 413],
]

const queries = (resource: AnyResource): string[] => {
  const text = TEXT_FOR(resource)
  const column = Object.keys(resource.filters)[0] ?? 'id'
  return [
    `${q(text)}=%00`, `${q(text)}=a%00b`, `${q(text)}=%ED%A0%80`, `${q(text)}=%`, `${q(text)}=%zz`, `${q(text)}=${LONG}`, `${q(column)}=${LONG}`, `${q(column)}=%00`, `${q(column)}.ne=%00`, `id=%00`, `id=${LONG}`,
    `${q(text)}.regex=${q('(a+)+$')}`, `${q(text)}.regex=${q('(((((a{1,99}){1,99}){1,99})')}`, `${q(text)}.regex=%00`, `${q(text)}.regex=${q('[[:nothing:]]')}`, `${q(text)}.regex=${q('\\')}`, `${q(text)}.regex=${q('a{9999}')}`,
    `${q(text)}=${q('{"a":')}`, `${q(text)}=${q('[1,2')}`, `${q(text)}=${q("'; DROP TABLE event; --")}`, `${q("a'b")}=1`, `${q('a"b')}=1`, `${q('a$$b')}=1`,
    'sort=__proto__', 'sort=-', 'sort=,,,', `sort=${q("id; DROP TABLE event")}`, `fields=__proto__.x,constructor`, `fields=${LONG}`, 'fields=', 'after=%00', `after=${LONG}`, 'after=x&offset=5', 'after=x&sort=id',
    'limit=0', 'limit=1e3', 'limit=99999999999999999999', 'offset=1e3', 'offset=99999999999999999999', '&&&', '=', '=1', '?', '__proto__=1', 'constructor.prototype.x=1', `${'a.'.repeat(500)}b=1`,
    Array.from({ length: 200 }, (_, index) => `id=${index}`).join('&'), Array.from({ length: 200 }, (_, index) => `x${index}=1`).join('&'), `id=${Array.from({ length: 500 }, (_, index) => index).join(',')}`,
    'filter=$[?(@.a==1)]', `filter=${q('[?('.repeat(200))}`, `filter=${q('$[?(@.id=~/(a+)+$/)]')}`, `filter=${q('$[?(@.id=~/(((((a{1,99}){1,99}){1,99})/)]')}`, 'filter=%00', `filter=${q("$[?(@.id=='")}%00${q("')]")}`, `filter=${q("$[?(@['__proto__']['x']==1)]")}`, `filter=${LONG}`,
    `filter=${q("$[?(@.id=='\\ud800')]")}`, 'filter=[&&&&&', 'filter', Array.from({ length: 20 }, () => 'filter=id').join('&'),
  ]
}

forEveryResource((resource, suite) => {
  const path = pathOf(resource)

  test('a method that it does not have is 405 with Allow, an unknown path is 404', async () => {
    const made = await suite().make(resource)
    const list = await suite().send('PUT', path, { payload: {} })
    expectError(list, 405)
    expect((list.headers['allow'] ?? '').split(/,\s*/).filter(method => method !== 'HEAD').sort()).toEqual([...(has(resource, 'list') ? ['GET'] : []), ...(has(resource, 'create') ? ['POST'] : [])].sort())
    const one = await suite().send('PUT', String(made['href']), { payload: {} })
    expectError(one, 405)
    expect((one.headers['allow'] ?? '').split(/,\s*/).filter(method => method !== 'HEAD').sort()).toEqual(
      [...(has(resource, 'get') ? ['GET'] : []), ...(has(resource, 'patch') ? ['PATCH'] : []), ...(has(resource, 'delete') ? ['DELETE'] : [])].sort(),
    )
    expectError(await suite().send('GET', `${path}/a/b`), 404)
    expectError(await suite().send('GET', `${path}NothingOfTheKind`), 404)
  })

  if (has(resource, 'list')) test('no query brings it down', async () => {
    await suite().make(resource)
    for (const query of queries(resource)) notServerFault(await suite().send('GET', `${path}?${query}`), query.slice(0, 80))
    for (const header of [{ 'x-tandem-brand': "a'b" }, { 'x-tandem-channel': ' ' }, { 'x-correlation-id': 'x'.repeat(5000) }, { accept: 'image/png' }, { 'if-none-match': '"' }]) notServerFault(await suite().send('GET', path, { headers: header }), JSON.stringify(header).slice(0, 60))
  })

  test('no id brings it down', async () => {
    for (const id of ['%00', '%ED%A0%80', '%FF', '%', LONG.slice(0, 3000), q("'; DROP TABLE event; --"), '__proto__', '.', '%2e%2e', q('a/b'), q('\u0007')]) {
      for (const method of ['GET', 'PATCH', 'DELETE'] as const) {
        notServerFault(await suite().send(method, `${path}/${id}`, method === 'PATCH' ? { payload: {}, type: 'application/merge-patch+json' } : {}), `${method} ${id.slice(0, 60)}`)
      }
    }
  })

  if (!has(resource, 'create')) return

  describe('POST', () => {
    refusing('bodies that are no JSON object are refused', resource, suite, async () => {
      for (const [what, payload, status] of bodies) await refusedPost(suite(), resource, what, { payload }, status)
    })

    refusing('another media type is 415', resource, suite, async () => {
      const payload = JSON.stringify(await suite().body(resource))
      for (const type of ['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/json5', 'application/merge-patch+json', 'application/json-patch+json', 'application/json-patch-query+json']) await refusedPost(suite(), resource, type, { payload, type }, 415)
      await refusedPost(suite(), resource, 'gzip', { payload: gzipSync(payload), headers: { 'content-encoding': 'gzip' } }, 415)
    })

    refusing('text that cannot be stored is refused and named, in every attribute, value and name', resource, suite, async () => {
      const body = await suite().body(resource)
      const texts = attributesOf(resource).filter(([name, node]) => kindOf(node) === 'text' && !['id', 'href'].includes(name)).map(([name]) => name)
      for (const escape of ['"a\\u0000b"', '"a\\ud800b"', '"\\udc00"']) {
        for (const name of texts) {
          expectError(await suite().send('POST', path, { payload: raw(body, name, escape) }), 400, name)
        }
        await refusedPost(suite(), resource, 'in a name', { payload: JSON.stringify({ ...body, '@@': 1 }).replace('"@@"', escape) }, 400)
      }
    })

    refusing('numbers that lose digits are refused', resource, suite, async () => {
      const body = await suite().body(resource)
      for (const number of ['9007199254740993', '1e400', '-1e400', '0.1234567890123456789012345']) {
        for (const [name, node] of attributesOf(resource)) {
          if (!['number', 'text'].includes(kindOf(node)) || ['id', 'href'].includes(name)) continue
          await refusedPost(suite(), resource, `${name}: ${number}`, { payload: raw(body, name, number) }, 400)
        }
      }
    })

    test('a name of 10 kB is stored or refused, never a failure', async () => {
      const body = await suite().body(resource)
      for (const [name, node] of attributesOf(resource)) {
        if (kindOf(node) !== 'text' || ['id', 'href'].includes(name)) continue
        const answer = await suite().send('POST', path, { payload: { ...body, [name]: LONG } })
        notServerFault(answer, name)
        if (Object.hasOwn(resource.filters, name) && resource.lifecycle?.attribute !== name && answer.status < 400) expect((answer.body as Doc)[name], 'only a value of the server itself may stand there').not.toBe(LONG)
      }
    })

    test('text of every kind of script comes back as it was sent', async () => {
      const name = TEXT_FOR(resource)
      if ((resource.serverSet ?? []).includes(name) || (resource.create?.omits ?? []).includes(name)) return
      const text = 'Ünïcødé שלום 日本語 👩‍👩‍👧 \u202e\u0001\t\n"\\\u2028'
      const answer = await suite().send('POST', path, { payload: { ...(await suite().body(resource)), [name]: text } })
      notServerFault(answer, name)
      if (answer.status < 300) expect((answer.body as Doc)[name]).toBe(text)
    })

    refusing('keys given twice are refused', resource, suite, async () => {
      const body = JSON.stringify(await suite().body(resource))
      await refusedPost(suite(), resource, 'twice', { payload: `${body.slice(0, -1)},"@type":"A","@type":"B"}` }, 400)
    })
  })

  if (has(resource, 'patch')) test('PATCH: no body brings it down or leaves a trace', async () => {
    const made = await suite().make(resource)
    const before = await suite().send('GET', String(made['href']))
    const name = TEXT_FOR(resource)
    const patches: [string | Buffer, string][] = [
      ...bodies.flatMap(([, payload]): [string | Buffer, string][] => [[payload, 'application/merge-patch+json'], [payload, 'application/json-patch+json'], [payload, 'application/json-patch-query+json']]),
      [`{${JSON.stringify(name)}:"a\\u0000b"}`, 'application/merge-patch+json'],
      [`{${JSON.stringify(name)}:"\\ud800"}`, 'application/merge-patch+json'],
      [`[{"op":"add","path":"/${name}","value":"\\u0000"}]`, 'application/json-patch+json'],
      [`[{"op":"copy","from":"","path":"/nothing"}]`, 'application/json-patch+json'],
      [`[{"op":"move","from":"/id","path":"/${name}"}]`, 'application/json-patch+json'],
      [`[{"op":"replace","path":"","value":null}]`, 'application/json-patch+json'],
      [`[{"op":"replace","path":"","value":{"id":"other"}}]`, 'application/json-patch+json'],
      [`[{"op":"add","path":"/constructor/prototype/polluted","value":true}]`, 'application/json-patch+json'],
      ['[{"op":"replace","path":"/__proto__/x?a=1","value":1}]', 'application/json-patch-query+json'],
      ['[{"op":"add","path":"/constructor/prototype/polluted?id=1","value":true}]', 'application/json-patch-query+json'],
      [`[{"op":"add","path":${JSON.stringify(`/a${'?'.repeat(5000)}`)},"value":1}]`, 'application/json-patch-query+json'],
      ['{}', 'text/plain'],
    ]
    for (const [payload, type] of patches) {
      // The empty list is a JSON Patch that changes nothing.
      if (type !== 'application/merge-patch+json' && payload === '[]') continue
      const answer = await suite().send('PATCH', String(made['href']), { payload, type })
      expect([400, 413, 415], `${type} ${String(payload).slice(0, 80)}: ${answer.status} ${answer.text.slice(0, 200)}`).toContain(answer.status)
      expectError(answer, answer.status)
    }
    const after = await suite().send('GET', String(made['href']))
    expect(after.body).toEqual(before.body)
    expect(after.headers['etag']).toBe(before.headers['etag'])
    expect(({} as Doc)['polluted']).toBeUndefined()
  })
})
