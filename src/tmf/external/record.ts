/**
 * A record of another system, as it is brought here: its identity, its document, and how new it is. Whether one is older than what is
 * held already is decided by the source's own versions where they can be compared, else by when it was seen. Pure.
 */
import { createHash } from 'node:crypto'
import { Decimal } from 'decimal.js'
import { fault, type Fault } from '../../platform/errors.ts'
import { LONGEST_PARAMETER, objectionToText } from '../../platform/text.ts'
import { instantOf } from '../filter/values.ts'
import { LOCAL_SOURCE } from '../provenance/survive.ts'

export type Doc = Record<string, any>

/** A record, read and found in order. */
export interface ExternalRecord {
  externalId: string
  /** null: the source counts none. */
  version: string | null
  /** When the source said so; business time of the arrival where it does not say when. */
  seenAt: Date
  /** Did the source itself say when? */
  dated: boolean
  /** Without id and href. */
  doc: Doc
}

const SOURCE = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/
const LONGEST_ID = 255
const LONGEST_VERSION = 100
const DAY_MS = 86_400_000

/** What is wrong with the name of a source. */
export const sourceFaults = (source: string): Fault[] => {
  if (!SOURCE.test(source)) return [fault('source', 'must be 1 to 63 letters, digits, _ . or -', source)]
  return source === LOCAL_SOURCE ? [fault('source', 'is what changes made here are recorded as', source)] : []
}

/** What is wrong with an identity in another system. */
export const externalIdFaults = (externalId: unknown, path = 'externalId'): Fault[] => {
  if (typeof externalId !== 'string' || externalId.length === 0 || externalId.length > LONGEST_ID) return [fault(path, `must be a text of 1 to ${LONGEST_ID} characters`, externalId ?? 'nothing')]
  const objection = objectionToText(externalId)
  return objection === undefined ? [] : [fault(path, objection)]
}

/** Reads version and time; what is wrong with them goes to `faults`. */
export function freshnessOf(given: { version?: unknown; seenAt?: unknown }, now: Date, faults: Fault[]): Pick<ExternalRecord, 'version' | 'seenAt' | 'dated'> {
  const asText = typeof given.version === 'number' ? String(given.version) : given.version
  let version: string | null = null
  if (asText !== undefined && asText !== null) {
    if (typeof asText !== 'string' || asText.trim() === '' || asText.length > Math.min(LONGEST_VERSION, LONGEST_PARAMETER) || objectionToText(asText) !== undefined) {
      faults.push(fault('sourceVersion', `must be a number, an instant or a text of 1 to ${LONGEST_VERSION} characters`, asText))
    } else version = asText.trim()
  }
  if (given.seenAt === undefined || given.seenAt === null) return { version, seenAt: now, dated: false }
  const seenAt = typeof given.seenAt === 'string' ? instantOf(given.seenAt) : undefined
  if (!seenAt) faults.push(fault('seenAt', 'must be a date-time with an offset (RFC 3339)', given.seenAt))
  // Whatever comes from the future could never be overtaken.
  else if (seenAt.getTime() > now.getTime() + DAY_MS) faults.push(fault('seenAt', 'must not lie in the future', given.seenAt))
  return { version, seenAt: seenAt ?? now, dated: true }
}

const NUMBER = /^-?\d{1,40}(\.\d{1,20})?$/

/** Below 0 when a is the older one; undefined when the two cannot be compared. */
const compareVersions = (a: string | null, b: string | null): number | undefined => {
  if (a === null || b === null) return undefined
  if (NUMBER.test(a) && NUMBER.test(b)) return new Decimal(a).comparedTo(new Decimal(b))
  const [x, y] = [instantOf(a), instantOf(b)]
  if (x && y) return x.getTime() - y.getTime()
  return a === b ? 0 : undefined
}

/** What is held of a record. */
export interface Held {
  version: string | null
  seenAt: Date
}

/** Whether the times when records were seen put them in order, because their versions do not. */
export const isOrderedByTime = (record: Pick<ExternalRecord, 'version' | 'dated'>, held: Held): boolean => record.dated && (compareVersions(record.version, held.version) ?? 0) === 0

/** Does the record say less than what is held already? */
export const isOlder = (record: Pick<ExternalRecord, 'version' | 'seenAt' | 'dated'>, held: Held): boolean => {
  const order = compareVersions(record.version, held.version)
  if (order !== undefined && order !== 0) return order < 0
  return record.dated && record.seenAt.getTime() < held.seenAt.getTime()
}

const canonical = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(canonical)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.keys(value).sort().map(key => [key, canonical((value as Doc)[key])]))
}

/** The same for two documents that say the same, in whatever order. */
export const hashOf = (doc: Doc): string => createHash('sha256').update(JSON.stringify(canonical(doc))).digest('base64url')
