import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { cellToLatLng, gridDisk, latLngToCell } from 'h3-js'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { placeModule } from '../../../src/modules/place/index.ts'
import { coverageImportSweep } from '../../../src/modules/serviceability/import/import-run.ts'
import { LIMITS, unpacked, UnusableFile } from '../../../src/modules/serviceability/import/unpack.ts'
import { serviceabilityModule } from '../../../src/modules/serviceability/index.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'

const SOURCE = '/tandem/v1/coverageSource'
const QUERY = '/tmf-api/serviceQualificationManagement/v4/queryServiceQualification'
const HEADER = 'frn,provider_id,brand_name,location_id,technology,max_advertised_download_speed,max_advertised_upload_speed,low_latency,business_residential_code,state_usps,block_geoid,h3_res8_id'
const cells = gridDisk(latLngToCell(40.7, -74, 8), 4)

let server: TestApp
let files: Server
let address: string
let answer: (request: IncomingMessage, response: ServerResponse) => void

const call = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, payload?: object | string | Buffer, headers: Record<string, string> = {}) => {
  const got = await server.app.inject({ method, url, headers, ...(payload !== undefined && { payload }) })
  return { status: got.statusCode, body: got.body === '' ? undefined : got.json(), headers: got.headers }
}
let sources = 0
const makeSource = async (more: object = {}): Promise<string> => {
  const made = await call('POST', SOURCE, { name: `source ${++sources}`, provider: 'acme', kind: 'imported', ...more })
  expect(made.status, JSON.stringify(made.body)).toBe(201)
  return made.body.id
}
const ended = (id: string): Promise<any> =>
  vi.waitFor(async () => {
    const { body } = await call('GET', `/tandem/v1/coverageImport/${id}`)
    return body.state === 'done' || body.state === 'failed' ? body : await Promise.reject(new Error(`import ${id} did not end`))
  }, { timeout: 15_000, interval: 25 })
const upload = async (source: string, file: string | Buffer, query = '', type = 'text/csv'): Promise<any> => {
  const sent = await call('POST', `${SOURCE}/${source}/upload${query}`, file, { 'content-type': type })
  expect(sent.status, JSON.stringify(sent.body)).toBe(202)
  return await ended(sent.body.id)
}
const linesAt = async (where: object): Promise<Record<string, unknown>[]> => {
  const { body, status } = await call('POST', QUERY, { searchCriteria: { service: { place: [{ role: 'installationAddress', '@type': 'GeographicAddress', '@baseType': 'Place', ...where }] } } })
  expect(status, JSON.stringify(body)).toBe(201)
  return body.serviceQualificationItem.map((item: any) => Object.fromEntries(item.service.serviceCharacteristic.map((one: any) => [one.name, one.value])))
}
const atCell = (cell: string) => {
  const [latitude, longitude] = cellToLatLng(cell)
  return { geoJson: { type: 'Point', coordinates: [longitude, latitude] } }
}
const fcc = (rows: readonly { cell: string; location?: number; tech?: number; down?: number; up?: number; low?: number; who?: string; brand?: string }[]) =>
  [HEADER, ...rows.map((row, index) => `0001857952,131425,${row.brand ?? '"Brand, Inc."'},${row.location ?? 1_000_000 + index},${row.tech ?? 50},${row.down ?? 1000},${row.up ?? 500},${row.low ?? 1},${row.who ?? 'X'},NJ,340170001001000,${row.cell}`)].join('\n')

beforeAll(async () => {
  server = await createTestApp({ modules: [placeModule, serviceabilityModule] })
  files = createServer((request, response) => answer(request, response)).listen(0, '127.0.0.1')
  await once(files, 'listening')
  address = `http://127.0.0.1:${(files.address() as AddressInfo).port}`
})
afterAll(() => server.close().finally(() => files.close()))

describe('an import', () => {
  test("reads the FCC's file as it is published, sent packed, and puts the locations of a cell together by the slowest", async () => {
    const source = await makeSource({ format: 'fcc' })
    const done = await upload(source, gzipSync(fcc([{ cell: cells[0]!, down: 1000 }, { cell: cells[0]!, down: 300, low: 0 }, { cell: cells[1]!, tech: 10, down: 25, up: 3, who: 'B', brand: '' }])), '', 'application/gzip')
    expect(done).toMatchObject({ state: 'done', linesRead: 3, rowsAccepted: 3, rowsStored: 2, linesRejected: 0, rejected: [] })
    expect(await linesAt(atCell(cells[0]!))).toEqual([expect.objectContaining({ technology: 'fibre', provider: 'Brand, Inc.', maxDownloadSpeed: 300, maxUploadSpeed: 500, latencyClass: 'standard' })])
    expect(await linesAt(atCell(cells[1]!))).toEqual([expect.objectContaining({ technology: 'copper', provider: '131425', maxDownloadSpeed: 25 })])
    const { body } = await call('GET', `${SOURCE}/${source}`)
    expect(body).toMatchObject({ currentVersion: done.version, rowCount: 2, importId: done.id, ageSeconds: expect.any(Number) })
  })

  test('rejects lines one by one, with their numbers and reasons, and takes the others', async () => {
    const source = await makeSource({ format: 'fcc', settings: { maxRejectedShare: 0.9 } })
    const good = fcc([{ cell: cells[2]! }])
    const bad = ['0001,2,X,3,99,1,1,1,X,NJ,1,' + cells[2]!, '0001,2,X,3,50,fast,1,1,X,NJ,1,' + cells[2]!, '0001,2,X,3,50,1,1,1,Q,NJ,1,' + cells[2]!, '0001,2,X,3,50,1,1,1,X,NJ,1,8f', 'a,b', '0001,2,"X,3,50,1,1,1,X,NJ,1,' + cells[2]!]
    const file = Buffer.concat([Buffer.from(`${good}\n${bad.join('\n')}\n`), Buffer.from([0x30, 0xff, 0xfe, 0x0a]), Buffer.from(`\n${good.split('\n')[1]!}\r\n`)])
    const done = await upload(source, file)
    expect(done).toMatchObject({ state: 'done', linesRead: 9, rowsAccepted: 2, linesRejected: 7 })
    expect(done.rejected.map((one: any) => one.line)).toEqual([3, 4, 5, 6, 7, 8, 9])
    const reasons = Object.fromEntries(done.rejected.map((one: any) => [one.line, one.reason]))
    expect(reasons[3]).toMatch(/technology 99/)
    expect(reasons[4]).toMatch(/max_advertised_download_speed fast/)
    expect(reasons[5]).toMatch(/business_residential_code Q/)
    expect(reasons[6]).toMatch(/h3_res8_id 8f/)
    expect(reasons[7]).toMatch(/2 fields/)
    expect(reasons[8]).toMatch(/quote/)
    expect(reasons[9]).toMatch(/UTF-8/)
  })

  test('knows the address that a location is, where one has its id, and else means the cell', async () => {
    await call('POST', '/tandem/v1/address/bulk', [{ id: 'known-house', street: 'Fabric Road', streetNumber: '1', postcode: '07101', city: 'Newark' }])
    await server.database.query(`UPDATE geographic_address SET source = 'fcc', external_id = '4242' WHERE id = 'known-house'`)
    const source = await makeSource({ format: 'fcc' })
    expect(await upload(source, fcc([{ cell: cells[8]!, location: 4242, down: 2000 }, { cell: cells[8]!, location: 4243, down: 100 }, { cell: cells[8]!, location: 4244, down: 100 }]))).toMatchObject({ rowsAccepted: 3, rowsStored: 2 })
    expect(await linesAt({ id: 'known-house' })).toEqual([expect.objectContaining({ maxDownloadSpeed: 2000 })])
    expect(await linesAt(atCell(cells[8]!))).toEqual([expect.objectContaining({ maxDownloadSpeed: 100 })])
  })

  test('reads our own rows, as CSV and as a JSON object a line, the last of two counting', async () => {
    const source = await makeSource()
    const csv = `cell;technology;maxDownload;capacity;market segment\n0x${cells[3]!.toUpperCase()};FTTH;100;3;B\n${cells[3]!};fibre;200;2;business`
    expect(await upload(source, csv)).toMatchObject({ state: 'done', rowsAccepted: 2, rowsStored: 1 })
    expect(await linesAt(atCell(cells[3]!))).toEqual([expect.objectContaining({ technology: 'fibre', provider: 'acme', maxDownloadSpeed: 200 })])
    const lines = [{ addressId: 'far-away-7', technology: 'cable', maxDownload: 50 }, { cell: cells[3], technology: 'cable', provider: 'other' }].map(row => JSON.stringify(row)).join('\n')
    expect(await upload(source, lines, '', 'application/x-ndjson')).toMatchObject({ state: 'done', rowsStored: 2 })
    expect(await linesAt(atCell(cells[3]!))).toEqual([expect.objectContaining({ technology: 'cable', provider: 'other' })])
    expect(await linesAt({ id: 'far-away-7' })).toEqual([expect.objectContaining({ technology: 'cable', provider: 'acme', maxDownloadSpeed: 50 })])
  })

  test('turns polygons into cells, holes left out, over the antimeridian too, and refuses those that cannot be', async () => {
    const box = (west: number, south: number, east: number, north: number) => [[west, south], [east, south], [east, north], [west, north], [west, south]]
    const feature = (coordinates: unknown, properties: object = { technology: 'fibre', maxDownload: 500, colour: 'red' }, type = 'Polygon') => ({ type: 'Feature', properties, geometry: { type, coordinates } })
    const source = await makeSource({ format: 'geojson', settings: { maxRejectedShare: 0.95, resolution: 8 } })
    const collection = {
      type: 'FeatureCollection',
      features: [
        feature([box(10, 50, 10.4, 50.4), box(10.1, 50.1, 10.3, 50.3)]),
        feature([[[179.8, 10], [-179.8, 10], [-179.8, 10.4], [179.8, 10.4], [179.8, 10]]]),
        feature([[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]),
        feature([[[-170, 80], [-60, 80], [60, 80], [170, 80], [-170, 80]]]),
        feature([[[50.1, 110], [50.2, 110], [50.2, 110.1], [50.1, 110]]]),
        feature([[[0, 0], [1, 0], [1, 1]]]),
        feature([10, 50], { technology: 'fibre' }, 'Point'),
        feature([box(11, 50, 11.1, 50.1)], {}),
      ],
    }
    const done = await upload(source, JSON.stringify(collection), '', 'application/geo+json')
    expect(done).toMatchObject({ state: 'done', linesRead: 8, linesRejected: 6 })
    const reasons = Object.fromEntries(done.rejected.map((one: any) => [one.feature, one.reason]))
    expect(reasons).toEqual({ 3: expect.stringMatching(/crosses itself/), 4: expect.stringMatching(/pole/), 5: expect.stringMatching(/swapped/), 6: expect.stringMatching(/fewer|end where it begins/), 7: expect.stringMatching(/Point/), 8: expect.stringMatching(/technology/) })
    const found = async (longitude: number, latitude: number) => (await linesAt({ geoJson: { type: 'Point', coordinates: [longitude, latitude] } })).length
    expect(await found(10.05, 50.05)).toBe(1)
    expect(await found(10.2, 50.2)).toBe(0)
    expect(await found(179.9, 10.2)).toBe(1)
    expect(await found(-179.9, 10.2)).toBe(1)
    expect(await found(170, 10.2)).toBe(0)
    expect(await found(0.3, 10.2)).toBe(0)
  })

  test('fetches a file from its address, again when it was cut off, and asks no private host', async () => {
    const source = await makeSource({ format: 'fcc' })
    const file = fcc([{ cell: cells[4]! }])
    let tries = 0
    answer = (_, response) => {
      tries += 1
      response.setHeader('content-length', file.length)
      if (tries === 1) response.write(file.slice(0, 50), () => response.destroy())
      else response.end(file)
    }
    const sent = await call('POST', `${SOURCE}/${source}/import`, { url: `${address}/file.csv`, asOf: '2026-06-30T00:00:00Z' })
    expect(sent.status).toBe(202)
    expect(await ended(sent.body.id)).toMatchObject({ state: 'done', rowsStored: 1, asOf: '2026-06-30T00:00:00.000Z' })
    expect(tries).toBe(2)
    expect(await call('POST', `${SOURCE}/${source}/import`, { url: 'http://10.0.0.7/file.csv', format: 'xlsx' })).toMatchObject({ status: 400, body: { message: expect.stringMatching(/url must not point.*format must be one of/) } })
    answer = (_, response) => response.writeHead(404).end()
    const missing = await call('POST', `${SOURCE}/${source}/import`, { url: `${address}/none.csv` })
    expect(await ended(missing.body.id)).toMatchObject({ state: 'failed', error: expect.stringMatching(/404/) })
  })

  test('changes nothing when it fails, whatever it fails of', async () => {
    const source = await makeSource({ format: 'fcc' })
    const before = await upload(source, fcc([{ cell: cells[5]!, down: 77 }]))
    const whole = gzipSync(fcc(Array.from({ length: 5000 }, (_, i) => ({ cell: cells[5]!, location: i * 7919 }))))
    const half = whole.subarray(0, whole.length / 2)
    for (const [file, why] of [
      [half, /broken or was cut off/],
      ['cell,what\n1,2', /columns of the FCC/],
      [HEADER, /no row/],
      [`${fcc([{ cell: cells[5]! }])}\n${'x,y\n'.repeat(3)}`, /3 of 4 lines or features were rejected/],
      [Buffer.from(fcc([{ cell: cells[5]! }]), 'utf16le'), /UTF-16/],
      [Buffer.from('PK\u0003\u0004 and more'), /zip archive/],
    ] as const) {
      expect(await upload(source, file as string | Buffer, '', 'application/octet-stream')).toMatchObject({ state: 'failed', error: expect.stringMatching(why) })
    }
    expect(await call('POST', `${SOURCE}/${source}/upload`, '', { 'content-type': 'text/csv' })).toMatchObject({ status: 400 })
    expect((await call('GET', `${SOURCE}/${source}`)).body.currentVersion).toBe(before.version)
    expect(await linesAt(atCell(cells[5]!))).toEqual([expect.objectContaining({ maxDownloadSpeed: 77 })])
    expect(await server.database.query('SELECT 1 FROM coverage_import_piece')).toEqual([])
  })

  test('rejects what the database cannot hold, in whatever format, by its line, and quotes it so that it can be read', async () => {
    const settings = { settings: { maxRejectedShare: 0.95 } }
    const own = await upload(await makeSource(settings), `cell,technology,provider\n${cells[9]},fi\0bre,a\n${cells[9]}\0,fibre,a\n${cells[9]},cable,a`)
    expect(own).toMatchObject({ state: 'done', rowsAccepted: 1, rejected: [{ line: 2, reason: expect.stringMatching(/U\+0000/) }, { line: 3, reason: expect.stringMatching(/U\+0000/) }] })
    const row = { cell: cells[9], technology: 'fibre' }
    const lines = [{ ...row, technology: 'a\0b' }, { ...row, provider: 'a\0' }, { ...row, 'k\0ey': 1 }, { ...row, provider: 'half \ud800' }, { ...row, latencyClass: ['\0'] }, row]
    const json = await upload(await makeSource(settings), lines.map(one => JSON.stringify(one)).join('\n'), '', 'application/x-ndjson')
    expect(json).toMatchObject({ state: 'done', rowsAccepted: 1, linesRejected: 5 })
    expect(json.rejected.map((one: any) => one.line)).toEqual([1, 2, 3, 4, 5])
    expect(json.rejected[2].reason).toContain('k\\u0000ey')
    expect(json.rejected[3].reason).toMatch(/surrogate/)
    const feature = (properties: object) => ({ type: 'Feature', properties, geometry: { type: 'Polygon', coordinates: [[[20, 50], [20.1, 50], [20.1, 50.1], [20, 50]]] } })
    const map = { type: 'FeatureCollection', features: [feature({ technology: 'fib\0re' }), { ...feature({ technology: 'fibre' }), geometry: { type: 'Po\0int' } }, feature({ technology: 'fibre' })] }
    const drawn = await upload(await makeSource({ format: 'geojson', ...settings }), JSON.stringify(map), '', 'application/geo+json')
    expect(drawn).toMatchObject({ state: 'done', rejected: [{ feature: 1, reason: expect.stringMatching(/U\+0000/) }, { feature: 2, reason: expect.stringContaining('Po\\u0000int') }] })
    const header = await upload(await makeSource(), `cell,technology,padding padding padding padding padding padding,x\0y\n${cells[9]},fibre,1,2`)
    expect(header).toMatchObject({ state: 'failed', error: expect.stringContaining('x\\u0000y') })
  })

  test('fails at once when the database itself does not take what the file says', async () => {
    const source = await makeSource()
    await server.database.query(`CREATE FUNCTION refuse_progress() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'unsupported' USING ERRCODE = '22P05'; END $$`)
    await server.database.query(`CREATE TRIGGER refuse_progress BEFORE UPDATE ON coverage_import FOR EACH ROW WHEN (NEW.lines_read > 0 AND NEW.state = 'running') EXECUTE FUNCTION refuse_progress()`)
    try {
      expect(await upload(source, `cell,technology,capacity\n${cells[9]},fibre,4`)).toMatchObject({ state: 'failed', error: expect.stringMatching(/cannot be taken in: unsupported/) })
    } finally {
      await server.database.query('DROP FUNCTION refuse_progress() CASCADE')
    }
    expect((await upload(source, `cell,technology,capacity\n${cells[9]},fibre,4`)).state).toBe('done')
  })

  test('takes numbers as people write them, each column once, no other source, and no hole beside its shell', async () => {
    const settings = { settings: { maxRejectedShare: 0.95 } }
    const own = await upload(await makeSource(settings), ['cell,technology,maxDownload', ...['0x10', '0b11', ' 1e2 ', '12.5'].map(speed => `${cells[9]},fibre,${speed}`)].join('\n'))
    expect(own).toMatchObject({ state: 'done', rowsAccepted: 1 })
    expect(own.rejected.map((one: any) => [one.line, one.reason.split(' ')[0]])).toEqual([[2, 'maxDownload'], [3, 'maxDownload'], [4, 'maxDownload']])
    expect(await upload(await makeSource(), `cell,technology,max_download,maxDownload\n${cells[9]},fibre,1,2`)).toMatchObject({ state: 'failed', error: expect.stringMatching(/more than once: maxDownload/) })
    const named = await makeSource({ name: 'the plan', ...settings })
    const lines = [{ source: 'another' }, { source: 'the plan' }].map(more => JSON.stringify({ cell: cells[9], technology: 'fibre', ...more })).join('\n')
    expect(await upload(named, lines, '', 'application/x-ndjson')).toMatchObject({ rowsAccepted: 1, rejected: [{ line: 1, reason: expect.stringMatching(/another.*the plan/) }] })
    const box = (west: number) => [[west, 50], [west + 0.1, 50], [west + 0.1, 50.1], [west, 50.1], [west, 50]]
    const map = (hole: number[][]) => ({ type: 'Feature', properties: { technology: 'fibre' }, geometry: { type: 'Polygon', coordinates: [box(30), hole] } })
    const inner = [[30.04, 50.04], [30.06, 50.04], [30.06, 50.06], [30.04, 50.04]]
    const drawn = await upload(await makeSource({ format: 'geojson', ...settings }), JSON.stringify({ type: 'FeatureCollection', features: [map(box(31)), map(inner)] }), '', 'application/geo+json')
    expect(drawn).toMatchObject({ state: 'done', linesRead: 2, rejected: [{ feature: 1, reason: expect.stringMatching(/hole/) }] })
  })

  test('does not wait for the long file of another source', async () => {
    const slow = await makeSource({ format: 'fcc' })
    let release: () => void = () => undefined
    const held = new Promise<void>(resolve => { release = resolve })
    answer = (_, response) => {
      response.write(HEADER)
      void held.then(() => response.end(`\n${fcc([{ cell: cells[0]! }]).split('\n')[1]}`))
    }
    const begun = await call('POST', `${SOURCE}/${slow}/import`, { url: `${address}/slow.csv` })
    expect(begun.status, JSON.stringify(begun.body)).toBe(202)
    expect((await upload(await makeSource(), `cell,technology\n${cells[9]},fibre`)).state).toBe('done')
    expect((await call('GET', `/tandem/v1/coverageImport/${begun.body.id}`)).body.state).toBe('running')
    release()
    expect((await ended(begun.body.id)).state).toBe('done')
  })

  test('refuses a small file that grows beyond measure', async () => {
    const done = await upload(await makeSource({ format: 'fcc' }), gzipSync(Buffer.alloc(29 * 1024 ** 2, `${HEADER}\n`)), '', 'application/gzip')
    expect(done).toMatchObject({ state: 'failed', error: expect.stringMatching(/200 times/) })
  })

  test('refuses a zip bomb by its size, long before it is unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(80 * 1024 ** 2, 0x61))
    const read = async (limits: typeof LIMITS) => {
      let bytes = 0
      try {
        for await (const chunk of unpacked((async function* () { yield bomb })(), limits)) bytes += chunk.length
      } catch (error) {
        return { bytes, error }
      }
      return { bytes, error: undefined }
    }
    const byRatio = await read(LIMITS)
    expect(byRatio.error).toBeInstanceOf(UnusableFile)
    expect(String(byRatio.error)).toMatch(/zip bomb/)
    expect(byRatio.bytes).toBeLessThanOrEqual(200 * bomb.length)
    expect(String((await read({ ...LIMITS, unpacked: 1_000_000 })).error)).toMatch(/longer than 1000000 bytes once unpacked/)
  })

  test('is one at a time for each source; what was begun by a process that is gone is taken up again, and ends exact', async () => {
    const source = await makeSource({ format: 'fcc' })
    const some = cells.slice(0, 19)
    const rows = some.map((cell, index) => ({ cell, tech: 40, down: 100 + index, brand: 'resumed' }))
    // A process that died in the middle: its import runs, its pieces are there, a version of its is half made.
    const sent = await call('POST', `${SOURCE}/${source}/upload`, fcc(rows), { 'content-type': 'text/csv' })
    await ended(sent.body.id)
    const pieces = Buffer.from(fcc(rows))
    await server.database.query(`INSERT INTO coverage_import_piece (brand, import_id, seq, bytes) VALUES ('default', $1, 0, $2)`, [sent.body.id, pieces])
    await server.database.query(`UPDATE coverage_import SET state = 'running', version = nextval('coverage_version_seq'), rows_stored = 0, ended_at = NULL, heartbeat_at = now() - interval '1 minute' WHERE id = $1`, [sent.body.id])
    await server.database.query(`UPDATE coverage_source SET current_version = NULL WHERE id = $1`, [source])
    expect(await call('POST', `${SOURCE}/${source}/upload`, fcc(rows), { 'content-type': 'text/csv' })).toMatchObject({ status: 409, body: { code: 'importUnderWay' } })
    await server.services.jobs.enqueue(coverageImportSweep, {})
    const done = await ended(sent.body.id)
    expect(done).toMatchObject({ state: 'done', attempt: 2, rowsStored: some.length })
    expect(await linesAt(atCell(cells[7]!))).toEqual([expect.objectContaining({ provider: 'resumed', maxDownloadSpeed: 107 })])
  })
})

describe('a switch of versions', () => {
  test('is seen whole by every check of a load, and old versions are dropped beside them', async () => {
    const source = await makeSource({ format: 'rows' })
    const [near] = cells.slice(20)
    const wide = latLngToCell(...cellToLatLng(near!), 5)
    // Each version says one speed of several technologies, at two resolutions: a check that mixes them shows two speeds.
    const version = (speed: number) => ['cell,technology,maxDownload', ...['fibre', 'cable', 'copper'].flatMap(name => [`${near},${name},${speed}`, `${wide},${name}W,${speed}`])].join('\n')
    await upload(source, version(1))
    let isOver = false
    let checks = 0
    const seen = new Set<number>()
    const load = async () => {
      while (!isOver) {
        const lines = await linesAt(atCell(near!))
        const speeds = new Set(lines.filter(line => line['provider'] === 'acme').map(line => line['maxDownloadSpeed'] as number))
        expect([...speeds]).toHaveLength(1)
        expect(lines.filter(line => line['provider'] === 'acme')).toHaveLength(6)
        seen.add([...speeds][0]!)
        checks += 1
      }
    }
    const loads = [load(), load(), load(), load()]
    for (let speed = 2; speed <= 8; speed += 1) expect(await upload(source, version(speed))).toMatchObject({ state: 'done' })
    isOver = true
    await Promise.all(loads)
    expect(checks).toBeGreaterThan(20)
    expect(seen.size).toBeGreaterThan(3)
    for (let attempt = 0; attempt < 100; attempt += 1) {
      const tables = await server.database.query<{ relname: string }>(`SELECT relname FROM pg_class WHERE relname ~ '^coverage_version_[0-9]+$' AND relkind = 'r' AND relname <> ALL (SELECT 'coverage_version_' || current_version FROM coverage_source WHERE current_version IS NOT NULL)`)
      if (tables.length === 0) return
      await server.services.jobs.enqueue(coverageImportSweep, {})
      await sleep(100)
    }
    throw new Error('old versions are still there')
  })
})

describe('a source', () => {
  test('is read, changed, listed and removed with what it delivered', async () => {
    const id = await makeSource({ priority: 5 })
    await upload(id, `cell,technology\n${cells[30]},fibre`)
    const read = await call('GET', `${SOURCE}/${id}`)
    expect(read.body).toMatchObject({ kind: 'imported', priority: 5, enabled: true })
    const off = await call('PATCH', `${SOURCE}/${id}`, { enabled: false, settings: { technology: 'cable' } }, { 'if-match': String(read.headers['etag']) })
    expect(off).toMatchObject({ status: 200, body: { enabled: false, settings: { technology: 'cable' } } })
    expect(await linesAt(atCell(cells[30]!))).toEqual([])
    expect(await call('PATCH', `${SOURCE}/${id}`, { enabled: true }, { 'if-match': String(read.headers['etag']) })).toMatchObject({ status: 412 })
    await call('PATCH', `${SOURCE}/${id}`, { enabled: true })
    expect(await linesAt(atCell(cells[30]!))).toHaveLength(1)
    expect((await call('GET', SOURCE)).body.map((one: any) => one.id)).toContain(id)
    expect((await call('DELETE', `${SOURCE}/${id}`)).status).toBe(204)
    expect(await linesAt(atCell(cells[30]!))).toEqual([])
    expect((await call('GET', `${SOURCE}/${id}`)).status).toBe(404)
  })

  test('of higher priority counts before another at the same place', async () => {
    const [low, high] = [await makeSource({ priority: 1 }), await makeSource({ priority: 2 })]
    await upload(high, `cell,technology,maxDownload\n${cells[31]},fibre,10`)
    await upload(low, `cell,technology,maxDownload\n${cells[31]},fibre,900`)
    expect(await linesAt(atCell(cells[31]!))).toEqual([expect.objectContaining({ maxDownloadSpeed: 10 })])
  })
})
