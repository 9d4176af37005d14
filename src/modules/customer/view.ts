/** The customer module's part of the 360° view and of the search for people: who the person is, by every document that says so. */
import type { SearchSource, SearchTerm, ViewSection } from '../../tmf/contributions.ts'
import { sourceSql } from '../../tmf/view-section.ts'
import { explainSources, saidSql } from './attribute-source.ts'
import type { Customer } from './customer.schema.ts'
import type { Individual } from './individual.schema.ts'
import type { Organization } from './organization.schema.ts'

const partySql = (resource: string, type: string): string => `SELECT p.created_at, p.id, json_build_object('@type', '${type}', 'id', p.id, 'document', p.doc, 'source', ${sourceSql(resource, 'p')}, 'attributeSource', ${saidSql(resource)}) AS item
  FROM {${resource}} p WHERE p.id IN (SELECT id FROM member)`

export const personSection: ViewSection = {
  name: 'person',
  reads: [],
  kinds: ['individual', 'organization'],
  description: 'Who it is: the document of each party that is this person, where it came from, and what each source says of each attribute, of lists of each element',
  finish: explainSources,
  sql: `(SELECT json_build_object('total', count(*), 'item', coalesce(json_agg(party.item ORDER BY party.created_at, party.id), '[]'))
    FROM (${partySql('individual', 'Individual')} UNION ALL ${partySql('organization', 'Organization')}) AS party)`,
}

type Medium = NonNullable<Individual['contactMedium']>[number]

const text = (...parts: readonly (string | undefined)[]): string => parts.filter(part => part !== undefined && part.trim() !== '').join(' ')

const named = (field: string, ...values: readonly string[]): SearchTerm[] => [...new Set(values)].filter(value => value !== '').map(value => ({ kind: 'name', field, value }))

const contactTerms = (media: readonly Medium[] = []): SearchTerm[] =>
  media.flatMap(({ characteristic: at }) => {
    if (at === undefined) return []
    const address = text(at.street1, at.street2, at.postCode, at.city, at.stateOrProvince, at.country)
    return [
      ...(at.emailAddress === undefined ? [] : [{ kind: 'email' as const, field: 'email', value: at.emailAddress }]),
      ...[at.phoneNumber, at.faxNumber].filter(number => number !== undefined).map(value => ({ kind: 'phone' as const, field: 'phone', value })),
      ...(at.socialNetworkId === undefined ? [] : [{ kind: 'identifier' as const, field: 'socialNetworkId', value: at.socialNetworkId }]),
      ...(address === '' ? [] : [{ kind: 'address' as const, field: 'address', value: address }]),
    ]
  })

const papers = (list: readonly { identificationId?: string }[] = []): SearchTerm[] =>
  list.flatMap(({ identificationId: value }) => (value === undefined ? [] : [{ kind: 'identifier' as const, field: 'identification', value }]))

/** Numbers that other systems have given: by themselves, and with who gave them. `customerNumber:crm2` → as `customerNumber`, also with `crm2:` before it. */
const elsewhere = (list: readonly { externalReferenceType?: string; name?: string }[] = []): SearchTerm[] =>
  list.flatMap(({ externalReferenceType = '', name }) => {
    if (name === undefined || name.trim() === '') return []
    const [kind = '', ...scope] = externalReferenceType.split(':')
    const field = kind.trim() === '' ? 'external' : kind.trim()
    return [name, ...(scope.length > 0 ? [`${scope.join(':')}:${name}`] : [])].map(value => ({ kind: 'identifier' as const, field, value }))
  })

interface PersonName {
  givenName?: string
  preferredGivenName?: string
  middleName?: string
  familyNamePrefix?: string
  familyName?: string
  fullName?: string
  formattedName?: string
  legalName?: string
}

/** Scripts in which the family name comes first and nothing stands between. */
const UNSPACED = /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+$/u

const namesOf = (person: PersonName): string[] => [
  text(person.givenName, person.middleName, person.familyNamePrefix, person.familyName),
  UNSPACED.test(`${person.familyName ?? ''}${person.givenName ?? ''}`) ? `${person.familyName ?? ''}${person.givenName ?? ''}` : '',
  person.fullName ?? '',
  person.formattedName ?? '',
  person.legalName ?? '',
  person.preferredGivenName === undefined ? '' : text(person.preferredGivenName, person.familyName),
]

const individualTerms = (person: Individual): SearchTerm[] => [
  ...named('name', ...namesOf(person)),
  ...named('formerName', ...(person.otherName ?? []).flatMap(namesOf)),
  ...contactTerms(person.contactMedium),
  ...papers(person.individualIdentification),
  ...elsewhere(person.externalReference),
]

const organizationTerms = (group: Organization): SearchTerm[] => [
  ...named('name', group.name ?? '', group.tradingName ?? ''),
  ...named('formerName', ...(group.otherName ?? []).map(other => other.name ?? other.tradingName ?? '')),
  ...contactTerms(group.contactMedium),
  ...papers(group.organizationIdentification),
  ...elsewhere(group.externalReference),
]

/** Numbers that a customer is known by, kept as characteristics. */
const NUMBER = /number$|^customerNo$|Id$/i

const customerTerms = (customer: Customer): SearchTerm[] => [
  ...named('name', customer.name ?? ''),
  ...contactTerms(customer.contactMedium),
  ...(customer.characteristic ?? []).flatMap(({ name, value }) =>
    NUMBER.test(name) && (typeof value === 'string' || typeof value === 'number') ? [{ kind: 'identifier' as const, field: name, value: String(value) }] : [],
  ),
]

export const customerSearch: readonly SearchSource[] = [
  { resource: 'individual', idField: 'partyId', fields: ['email', 'phone', 'identification', 'socialNetworkId'], terms: individualTerms },
  { resource: 'organization', idField: 'partyId', terms: organizationTerms },
  { resource: 'customer', idField: 'customerNumber', terms: customerTerms },
  { resource: 'partyRole', idField: 'roleNumber', terms: (role: { name?: string }) => named('name', role.name ?? '') },
]
