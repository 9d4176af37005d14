/** TMF632 individual: a natural person. */
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import { defineResource } from '../../tmf/resource.ts'
import { Individual, individualCreate, individualUpdate } from './individual.schema.ts'
import { ownReferenceFaults, ownStatusFaults, refuseMerged } from './merged-into.ts'
import { partyApi } from './party-api.ts'
import { contactFaults, contactIdentity, periodFaults } from './party.ts'
import { nameFaults } from './plain-text.ts'

/** 150 years: nobody has lived longer, and what lies further back is a slip of the pen. */
const LONGEST_LIFE_MS = 150 * 365.25 * 86_400_000

const datesOf = (person: Individual, now: Date): Fault[] => {
  const faults: Fault[] = []
  const [birth, death] = [person.birthDate, person.deathDate].map(date => (date === undefined ? undefined : Date.parse(date)))
  if (birth !== undefined && birth < (death ?? now.getTime()) - LONGEST_LIFE_MS) faults.push(fault('birthDate', 'must not be more than 150 years back', person.birthDate))
  if (birth !== undefined && birth > now.getTime()) faults.push(fault('birthDate', 'must not be in the future', person.birthDate))
  if (death !== undefined && death > now.getTime()) faults.push(fault('deathDate', 'must not be in the future', person.deathDate))
  if (birth !== undefined && death !== undefined && death < birth) faults.push(fault('deathDate', 'must not be before birthDate', person.deathDate))
  return faults
}

export const individual = defineResource({
  api: partyApi,
  name: 'individual',
  type: 'Individual',
  table: 'individual',
  description: 'A natural person. What role a person plays (customer, contact, employee) is said elsewhere.',
  schema: Individual,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: individualCreate,
  update: individualUpdate,
  serverSet: ['mergedInto'],
  lifecycle: {
    attribute: 'status',
    states: ['initialized', 'validated', 'deceaded'],
    initial: ['initialized', 'validated', 'deceaded'],
    // A death that was recorded by mistake is taken back; nobody becomes unverified again.
    moves: { initialized: ['validated', 'deceaded'], validated: ['deceaded'], deceaded: ['validated'] },
    movedBy: 'client',
  },
  filters: { givenName: 'text', familyName: 'text', fullName: 'text', status: 'text', birthDate: 'instant' },
  references: [{ path: 'relatedParty[]' }, { path: 'mergedInto' }],
  provenance: { join: { contactMedium: contactIdentity, externalReference: ['externalReferenceType', 'name'], individualIdentification: ['identificationType', 'identificationId'], languageAbility: ['languageCode', 'languageName'], partyCharacteristic: ['name'], relatedParty: ['id', 'role'] } },
  ownerParty: person => person.id,
  check(person, { now, context, previous }) {
    const faults = [
      ...ownReferenceFaults(person, previous, context),
      ...ownStatusFaults(person, previous, context),
      ...datesOf(person, now),
      ...nameFaults(person, previous),
      ...contactFaults(person, previous),
      ...(person.individualIdentification ?? []).flatMap((paper, index) => periodFaults(paper.validFor, `individualIdentification[${index}].validFor`)),
    ]
    if (faults.length > 0) throw refuse.invalid(faults)
  },
  checkDelete: refuseMerged,
  example: {
    givenName: 'Mira',
    familyName: 'Aldenhoven',
    birthDate: '1988-03-14T00:00:00Z',
    contactMedium: [{ mediumType: 'email', preferred: true, characteristic: { emailAddress: 'mira.aldenhoven@example.com' } }],
    languageAbility: [{ languageCode: 'en', isFavouriteLanguage: true }],
  },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'the birth date lies in the future', attribute: 'birthDate' },
    { status: 400, code: 'invalidAttribute', when: 'the birth date lies more than 150 years back', attribute: 'birthDate' },
    { status: 400, code: 'invalidAttribute', when: 'the death date is before the birth date or in the future', attribute: 'deathDate' },
    { status: 400, code: 'invalidAttribute', when: 'a name is blank or has control characters', attribute: 'familyName' },
    { status: 400, code: 'invalidAttribute', when: 'a way to reach the person ends before it begins', attribute: 'contactMedium' },
  ],
})
