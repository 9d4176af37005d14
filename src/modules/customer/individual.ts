/** TMF632 individual: a natural person. */
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import { defineResource } from '../../tmf/resource.ts'
import { Individual, individualCreate, individualUpdate } from './individual.schema.ts'
import { partyApi } from './party-api.ts'
import { contactFaults, periodFaults } from './party.ts'

const datesOf = (person: Individual, now: Date): Fault[] => {
  const faults: Fault[] = []
  const [birth, death] = [person.birthDate, person.deathDate].map(date => (date === undefined ? undefined : Date.parse(date)))
  if (birth !== undefined && birth > now.getTime()) faults.push(fault('birthDate', 'must not be in the future', person.birthDate))
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
  lifecycle: {
    attribute: 'status',
    states: ['initialized', 'validated', 'deceaded'],
    initial: ['initialized', 'validated', 'deceaded'],
    // A death that was recorded by mistake is taken back; nobody becomes unverified again.
    moves: { initialized: ['validated', 'deceaded'], validated: ['deceaded'], deceaded: ['validated'] },
    movedBy: 'client',
  },
  filters: { givenName: 'text', familyName: 'text', fullName: 'text', status: 'text', birthDate: 'instant' },
  references: [{ path: 'relatedParty[]' }],
  ownerParty: person => person.id,
  check(person, { now }) {
    const faults = [
      ...datesOf(person, now),
      ...contactFaults(person),
      ...(person.individualIdentification ?? []).flatMap((paper, index) => periodFaults(paper.validFor, `individualIdentification[${index}].validFor`)),
    ]
    if (faults.length > 0) throw refuse.invalid(faults)
  },
  example: {
    givenName: 'Mira',
    familyName: 'Aldenhoven',
    birthDate: '1988-03-14T00:00:00Z',
    contactMedium: [{ mediumType: 'email', preferred: true, characteristic: { emailAddress: 'mira.aldenhoven@example.com' } }],
    languageAbility: [{ languageCode: 'en', isFavouriteLanguage: true }],
  },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'the birth date lies in the future', attribute: 'birthDate' },
    { status: 400, code: 'invalidAttribute', when: 'the death date is before the birth date', attribute: 'deathDate' },
    { status: 400, code: 'invalidAttribute', when: 'a way to reach the person ends before it begins', attribute: 'contactMedium' },
  ],
})
