/**
 * Refuses what may never be kept of a card: its number, in whatever text it comes, and what the rules of the card industry forbid to store even
 * encrypted (verification codes, PIN blocks, tracks). For resources that are about payment, in which no other long number has its place but that
 * of a bank account: any text, any name, any number. Runs before anything else reads what was sent; its faults carry no value. Pure.
 */
import { holdsCardNumber, withoutCardNumbers } from '../../platform/card-number.ts'
import { fault, type Fault } from '../../platform/errors.ts'
import { isIban } from '../../platform/iban.ts'

/** Attributes by these names are refused wherever they stand, whatever they hold: compared in lower case, without signs. */
const NEVER_KEPT = new Set(['cardnumber', 'primaryaccountnumber', 'cvv', 'cvv2', 'cvc', 'cvc2', 'cav2', 'cardverificationvalue', 'cardverificationcode', 'cardsecuritycode', 'pinblock', 'track1', 'track2', 'trackdata', 'magneticstripe'])

const MOST_FAULTS = 50
const DEEPEST = 40

const bare = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')

/** `/account/0/name` and `$.account[0].name` as `account[0].name`: what a step of a patch is about. */
const targetOf = (pointer: string): string =>
  pointer.startsWith('/')
    ? pointer.slice(1).split('/').reduce((path, part) => (/^\d{1,4}$/.test(part) ? `${path}[${part}]` : path === '' ? part : `${path}.${part}`), '')
    : pointer.replace(/^\$\.?/, '')

const lastName = (path: string): string => path.replaceAll(/\[[^\]]*\]/g, '').split('.').at(-1) ?? path

interface Found {
  faults: Fault[]
}

const NUMBER = 'holds what looks like a card number: send a token and lastFourDigits'
const SECRET = 'is never kept of a card: send a token and lastFourDigits'

const look = (value: unknown, path: string, depth: number, found: Found): void => {
  if (found.faults.length >= MOST_FAULTS || depth > DEEPEST) return
  const add = (at: string, rule: string): void => void found.faults.push(fault(withoutCardNumbers(at), rule))
  if (typeof value === 'string' || typeof value === 'number') {
    const text = String(value)
    if (!holdsCardNumber(text)) return
    if (lastName(path) === 'accountNumber' && isIban(text)) return
    add(path, NUMBER)
  } else if (Array.isArray(value)) {
    for (const [index, one] of value.entries()) look(one, `${path}[${index}]`, depth + 1, found)
  } else if (value !== null && typeof value === 'object') {
    lookInside(value as Record<string, unknown>, path, depth, found, add)
  }
}

const lookInside = (value: Record<string, unknown>, path: string, depth: number, found: Found, add: (at: string, rule: string) => void): void => {
  const name = value['name']
  const named = typeof name === 'string' && NEVER_KEPT.has(bare(name)) && value['value'] !== undefined && value['value'] !== null
  if (named) add(path === '' ? 'value' : `${path}.value`, SECRET)
  for (const [key, inner] of Object.entries(value)) {
    const at = path === '' ? key : `${path}.${key}`
    if (holdsCardNumber(key)) add(at, 'is a name that holds what looks like a card number')
    // A null takes an attribute away.
    else if (NEVER_KEPT.has(bare(key)) && inner !== null) add(at, SECRET)
    else if (!(named && key === 'value')) look(inner, at, depth + 1, found)
  }
}

/** One step of a JSON Patch, or of a JSON Patch by query: its value belongs to where its path leads. */
const lookAtStep = (step: unknown, index: number, found: Found): void => {
  const { path, value, ...rest } = (step ?? {}) as Record<string, unknown>
  const target = typeof path === 'string' ? targetOf(path) : ''
  look(rest, `[${index}]`, 1, found)
  if (typeof path === 'string' && holdsCardNumber(path)) found.faults.push(fault(`[${index}].path`, NUMBER))
  else if (value !== undefined && value !== null && NEVER_KEPT.has(bare(lastName(target)))) found.faults.push(fault(target, SECRET))
  else look(value, target === '' ? `[${index}].value` : target, 1, found)
}

/** The faults of a document, of a merge patch, or of the steps of a patch. */
export const cardDataFaults = (sent: unknown): Fault[] => {
  const found: Found = { faults: [] }
  if (Array.isArray(sent)) for (const [index, step] of sent.entries()) lookAtStep(step, index, found)
  else look(sent, '', 0, found)
  return found.faults
}
