/**
 * The identifiers in a document that stand for one person for good: numbers and logins that a system has given, papers, references elsewhere.
 * Phones and e-mail addresses are passed on, and say nothing of who has them next. Pure.
 */
import type { RecognizedBy } from '../../tmf/contributions.ts'
import { identifiersOf } from './recognize.ts'

type Doc = Record<string, unknown>

/** Types of identifiers that are never given to somebody else. */
export const LASTING = ['customerNumber', 'login', 'document', 'external'] as const

export const isLasting = (type: string): boolean => (LASTING as readonly string[]).includes(type)

/** The texts of a list of objects; whatever else a source has sent there identifies nobody. */
const textsOf = (value: unknown, names: readonly string[]): Record<string, string>[] =>
  (Array.isArray(value) ? value : []).flatMap((one: unknown) =>
    one === null || typeof one !== 'object' ? [] : [Object.fromEntries(names.flatMap(name => (typeof (one as Doc)[name] === 'string' ? [[name, (one as Doc)[name] as string]] : [])))],
  )

const PAPER = ['identificationType', 'issuingAuthority', 'identificationId']

const identifiers = (doc: Doc): { scope: string; value: string }[] =>
  identifiersOf(
    {
      id: '',
      href: '',
      individualIdentification: textsOf(doc['individualIdentification'], PAPER),
      organizationIdentification: textsOf(doc['organizationIdentification'], PAPER),
      externalReference: textsOf(doc['externalReference'], ['externalReferenceType', 'name']),
    } as never,
    undefined,
  ).flatMap(({ type, scope, value }) => (isLasting(type) ? [{ scope: `${type} ${scope}`, value }] : []))

export const recognized: readonly RecognizedBy[] = ['individual', 'organization'].map(resource => ({ resource, identifiers }))
