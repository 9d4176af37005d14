/**
 * Reads JSON bodies. Beyond JSON.parse it refuses, naming the attribute, what would silently change on its way to the database: text that
 * cannot be stored, numbers that lose digits, keys given twice, bodies too deep or with too many values to be walked cheaply.
 */
import { isUtf8 } from 'node:buffer'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { fault, Refusal, refuse, type Fault } from '../errors.ts'
import { exactScan, quickScan } from './json-scan.ts'

export const JSON_TYPES = ['application/json', 'application/merge-patch+json', 'application/json-patch+json', 'application/json-patch-query+json'] as const

export interface JsonLimits {
  /** Levels of objects and arrays. */
  depth: number
  /** Keys and values together. */
  nodes: number
}

/** A product offering with all its prices has some 400 values on 8 levels; these leave room for any honest document of 1 MiB. */
export const JSON_LIMITS: JsonLimits = { depth: 32, nodes: 50_000 }

const malformed = (message: string): Refusal => new Refusal({ status: 400, code: 'malformedJson', reason: 'The request body is not valid JSON', message })

/** Counts own keys of all objects, and finds keys with which a careless copy would reach a prototype. */
const countMembers = (value: unknown, faults: Fault[]): number => {
  if (typeof value !== 'object' || value === null) return 0
  let count = 0
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const item: unknown = value[index]
      if (typeof item === 'object' && item !== null) count += countMembers(item, faults)
    }
    return count
  }
  for (const key in value) {
    count += 1
    const inner = (value as Record<string, unknown>)[key]
    if (key === '__proto__') faults.push(fault(key, 'is not an allowed name'))
    else if (typeof inner === 'object' && inner !== null) {
      if (key === 'constructor' && Object.hasOwn(inner, 'prototype')) faults.push(fault(key, 'is not an allowed name'))
      count += countMembers(inner, faults)
    }
  }
  return count
}

/**
 * Parses the bytes of a JSON text, or throws a Refusal (400) that names what is wrong and where.
 * Measured on Node 20, one core, a product order of 1.6 KB: 8.9 µs, of which JSON.parse 6.5, the quick scan 1.0, counting the members 1.4
 * (Fastify's own parser: 7.3). The same with one \u escape, and so with the exact scan: 45 µs. An order of 53 KB: 410 µs, JSON.parse 240.
 */
export const parseJson = (bytes: Buffer, limits: JsonLimits = JSON_LIMITS): unknown => {
  if (bytes.length === 0) throw malformed('The request body is empty')
  if (!isUtf8(bytes)) throw malformed('The request body is not valid UTF-8')
  const scan = quickScan(bytes)
  // Before JSON.parse, whose own recursion and memory the limits bound.
  if (scan.depth > limits.depth) throw refuse.invalid([fault('', `must not be nested deeper than ${String(limits.depth)} levels`)])
  if (scan.nodes > limits.nodes) throw refuse.invalid([fault('', `must not hold more than ${String(limits.nodes)} values`)])
  const text = bytes.toString('utf8')
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw malformed(positionOf(error, text))
  }
  const faults: Fault[] = []
  const members = countMembers(value, faults)
  if (scan.escapes || scan.numbers || members !== scan.members) faults.push(...exactScan(text))
  if (faults.length > 0) throw refuse.invalid(faults)
  return value
}

/** The runtime's message quotes the body; only the place is taken from it. */
const positionOf = (error: unknown, text: string): string => {
  const found = /position (\d+)/.exec(error instanceof Error ? error.message : '')
  if (found === null) return 'The JSON text ends too early or holds an unexpected character'
  const before = text.slice(0, Number(found[1]))
  const line = before.split('\n').length
  return `Unexpected character at line ${String(line)}, column ${String(before.length - before.lastIndexOf('\n'))}`
}

const CHARSET = /;\s*charset\s*=\s*"?([^";\s]+)/i

const unsupported = (message: string, headers: Record<string, string> = {}): Refusal =>
  new Refusal({ status: 415, code: 'unsupportedMediaType', reason: 'The media type of the request body is not supported', message, headers })

/** Bytes that are packed are not JSON; inflating them would need bounds of its own. Accept-Encoding says what is taken instead (RFC 9110, 12.5.3). */
const refuseEncoded = (request: FastifyRequest): void => {
  const encoding = request.headers['content-encoding']
  if (encoding !== undefined && !/^(\s*|identity)$/i.test(encoding)) throw unsupported(`Content-Encoding ${encoding.slice(0, 40)} is not supported: send the body as it is`, { 'accept-encoding': 'identity' })
}

/** What describes a change is nothing to be created: taken as a document it would be stored as one. */
const refusePatchForm = (request: FastifyRequest): void => {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase()
  if (request.method !== 'PATCH' && type !== 'application/json') throw unsupported(`${type} is for PATCH: send application/json`)
}

/** Installs the parser for every JSON media type, and takes away Fastify's own: whatever is not JSON is 415. */
export const installBodyParser = (app: FastifyInstance, limits: JsonLimits = JSON_LIMITS): void => {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser([...JSON_TYPES], { parseAs: 'buffer' }, (request: FastifyRequest, bytes: Buffer, done: (error: Error | null, body?: unknown) => void) => {
    // Whatever is sent to a path that does not exist: that is what the answer is about.
    if (request.is404) {
      done(null)
      return
    }
    // Clients set the header on a DELETE too; a POST or PATCH without a body is a mistake, named below.
    if (bytes.length === 0 && (request.method === 'DELETE' || request.method === 'GET' || request.method === 'HEAD')) {
      done(null)
      return
    }
    try {
      refuseEncoded(request)
      refusePatchForm(request)
      const charset = CHARSET.exec(request.headers['content-type'] ?? '')?.[1]
      if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
        throw unsupported('JSON is read as UTF-8 only')
      }
      done(null, parseJson(bytes, limits))
    } catch (error) {
      done(error as Error)
    }
  })
}
