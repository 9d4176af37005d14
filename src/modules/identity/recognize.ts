/** What a party's own document says by which it can be recognized: identifiers, what is compared, and keys to find candidates by. Pure. */
import { createHash } from 'node:crypto'
import type { CountryCode } from 'libphonenumber-js'
import { individualName, organizationName, type Individual, type Organization } from '../customer/index.ts'
import { fold, hasLookAlikes, skeleton } from './fold.ts'
import { countryOf, emailBesideCase, normalise, type IdentifierType } from './normalise.ts'
import type { PartyKind } from './party-ref.ts'
import type { StoredTraits } from './trait-store.ts'

/** An identifier that a document gives. */
export interface Found {
  type: IdentifierType
  scope: string
  value: string
  raw: string
  /** The attribute that says it: whose word that is, its provenance knows. */
  attribute: string
  since: Date | undefined
  until: Date | undefined
  /** Issued by a system, which answers for it: customer numbers and logins. */
  asserted: boolean
}

interface Period {
  startDateTime?: string
  endDateTime?: string
}

const instant = (text: string | undefined): Date | undefined => (text === undefined ? undefined : new Date(text))
const spanOf = (period: Period | undefined) => ({ since: instant(period?.startDateTime), until: instant(period?.endDateTime) })

/** `customerNumber:mobile` → the customer number that the mobile stack gave. Any other word is an identity of that kind elsewhere. */
const typeOfReference = (word: string): { type: IdentifierType; scope: string } => {
  const [name, ...rest] = word.split(':')
  const known = (['customerNumber', 'login', 'device'] as const).find(type => type.toLowerCase() === name!.trim().replace(/[\s_-]/g, '').toLowerCase())
  return known ? { type: known, scope: rest.join(':').trim() } : { type: 'external', scope: word.trim() }
}

/** The identifiers in a document that can be understood. What cannot stays in the document as it is, and identifies nobody. */
export const identifiersOf = (party: Individual | Organization, defaultCountry: CountryCode | undefined): Found[] => {
  const found = new Map<string, Found>()
  const add = (type: IdentifierType, scope: string, raw: string | undefined, attribute: string, period: Period | undefined, country = defaultCountry): void => {
    if (raw === undefined || scope.length > 200) return
    const normalised = normalise(type, raw, country)
    if ('wrong' in normalised) return
    const key = `${type} ${scope} ${normalised.value}`
    if (!found.has(key)) found.set(key, { type, scope, value: normalised.value, raw: raw.slice(0, 1000), attribute, ...spanOf(period), asserted: type === 'customerNumber' || type === 'login' })
  }
  for (const { characteristic, validFor } of party.contactMedium ?? []) {
    add('email', '', characteristic?.emailAddress, 'contactMedium', validFor)
    add('phone', '', characteristic?.phoneNumber, 'contactMedium', validFor, countryOf(characteristic?.country) ?? defaultCountry)
  }
  for (const attribute of ['individualIdentification', 'organizationIdentification'] as const) {
    const papers = (party as Individual & Organization)[attribute] ?? []
    for (const { identificationType, issuingAuthority, identificationId, validFor } of papers) add('document', [identificationType, issuingAuthority].map(word => fold(word ?? '')).join(':'), identificationId, attribute, validFor)
  }
  for (const { externalReferenceType, name } of party.externalReference ?? []) {
    const { type, scope } = typeOfReference(externalReferenceType ?? '')
    add(type, scope, name, 'externalReference', undefined)
  }
  return [...found.values()]
}

/** The calendar date as it was written: a birthday has no time zone. */
const birthDateOf = (party: Individual | Organization): string | undefined => (party as Individual).birthDate?.slice(0, 10)

const addressOf = (party: Individual | Organization): string | undefined => {
  for (const { characteristic } of party.contactMedium ?? []) {
    const { street1, postCode, city } = characteristic ?? {}
    const [street, place] = [fold(street1 ?? ''), fold(postCode ?? city ?? '')]
    if (street !== '' && place !== '') return `${place.replaceAll(' ', '')} ${street}`
  }
  return undefined
}

/** Names in several attributes are one text: a full name and its parts say the same, and similarity does not count words twice. */
const nameOf = (kind: PartyKind, party: Individual | Organization): string => fold((kind === 'individual' ? individualName(party as Individual) : organizationName(party as Organization)) ?? '')

const MOST_WORDS = 4

/** What is compared of a party, and the keys under which it is found. */
export const traitsOf = (kind: PartyKind, party: Individual | Organization, identifiers: readonly Pick<Found, 'type' | 'scope' | 'value'>[]): { traits: StoredTraits; keys: string[] } => {
  const name = nameOf(kind, party)
  const birthDate = birthDateOf(party)
  const address = addressOf(party)
  const keys = identifiers.map(({ type, scope, value }) => `${type}:${scope === '' ? '' : `${scope}:`}${value}`)
  // Nearly every provider reads them alike: not the same address, but a hint.
  for (const { type, value } of identifiers) if (type === 'email') keys.push(`emailButForCase:${emailBesideCase(value)}`)
  if (birthDate !== undefined) {
    keys.push(`birth:${birthDate}`)
    // With the beginning of each word of the name: a date alone is too common in a large book.
    for (const word of skeleton(name).split(' ').filter(Boolean).slice(0, MOST_WORDS)) keys.push(`birth:${birthDate}:${Array.from(word).slice(0, 2).join('')}`)
  }
  if (address !== undefined) keys.push(`address:${address}`)
  const validated = party.status === 'validated'
  const sorted = [...new Set(keys)].sort()
  const digest = createHash('sha256').update(JSON.stringify([name, birthDate, address, validated, sorted])).digest('base64url').slice(0, 22)
  return { traits: { party: party.id, kind, name, lookAlike: hasLookAlikes(name), birthDate, address, validated, digest }, keys: sorted }
}

/** The types of identifiers among keys that two parties share: `phone`, `email` … `emailButForCase` only where no address is the same. */
export const sharedTypes = (keys: readonly string[]): string[] => {
  const types = keys.map(key => key.slice(0, key.indexOf(':'))).filter(type => type !== 'birth' && type !== 'address')
  return types.includes('email') ? types.filter(type => type !== 'emailButForCase') : types
}
