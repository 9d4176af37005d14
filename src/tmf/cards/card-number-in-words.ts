/**
 * What people write is no place for a card number: customers say them, and agents write down what they hear. Looks at names, notes and remarks
 * alone, and for the beginnings of the large schemes, because phone numbers, bank accounts, devices, orders and ids in other systems are long
 * numbers too and have their place beside the words. Pure.
 */
import { holdsSchemeNumber, withoutCardNumbers } from '../../platform/card-number.ts'
import { fault, type Fault } from '../../platform/errors.ts'
import { withoutIbans } from '../../platform/iban.ts'

const WORDS: ReadonlySet<string> = new Set([
  'description', 'text', 'resolution', 'reason', 'statusReason', 'name', 'author', 'content', 'note', 'comment', 'remark', 'message', 'title', 'aristocraticTitle', 'generation', 'location',
  'givenName', 'preferredGivenName', 'middleName', 'familyName', 'familyNamePrefix', 'fullName', 'formattedName', 'legalName', 'tradingName', 'contactName', 'partyRoleType', 'accountType',
])
/** Below these a name is an id that another system has given. */
const IDS: ReadonlySet<string> = new Set(['externalReference', 'externalIdentifier'])
const MOST_FAULTS = 50
const DEEPEST = 40

/** `/note/0/text` and `$.note[0].text` lead through attributes to the one that they are about. */
const attributesOf = (pointer: string): string[] => pointer.split(/[/.]/).flatMap(part => (part === '' || part === '$' || /^[\d-]+$/.test(part) ? [] : [part.replace(/\[.*$/s, '')]))

const isAboutWords = (attributes: readonly string[]): boolean => WORDS.has(attributes.at(-1) ?? '') && !attributes.some(name => IDS.has(name))

/** A characteristic that is called as words are: `{ name: 'note', value: '…' }`. */
const isNamedWords = (holder: Record<string, unknown>): boolean => typeof holder['name'] === 'string' && WORDS.has(holder['name'].trim().toLowerCase())

/** Faults of a document, a merge patch, or the steps of a patch; they carry no value. */
export const cardNumberFaults = (sent: unknown): Fault[] => {
  const faults: Fault[] = []
  const look = (value: unknown, path: string, isWords: boolean, isId: boolean, depth: number): void => {
    if (faults.length >= MOST_FAULTS || depth > DEEPEST) return
    if (typeof value === 'string' || typeof value === 'number') {
      if (isWords && !isId && holdsSchemeNumber(withoutIbans(String(value)))) faults.push(fault(withoutCardNumbers(path), 'holds what looks like a card number'))
    } else if (Array.isArray(value)) {
      for (const [index, one] of value.entries()) look(one, `${path}[${index}]`, isWords, isId, depth + 1)
    } else if (value !== null && typeof value === 'object') {
      const holder = value as Record<string, unknown>
      const step = holder['path']
      const of = typeof step === 'string' && holder['op'] !== undefined ? attributesOf(step) : []
      for (const [name, inner] of Object.entries(holder)) {
        const words = WORDS.has(name) || (name === 'value' && (isAboutWords(of) || isNamedWords(holder)))
        look(inner, path === '' ? name : `${path}.${name}`, words, isId || IDS.has(name) || of.some(one => IDS.has(one)), depth + 1)
      }
    }
  }
  look(sent, '', false, false, 0)
  return faults
}
