import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { catalogModule, loadOfferings } from '../../../src/modules/catalog/index.ts'
import { importRun, importSweep } from '../../../src/modules/catalog/transfer/import-run.ts'
import { DEFAULT_BRAND, systemContext } from '../../../src/platform/principal.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'

const BASE = '/tmf-api/productCatalogManagement/v4'
const context = systemContext(DEFAULT_BRAND, 'test')

let server: TestApp
let files: Server
let address: string
/** What the file server does with a request; each test sets its own. */
let answer: (request: IncomingMessage, response: ServerResponse) => void
let requests: { method: string; url: string; body: string; type: string | undefined }[]

const call = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, payload?: object, target = server) => {
  const got = await target.app.inject({ method, url: path.startsWith('/') ? path : `${BASE}/${path}`, ...(payload && { payload }) })
  return { status: got.statusCode, text: got.body, body: String(got.headers['content-type']).startsWith('application/json') && got.body !== '' ? got.json() : undefined, headers: got.headers }
}
const serving = (value: unknown, type = 'application/json') => {
  answer = (_, response) => response.setHeader('content-type', type).end(typeof value === 'string' ? value : JSON.stringify(value))
}
const finished = async (kind: string, id: string, target = server): Promise<any> => {
  for (let attempt = 0; attempt < 300; attempt++) {
    const { body } = await call('GET', `${kind}/${id}`, undefined, target)
    if (body.status === 'Succeeded' || body.status === 'Failed') return body
    await sleep(50)
  }
  throw new Error(`${kind} ${id} did not end`)
}
const run = async (kind: string, doc: object, target = server): Promise<any> => {
  const made = await call('POST', kind, doc, target)
  expect(made.status, made.text).toBe(201)
  expect(made.body.status).toBe('Not Started')
  return await finished(kind, made.body.id, target)
}
const revisionOf = async (kind: string, id: string) => (await call('GET', `${kind}/${id}`)).headers['etag']

/** A catalog whose parts refer to each other, a circle between category and offering included, as another system would give it. */
const sample = (prefix: string) => ({
  catalog: [{ id: `${prefix}k`, name: 'catalog', lifecycleStatus: 'Launched', category: [{ id: `${prefix}c`, href: `https://elsewhere.example.com${BASE}/category/${prefix}c` }] }],
  category: [{ id: `${prefix}c`, name: 'category', lifecycleStatus: 'Launched', productOffering: [{ id: `${prefix}bundle` }] }],
  productOffering: [
    { id: `${prefix}bundle`, name: 'bundle', lifecycleStatus: 'Launched', bundledProductOffering: [{ id: `${prefix}part`, href: `https://elsewhere.example.com${BASE}/productOffering/${prefix}part` }], category: [{ id: `${prefix}c` }] },
    { id: `${prefix}part`, name: 'part', lifecycleStatus: 'Retired', lastUpdate: '2025-05-05T05:05:05.000Z', productSpecification: { id: `${prefix}s` }, productOfferingPrice: [{ id: `${prefix}p` }] },
  ],
  productOfferingPrice: [{ id: `${prefix}p`, name: 'price', priceType: 'oneTime', lifecycleStatus: 'Launched', price: { unit: 'EUR', value: 5 } }],
  productSpecification: [{ id: `${prefix}s`, name: 'specification', lifecycleStatus: 'Launched' }],
})
const ids = (prefix: string): [string, string][] => Object.entries(sample(prefix)).flatMap(([kind, records]) => records.map(record => [kind, record.id] as [string, string]))

beforeAll(async () => {
  server = await createTestApp({ modules: [catalogModule] })
  files = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      requests.push({ method: request.method!, url: request.url!, body, type: request.headers['content-type'] })
      answer(request, response)
    })
  }).listen(0, '127.0.0.1')
  await once(files, 'listening')
  address = `http://127.0.0.1:${(files.address() as AddressInfo).port}`
})
afterAll(async () => {
  await server.close()
  files.close()
})
beforeEach(() => {
  requests = []
})

describe('an import', () => {
  test('writes what the file holds, whatever its order, with ids and states as they are', async () => {
    serving(sample('a-'))
    const job = await run('importJob', { url: `${address}/file.json` })
    expect(job).toMatchObject({ status: 'Succeeded', completionDate: expect.any(String) })
    expect(job.errorLog).toBeUndefined()
    for (const [kind, id] of ids('a-')) expect((await call('GET', `${kind}/${id}`)).status, `${kind} ${id}`).toBe(200)
    expect((await call('GET', 'productOffering/a-part')).body).toMatchObject({ lifecycleStatus: 'Retired', lastUpdate: '2025-05-05T05:05:05.000Z' })
    expect((await call('GET', 'productOffering/a-bundle')).body.category).toEqual([{ id: 'a-c' }])
    expect((await call('GET', 'category/a-c')).body.productOffering).toEqual([{ id: 'a-bundle' }])
    // A reference that carried another system's address is local now: the bundle has its child.
    const bundle = (await loadOfferings(server.services, context, ['a-bundle'])).get('a-bundle')
    expect(bundle?.children[0]?.offering.prices).toHaveLength(1)
  })

  test('writes nothing the second time, and only what differs the third time', async () => {
    serving(sample('b-'))
    await run('importJob', { url: `${address}/file.json` })
    const before = await Promise.all(ids('b-').map(([kind, id]) => revisionOf(kind, id)))
    expect((await run('importJob', { url: `${address}/file.json` })).status).toBe('Succeeded')
    expect(await Promise.all(ids('b-').map(([kind, id]) => revisionOf(kind, id)))).toEqual(before)
    const changed = sample('b-')
    changed.productOfferingPrice[0]!.price.value = 6
    serving(changed)
    await run('importJob', { url: `${address}/file.json` })
    const after = await Promise.all(ids('b-').map(([kind, id]) => revisionOf(kind, id)))
    expect(ids('b-').filter((_, index) => after[index] !== before[index])).toEqual([['productOfferingPrice', 'b-p']])
    expect((await call('GET', 'productOfferingPrice/b-p')).body.price).toEqual({ unit: 'EUR', value: 6 })
  })

  test('goes on where it was cut short', async () => {
    const whole = sample('c-')
    serving({ ...whole, category: [], productOffering: [whole.productOffering[1]], catalog: [] })
    await run('importJob', { url: `${address}/file.json` })
    serving(whole)
    // A process that died in the middle leaves a job that is Running; its wake-up comes again.
    const made = await server.services.store.create(context, catalogModule.resources!.find(resource => resource.name === 'importJob')!, { url: `${address}/file.json`, status: 'Running' } as never, {})
    // Twice at once: a process that was thought dead may still be at it.
    await Promise.all([1, 2].map(() => importRun.run({ brand: DEFAULT_BRAND, id: made.id }, server.services)))
    expect(await finished('importJob', made.id)).toMatchObject({ status: 'Succeeded' })
    expect((await call('GET', 'category/c-c')).body.productOffering).toEqual([{ id: 'c-bundle' }])
    expect((await call('GET', 'productOffering/c-bundle')).body.category).toEqual([{ id: 'c-c' }])
  })

  test('whose wake-up was lost is found by the sweep, one in hand is left alone', async () => {
    serving([])
    const job = await run('importJob', { url: `${address}/file.json` })
    const { completionDate: _, ...before } = job
    const lose = (age: string) => server.database.query(`UPDATE import_job SET doc = $1::json, updated_at = now() - interval '${age}' WHERE id = $2`, [JSON.stringify({ ...before, status: 'Not Started' }), job.id])
    await lose('1 second')
    await importSweep.run({}, server.services)
    await sleep(300)
    expect((await call('GET', `importJob/${job.id}`)).body.status).toBe('Not Started')
    await lose('1 minute')
    await importSweep.run({}, server.services)
    expect((await finished('importJob', job.id)).status).toBe('Succeeded')
  })

  test('has a line for each record that could not be written, and writes the others', async () => {
    serving([
      { '@type': 'ProductOfferingPrice', id: 'd-bad', name: 'bad', price: { value: 5 } },
      { '@type': 'ProductOffering', id: 'd-orphan', name: 'orphan', productOfferingPrice: [{ id: 'd-bad' }] },
      { '@type': 'ProductOffering', id: 'd-odd', name: 'odd', colour: 'red' },
      { '@type': 'ProductOffering', id: 'd-good', name: 'good' },
      { name: 'what is it' },
    ])
    const job = await run('importJob', { url: `${address}/file.json` })
    expect(job.status).toBe('Failed')
    const lines = job.errorLog.split('\n')
    expect(lines).toHaveLength(4)
    expect(job.errorLog).toMatch(/productOfferingPrice d-bad .*price\.unit/)
    expect(job.errorLog).toMatch(/productOffering d-orphan .*productOfferingPrice\[0\]/)
    expect(job.errorLog).toMatch(/productOffering d-odd .*colour/)
    expect((await call('GET', 'productOffering/d-good')).status).toBe(200)
    expect((await call('GET', 'productOffering/d-orphan')).status).toBe(404)
  })

  test('reads newline-delimited JSON, of one collection where the path says so', async () => {
    serving('{"@type":"Category","id":"e-c","name":"category"}\n{"id":"e-o","name":"offering"}\n', 'application/x-ndjson')
    expect((await run('importJob', { url: `${address}/file`, path: '/productOffering' })).status).toBe('Succeeded')
    expect((await call('GET', 'productOffering/e-o')).status).toBe(200)
    expect((await call('GET', 'category/e-c')).status).toBe(404)
  })

  test('tries again while the other side is in trouble, and gives up with its answer', async () => {
    let count = 0
    answer = (_, response) => {
      count += 1
      if (count < 3) response.writeHead(503).end()
      else response.end('[]')
    }
    expect((await run('importJob', { url: `${address}/busy` })).status).toBe('Succeeded')
    answer = (_, response) => response.writeHead(404).end()
    expect(await run('importJob', { url: `${address}/gone` })).toMatchObject({ status: 'Failed', errorLog: expect.stringContaining('404') })
    serving('<html>')
    expect(await run('importJob', { url: `${address}/page` })).toMatchObject({ status: 'Failed', errorLog: expect.stringContaining('not JSON') })
  })

  test('follows no redirect to where it may not go', async () => {
    answer = (_, response) => response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end()
    expect(await run('importJob', { url: `${address}/away` })).toMatchObject({ status: 'Failed', errorLog: expect.stringContaining('302') })
    expect(requests).toHaveLength(1)
  })

  test.each(['http://10.0.0.1/catalog.json', 'http://169.254.169.254/', 'http://localhost:1/', 'http://[::1]/', 'file:///etc/passwd', 'nonsense', 'http://user:secret@example.com/'])('is refused for %s', async url => {
    const refused = await call('POST', 'importJob', { url })
    expect(refused.status).toBe(400)
    expect(refused.body.message).toContain('url')
  })

  test('is refused for a path or a media type that it cannot read, and without a url', async () => {
    expect((await call('POST', 'importJob', { url: `${address}/x`, path: '/customer' })).body.message).toContain('path')
    expect((await call('POST', 'importJob', { url: `${address}/x`, contentType: 'text/csv' })).body.message).toContain('contentType')
    expect((await call('POST', 'importJob', {})).body.message).toContain('url')
  })

  test('decides its own state', async () => {
    serving([])
    const { body } = await call('POST', 'importJob', { url: `${address}/x`, status: 'Succeeded', errorLog: 'none' })
    expect(body).toMatchObject({ status: 'Not Started' })
    expect(body.errorLog).toBeUndefined()
    await finished('importJob', body.id)
  })
})

describe('an export', () => {
  test('puts the catalog at its URL and offers it, and an import reads it elsewhere', async () => {
    serving(sample('x-'))
    await run('importJob', { url: `${address}/file.json` })
    requests = []
    answer = (_, response) => response.writeHead(201).end()
    const job = await run('exportJob', { url: `${address}/upload.json` })
    expect(job).toMatchObject({ status: 'Succeeded' })
    const [put] = requests
    expect(put).toMatchObject({ method: 'PUT', url: '/upload.json', type: 'application/json' })
    const content = await call('GET', `/tandem/v1/exportJob/${job.id}/content`)
    expect(content.status).toBe(200)
    expect(content.text).toBe(put!.body)
    const exported = JSON.parse(put!.body)
    for (const [kind, id] of ids('x-')) expect(exported[kind].map((doc: { id: string }) => doc.id)).toContain(id)

    const elsewhere = await createTestApp({ modules: [catalogModule] })
    try {
      serving(put!.body)
      expect(await run('importJob', { url: `${address}/file.json` }, elsewhere)).toMatchObject({ status: 'Succeeded' })
      // A record that was put off is written twice, so it alone has a later lastUpdate.
      const read = async (kind: string, id: string, target = server) => ({ ...(await call('GET', `${kind}/${id}`, undefined, target)).body, lastUpdate: undefined })
      for (const [kind, id] of ids('x-')) expect(await read(kind, id, elsewhere)).toEqual(await read(kind, id))
    } finally {
      await elsewhere.close()
    }
  })

  test('holds what its path and query choose, a resource a line where asked for', async () => {
    for (let index = 0; index < 3; index++) await call('POST', 'productOffering', { name: `chosen-${index}`, lifecycleStatus: index === 0 ? 'Launched' : 'Active' })
    answer = (_, response) => response.end()
    const job = await run('exportJob', { url: `${address}/upload`, path: '/productOffering', query: 'lifecycleStatus=Active&name.regex=^chosen', contentType: 'application/x-ndjson' })
    const content = await call('GET', `/tandem/v1/exportJob/${job.id}/content`)
    const names = content.text.trim().split('\n').map(line => JSON.parse(line).name)
    expect(names.sort()).toEqual(['chosen-1', 'chosen-2'])
  })

  test('that could not be put there says so and still has its content; it goes with its job', async () => {
    answer = (_, response) => response.writeHead(403).end()
    const job = await run('exportJob', { url: `${address}/closed`, path: 'category' })
    expect(job).toMatchObject({ status: 'Failed', errorLog: expect.stringContaining('403') })
    expect((await call('GET', `/tandem/v1/exportJob/${job.id}/content`)).status).toBe(200)
    expect((await call('DELETE', `exportJob/${job.id}`)).status).toBe(204)
    expect((await call('GET', `/tandem/v1/exportJob/${job.id}/content`)).status).toBe(404)
    const pieces = async () => (await server.database.query('SELECT 1 FROM export_piece WHERE job_id = $1', [job.id])).length
    for (let attempt = 0; attempt < 100 && (await pieces()) > 0; attempt++) await sleep(50)
    expect(await pieces()).toBe(0)
  })

  test('is refused for an attribute that its collections lack', async () => {
    const refused = await call('POST', 'exportJob', { url: `${address}/x`, query: 'isSellable=true' })
    expect(refused.status).toBe(400)
    expect(refused.body.message).toContain('isSellable')
    expect((await call('GET', '/tandem/v1/exportJob/nowhere/content')).status).toBe(404)
  })
})
