/**
 * Identifiers in the one form in which they are compared: phones in E.164, e-mail addresses with their domain in lower case. Nothing is
 * guessed: what cannot be understood is a fault, and what a provider does with dots, tags or upper case is its own matter. Pure.
 */
import { domainToASCII } from 'node:url'
import { isSupportedCountry, parsePhoneNumberFromString, type CountryCode, type PhoneNumber } from 'libphonenumber-js'

export const IDENTIFIER_TYPES = ['email', 'phone', 'customerNumber', 'login', 'device', 'document', 'external'] as const
export type IdentifierType = (typeof IDENTIFIER_TYPES)[number]

/** A value in its compared form, or what is wrong with it in words. */
export type Normalised = { value: string } | { wrong: string }

/** Longer ones are no identifiers, and no index takes them. */
export const LONGEST_VALUE = 254

const tidy = (text: string): string => text.normalize('NFC').trim()

/** Control characters and invisible marks that make two values look the same. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

/** A country code that phone numbers without one can be read by; undefined when it is none. */
export const countryOf = (text: string | undefined): CountryCode | undefined => {
  const code = text?.trim().toUpperCase()
  return code !== undefined && isSupportedCountry(code) ? code : undefined
}

/** Where no country says how to dial abroad, `00` is read as most of the world dials it; only a number that its country has is believed. */
const dialledAbroad = (text: string): PhoneNumber | undefined => {
  const number = text.startsWith('00') ? parsePhoneNumberFromString(`+${text.slice(2)}`, { extract: false }) : undefined
  return number?.isValid() ? number : undefined
}

/** E.164, and the extension where there is one: `+4930901820`, `+4930901820;ext=12`. National numbers are read as of `country`. */
export const normalisePhone = (raw: string, country?: CountryCode): Normalised => {
  const text = tidy(raw).replace(/^tel:/i, '')
  if (text.length > 100) return { wrong: 'is too long for a phone number' }
  const number = country === undefined && text.startsWith('00') ? dialledAbroad(text) : parsePhoneNumberFromString(text, { extract: false, ...(country !== undefined && { defaultCountry: country }) })
  if (number === undefined) return { wrong: country === undefined && !text.startsWith('+') ? 'must be a phone number in international form, such as +4930901820' : 'must be a phone number' }
  // Number ranges are opened every week, so that only the length is judged.
  if (!number.isPossible()) return { wrong: 'must be a phone number of a length that its country has' }
  return { value: number.ext === undefined ? number.number : `${number.number};ext=${number.ext}` }
}

/** The domain in lower case and as ASCII, the local part as it is: only the domain's owner knows what it means. */
export const normaliseEmail = (raw: string): Normalised => {
  const text = tidy(raw)
  const at = text.lastIndexOf('@')
  const [local, domain] = [text.slice(0, at), text.slice(at + 1)]
  if (at < 1 || domain === '' || /[\s"(),:;<>[\\\]]/u.test(text) || local.includes('@') || local.startsWith('.') || local.endsWith('.') || local.includes('..') || INVISIBLE.test(text)) return { wrong: 'must be an e-mail address' }
  const ascii = domainToASCII(domain.toLowerCase())
  if (ascii === '' || !ascii.includes('.') || ascii.endsWith('.')) return { wrong: 'must be an e-mail address with a domain' }
  const value = `${local}@${ascii}`
  return value.length > LONGEST_VALUE || local.length > 64 ? { wrong: 'is too long for an e-mail address' } : { value }
}

/** A normalised address, whose local part may be read in either case. For comparing alone: what is kept and shown is as it was given. */
export const emailBesideCase = (value: string): string => value.toLowerCase()

const normaliseText = (raw: string): Normalised => {
  const value = tidy(raw)
  if (value === '') return { wrong: 'must not be empty' }
  if (value.length > LONGEST_VALUE) return { wrong: `must be at most ${LONGEST_VALUE} characters long` }
  return INVISIBLE.test(value) ? { wrong: 'must not contain invisible characters' } : { value }
}

/** Numbers of papers are printed with spaces and dashes, and in either case. */
const normaliseDocument = (raw: string): Normalised => normaliseText(raw.replace(/[\s.-]/gu, '').toUpperCase())

/** A value of this type in the form in which it is compared. */
export const normalise = (type: IdentifierType, raw: string, country?: CountryCode): Normalised => {
  if (type === 'phone') return normalisePhone(raw, country)
  if (type === 'email') return normaliseEmail(raw)
  return type === 'document' ? normaliseDocument(raw) : normaliseText(raw)
}
