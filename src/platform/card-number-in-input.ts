/**
 * What is sent to be stored holds no card number: customers say them, agents write them down, and whatever is called a note, an id or a
 * characteristic takes one. Every text and every whole number is looked at, for the beginnings of the large schemes. Other long numbers have
 * their place: ids, devices, bank accounts, telephone numbers and coordinates are told by their names or by their form. Pure.
 */
import { holdsSchemeNumber, SHORTEST_OF_TEXT, withoutCardNumbers } from './card-number.ts'
import { fault, type Fault } from './errors.ts'
import { withoutIbans } from './iban.ts'

/** What people write. Here a number of 13 digits counts too, as old ones have; elsewhere that is a telephone number or an article. */
const WORDS: ReadonlySet<string> = new Set([
  'description', 'text', 'resolution', 'reason', 'statusReason', 'name', 'author', 'content', 'note', 'comment', 'remark', 'message', 'title', 'aristocraticTitle', 'generation', 'location',
  'givenName', 'preferredGivenName', 'middleName', 'familyName', 'familyNamePrefix', 'fullName', 'formattedName', 'legalName', 'tradingName', 'contactName', 'partyRoleType', 'accountType',
])
/** Attributes that hold long numbers of other kinds, and all below them. `op`, `path` and `from` are those of a patch's steps. */
const EXEMPT: ReadonlySet<string> = new Set([
  'id', 'href', 'url', 'callback', 'externalReference', 'externalIdentifier', 'productNumber', 'op', 'path', 'from',
  '@type', '@baseType', '@schemaLocation', '@referredType', 'x', 'y', 'z', 'coordinates', 'latitude', 'longitude', 'geometry',
])
/** Ids that others give: `relatedOrderId`. That of a paper that somebody shows is typed in by hand. */
const OTHERS_ID = /[a-z]I[dD]$/
const TYPED_IN: ReadonlySet<string> = new Set(['identificationId'])
/** Names of attributes and of characteristics, in lower case and without signs. */
const DEVICE = /imei|iccid|imsi|meid|msisdn|serial|iban|gtin|barcode|trackingnumber|macaddress|^(?:ean|eid|sku|mac|upc)$/
/** A telephone number as it is dialled from abroad. */
const ABROAD = /(?<![\d+])(?:\+|00)[ ]?[1-9](?:[ ()./-]{0,2}\d){6,14}(?![ ()./-]{0,2}\d)/g
const DECIMAL = /^[+-]?\d{1,3}\.\d+$/
/** Where the small letters of a text are, there is no number. */
const LONG_ENOUGH = /\p{Nd}[^A-Za-z]{11,}\p{Nd}/u

const MOST_FAULTS = 50
const DEEPEST = 40
const SMALLEST = 1e12

const exemptions = new Map<string, boolean>()
const MOST_NAMES = 5000

/** Names are few, and asked for again with each document. */
const isExempt = (name: string): boolean => {
  let exempt = exemptions.get(name)
  if (exempt === undefined) {
    exempt = EXEMPT.has(name) || (OTHERS_ID.test(name) && !TYPED_IN.has(name)) || DEVICE.test(name.toLowerCase().replaceAll(/[^a-z0-9]/g, ''))
    if (exemptions.size < MOST_NAMES) exemptions.set(name, exempt)
  }
  return exempt
}

/** Whether a text that was sent holds a card number. `words`: as people write, where shorter ones count. */
const isFound = (text: string, words: boolean): boolean => {
  if (text.length < SHORTEST_OF_TEXT || !LONG_ENOUGH.test(text) || DECIMAL.test(text)) return false
  return holdsSchemeNumber(text, words) && holdsSchemeNumber(withoutIbans(text.normalize('NFKC')).replaceAll(ABROAD, '|'), words)
}

/** `/note/0/text` and `$.note[0].text` lead through attributes to the one that they are about. */
const attributesOf = (pointer: string): string[] => pointer.split(/[/.]/).flatMap(part => (part === '' || part === '$' || /^[\d-]+$/.test(part) ? [] : [part.replace(/\[.*$/s, '')]))

const NUMBER = 'holds what looks like a card number'

interface Found {
  path: string
  value: string
}

const lookInto = (value: unknown, path: string, words: boolean, depth: number, found: Found[]): void => {
  if (typeof value === 'string') {
    if (value.length >= SHORTEST_OF_TEXT && isFound(value, words)) found.push({ path, value })
  } else if (typeof value === 'number') {
    if (value >= SMALLEST && Number.isInteger(value) && isFound(String(value), words)) found.push({ path, value: String(value) })
  } else if (value !== null && typeof value === 'object' && depth <= DEEPEST && found.length < MOST_FAULTS) {
    if (Array.isArray(value)) for (let index = 0; index < value.length; index += 1) lookInto(value[index], `${path}[${index}]`, words, depth + 1, found)
    else lookIntoObject(value as Record<string, unknown>, path, words, depth, found)
  }
}

const lookIntoObject = (value: Record<string, unknown>, path: string, words: boolean, depth: number, found: Found[]): void => {
  const called = value['name']
  const step = value['path']
  const about = typeof step === 'string' && value['op'] !== undefined ? attributesOf(step) : undefined
  for (const name in value) {
    if (isExempt(name)) continue
    const inner = value[name]
    const at = path === '' ? name : `${path}.${name}`
    if (name.length >= SHORTEST_OF_TEXT && isFound(name, false)) found.push({ path: at, value: name })
    let isWords = words || WORDS.has(name)
    if (name === 'value') {
      if (about?.some(isExempt) === true || (typeof called === 'string' && called.length < 100 && DEVICE.test(called.toLowerCase().replaceAll(/[^a-z0-9]/g, '')))) continue
      isWords ||= WORDS.has(about?.at(-1) ?? '') || (typeof called === 'string' && WORDS.has(called.trim().toLowerCase()))
    }
    lookInto(inner, at, isWords, depth + 1, found)
  }
}

/**
 * Faults of a document, a merge patch, or the steps of a patch; they carry no value. `before`: the document that it becomes of; what that
 * holds already is not said again.
 */
export const cardNumberFaults = (sent: unknown, before?: unknown): Fault[] => {
  const found: Found[] = []
  lookInto(sent, '', false, 0, found)
  if (found.length === 0) return []
  const held: Found[] = []
  if (before !== undefined) lookInto(before, '', false, 0, held)
  const values = new Set(held.map(({ value }) => value))
  return found.filter(({ value }) => !values.has(value)).map(({ path }) => fault(withoutCardNumbers(path), NUMBER))
}
