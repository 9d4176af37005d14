/** From the bytes of a file to its lines: unpacks gzip, within limits that a zip bomb meets early, and tells lines that are no UTF-8. */
import { isUtf8 } from 'node:buffer'
import { pipeline, Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

/** The file as a whole is of no use; the text says why, in words for people. */
export class UnusableFile extends Error {
  override readonly name = 'UnusableFile'
}

export interface Limits {
  /** Bytes of the file as it is sent. */
  packed: number
  /** Bytes once unpacked. */
  unpacked: number
  /** How many times longer than the file it may become; honest coverage files are some ten to thirty times. */
  ratio: number
  /** Bytes of one line. */
  line: number
}

export const LIMITS: Limits = { packed: 4 * 1024 ** 3, unpacked: 16 * 1024 ** 3, ratio: 200, line: 1024 ** 2 }

/** Below this a ratio says nothing: a few repeated lines pack well. */
const RATIO_FROM = 1024 ** 2

export interface Block {
  /** Number of the first line, from 1. */
  first: number
  /** Lines without their ends; undefined is one that is not UTF-8. */
  lines: (string | undefined)[]
}

const magicOf = (head: Buffer): 'gzip' | 'plain' => {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip'
  if (head[0] === 0x50 && head[1] === 0x4b && head[2] === 0x03) throw new UnusableFile('The file is a zip archive: send what is in it, plain or packed with gzip')
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) throw new UnusableFile('The file is UTF-16: save it as UTF-8')
  const start = head.subarray(0, 64)
  // A stray NUL is its line's fault; in UTF-16 nearly every second byte is one.
  if ([0, 1].some(side => start.filter((byte, index) => byte === 0 && index % 2 === side).length >= start.length / 4)) throw new UnusableFile('The file holds NUL bytes at its beginning: it is UTF-16 or no text; save it as UTF-8')
  return 'plain'
}

async function* startingWith(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield head
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value
}

/** The bytes of the text, unpacked where they are packed. Throws UnusableFile when they are broken or too many. */
export async function* unpacked(pieces: AsyncIterable<Buffer>, limits: Limits = LIMITS): AsyncGenerator<Buffer> {
  let taken = 0
  const counted = async function* (): AsyncGenerator<Buffer> {
    for await (const piece of pieces) {
      taken += piece.length
      yield piece
    }
  }
  const source = counted()
  const first = await source.next()
  if (first.done === true || first.value.length === 0) throw new UnusableFile('The file is empty')
  const all = startingWith(first.value, source)
  const isPacked = magicOf(first.value) === 'gzip'
  let given = 0
  const within = (chunk: Buffer): Buffer => {
    given += chunk.length
    if (given > limits.unpacked) throw new UnusableFile(`The file is longer than ${limits.unpacked} bytes${isPacked ? ' once unpacked' : ''}`)
    if (isPacked && given > RATIO_FROM && given > taken * limits.ratio) throw new UnusableFile(`The packed file grows more than ${limits.ratio} times: refused as a zip bomb`)
    return chunk
  }
  if (!isPacked) {
    for await (const chunk of all) yield within(chunk)
    return
  }
  const gunzip = createGunzip({ chunkSize: 256 * 1024 })
  // The error reaches whoever reads the stream; the callback is only asked for by the function's form.
  pipeline(Readable.from(all, { objectMode: false }), gunzip, () => undefined)
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) yield within(chunk)
  } catch (error) {
    const code = (error as { code?: unknown }).code
    if (typeof code === 'string' && (code.startsWith('Z_') || code === 'ERR_STREAM_PREMATURE_CLOSE')) throw new UnusableFile(`The packed file is broken or was cut off (${(error as Error).message})`)
    throw error
  } finally {
    gunzip.destroy()
  }
}

const NEWLINE = 0x0a
const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line)

const linesIn = (bytes: Buffer): (string | undefined)[] => {
  if (isUtf8(bytes)) return bytes.toString('utf8').split('\n').map(withoutReturn)
  const lines: (string | undefined)[] = []
  for (let start = 0; start <= bytes.length; ) {
    const end = bytes.indexOf(NEWLINE, start)
    const line = bytes.subarray(start, end === -1 ? bytes.length : end)
    lines.push(isUtf8(line) ? withoutReturn(line.toString('utf8')) : undefined)
    if (end === -1) break
    start = end + 1
  }
  return lines
}

/** The lines of a text, in blocks as they come; a byte order mark at its beginning is left out. */
export async function* blocksOf(text: AsyncIterable<Buffer>, limits: Limits = LIMITS): AsyncGenerator<Block> {
  let rest: Buffer[] = []
  let restLength = 0
  let next = 1
  const blockOf = (bytes: Buffer): Block => {
    const whole = next === 1 && bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? bytes.subarray(3) : bytes
    const block = { first: next, lines: linesIn(whole) }
    next += block.lines.length
    return block
  }
  for await (const chunk of text) {
    const last = chunk.lastIndexOf(NEWLINE)
    if (last === -1) {
      rest.push(chunk)
      restLength += chunk.length
      if (restLength > limits.line) throw new UnusableFile(`Line ${next} is longer than ${limits.line} bytes: is this a text of lines?`)
      continue
    }
    yield blockOf(Buffer.concat([...rest, chunk.subarray(0, last)]))
    rest = last + 1 < chunk.length ? [chunk.subarray(last + 1)] : []
    restLength = chunk.length - last - 1
  }
  if (restLength > 0) yield blockOf(Buffer.concat(rest))
}
