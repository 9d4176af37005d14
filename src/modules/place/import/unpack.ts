/** From the bytes of a file to blocks of whole lines: unpacks gzip within bounds, takes a byte order mark away, and refuses what is not UTF-8, naming the line. */
import { isUtf8 } from 'node:buffer'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

/** The file is of no use; the text says why and is shown. */
export class UnreadableList extends Error {
  override readonly name = 'UnreadableList'
}

export interface SizeLimits {
  /** Bytes as they come. */
  packed: number
  /** Bytes of text. */
  unpacked: number
  /** A file that becomes so many times as long is no list, once it is past `bombFrom`. */
  ratio: number
  bombFrom: number
  /** Bytes of one line. */
  line: number
}

export const SIZE_LIMITS: SizeLimits = { packed: 4 * 2 ** 30, unpacked: 32 * 2 ** 30, ratio: 200, bombFrom: 2 ** 20, line: 65_536 }

const NEWLINE = 0x0a

async function* unpacked(pieces: AsyncIterable<Buffer>, limits: SizeLimits): AsyncGenerator<Buffer> {
  const iterator = pieces[Symbol.asyncIterator]()
  const first = await iterator.next()
  if (first.done === true) return
  let packed = 0
  async function* counted(): AsyncGenerator<Buffer> {
    for (let next = first; next.done !== true; next = await iterator.next()) {
      packed += next.value.length
      if (packed > limits.packed) throw new UnreadableList(`The file is longer than ${limits.packed} bytes`)
      yield next.value
    }
  }
  const start = first.value
  if (start[0] !== 0x1f || start[1] !== 0x8b) {
    if (start[0] === 0x50 && start[1] === 0x4b) throw new UnreadableList('The file is a ZIP archive: send the list itself, as it is or packed by gzip')
    yield* counted()
    return
  }
  const gunzip = createGunzip()
  const source = Readable.from(counted())
  source.on('error', error => gunzip.destroy(error))
  source.pipe(gunzip)
  let total = 0
  try {
    for await (const chunk of gunzip as AsyncIterable<Buffer>) {
      total += chunk.length
      if (total > limits.unpacked) throw new UnreadableList(`The file is longer than ${limits.unpacked} bytes when it is unpacked`)
      if (total > limits.bombFrom && total > packed * limits.ratio) throw new UnreadableList(`The file becomes more than ${limits.ratio} times as long when it is unpacked: that is no list of addresses`)
      yield chunk
    }
  } catch (error) {
    const code = (error as { code?: unknown }).code
    if (typeof code === 'string' && code.startsWith('Z_')) throw new UnreadableList('The file is not whole: gzip cannot unpack it')
    throw error
  } finally {
    source.destroy()
    gunzip.destroy()
  }
}

export interface LineBlock {
  /** Number of the first line, from 1. */
  first: number
  lines: string[]
}

const countNewlines = (bytes: Buffer): number => {
  let count = 0
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count += 1
  return count
}

/** The line in which the bytes stop being UTF-8. */
const refuseEncoding = (bytes: Buffer, first: number): never => {
  let line = first
  for (let start = 0; start < bytes.length; line += 1) {
    const newline = bytes.indexOf(NEWLINE, start)
    const end = newline < 0 ? bytes.length : newline
    if (!isUtf8(bytes.subarray(start, end))) break
    start = end + 1
  }
  throw new UnreadableList(`Line ${line} is not UTF-8; the file looks like ISO-8859-1 or Windows-1252: convert it to UTF-8`)
}

/** Blocks of whole lines, some tens of kilobytes each; the end of a line is not part of it. */
export async function* lineBlocks(pieces: AsyncIterable<Buffer>, limits: SizeLimits = SIZE_LIMITS): AsyncGenerator<LineBlock> {
  let rest: Buffer = Buffer.alloc(0)
  let line = 1
  let isStart = true
  const blockOf = (bytes: Buffer): LineBlock => {
    if (!isUtf8(bytes)) refuseEncoding(bytes, line)
    const first = line
    const lines = bytes.toString('utf8').split('\n')
    if (lines.at(-1) === '') lines.pop()
    line += countNewlines(bytes)
    return { first, lines: lines.map(text => (text.endsWith('\r') ? text.slice(0, -1) : text)) }
  }
  for await (const chunk of unpacked(pieces, limits)) {
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    if (isStart) {
      if (bytes.length < 3) {
        rest = bytes
        continue
      }
      if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) throw new UnreadableList('Line 1 is not UTF-8; the file is UTF-16: convert it to UTF-8')
      if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) bytes = bytes.subarray(3)
      isStart = false
    }
    const end = bytes.lastIndexOf(NEWLINE) + 1
    if (end > 0) yield blockOf(bytes.subarray(0, end))
    rest = bytes.subarray(end)
    if (rest.length > limits.line) throw new UnreadableList(`Line ${line} is longer than ${limits.line} bytes`)
  }
  if (rest.length > 0) yield blockOf(rest)
}
