/**
 * Names, and the addresses and numbers by which somebody is reached, as far as their form tells that they are none. Every script, accent, emoji
 * and joiner is stored as it came; what no name has are control characters, and marks that turn the direction of the text around them. What is
 * stored already is not looked at again. Pure.
 */
import { isDeepStrictEqual } from 'node:util'
import { fault, type Fault } from '../../platform/errors.ts'

/** Control characters, and the overrides, embeddings and isolates of the bidirectional algorithm. */
const UNSEEN = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u
const BLANK = /^[\s\u200b\u2060]+$/
/** As long as an address can be in a message (RFC 5321, 4.5.3.1.3 with its brackets), and any number that is dialled, with what people write around it. */
const LONGEST_EMAIL = 254
const LONGEST_NUMBER = 100
const EMAIL = /^[^\s@][^\s]*@[^\s]+$/

const NAMES = ['aristocraticTitle', 'familyName', 'familyNamePrefix', 'formattedName', 'fullName', 'generation', 'givenName', 'legalName', 'middleName', 'preferredGivenName', 'title', 'name', 'nameType', 'tradingName'] as const

type Named = Readonly<Record<string, unknown>>

const nameFaultsOf = (named: Named, before: readonly Named[], path: string): Fault[] =>
  NAMES.flatMap(attribute => {
    const value = named[attribute]
    if (typeof value !== 'string' || before.some(one => one[attribute] === value)) return []
    if (UNSEEN.test(value)) return [fault(`${path}${attribute}`, 'must not have control characters or marks that turn the direction of writing')]
    return BLANK.test(value) ? [fault(`${path}${attribute}`, 'must not be blank')] : []
  })

interface Called {
  otherName?: readonly object[]
}

/** Faults of what a person or an organization is called, also by other names. */
export const nameFaults = (party: Called, previous: Called | undefined): Fault[] => [
  ...nameFaultsOf(party as Named, previous === undefined ? [] : [previous as Named], ''),
  ...(party.otherName ?? []).flatMap((other, index) => nameFaultsOf(other as Named, (previous?.otherName ?? []) as readonly Named[], `otherName[${index}].`)),
]

export interface Medium {
  characteristic?: { emailAddress?: string; phoneNumber?: string; faxNumber?: string }
}

const numberFaults = (value: string | undefined, path: string): Fault[] => {
  if (value === undefined || value === '') return []
  if (UNSEEN.test(value)) return [fault(path, 'must not have control characters or marks that turn the direction of writing')]
  if (value.length > LONGEST_NUMBER) return [fault(path, `must be at most ${LONGEST_NUMBER} characters long`)]
  return /\p{Nd}/u.test(value) ? [] : [fault(path, 'must have a digit', value)]
}

const emailFaults = (value: string | undefined, path: string): Fault[] => {
  if (value === undefined || value === '') return []
  // A line break in it would begin a header of a message that is sent there.
  if (UNSEEN.test(value)) return [fault(path, 'must not have control characters or line breaks')]
  if (value.length > LONGEST_EMAIL) return [fault(path, `must be at most ${LONGEST_EMAIL} characters long`)]
  return EMAIL.test(value) ? [] : [fault(path, 'must be an e-mail address, with an @ and without blanks', value)]
}

/** Faults of an address or number that is new. */
export const mediumFaults = (medium: Medium, before: readonly Medium[], path: string): Fault[] => {
  const { emailAddress, phoneNumber, faxNumber } = medium.characteristic ?? {}
  if (medium.characteristic === undefined || before.some(one => isDeepStrictEqual(one.characteristic, medium.characteristic))) return []
  const at = `${path}.characteristic`
  return [...emailFaults(emailAddress, `${at}.emailAddress`), ...numberFaults(phoneNumber, `${at}.phoneNumber`), ...numberFaults(faxNumber, `${at}.faxNumber`)]
}
