/**
 * Two scans of JSON text. The quick one runs over every body and counts; the exact one runs only over a body in which the quick one saw
 * something suspicious, and finds out what and where.
 */
import { Decimal } from 'decimal.js'
import { fault, type Fault } from '../errors.ts'
import { objectionToText, visible } from '../text.ts'

/** What one pass over the bytes of a text tells. Meaningful only if the text is valid JSON, which JSON.parse decides. */
export interface Scan {
  depth: number
  /** Values and keys, counted by their separators. */
  nodes: number
  /** Members of objects, those of duplicate keys included. */
  members: number
  /** A `\u` escape: the only way in which NUL or half a surrogate pair enters valid UTF-8 JSON. */
  escapes: boolean
  /** A number of 16 or more digits, or with an exponent: it may not be carried exactly. */
  numbers: boolean
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39

/** One pass over the bytes; about a sixth of the time that JSON.parse takes. */
export const quickScan = (bytes: Uint8Array): Scan => {
  let depth = 0
  let deepest = 0
  let nodes = 1
  let members = 0
  let escapes = false
  let numbers = false
  let digits = 0
  const { length } = bytes
  for (let at = 0; at < length; at += 1) {
    const byte = bytes[at] as number
    if (byte === QUOTE) {
      for (at += 1; at < length; at += 1) {
        const inner = bytes[at] as number
        if (inner === QUOTE) break
        if (inner === BACKSLASH) {
          at += 1
          if (bytes[at] === 0x75) escapes = true
        }
      }
      digits = 0
    } else if (isDigit(byte)) {
      digits += 1
      if (digits > 15) numbers = true
    } else if (byte === 0x2e) {
      // A decimal point is part of the number: its digits before and after count together.
    } else {
      // e or E after a digit is an exponent; in true, false and null no digit comes before.
      if (digits > 0 && (byte === 0x65 || byte === 0x45)) numbers = true
      digits = 0
      if (byte === 0x3a) {
        members += 1
        nodes += 1
      } else if (byte === 0x2c) nodes += 1
      else if (byte === 0x7b || byte === 0x5b) {
        depth += 1
        if (depth > deepest) deepest = depth
      } else if (byte === 0x7d || byte === 0x5d) depth -= 1
    }
  }
  return { depth: deepest, nodes, members, escapes, numbers }
}

/** Whether a JSON number's text is carried by a double to the digit: integers up to 2^53 − 1, decimals that print as they were written. */
export const isExactNumber = (text: string): boolean => {
  const number = Number(text)
  if (!Number.isFinite(number)) return false
  const [mantissa = ''] = text.replace('-', '').split(/e/i)
  const significant = mantissa.replace('.', '').replace(/^0+/, '').replace(/0+$/, '')
  // More than 17 significant digits never survive, and are not worth the exact comparison.
  if (significant.length > 17) return false
  if (significant === '') return true
  if (number === 0 || (Number.isInteger(number) && !Number.isSafeInteger(number))) return false
  return new Decimal(text).equals(new Decimal(number))
}

const member = (path: string, key: string): string => (path === '' ? visible(key) : `${path}.${visible(key)}`)
const MOST_FAULTS = 100

/** Walks valid JSON (of bounded depth) and finds duplicate keys, numbers that lose digits, and text that cannot be stored. */
export const exactScan = (text: string): Fault[] => {
  const faults: Fault[] = []
  let at = 0
  const add = (path: string, rule: string, value?: string): void => {
    if (faults.length < MOST_FAULTS) faults.push(fault(path, rule, value))
  }
  const skip = (): void => {
    while (at < text.length && text.charCodeAt(at) <= 0x20) at += 1
  }
  const string = (): string => {
    const from = at
    let escaped = false
    for (at += 1; text[at] !== '"'; at += 1) {
      if (text[at] !== '\\') continue
      escaped = true
      at += 1
    }
    at += 1
    return escaped ? (JSON.parse(text.slice(from, at)) as string) : text.slice(from + 1, at - 1)
  }
  const object = (path: string): void => {
    const keys = new Set<string>()
    at += 1
    for (skip(); text[at] !== '}'; skip()) {
      if (text[at] === ',') at += 1
      skip()
      const key = string()
      const own = member(path, key)
      const wrong = objectionToText(key)
      if (wrong !== undefined) add(own, `${wrong} in its name`)
      if (keys.has(key)) add(own, 'must not be given twice')
      keys.add(key)
      skip()
      at += 1 // the colon
      value(own)
    }
    at += 1
  }
  const array = (path: string): void => {
    at += 1
    let index = 0
    for (skip(); text[at] !== ']'; skip()) {
      if (text[at] === ',') at += 1
      value(`${path}[${String(index)}]`)
      index += 1
    }
    at += 1
  }
  const value = (path: string): void => {
    skip()
    const char = text[at]
    if (char === '{') object(path)
    else if (char === '[') array(path)
    else if (char === '"') {
      const held = string()
      const wrong = objectionToText(held)
      if (wrong !== undefined) add(path, wrong, visible(held))
    } else {
      const from = at
      while (at < text.length && !',]} \t\r\n'.includes(text[at] as string)) at += 1
      const literal = text.slice(from, at)
      if (/^[-\d]/.test(literal) && !isExactNumber(literal)) add(path, 'must be a number that a double carries exactly (integers up to 2^53 - 1)', literal)
    }
  }
  value('')
  return faults
}
