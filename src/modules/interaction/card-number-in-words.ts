/** What people write about a contact is no place for a card number: customers say them, and agents write down what they hear. Pure. */
import { holdsSchemeNumber } from '../../platform/card-number.ts'
import { fault, type Fault } from '../../platform/errors.ts'

const WORDS: ReadonlySet<string> = new Set(['description', 'text', 'resolution', 'reason', 'name', 'author', 'content', 'note'])
const MOST_FAULTS = 50
const DEEPEST = 40

/** `/note/0/text` and `$.note[0].text` end in what they are about. */
const lastName = (path: string): string | undefined => path.split(/[/.]/).findLast(part => part !== '' && !/^[\d-]+$/.test(part))?.replace(/\[.*$/, '')

/** Faults of a document, a merge patch, or the steps of a patch: texts in words, by their names. Numbers of devices and lines have their place there. */
export const cardNumberFaults = (sent: unknown): Fault[] => {
  const faults: Fault[] = []
  const look = (value: unknown, path: string, isWords: boolean, depth: number): void => {
    if (faults.length >= MOST_FAULTS || depth > DEEPEST) return
    if (typeof value === 'string' || typeof value === 'number') {
      if (isWords && holdsSchemeNumber(String(value))) faults.push(fault(path, 'holds what looks like a card number'))
    } else if (Array.isArray(value)) {
      for (const [index, one] of value.entries()) look(one, `${path}[${index}]`, isWords, depth + 1)
    } else if (value !== null && typeof value === 'object') {
      const step = (value as { path?: unknown }).path
      const of = typeof step === 'string' ? lastName(step) : undefined
      for (const [name, inner] of Object.entries(value)) look(inner, path === '' ? name : `${path}.${name}`, WORDS.has(name) || (name === 'value' && of !== undefined && WORDS.has(of)), depth + 1)
    }
  }
  look(sent, '', false, 0)
  return faults
}
