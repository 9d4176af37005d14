/** Reads newline-delimited JSON from a stream, a line at a time: what is held is one line, however long the stream is. */
import { Refusal } from '../../platform/errors.ts'
import { parseJson } from '../../platform/http/body.ts'
import type { Entry } from './bulk.ts'

const NEWLINE = 0x0a

const tooLong = (limit: number): Refusal => new Refusal({ status: 413, code: 'recordTooLarge', reason: 'The record is too large', message: `A record has at most ${limit} bytes` })

const entryOf = (line: Buffer): Entry | undefined => {
  if (line.toString('latin1').trim() === '') return undefined
  try {
    return { value: parseJson(line) }
  } catch (error) {
    if (error instanceof Refusal) return { refusal: error }
    throw error
  }
}

/** The records of a stream; blank lines are none. A line that is too long is one refused record; more bytes than `most` end the stream with a 413. */
export async function* linesOf(stream: AsyncIterable<Buffer>, limits: { line: number; most: number }): AsyncGenerator<Entry> {
  let parts: Buffer[] = []
  let length = 0
  let total = 0
  const take = (): Entry | undefined => {
    const entry = length > limits.line ? { refusal: tooLong(limits.line) } : entryOf(Buffer.concat(parts))
    parts = []
    length = 0
    return entry
  }
  for await (const chunk of stream) {
    total += chunk.length
    if (total > limits.most) throw new Refusal({ status: 413, code: 'bodyTooLarge', reason: 'The request body is too large', message: `A load has at most ${limits.most} bytes; the records before the limit were taken` })
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      length += end - start
      if (length <= limits.line) parts.push(chunk.subarray(start, end))
      const entry = take()
      if (entry) yield entry
      start = end + 1
    }
    length += chunk.length - start
    // What is past the limit is not kept, only counted.
    if (length <= limits.line) parts.push(chunk.subarray(start))
    else parts = []
  }
  const last = take()
  if (last) yield last
}
