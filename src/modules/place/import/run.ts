/**
 * Carries out imports: fetches the file where it was not sent, reads it line by line, stores addresses in chunks. A chunk's addresses, its
 * rejected lines and how far the import has come commit together, so a killed import goes on behind its last chunk and does nothing twice.
 */
import { Type } from 'typebox'
import { defineJob } from '../../../tmf/module.ts'
import type { Services } from '../../../tmf/services.ts'
import { adopted, mergedParts, type AddressRecord } from '../address-form.ts'
import { findSame, lockAddresses, partsOfIds, storeAddresses, type KnownHouse, type Loaded } from '../address-store.ts'
import type { GeographicSubAddress } from '../location-types.ts'
import { readBlock, type CsvRecord } from './csv-records.ts'
import { fetchFile } from './fetch-file.ts'
import { endImport, giveUpUnsent, holdImport, readPieces, recordChunk, Superseded, takeUp, unfinishedImports, type AddressImport, type LineFault } from './import-store.ts'
import { addressOfLine, columnsOf, type Columns } from './line-address.ts'
import { OPEN_ADDRESSES } from './options.ts'
import { swappedLines } from './swapped-lines.ts'
import { lineBlocks, UnreadableList, type LineBlock, type SizeLimits } from './unpack.ts'

type Deps = Pick<Services, 'database' | 'config' | 'log'>

/** Records of one transaction. */
const CHUNK = 5000
const LOOKS_SWAPPED = 'looks as if latitude and longitude were swapped: its neighbours are known the other way round, and none here (coordinates asGiven takes it)'

/** Rejected lines that are kept; the others are counted. */
export const MOST_FAULTS = 1000

interface Chunk {
  addresses: AddressRecord[]
  /** Of each of them. */
  lines: number[]
  faults: LineFault[]
  /** Lines that were rejected; one can have several faults. */
  rejected: number
  /** The last line that it covers. */
  line: number
}

/**
 * The record as the house was spelt before: `Mullerstr` is no news of the Müllerstraße. A list that names the same house by its own id again
 * has corrected itself, and counts.
 */
const speltAsBefore = (record: AddressRecord, known: Pick<KnownHouse, 'street' | 'type' | 'city' | 'source' | 'externalId'> | undefined): AddressRecord => {
  if (known === undefined || (record.externalId !== undefined && record.externalId === known.externalId && record.source === known.source)) return record
  const { streetType: _, ...doc } = record.doc
  // The type follows from the name: it is of the same spelling.
  const spelling = known.street === null ? {} : { streetName: known.street, ...(known.type !== null && { streetType: known.type }) }
  if (known.street === record.doc.streetName && (known.city === null || record.doc.city === undefined || known.city === record.doc.city)) return record
  return { ...record, doc: { ...(known.street === null ? record.doc : doc), ...spelling, ...(known.city !== null && doc.city !== undefined && { city: known.city }) } }
}

/** What was met before under the same words is that address; parts of the house come together. */
async function withKnown(tx: Parameters<typeof findSame>[0], brand: string, records: readonly AddressRecord[], hasIds: boolean): Promise<AddressRecord[]> {
  const told = (record: AddressRecord): readonly GeographicSubAddress[] => record.doc.geographicSubAddress ?? []
  const known = hasIds ? new Map<number, KnownHouse>() : await findSame(tx, brand, records)
  const byId = new Map<string, { record: AddressRecord; parts: readonly GeographicSubAddress[] }>()
  const stored = hasIds ? await partsOfIds(tx, brand, [...new Set(records.map(record => record.id))]) : undefined
  for (const [index, record] of records.entries()) {
    const same = known.get(index)
    const id = same?.id ?? record.id
    const before = byId.get(id)
    const kept = same?.parts ?? stored?.get(id)
    const parts = before?.parts ?? (kept ? (JSON.parse(kept) as GeographicSubAddress[]) : [])
    const { doc } = before?.record ?? {}
    const spelt = doc === undefined ? same : { street: doc.streetName ?? null, type: doc.streetType ?? null, city: doc.city ?? null, source: before?.record.source ?? null, externalId: before?.record.externalId ?? null }
    byId.set(id, { record: hasIds ? record : speltAsBefore(record, spelt), parts: mergedParts(parts, told(record)) })
  }
  return [...byId].map(([id, { record, parts }]) => (id === record.id && parts.length === told(record).length ? record : adopted(record, id, parts)))
}

async function commitChunk(deps: Deps, brand: string, run: AddressImport, from: number, chunk: Chunk): Promise<void> {
  await deps.database.transaction(async tx => {
    const { rejected } = await holdImport(tx, brand, run.id, run.attempt, from)
    let loaded: Loaded = { created: 0, changed: 0, unchanged: 0 }
    let turned = new Set<number>()
    if (chunk.addresses.length > 0) {
      await lockAddresses(tx, brand)
      if (run.options.coordinates !== 'asGiven') turned = await swappedLines(tx, brand, chunk.addresses)
      loaded = await storeAddresses(tx, brand, await withKnown(tx, brand, chunk.addresses.filter((_, index) => !turned.has(index)), run.options.mapping?.id !== undefined))
    }
    const column = run.options.mapping?.latitude ?? OPEN_ADDRESSES.latitude ?? ''
    const faults = [...chunk.faults, ...[...turned].map(index => ({ line: chunk.lines[index] ?? 0, column, reason: LOOKS_SWAPPED }))].sort((a, b) => a.line - b.line)
    await recordChunk(tx, brand, run.id, chunk.line, loaded, chunk.rejected + turned.size, faults.slice(0, Math.max(0, MOST_FAULTS - rejected)))
  }, { plan: 'custom' })
}

interface Told {
  record?: CsvRecord
  faults: LineFault[]
  line: number
}

/** Records and broken lines of a file in its order, the first line among them. */
async function* recordsOf(pieces: AsyncIterable<Buffer>, delimiter: string, limits: SizeLimits | undefined): AsyncGenerator<Told[]> {
  let rest: LineBlock | undefined
  const told = (block: LineBlock, isLast: boolean): Told[] => {
    const { records, faults, rest: open } = readBlock(block, delimiter, isLast)
    rest = open.length > 0 ? { first: block.first + block.lines.length - open.length, lines: open } : undefined
    return [...records.map(record => ({ record, faults: [], line: record.lastLine })), ...faults.map(one => ({ faults: [one], line: one.line }))].sort((a, b) => a.line - b.line)
  }
  for await (const block of lineBlocks(pieces, limits)) yield told(rest === undefined ? block : { first: rest.first, lines: [...rest.lines, ...block.lines] }, false)
  if (rest !== undefined) yield told(rest, true)
}

/** Reads the file and stores its addresses, the next chunk being read while one is stored. */
async function load(deps: Deps, brand: string, run: AddressImport, limits?: SizeLimits): Promise<void> {
  let columns: Columns | undefined
  let done = Number(run.lines)
  let storing: Promise<void> = Promise.resolve()
  let chunk: Chunk = { addresses: [], lines: [], faults: [], rejected: 0, line: done }
  let size = 0
  const store = async (): Promise<void> => {
    await storing
    const [full, from] = [chunk, done]
    done = full.line
    chunk = { addresses: [], lines: [], faults: [], rejected: 0, line: done }
    size = 0
    storing = commitChunk(deps, brand, run, from, full)
    // Awaited before the next one; until then nobody listens.
    storing.catch(() => undefined)
  }
  for await (const block of recordsOf(readPieces(deps.database, brand, run.id), run.options.delimiter ?? ',', limits)) {
    for (const { record, faults, line } of block) {
      if (columns === undefined) {
        if (record === undefined) throw new UnreadableList('Line 1 must name the columns; it is no line of a CSV file')
        columns = columnsOf(record.fields, run.options, run.source)
        continue
      }
      if (line <= done) continue
      const read = record === undefined ? faults : addressOfLine(record.fields, record.line, columns)
      if (Array.isArray(read)) {
        chunk.faults.push(...read)
        chunk.rejected += 1
      } else {
        chunk.addresses.push(read)
        chunk.lines.push(record?.lastLine ?? line)
      }
      chunk.line = line
      size += 1
      if (size >= CHUNK) await store()
    }
  }
  if (columns === undefined) throw new UnreadableList('The file is empty')
  if (size > 0) await store()
  await storing
}

/** Runs an import, from wherever it stands. `limits` are for files of another size than usual. */
export async function runImport(deps: Deps, brand: string, id: string, limits?: SizeLimits): Promise<void> {
  const run = await takeUp(deps.database, brand, id)
  if (run === undefined) return
  try {
    try {
      if (!run.received) await fetchFile(deps, brand, run)
      await load(deps, brand, run, limits)
    } catch (error) {
      if (!(error instanceof UnreadableList)) throw error
      await deps.database.transaction(tx => endImport(tx, brand, id, run.attempt, error.message))
      deps.log.info({ addressImport: id }, 'import of addresses refused its file')
      return
    }
    await deps.database.transaction(tx => endImport(tx, brand, id, run.attempt))
    deps.log.info({ addressImport: id }, 'import of addresses done')
  } catch (error) {
    if (error instanceof Superseded) return
    throw error
  }
}

export const importRun = defineJob({
  name: 'place-address-import',
  schema: Type.Object({ brand: Type.String(), id: Type.String() }),
  run: ({ brand, id }, deps) => runImport(deps, brand, id),
  retry: { attempts: 5, backoffMs: 1000 },
  // Chunks take turns; a long list must not keep a short one waiting.
  concurrency: 2,
})

export const wakeImport = (deps: Pick<Services, 'jobs'>, brand: string, id: string): Promise<void> => deps.jobs.enqueue(importRun, { brand, id }, { id: `address-import-${brand}-${id}` })

export const importSweep = defineJob({
  name: 'place-address-import-sweep',
  schema: Type.Object({}),
  run: async (_, deps) => {
    await giveUpUnsent(deps.database)
    for (const { brand, id } of await unfinishedImports(deps.database)) await wakeImport(deps, brand, id)
  },
  retry: { attempts: 1, backoffMs: 1000 },
  concurrency: 1,
  every: { intervalMs: 15_000, data: {} },
})
