/** Which text may enter: what PostgreSQL cannot hold or index is a fault of the request, found before it gets there. */
import { fault, type Fault } from './errors.ts'

/** NUL, which PostgreSQL's text and json refuse, or half of a surrogate pair, which UTF-8 cannot carry. */
const UNSTORABLE = /\0|\p{Surrogate}/u

/** Longest text of a query value or a path parameter, in UTF-16 units: a B-tree entry ends at 2704 bytes, and no name or id is that long. */
export const LONGEST_PARAMETER = 1000

/** What is wrong with a text, in words; undefined when it can be stored. */
export const objectionToText = (text: string): string | undefined => {
  if (!UNSTORABLE.test(text)) return undefined
  return text.includes('\0') ? 'must not contain the character U+0000' : 'must not contain half of a surrogate pair'
}

/** The text with what cannot be shown made visible, so that a fault about it can itself be stored and sent. */
export const visible = (text: string): string => text.replace(/[\p{Cc}\p{Surrogate}]/gu, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** The faults of query-string values or path parameters: a name or value that cannot be stored, or is longer than any index takes. */
export const faultsOfParameters = (parameters: Readonly<Record<string, unknown>>, longest = LONGEST_PARAMETER): Fault[] => {
  const faults: Fault[] = []
  for (const [name, given] of Object.entries(parameters)) {
    const wrong = objectionToText(name)
    if (wrong !== undefined) faults.push(fault(visible(name), `${wrong} in its name`))
    for (const value of Array.isArray(given) ? (given as unknown[]) : [given]) {
      if (typeof value !== 'string') continue
      const objection = value.length > longest ? `must be at most ${String(longest)} characters long` : objectionToText(value)
      if (objection !== undefined) faults.push(fault(visible(name), objection, visible(value)))
    }
  }
  return faults
}
