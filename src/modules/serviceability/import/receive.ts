/** Brings a file here, in pieces that any process can read again: from its address, or from the body of a request. */
import { request } from 'undici'
import type { Services } from '../../../tmf/services.ts'
import { dropPieces, keepReceiving, writePiece } from './import-store.ts'
import { outboundOf } from './outbound.ts'
import { LIMITS, UnusableFile } from './unpack.ts'

const PIECE_BYTES = 1024 ** 2
const BEAT_MS = 1000
const ATTEMPTS = 3
const PAUSE_MS = 500
/** Of one answer: the first byte, and between two of them. */
const SILENCE_MS = 30_000

type Deps = Pick<Services, 'config' | 'database'>

/** Another try may help: no answer, too busy, an error of the other side, a file that was cut off. */
class Transient extends Error {}

/**
 * Writes what comes as pieces, from the first on, and answers how many bytes there were.
 * @param alive told now and then how far it is; throws to give up
 */
export const storePieces = async (deps: Pick<Services, 'database'>, brand: string, id: string, body: AsyncIterable<Buffer>, alive: (bytes: number) => Promise<void>): Promise<number> => {
  let parts: Buffer[] = []
  let length = 0
  let seq = 0
  let bytes = 0
  let told = Date.now()
  const flush = async (): Promise<void> => {
    if (length === 0) return
    await writePiece(deps.database, brand, id, seq, Buffer.concat(parts))
    seq += 1
    parts = []
    length = 0
  }
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > LIMITS.packed) throw new UnusableFile(`The file is longer than ${LIMITS.packed} bytes`)
    parts.push(chunk)
    length += chunk.length
    if (length >= PIECE_BYTES) await flush()
    if (Date.now() - told > BEAT_MS) {
      told = Date.now()
      await alive(bytes)
    }
  }
  await flush()
  // What an earlier, longer try left.
  await dropPieces(deps.database, brand, id, seq)
  return bytes
}

const fetchOnce = async (deps: Deps, brand: string, id: string, url: string, alive: (bytes: number) => Promise<void>): Promise<number> => {
  const answer = await request(url, { dispatcher: outboundOf(deps).dispatcher, headersTimeout: SILENCE_MS, bodyTimeout: SILENCE_MS, headers: { accept: '*/*', 'user-agent': 'tandem' } })
  if (answer.statusCode !== 200) {
    await answer.body.dump()
    const text = `The file's address answered ${answer.statusCode}`
    throw answer.statusCode >= 500 || answer.statusCode === 429 ? new Transient(text) : new UnusableFile(text)
  }
  const bytes = await storePieces(deps, brand, id, answer.body as AsyncIterable<Buffer>, alive)
  const promised = Number(answer.headers['content-length'] ?? bytes)
  if (promised !== bytes) throw new Transient(`The file was cut off after ${bytes} of ${promised} bytes`)
  return bytes
}

/** Fetches a file into pieces; throws UnusableFile when it cannot be had. */
export const fetchPieces = async (deps: Deps, brand: string, id: string, url: string, alive: (bytes: number) => Promise<void>): Promise<number> => {
  const objection = outboundOf(deps).objection(url)
  if (objection !== undefined) throw new UnusableFile(`url ${objection}`)
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await fetchOnce(deps, brand, id, url, alive)
    } catch (error) {
      const code = (error as { code?: unknown }).code
      const isOfTheNetwork = error instanceof Transient || (typeof code === 'string' && (code.startsWith('UND_ERR') || /^E[A-Z]+$/.test(code)))
      if (code === 'OUTBOUND_BLOCKED') throw new UnusableFile((error as Error).message)
      if (!isOfTheNetwork) throw error
      if (attempt === ATTEMPTS) throw new UnusableFile(error instanceof Transient ? error.message : `The file's address cannot be read (${String(code)})`)
      await new Promise(resolve => setTimeout(resolve, PAUSE_MS * attempt))
    }
  }
}

export const receivingAlive = (deps: Pick<Services, 'database'>, brand: string, id: string) => (bytes: number): Promise<void> => keepReceiving(deps.database, brand, id, bytes)
