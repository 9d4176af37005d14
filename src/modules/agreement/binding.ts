/** What binds both sides of an agreement, its fingerprint, and the authorizations that are given by signing exactly that. */
import { isDeepStrictEqual } from 'node:util'
import { contentHash } from '../../platform/content-hash.ts'
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import type { Agreement } from './agreement.schema.ts'

/** Once it is approved, another text is another version. */
export const BINDING = ['agreementItem', 'agreementPeriod', 'agreementType', 'engagedParty', 'characteristic', 'agreementSpecification', 'version', 'associatedAgreement', 'statementOfIntent', 'initialDate', 'documentNumber'] as const

/** The beginning that an approval has given is not what was drafted and signed. */
const draftedPeriod = ({ agreementPeriod, completionDate }: Partial<Agreement>): object => {
  const { startDateTime, ...rest } = agreementPeriod ?? {}
  return startDateTime === undefined || startDateTime === completionDate?.startDateTime ? rest : { startDateTime, ...rest }
}

/** SHA-256 of what binds: who signs signs this. The same before and after the approval. */
export const agreementHash = (doc: Partial<Agreement>): string => {
  const agreementPeriod = draftedPeriod(doc)
  const { agreementPeriod: _period, ...rest } = Object.fromEntries(BINDING.flatMap(name => (doc[name] === undefined ? [] : [[name, doc[name]]]))) as Record<string, unknown>
  return contentHash({ ...rest, ...(Object.keys(agreementPeriod).length > 0 && { agreementPeriod }) })
}

type Authorization = NonNullable<Agreement['agreementAuthorization']>[number]
type Signature = NonNullable<Authorization['signature']>

/** The agreement with one more authorization given: that which waits for a signature, else the first that is not given, else a further one. */
export const withSignature = (doc: Agreement, signature: Signature): Agreement => {
  const list = doc.agreementAuthorization ?? []
  if (list.some(one => one.signature?.contractSignature?.id === signature.contractSignature?.id)) return doc
  const isOpen = (one: Authorization): boolean => (one.state ?? '').toLowerCase() !== 'approved'
  const waiting = list.findIndex(one => isOpen(one) && one.signatureRequired === true)
  const at = waiting >= 0 ? waiting : list.findIndex(isOpen)
  const given = (one: Authorization): Authorization => ({ ...one, state: 'approved', ...(signature.date !== undefined && { date: signature.date }), signatureRepresentation: 'electronic signature', signature })
  return { ...doc, agreementAuthorization: at < 0 ? [...list, given({})] : list.map((one, index) => (index === at ? given(one) : one)) }
}

/** Signatures come from signing alone: a client can neither write nor change one. */
export const writtenSignatures = (doc: Partial<Agreement>, previous: Partial<Agreement> | undefined): Fault[] => {
  const known = (previous?.agreementAuthorization ?? []).flatMap(one => one.signature ?? [])
  return (doc.agreementAuthorization ?? []).flatMap((one, index) => (one.signature === undefined || known.some(other => isDeepStrictEqual(other, one.signature)) ? [] : [fault(`agreementAuthorization[${index}].signature`, 'is written when it is signed (POST /tandem/v1/contractSignature)')]))
}

/** Refuses the approval where something has to be signed, and was not, or was signed in another form than it has now. */
export const requireSignatures = (doc: Agreement, isByTemplate: boolean): void => {
  const hash = agreementHash(doc)
  const isSigned = (one: Authorization): boolean => one.signature?.hash === hash
  const list = doc.agreementAuthorization ?? []
  const open = list.filter(one => (one.signatureRequired === true || one.signature !== undefined) && !isSigned(one))
  if (open.length > 0) throw refuse.conflict('signatureMissing', `agreementAuthorization: ${open.length} ${open.length === 1 ? 'is' : 'are'} not signed, or not in the form that the agreement has now (POST /tandem/v1/contractSignature)`)
  if (isByTemplate && !list.some(isSigned)) throw refuse.conflict('signatureMissing', 'agreementAuthorization: the template wants one that is signed (POST /tandem/v1/contractSignature)')
}
