/** Telephone numbers in one form, so that two spellings of a number in the lists of several sources are one element. For comparing alone. Pure. */
import { isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js'

const LONGEST = 100

interface Element {
  characteristic?: { country?: string; phoneNumber?: string; faxNumber?: string }
}

/** The country of an address. Beside a number it only says how to read that. */
export const addressCountry = (text: string, element: unknown): string => {
  const { phoneNumber, faxNumber } = (element as Element).characteristic ?? {}
  return phoneNumber === undefined && faxNumber === undefined ? text : ''
}

/** As E.164 where the country is written, or said beside the number; else as it is. `00` is read as most of the world dials abroad. */
export const phoneForm = (text: string, element: unknown): string => {
  const plain = text.normalize('NFKC').trim().replace(/^tel:/i, '').replace(/^(\+|00)(.*)\(0\)/, '$1$2')
  if (plain.length > LONGEST) return text
  const country = (element as Element).characteristic?.country?.trim().toUpperCase()
  const known = country !== undefined && isSupportedCountry(country) ? country : undefined
  const number = plain.startsWith('00') ? parsePhoneNumberFromString(`+${plain.slice(2)}`, { extract: false }) : parsePhoneNumberFromString(plain, { extract: false, ...(known !== undefined && { defaultCountry: known }) })
  return number?.isPossible() === true ? number.format('RFC3966') : text
}
