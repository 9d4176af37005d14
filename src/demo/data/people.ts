/**
 * Two hundred customers with their accounts. Names are put together from lists, mail goes to example domains (RFC 2606), telephone
 * numbers lie in the ranges that Ofcom keeps for drama.
 */
import { brands, currency, jurisdiction, randomFrom } from './record.ts'
import { sampleAddresses } from './town.ts'
import type { SampleAddress } from './town.ts'
import type { SampleRecord } from './record.ts'

const givenNames = [
  'Ada', 'Bertil', 'Cerys', 'Dario', 'Elspeth', 'Faisal', 'Greta', 'Hamish', 'Ingrid', 'Jonas', 'Kirsty', 'Leander', 'Mira', 'Nuno', 'Oona', 'Piotr', 'Quinn', 'Runa', 'Senan', 'Tova',
  'Ursel', 'Viggo', 'Wren', 'Xenia', 'Yusuf', 'Zora', 'Anouk', 'Bram', 'Calla', 'Desta', 'Eamon', 'Fenna', 'Gil', 'Hedda', 'Idris', 'Jorun', 'Kofi', 'Linnea', 'Matthis', 'Noor',
]
const familyNames = [
  'Aldenhoven', 'Brackwater', 'Calloway', 'Dunlin', 'Eiderdown', 'Fairleigh', 'Gannetson', 'Haddock', 'Islington', 'Jettyman', 'Keelworth', 'Longshore', 'Mudlark', 'Netherby', 'Oysterman', 'Pilchard', 'Quayle', 'Rimmer', 'Sandringer', 'Turnstone',
  'Umberley', 'Vanterpool', 'Whelkes', 'Yarrowby', 'Zandvoort', 'Ashpool', 'Birchquay', 'Cockler', 'Driftwood', 'Ebbing', 'Fulmar', 'Groynes', 'Harborne', 'Inchcape', 'Kelso-Reef', 'Lugworth', 'Marlinspike', 'Northing', 'Plover', 'Shoalsby',
]
const trades = ['Bakery', 'Boatyard', 'Books', 'Chandlery', 'Clinic', 'Cycles', 'Dental Practice', 'Fisheries', 'Flowers', 'Guest House', 'Joinery', 'Law Office', 'Net Makers', 'Opticians', 'Sailmakers', 'School of Music', 'Smokehouse', 'Surveyors', 'Tea Room', 'Weather Station']

interface Numbered {
  brand: string
  /** `ind`, `cus` and `acc` of one customer share it: `017`, `b004`. */
  number: string
  position: number
  address: SampleAddress
}

const contacts = ({ address, position }: Numbered, email: string): Record<string, unknown>[] => [
  { mediumType: 'email', preferred: true, characteristic: { emailAddress: email } },
  { mediumType: 'phone', preferred: false, characteristic: { phoneNumber: `+441632960${String(position).padStart(3, '0')}` } },
  { mediumType: 'postalAddress', preferred: false, characteristic: { street1: `${address.streetNumber} ${address.street}`, city: address.city, postCode: address.postcode, country: address.country } },
]

const roleAndAccount = (person: Numbered, party: { id: string; name: string; type: string }, email: string): SampleRecord[] => [
  {
    brand: person.brand,
    resource: 'customer',
    id: `cus-${person.number}`,
    doc: { name: party.name, status: 'active', engagedParty: { id: party.id, name: party.name, '@referredType': party.type }, contactMedium: contacts(person, email) },
  },
  {
    brand: person.brand,
    resource: 'billingAccount',
    id: `acc-${person.number}`,
    doc: {
      name: `${party.name}, monthly bill`,
      accountType: 'billing',
      billCycleDay: 1 + (person.position % 28),
      currency,
      timeZone: 'Europe/London',
      taxJurisdiction: jurisdiction,
      relatedParty: [{ id: party.id, name: party.name, role: 'customer', '@referredType': party.type }],
    },
  },
]

const individual = (person: Numbered, given: string, family: string, born: string): SampleRecord[] => {
  const id = `ind-${person.number}`
  const email = `${given}.${family}@example.com`.toLowerCase()
  const party: SampleRecord = {
    brand: person.brand,
    resource: 'individual',
    id,
    doc: {
      givenName: given,
      familyName: family,
      fullName: `${given} ${family}`,
      birthDate: born,
      status: 'validated',
      contactMedium: contacts(person, email),
      languageAbility: [{ languageCode: 'en', isFavouriteLanguage: true }],
    },
  }
  return [party, ...roleAndAccount(person, { id, name: `${given} ${family}`, type: 'Individual' }, email)]
}

const organization = (person: Numbered, name: string): SampleRecord[] => {
  const id = `org-${person.number}`
  const email = `office@${name.toLowerCase().replaceAll(/[^a-z]+/g, '-')}.example`
  const party: SampleRecord = {
    brand: person.brand,
    resource: 'organization',
    id,
    doc: { tradingName: name, name: `${name} Ltd`, isLegalEntity: true, organizationType: 'company', status: 'validated', contactMedium: contacts(person, email) },
  }
  return [party, ...roleAndAccount(person, { id, name, type: 'Organization' }, email)]
}

const counts = { individuals: 150, organizations: 20, virtual: 30 } as const

const build = (): SampleRecord[] => {
  const random = randomFrom(20_25)
  const taken = new Set<string>()
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  /** Nobody is called like somebody else here. */
  const freshName = (): [string, string] => {
    for (;;) {
      const [given, family] = [pick(givenNames), pick(familyNames)]
      if (!taken.has(`${given} ${family}`)) {
        taken.add(`${given} ${family}`)
        return [given, family]
      }
    }
  }
  const birthDate = (): string => `${1945 + Math.floor(random() * 60)}-${String(1 + Math.floor(random() * 12)).padStart(2, '0')}-${String(1 + Math.floor(random() * 28)).padStart(2, '0')}T00:00:00Z`
  const numbered = (position: number, brand: string, number: string): Numbered => ({ brand, number, position, address: sampleAddresses[position % sampleAddresses.length] as SampleAddress })
  const three = (value: number): string => String(value).padStart(3, '0')

  const records: SampleRecord[] = []
  for (let i = 1; i <= counts.individuals; i++) records.push(...individual(numbered(i, brands.own, three(i)), ...freshName(), birthDate()))
  for (let i = 1; i <= counts.organizations; i++) {
    const position = counts.individuals + i
    records.push(...organization(numbered(position, brands.own, three(position)), `${familyNames[i - 1] ?? ''} ${trades[i - 1] ?? ''}`))
  }
  for (let i = 1; i <= counts.virtual; i++) {
    const position = counts.individuals + counts.organizations + i
    records.push(...individual(numbered(position, brands.virtual, `b${three(i)}`), ...freshName(), birthDate()))
  }
  // Parties before those who name them.
  return ['individual', 'organization', 'customer', 'billingAccount'].flatMap(resource => records.filter(record => record.resource === resource))
}

export const peopleRecords: SampleRecord[] = build()
