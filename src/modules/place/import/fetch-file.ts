/** Fetches the file of an import from its URL into pieces, so that what is read does not change when the import is taken up again. */
import { request } from 'undici'
import { createOutbound, type Outbound } from '../../../platform/http/outbound.ts'
import type { Services } from '../../../tmf/services.ts'
import { dropPieces, markReceived, writePiece, type AddressImport } from './import-store.ts'
import { SIZE_LIMITS, UnreadableList } from './unpack.ts'

type Deps = Pick<Services, 'database' | 'config'>

const PIECE = 1_048_576
const ATTEMPTS = 3
const PAUSE_MS = 500
/** No byte for so long. */
const SILENCE_MS = 60_000

const guards = new WeakMap<object, Outbound>()

/** Requests to the URLs that imports name: public hosts, and private ones that the settings allow. */
const outboundOf = (deps: Pick<Services, 'config'>): Outbound => {
  let outbound = guards.get(deps.config)
  if (!outbound) guards.set(deps.config, (outbound = createOutbound(deps.config.hubAllowedHosts)))
  return outbound
}

export async function closeOutbound(deps: Pick<Services, 'config'>): Promise<void> {
  await guards.get(deps.config)?.close()
  guards.delete(deps.config)
}

export const objectionToUrl = (deps: Pick<Services, 'config'>, url: string): string | undefined => outboundOf(deps).objection(url)

/** Bytes in pieces of 1 MiB, behind those that are there; says how many there are in all. */
export async function storePieces(deps: Pick<Services, 'database'>, brand: string, run: Pick<AddressImport, 'id' | 'attempt'>, from: number, bytes: AsyncIterable<Buffer>): Promise<number> {
  let at = from
  let held: Buffer[] = []
  let length = 0
  const write = async (): Promise<void> => {
    if (length === 0) return
    at = await writePiece(deps.database, brand, run.id, run.attempt, at, Buffer.concat(held))
    held = []
    length = 0
  }
  for await (const chunk of bytes) {
    if (at + length + chunk.length > SIZE_LIMITS.packed) throw new UnreadableList(`The file is longer than ${SIZE_LIMITS.packed} bytes`)
    held.push(chunk)
    length += chunk.length
    if (length >= PIECE) await write()
  }
  await write()
  return at
}

/** Another try may help: no answer, too busy, an error of the other side. */
class Transient extends Error {}

async function fetchOnce(deps: Deps, brand: string, run: AddressImport, url: string): Promise<void> {
  const answer = await request(url, { dispatcher: outboundOf(deps).dispatcher, headersTimeout: SILENCE_MS, bodyTimeout: SILENCE_MS, headers: { accept: 'text/csv, application/gzip, */*', 'user-agent': 'tandem' } })
  if (answer.statusCode !== 200) {
    await answer.body.dump()
    const text = `${url} answered ${answer.statusCode}`
    throw answer.statusCode >= 500 || answer.statusCode === 429 ? new Transient(text) : new UnreadableList(text)
  }
  await deps.database.transaction(tx => dropPieces(tx, brand, run.id))
  const bytes = await storePieces(deps, brand, run, 0, answer.body as AsyncIterable<Buffer>)
  if (bytes === 0) throw new UnreadableList('The file is empty')
  await markReceived(deps.database, brand, run.id, run.attempt)
}

/** Fetches the whole file; throws UnreadableList when it cannot be had. */
export async function fetchFile(deps: Deps, brand: string, run: AddressImport): Promise<void> {
  const url = run.url ?? ''
  const objection = objectionToUrl(deps, url)
  if (objection !== undefined) throw new UnreadableList(`url ${objection}`)
  for (let attempt = 1; ; attempt += 1) {
    try {
      await fetchOnce(deps, brand, run, url)
      return
    } catch (error) {
      const code = (error as { code?: unknown }).code
      const isBlocked = code === 'OUTBOUND_BLOCKED'
      const isOfTheOtherSide = error instanceof Transient || isBlocked || (typeof code === 'string' && /^(UND_ERR|ECONN|ENOTFOUND|EAI_|ETIMEDOUT|EPIPE|EHOST|ENETUNREACH)/.test(code))
      if (!isOfTheOtherSide) throw error
      if (isBlocked || attempt === ATTEMPTS) throw new UnreadableList(error instanceof Transient || isBlocked ? (error as Error).message : `${url} could not be read: ${(error as Error).message}`)
      await new Promise(resolve => setTimeout(resolve, PAUSE_MS * attempt))
    }
  }
}
