/** The fingerprint of data, the same for whoever has the data: attributes in order of their names, without white space, SHA-256. */
import { createHash } from 'node:crypto'

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, sorted(one)]))
}

/** In hex. */
export const contentHash = (content: unknown): string => createHash('sha256').update(JSON.stringify(sorted(content))).digest('hex')
