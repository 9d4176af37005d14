/** Ids that follow from what they name, so that the same bill run on the same data gives the same bills, ids included. */
import { createHash } from 'node:crypto'

/** A UUID in the form of version 7 whose time is `at` and whose other bits are a digest of the parts. */
export const derivedId = (at: Date, ...parts: readonly string[]): string => {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest('hex')
  const time = at.getTime().toString(16).padStart(12, '0')
  const variant = ((Number.parseInt(digest.charAt(3), 16) & 3) | 8).toString(16)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${digest.slice(0, 3)}-${variant}${digest.slice(4, 7)}-${digest.slice(7, 19)}`
}
