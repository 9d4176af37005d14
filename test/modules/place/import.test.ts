import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { latLngToCell } from 'h3-js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addressById, addressesByWords, placeModule } from '../../../src/modules/place/index.ts'
import { runImport } from '../../../src/modules/place/import/run.ts'
import { DEFAULT_BRAND } from '../../../src/platform/principal.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'

const IMPORT = '/tandem/v1/addressImport'
const ADDRESS = '/tmf-api/geographicAddressManagement/v4/geographicAddress'
const HEADER = 'LON,LAT,NUMBER,STREET,UNIT,CITY,DISTRICT,REGION,POSTCODE,ID,HASH'

let server: TestApp
let files: Server
let base: string
let answer: (request: IncomingMessage, response: ServerResponse) => void

const call = async (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object | string | Buffer, type?: string) => {
  const got = await server.app.inject({ method, url, ...(payload !== undefined && { payload }), ...(type !== undefined && { headers: { 'content-type': type } }) })
  return { status: got.statusCode, headers: got.headers, text: got.body, body: got.body === '' ? undefined : got.json() }
}
const ended = async (id: string): Promise<any> => {
  for (let attempt = 0; attempt < 400; attempt++) {
    const { body } = await call('GET', `${IMPORT}/${id}`)
    if (body.state === 'done' || body.state === 'failed') return body
    await sleep(25)
  }
  throw new Error(`import ${id} did not end`)
}
/** Sends a file whole and waits for the end. */
const importFile = async (content: string | Buffer, request: object = {}): Promise<any> => {
  const made = await call('POST', IMPORT, { source: 'test', ...request })
  expect(made.status, made.text).toBe(201)
  const sent = await call('PUT', `${IMPORT}/${made.body.id}/content`, content, Buffer.isBuffer(content) ? 'application/gzip' : 'text/csv')
  expect(sent.status, sent.text).toBe(200)
  return await ended(made.body.id)
}
const rejected = async (id: string): Promise<any[]> => (await call('GET', `${IMPORT}/${id}/rejected`)).body
const lines = (count: number, street: string, from = 1): string => Array.from({ length: count }, (_, index) => `13.${1000 + (index % 9000)},52.5,${from + index},${street},,Liststadt,,,${20000 + (index % 50)},x${index},`).join('\n')
const countOf = async (street: string): Promise<number> => Number((await call('GET', `${ADDRESS}?streetName=${encodeURIComponent(street)}&limit=1`)).headers['x-total-count'])

beforeAll(async () => {
  server = await createTestApp({ modules: [placeModule] })
  files = createServer((request, response) => answer(request, response)).listen(0, '127.0.0.1')
  await once(files, 'listening')
  base = `http://127.0.0.1:${(files.address() as AddressInfo).port}`
})
afterAll(async () => {
  await server.close()
  files.close()
})

describe('a list with the columns of OpenAddresses', () => {
  const csv = `\uFEFF${HEADER}\r\n13.4049,52.5201,12 b,Lindenstr.,,Neustadt,Mitte,BE,10115,77,abc\r\n13.405,52.521,14,"Lindenstraße",3,Neustadt,Mitte,BE,10115,78,\r\n13.405,52.521,14,Lindenstrasse,4,Neustadt,Mitte,BE,10115,79,\r\n`

  test('is stored with coordinates, cell, source and the parts of houses, found in any spelling', async () => {
    const done = await importFile(csv, { source: 'neustadt', defaults: { country: 'DE', subUnitType: 'flat' } })
    expect(done).toMatchObject({ state: 'done', created: 2, changed: 0, rejected: 0, line: 4, source: 'neustadt' })
    const [found] = await addressesByWords(server.database, DEFAULT_BRAND, { street: 'LINDEN STRASSE', streetNumber: '12B', postcode: '10115' })
    expect(found).toMatchObject({ latitude: 52.5201, longitude: 13.4049, cell: latLngToCell(52.5201, 13.4049, 15), postcode: '10115' })
    expect(await addressesByWords(server.database, DEFAULT_BRAND, { street: 'Lindenstr', streetNumber: '12 b', city: 'NEUSTADT' })).toEqual([found])
    expect(await addressById(server.database, DEFAULT_BRAND, found!.id)).toEqual(found)
    const { body } = await call('GET', `${ADDRESS}/${found!.id}`)
    expect(body).toMatchObject({ streetName: 'Lindenstr.', streetNr: '12', streetNrSuffix: 'b', postcode: '10115', city: 'Neustadt', locality: 'Mitte', stateOrProvince: 'BE', country: 'DE', geographicLocation: { '@type': 'GeoJsonPoint', geoJson: { type: 'Point', coordinates: [13.4049, 52.5201] } }, '@type': 'GeographicAddress' })
    const [house] = await addressesByWords(server.database, DEFAULT_BRAND, { street: 'Lindenstraße', streetNumber: '14', postcode: '10115' })
    const parts = (await call('GET', `${ADDRESS}/${house!.id}/geographicSubAddress`)).body
    expect(parts.map((part: any) => `${part.subUnitType} ${part.subUnitNumber}`)).toEqual(['flat 3', 'flat 4'])
    expect((await call('GET', parts[1].href)).body).toEqual(parts[1])
  })

  test('changes nothing when it comes again, be it from another list; a new flat is added to its house', async () => {
    expect(await importFile(csv, { source: 'again', defaults: { country: 'DE', subUnitType: 'flat' } })).toMatchObject({ state: 'done', created: 0, changed: 0, unchanged: 2 })
    const done = await importFile(`${HEADER}\n13.405,52.521,14,Lindenstrasse,5,Neustadt,Mitte,BE,10115,79,\n`, { defaults: { country: 'DE', subUnitType: 'flat' } })
    expect(done).toMatchObject({ created: 0, changed: 1 })
    const [house] = await addressesByWords(server.database, DEFAULT_BRAND, { street: 'Lindenstraße', streetNumber: '14', postcode: '10115' })
    const parts = (await call('GET', `${ADDRESS}/${house!.id}/geographicSubAddress`)).body
    expect(parts.map((part: any) => part.subUnitNumber)).toEqual(['3', '4', '5'])
  })

  test('kind and number of a flat in one field are told apart', async () => {
    await importFile(`${HEADER}\n13.4,52.6,1,Unit Lane,Flat 3,Liststadt,,,30001,u1,\n13.4,52.6,1,Unit Lane,APT. 12b,Liststadt,,,30001,u2,\n13.4,52.6,1,Unit Lane,Ground Floor,Liststadt,,,30001,u3,\n`)
    const [house] = await addressesByWords(server.database, DEFAULT_BRAND, { street: 'Unit Lane', streetNumber: '1', postcode: '30001' })
    const parts = (await call('GET', `${ADDRESS}/${house!.id}/geographicSubAddress`)).body
    expect(parts.map((part: any) => [part.subUnitType, part.subUnitNumber])).toEqual([['flat', '3'], ['apt', '12b'], [undefined, 'Ground Floor']])
    const submitted = { streetName: 'Unit Lane', streetNr: '1', postcode: '30001', geographicSubAddress: [{ subUnitType: 'flat', subUnitNumber: '3' }] }
    const { body } = await call('POST', '/tmf-api/geographicAddressManagement/v4/geographicAddressValidation', { submittedGeographicAddress: submitted, provideAlternative: false })
    expect(body.validationResult).toBe('success')
  })

  test('the first spelling of a house stays, unless the list names it by its own id again', async () => {
    const line = (street: string, id: string, lat: number) => `${HEADER}\n13.4,${lat},5,${street},,Liststadt,,,30002,${id},\n`
    const stored = async (): Promise<any> => (await call('GET', `${ADDRESS}?postcode=30002`)).body[0]
    await importFile(line('Müllerstraße', 's1', 52.6), { source: 'first' })
    await importFile(line('Mullerstr', 's1', 52.7), { source: 'second' })
    expect(await stored()).toMatchObject({ streetName: 'Müllerstraße', geographicLocation: { geoJson: { coordinates: [13.4, 52.7] } } })
    await importFile(`${line('Mullerstr.', 's8', 52.7)}13.4,52.8,5,MULLERSTR,,Liststadt,,,30002,s9,\n`, { source: 'first' })
    expect((await stored()).streetName).toBe('Müllerstraße')
    await importFile(line('Müller-Straße', 's9', 52.7), { source: 'first' })
    expect((await stored()).streetName).toBe('Müller-Straße')
  })

  test('the content is no JSON', async () => {
    const { body } = await call('POST', IMPORT, { source: 'test' })
    const sent = await call('PUT', `${IMPORT}/${body.id}/content`, '{"a":1}', 'application/json')
    expect([sent.status, sent.body.code, sent.body.message]).toEqual([415, 'unsupportedMediaType', expect.stringContaining('text/csv')])
    expect((await call('GET', `${IMPORT}/${body.id}`)).body).toMatchObject({ state: 'receiving', receivedBytes: 0 })
  })

  test('an address that was loaded under an id keeps it', async () => {
    await call('POST', '/tandem/v1/address/bulk', [{ id: 'own-1', street: 'Own Street', streetNumber: '1', postcode: 'X1', city: 'Ownton' }])
    expect(await importFile(`${HEADER}\n1,2,1,Own St,,Ownton,,,x1,1,\n`)).toMatchObject({ created: 0, changed: 1 })
    expect((await addressesByWords(server.database, DEFAULT_BRAND, { street: 'own st.', streetNumber: '1', postcode: 'X1' })).map(one => one.id)).toEqual(['own-1'])
    expect((await call('GET', '/tandem/v1/address/own-1')).body).toMatchObject({ latitude: 2, longitude: 1 })
  })
})

test('a mapping names other columns and another delimiter; ids can be the list\'s own', async () => {
  const csv = 'Strasse;HNR;Zusatz;PLZ;Ort;Key\nHauptstraße;5;a;20095;Hamburg;k-1\nHauptstraße;6;;20095;Hamburg;k-2\n'
  const mapping = { streetName: 'Strasse', streetNr: 'HNR', streetNrSuffix: 'Zusatz', postcode: 'PLZ', city: 'Ort', id: 'Key' }
  expect(await importFile(csv, { delimiter: ';', mapping })).toMatchObject({ state: 'done', created: 2, rejected: 0 })
  expect((await call('GET', `${ADDRESS}/k-1`)).body).toMatchObject({ streetNr: '5', streetNrSuffix: 'a' })
  expect(await importFile(csv, { delimiter: ';', mapping: { ...mapping, name: 'Bezeichnung' } })).toMatchObject({ state: 'failed', error: expect.stringContaining('names no column Bezeichnung (name); it has Strasse, HNR') })
})

describe('lines that are no addresses', () => {
  test('are told with line, column and reason; the others are stored', async () => {
    const csv = [
      HEADER,
      '13.4,52.5,1,Badweg,,Liststadt,,,30000,1,',
      '13.4,52.5,2,Badweg,,Liststadt',
      '52.5,113.4,3,Badweg,,Liststadt,,,30000,3,',
      '13.4,north,4,Badweg,,Liststadt,,,30000,4,',
      '13.4,52.5,,Badweg,,Liststadt,,,30000,5,',
      '',
      '13.4,52.5,6,"Badweg,,Liststadt,,,30000,6,',
      '13.4,52.5,7,"Bad"weg,,Liststadt,,,30000,7,',
      '13.4,,8,Badweg,,Liststadt,,,30000,8,',
      '13.4,52.5,9,Badweg,,,,,,9,',
      '13.4,52.5,10,Badweg,"flat\n2",Liststadt,,,30000,10,',
      '13.4,52.5,11,Badweg,,Liststadt,,,30000,11,',
    ].join('\n')
    const done = await importFile(csv)
    expect(done).toMatchObject({ state: 'done', created: 2, rejected: 9 })
    expect(await rejected(done.id)).toEqual([
      { line: 3, reason: 'has 6 columns; the first line has 11' },
      { line: 4, column: 'LAT', reason: expect.stringContaining('look swapped') },
      { line: 5, column: 'LAT', reason: 'must be a number of degrees' },
      { line: 6, column: 'NUMBER', reason: 'is empty' },
      { line: 8, reason: 'a quote is not closed' },
      { line: 9, reason: expect.stringContaining('quote') },
      { line: 10, column: 'LAT', reason: expect.stringContaining('is empty') },
      { line: 11, column: 'POSTCODE', reason: expect.stringContaining('no town or postcode') },
      { line: 12, column: 'UNIT', reason: 'has a control character' },
    ])
    expect(await countOf('Badweg')).toBe(2)
  })

  test('say where latitude and longitude look swapped beside their neighbours, in the list or known before', async () => {
    const line = (number: number, latitude: number, longitude: number) => `${longitude},${latitude},${number},Tauschweg,,Tauschstadt,,,40000,t${number},`
    const right = [1, 2, 3, 4].map(number => line(number, 52.5 + number / 1000, 13.4))
    const mixed = await importFile([HEADER, ...right, line(5, 13.4, 52.505)].join('\n'))
    expect(mixed).toMatchObject({ state: 'done', created: 4, rejected: 1 })
    expect(await rejected(mixed.id)).toEqual([{ line: 6, column: 'LAT', reason: expect.stringContaining('swapped') }])
    // One that is alone in its list, and lists that are swapped as a whole: told by what is known.
    expect(await importFile(`${HEADER}\n${line(6, 13.4, 52.506)}`)).toMatchObject({ created: 0, rejected: 1 })
    await importFile([HEADER, '13.4,52.5,1,Nebenweg,,Tauschstadt,,,40000,n1,', '13.4,52.5,1,Querweg,,Tauschstadt,,,40000,q1,'].join('\n'))
    const turned = [HEADER, ...[7, 8, 9].map(number => line(number, 13.4, 52.5 + number / 1000))].join('\n')
    expect(await importFile(turned)).toMatchObject({ state: 'done', created: 0, rejected: 3 })
    // Far away is not the other way round, and who says that they are right is believed.
    expect(await importFile(`${HEADER}\n${line(10, 48.1, 11.5)}`)).toMatchObject({ created: 1, rejected: 0 })
    expect(await importFile(turned, { coordinates: 'asGiven' })).toMatchObject({ created: 3, rejected: 0 })
  })

  test('are kept up to a thousand and counted beyond', async () => {
    const done = await importFile(`${HEADER}\n${Array.from({ length: 1200 }, () => '1,2').join('\n')}\n`)
    expect(done).toMatchObject({ state: 'done', created: 0, rejected: 1200 })
    expect((await call('GET', `${IMPORT}/${done.id}/rejected?limit=1000`)).body).toHaveLength(1000)
    const page = await call('GET', `${IMPORT}/${done.id}/rejected?after=1001`)
    expect(page.body).toEqual([])
    expect(page.headers['x-total-count']).toBe('1200')
  })
})

describe('a file that is of no use fails, saying why', () => {
  test.each([
    ['another encoding', Buffer.concat([Buffer.from(`${HEADER}\n1,2,1,Rue,,Ville,,,1,1,\n1,2,2,All`), Buffer.from([0xe9]), Buffer.from('e,,Ville,,,1,1,\n')]), /^Line 3 is not UTF-8/],
    ['UTF-16', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(HEADER, 'utf16le')]), /UTF-16/],
    ['no header', Buffer.from('1,2,3\n4,5,6\n'), /names no column STREET and NUMBER; it has 1, 2, 3/],
    ['broken gzip', gzipSync(Buffer.from(`${HEADER}\n${lines(500, 'Kaputt')}`)).subarray(0, 300), /gzip cannot unpack/],
    ['a ZIP archive', Buffer.from('PK\u0003\u0004whatever'), /ZIP archive/],
    ['one endless line', Buffer.from(`${HEADER}\n${'x'.repeat(70_000)}`), /^Line 2 is longer than 65536 bytes/],
    ['a gzip bomb', gzipSync(Buffer.concat([Buffer.from(`${HEADER}\n`), Buffer.alloc(70 * 2 ** 20, `${' '.repeat(60_000)}\n`)])), /more than 200 times as long/],
  ])('%s', async (_name, content, error) => {
    const done = await importFile(content)
    expect(done).toMatchObject({ state: 'failed', error: expect.stringMatching(error) })
    expect(await server.database.query('SELECT 1 FROM address_import_piece WHERE import_id = $1', [done.id])).toEqual([])
  })

  test('a request that says nothing sensible is 400 and names the attribute', async () => {
    expect((await call('POST', IMPORT, {})).body.message).toContain('source')
    expect((await call('POST', IMPORT, { source: 'x', url: 'ftp://example.com/x' })).body.message).toContain('url must be an http or https URL')
    expect((await call('POST', IMPORT, { source: 'x', mapping: { strasse: 'A' } })).body.message).toContain('mapping.strasse')
    expect((await call('GET', `${IMPORT}/none`)).status).toBe(404)
  })
})

describe('a file by URL', () => {
  test('is fetched, packed or not', async () => {
    answer = (_, response) => response.setHeader('content-type', 'application/gzip').end(gzipSync(`${HEADER}\n${lines(40, 'Urlweg')}\n`))
    const made = await call('POST', IMPORT, { source: 'url', url: `${base}/list.csv.gz` })
    expect(made.body.state).toBe('waiting')
    expect(await ended(made.body.id)).toMatchObject({ state: 'done', created: 40, url: `${base}/list.csv.gz` })
  })

  test('that cannot be had fails with what was answered', async () => {
    answer = (_, response) => response.writeHead(404).end()
    const made = await call('POST', IMPORT, { source: 'url', url: `${base}/none.csv` })
    expect(await ended(made.body.id)).toMatchObject({ state: 'failed', error: `${base}/none.csv answered 404` })
  })
})

describe('a file that is sent in parts', () => {
  test('goes on where it broke off, and only there', async () => {
    const content = Buffer.from(`${HEADER}\n${lines(60, 'Stückweg')}\n`)
    const { id } = (await call('POST', IMPORT, { source: 'parts' })).body
    const first = await call('PUT', `${IMPORT}/${id}/content?complete=false`, content.subarray(0, 1000), 'text/csv')
    expect(first.body).toMatchObject({ state: 'receiving', receivedBytes: 1000 })
    const wrong = await call('PUT', `${IMPORT}/${id}/content?offset=900`, content.subarray(900), 'text/csv')
    expect(wrong).toMatchObject({ status: 409, body: { code: 'wrongOffset', message: expect.stringContaining('1000') } })
    expect((await call('PUT', `${IMPORT}/${id}/content?offset=1000`, content.subarray(1000), 'text/csv')).status).toBe(200)
    expect(await ended(id)).toMatchObject({ state: 'done', created: 60, rejected: 0 })
    expect((await call('PUT', `${IMPORT}/${id}/content`, 'x', 'text/csv')).body.code).toBe('notReceiving')
  })
})

describe('an import that is killed', () => {
  test('goes on behind its last chunk, two at once do nothing twice', async () => {
    const content = `${HEADER}\n${lines(12_000, 'Killweg')}\nshort,line\n`
    const { id } = (await call('POST', IMPORT, { source: 'kill' })).body
    await server.services.database.transaction(async tx => {
      await tx.query(`UPDATE address_import SET received = true, state = 'running', received_bytes = $2 WHERE id = $1`, [id, content.length])
      await tx.query('INSERT INTO address_import_piece (brand, import_id, seq, bytes) VALUES ($1, $2, 0, $3)', [DEFAULT_BRAND, id, Buffer.from(content)])
    })
    // The connection of the first process dies under it after some chunk, as a killed process's does; its job is woken again, twice.
    const first = runImport(server.services, DEFAULT_BRAND, id).catch((error: unknown) => error)
    for (let attempt = 0; attempt < 400; attempt++) {
      const { body } = await call('GET', `${IMPORT}/${id}`)
      if (body.created > 0) break
      await sleep(5)
    }
    const cut = await server.database.query<{ killed: boolean }>(`SELECT pg_terminate_backend(pid) AS killed FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle' AND query LIKE '%address_stage%'`)
    await Promise.all([runImport(server.services, DEFAULT_BRAND, id), runImport(server.services, DEFAULT_BRAND, id)].map(run => run.catch((error: unknown) => error)))
    await first
    await runImport(server.services, DEFAULT_BRAND, id)
    expect(cut.length).toBeLessThanOrEqual(1)
    expect(await ended(id)).toMatchObject({ state: 'done', created: 12_000, changed: 0, unchanged: 0, rejected: 1, line: 12_002 })
    expect(await countOf('Killweg')).toBe(12_000)
    expect(await rejected(id)).toHaveLength(1)
  })

  test('is found by the sweep when its wake-up was lost; one that was removed stops', async () => {
    const { id } = (await call('POST', IMPORT, { source: 'gone' })).body
    expect((await call('DELETE', `${IMPORT}/${id}`)).status).toBe(204)
    await runImport(server.services, DEFAULT_BRAND, id)
    expect((await call('GET', `${IMPORT}/${id}`)).status).toBe(404)
  })
})
