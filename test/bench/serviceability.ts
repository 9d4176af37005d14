/**
 * Coverage from 100,000 rows in the FCC's format to a million (with --large ten): how fast a file is imported, against a bare COPY of the same
 * rows, and how fast a place is checked, against a read of one row by its key.
 */
import { createReadStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { cellToLatLng } from 'h3-js'
import pg from 'pg'
import { from as copyInto } from 'pg-copy-streams'
import { request } from 'undici'
import { writeCoverageFile } from './coverage-file.ts'
import { timed, type Timed } from './latency.ts'
import type { Measured } from './measure.ts'
import { startServers } from './servers.ts'

const SMALL = 100_000
const DEFAULT = 1_000_000
const LARGE = 10_000_000
const ASKED = 2000
const CALLERS = 4

const json = { 'content-type': 'application/json' }

const post = async (url: string, body: unknown): Promise<{ id: string }> => {
  const answer = await fetch(url, { method: 'POST', headers: json, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`POST ${url}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as { id: string }
}

/** Seconds that a bare COPY takes of the same lines into a table of their columns, without an index. */
const copyOf = async (databaseUrl: string, file: string): Promise<number> => {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    await client.query(`DROP TABLE IF EXISTS floor_fcc; CREATE TABLE floor_fcc (frn text, provider_id int, brand_name text, location_id bigint, technology int, down numeric, up numeric, low_latency int, code text, state text, block text, h3 text)`)
    const start = performance.now()
    await pipeline(createReadStream(file), client.query(copyInto('COPY floor_fcc FROM STDIN (FORMAT csv, HEADER)')))
    return (performance.now() - start) / 1000
  } finally {
    await client.end()
  }
}

interface Imported {
  state: string
  rowsAccepted: number
  rowsStored: number
  error?: string
}

/** Seconds from sending the file until checks read it. */
const importOf = async (tandem: string, source: string, file: string): Promise<{ seconds: number; stored: number }> => {
  const start = performance.now()
  const sent = await request(`${tandem}/tandem/v1/coverageSource/${source}/upload`, { method: 'POST', headers: { 'content-type': 'text/csv' }, body: createReadStream(file), headersTimeout: 0, bodyTimeout: 0 })
  const { id } = (await sent.body.json()) as { id: string }
  for (;;) {
    const answer = (await (await fetch(`${tandem}/tandem/v1/coverageImport/${id}`)).json()) as Imported
    if (answer.state === 'done') return { seconds: (performance.now() - start) / 1000, stored: answer.rowsStored }
    if (answer.state === 'failed') throw new Error(`the import failed: ${answer.error ?? ''}`)
    await sleep(50)
  }
}

const label = (rows: number): string => (rows >= 1_000_000 ? `${rows / 1_000_000}M` : `${rows / 1000}k`)
const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

/** Houses in some of the cells, so that a check by address has one to find. */
const addHouses = async (tandem: string, cells: readonly string[]): Promise<string[]> => {
  const houses = Array.from({ length: ASKED }, (_, index) => {
    const [latitude, longitude] = cellToLatLng(cells[(index * 7919) % cells.length]!)
    return { id: `house-${index}`, street: 'Bench Street', streetNumber: String(index + 1), postcode: '07100', city: 'Newark', latitude, longitude }
  })
  await post(`${tandem}/tandem/v1/address/bulk`, houses)
  return houses.map(house => house.id)
}

/** Each must find something: a check that finds nothing is fast and worth nothing. */
const check = async (urls: readonly string[]): Promise<void> => {
  for (const url of urls.slice(0, 20)) {
    const body = (await (await fetch(url)).json()) as { line?: unknown[] }
    if ((body.line?.length ?? 0) === 0) throw new Error(`${url} found nothing: ${JSON.stringify(body)}`)
  }
}

export async function* serviceability(options: { turns: number; seconds: number; large: boolean }): AsyncGenerator<Measured> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tandem-coverage-'))
  const isShort = options.turns === 1
  const servers = await startServers(async () => undefined, 'api,worker')
  const before = new Map<string, Timed>()
  try {
    const { id: source } = await post(`${servers.tandem}/tandem/v1/coverageSource`, { name: 'bench', provider: 'bench', kind: 'imported', format: 'fcc' })
    let houses: string[] | undefined
    for (const rows of isShort ? [SMALL] : [SMALL, DEFAULT, ...(options.large ? [LARGE] : [])]) {
      const file = path.join(folder, 'coverage.csv')
      const cells = await writeCoverageFile(file, rows)
      const turns: { copy: number; imported: number; stored: number }[] = []
      for (let turn = 0; turn < (rows > SMALL ? 1 : 3); turn += 1) {
        const copy = await copyOf(servers.databaseUrl, file)
        const { seconds, stored } = await importOf(servers.tandem, source, file)
        turns.push({ copy, imported: seconds, stored })
      }
      const [copy, imported] = [middle(turns.map(turn => turn.copy)), middle(turns.map(turn => turn.imported))]
      yield { name: `import, ${label(rows)}`, unit: 'rows/s', value: Math.round(rows / imported), floor: Math.round(rows / copy), ratio: Math.round((copy / imported) * 1000) / 1000, p50: 0, p99: 0, n: rows * turns.length, note: `rows a second from sending to switched, against a bare COPY; ${turns[0]!.stored} rows remain of ${cells.length} cells` }
      houses ??= await addHouses(servers.tandem, cells)
      const floor = houses.map(house => `${servers.floor}/address/${house}`)
      const here = `${servers.tandem}/tandem/v1/serviceability`
      const points = Array.from({ length: ASKED }, (_, index) => cellToLatLng(cells[(index * 104_729) % cells.length]!))
      const paths: Record<string, string[]> = {
        'check by coordinate': points.map(([latitude, longitude]) => `${here}?latitude=${latitude}&longitude=${longitude}&downloadSpeed=100`),
        // Asked for the first time: what is remembered of places that were asked for a moment ago is of no use.
        'check by a new coordinate': Array.from({ length: 50 * ASKED }, (_, index) => [points[index % ASKED]!, 1e-7 * (1 + Math.floor(index / ASKED))] as const).map(([[latitude, longitude], shift]) => `${here}?latitude=${latitude + shift}&longitude=${longitude}&downloadSpeed=100`),
        'check by address': houses.map(house => `${here}?addressId=${house}&downloadSpeed=100`),
      }
      for (const [name, urls] of Object.entries(paths)) {
        await check(urls)
        const measured = await timed(`${name}, ${label(rows)}`, urls, floor, { turns: Math.min(options.turns, 3), seconds: options.seconds, callers: CALLERS })
        const small = before.get(name)
        if (small === undefined) before.set(name, measured)
        const above = `p99 ${Math.round((measured.p99 - measured.floorP99) * 10) / 10} ms above the floor's`
        yield { ...measured, note: small === undefined ? above : `${above}; p50 ${Math.round((measured.p50 / small.p50) * 100) / 100} times that of ${label(SMALL)}` }
      }
    }
  } finally {
    await servers.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}
