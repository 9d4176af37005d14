/** What individuals and organizations have in common: how they are called, and dates that must follow each other. Pure. */
import { fault, type Fault } from '../../platform/errors.ts'
import { addressCountry, phoneForm } from './phone-form.ts'
import { mediumFaults, type Medium } from './plain-text.ts'

interface NamedIndividual {
  fullName?: string
  formattedName?: string
  givenName?: string
  familyNamePrefix?: string
  familyName?: string
}

interface NamedOrganization {
  tradingName?: string
  name?: string
}

const filled = (text: string | undefined): string | undefined => (text === undefined || text.trim() === '' ? undefined : text.trim())

/** The name a person is called by: as given in full, else put together; undefined when nothing is known. */
export const individualName = (person: NamedIndividual): string | undefined =>
  filled(person.fullName) ??
  filled(person.formattedName) ??
  filled([person.givenName, person.familyNamePrefix, person.familyName].map(filled).filter(part => part !== undefined).join(' '))

/** The name an organization is called by: the one it trades under first. */
export const organizationName = (organization: NamedOrganization): string | undefined => filled(organization.tradingName) ?? filled(organization.name)

interface Period {
  startDateTime?: string
  endDateTime?: string
}

/** A period that ends before it begins. */
export const periodFaults = (period: Period | undefined, path: string): Fault[] => {
  if (period?.startDateTime === undefined || period.endDateTime === undefined) return []
  return Date.parse(period.endDateTime) < Date.parse(period.startDateTime) ? [fault(`${path}.endDateTime`, 'must not be before startDateTime', period.endDateTime)] : []
}

interface Reachable {
  contactMedium?: readonly (Medium & { validFor?: Period })[]
}

/** Faults of the ways to reach somebody. */
export const contactFaults = (party: Reachable, previous: Reachable | undefined): Fault[] =>
  (party.contactMedium ?? []).flatMap((medium, index) => [...mediumFaults(medium, previous?.contactMedium ?? [], `contactMedium[${index}]`), ...periodFaults(medium.validFor, `contactMedium[${index}].validFor`)])

/** What tells ways to reach somebody apart, whoever says them: two sources that have the same address mean one. */
export const contactIdentity = [
  'mediumType',
  'characteristic.emailAddress',
  { path: 'characteristic.phoneNumber', as: phoneForm },
  { path: 'characteristic.faxNumber', as: phoneForm },
  'characteristic.socialNetworkId',
  'characteristic.street1',
  'characteristic.street2',
  'characteristic.postCode',
  'characteristic.city',
  { path: 'characteristic.country', as: addressCountry },
] as const
