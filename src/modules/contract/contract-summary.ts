/** The contract summary: made of a quote or a cart as it stands, never changed, and accepted by somebody at a moment in a channel. */
import { Type, type Static } from 'typebox'
import { fault, refuse, Refusal } from '../../platform/errors.ts'
import type { Context } from '../../platform/principal.ts'
import { defineResource } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { personal } from '../../tmf/tags.ts'
import { entityRef, extensible } from '../../tmf/types/attributes.ts'
import { RelatedParty } from '../../tmf/types/references.ts'
import { loadOfferings } from '../catalog/index.ts'
import { contractApi } from './api.ts'
import { termsNow } from './contract-terms.ts'
import { signatureRuleFor } from './signature-rule.ts'
import { cartVersion, hasContent, hashOf, offeringIds, summaryOf, type Source, type SummaryDocument } from './summary-document.ts'

const text = (description: string) => Type.Optional(Type.String({ description }))
const instant = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))

const ContractSummary = Type.Object(
  {
    id: Type.String({ description: 'Identifier' }),
    href: Type.String({ description: 'Where it can be read' }),
    creationDate: instant('When it was made'),
    quote: Type.Optional(entityRef('The quote that it is about')),
    shoppingCart: Type.Optional(entityRef('The cart that it is about')),
    state: Type.Optional(Type.Enum(['given', 'accepted'], { type: 'string', description: 'Whether it was accepted' })),
    document: Type.Optional(Type.Unsafe<SummaryDocument>(Type.Object({}, { additionalProperties: true, description: 'What the customer is told: provider, services, prices, duration, termination' }))),
    hash: text('SHA-256 of the document, its attributes in order of their names'),
    acceptedBy: Type.Optional(personal(Type.String({ maxLength: 200, description: 'Who accepted it, in words; the caller when left out' }))),
    acceptance: Type.Optional(
      Type.Object(
        {
          by: personal(text('Who accepted it')), caller: text('Through which account'), date: instant('When'), channel: text('Where'), hash: text('What was accepted'),
          signature: Type.Optional(
            Type.Object(
              { id: text('The signature, as the service names it'), date: instant('When it was signed'), signer: personal(text('Who signed')), hash: text('What was signed'), reference: text('Where the service keeps its own evidence'), contractSignature: Type.Optional(entityRef('The signature as it was asked for')) },
              { description: 'The electronic signature by which it was accepted' },
            ),
          ),
        },
        { description: 'Proof of the acceptance' },
      ),
    ),
    relatedParty: Type.Optional(Type.Array(RelatedParty, { description: 'Parties with a part in it, each with its role' })),
    ...extensible,
  },
  { description: 'What a customer is told before a contract' },
)
export type ContractSummary = Static<typeof ContractSummary>

const sourceOf = (doc: Partial<ContractSummary>): { source: Source; id: string } | undefined =>
  doc.quote !== undefined ? { source: 'quote', id: doc.quote.id } : doc.shoppingCart !== undefined ? { source: 'shoppingCart', id: doc.shoppingCart.id } : undefined

const read = async (deps: Services, context: Context, source: Source, id: string): Promise<{ doc: Record<string, any> }> => {
  const resource = deps.store.resource(source)
  const found = resource && (await deps.store.get(context, resource, id))
  if (!found) throw refuse.invalid([fault(`${source}.id`, `refers to a ${source} that does not exist`, id)])
  return found
}

/** Of a quote its version counts; a cart has none, so what the summary says of it does. */
export const versionOf = (source: Source, { doc }: { doc: Record<string, any> }): string => (source === 'quote' ? String(doc['version'] ?? '1') : cartVersion(doc))

const made = async (draft: ContractSummary, deps: Services, context: Context, now: Date): Promise<ContractSummary> => {
  const from = sourceOf(draft)
  if (from === undefined || (draft.quote !== undefined && draft.shoppingCart !== undefined)) throw refuse.invalid([fault('quote', 'or shoppingCart must be given, one of the two')])
  const found = await read(deps, context, from.source, from.id)
  if (!hasContent(found.doc, from.source)) throw new Refusal({ status: 409, code: 'nothingToSummarize', reason: 'There is nothing that a contract could be about', message: `${from.source} ${from.id} has no items${from.source === 'shoppingCart' ? ', or none that is bought with it' : ''}: a summary is made of what is bought`, faults: [fault(`${from.source}.id`, 'has no items to be bought', from.id)] })
  const offerings = await loadOfferings(deps, context, offeringIds(found.doc, from.source))
  const durations = [...offerings.values()].flatMap(({ doc, pin }) => (doc.productOfferingTerm ?? []).map(term => `${doc.name ?? pin.id}: ${term.name ?? 'term'}${term.duration?.amount === undefined ? '' : `, ${term.duration.amount} ${term.duration.units ?? ''}`.trimEnd()}`))
  const names = new Map([...offerings.values()].flatMap(({ doc, pin }) => (doc.name === undefined ? [] : [[pin.id, doc.name] as const])))
  const document = summaryOf(found.doc, from.source, versionOf(from.source, found), await termsNow(deps, context, now), { terms: durations, names }, context.brand, now)
  const parties = (found.doc['relatedParty'] ?? []) as NonNullable<ContractSummary['relatedParty']>
  return { ...draft, document, hash: hashOf(document), ...(parties.length > 0 && { relatedParty: parties }) }
}

export const contractSummary = defineResource({
  api: contractApi,
  name: 'contractSummary',
  type: 'ContractSummary',
  table: 'contract_summary',
  description: 'What a customer is told before a contract (EECC, article 102), made of a quote or a cart as it stands. It does not change; setting state to accepted keeps who accepted it when, in which channel, and the hash of what was accepted.',
  schema: ContractSummary,
  operations: ['list', 'get', 'create', 'patch'],
  create: { omits: ['document', 'hash', 'acceptance', 'relatedParty', 'state', 'acceptedBy'] },
  update: { immutable: ['quote', 'shoppingCart', 'document', 'hash', 'acceptance', 'relatedParty'] },
  lifecycle: { attribute: 'state', states: ['given', 'accepted'], initial: ['given'], moves: { given: ['accepted'] }, movedBy: 'client' },
  stamps: { onCreate: ['creationDate'] },
  filters: { state: 'text', creationDate: 'instant', 'quote.id': 'text', 'shoppingCart.id': 'text', hash: 'text' },
  references: [{ path: 'quote', to: 'quote', weak: true }, { path: 'shoppingCart', to: 'shoppingCart', weak: true }, { path: 'relatedParty[]', onMissing: 'record', weak: true }],
  ownerParty: doc => doc.relatedParty?.find(one => ['customer', 'owner', 'buyer'].includes((one.role ?? '').toLowerCase()))?.id,
  external: false,
  prepare: async (draft, { previous, context, deps, now, by }) => {
    if (previous === undefined) return await made(draft, deps, context, now)
    if (previous.state !== 'given' || draft.state !== 'accepted') {
      if (previous.state === 'accepted' && draft.acceptedBy !== previous.acceptedBy) throw refuse.conflict('summaryAccepted', 'acceptedBy does not change once the summary is accepted')
      return draft
    }
    const from = sourceOf(draft)
    const found = from && (await read(deps, context, from.source, from.id))
    if (from === undefined || found === undefined || versionOf(from.source, found) !== draft.document?.source.version) {
      throw new Refusal({ status: 409, code: 'summaryOutdated', reason: 'The summary is of what is not offered any more', message: `${from?.source ?? 'its source'} has changed since the summary was made: make another`, faults: [fault('state', 'cannot become accepted: what it is about has changed')] })
    }
    const signature = by === 'server' ? draft.acceptance?.signature : undefined
    if (signature !== undefined) {
      if (signature.hash !== draft.hash) throw refuse.conflict('wrongHash', 'what was signed is not this summary')
      return { ...draft, acceptance: { ...draft.acceptance, date: now.toISOString() } }
    }
    const rule = await signatureRuleFor(deps, context, from.source, found.doc, context.channel)
    if (rule !== undefined) throw refuse.conflict('signatureMissing', `it has to be signed (${rule.name}): POST /tandem/v1/contractSignature with this summary; it is accepted once it is signed`)
    return { ...draft, acceptance: { by: draft.acceptedBy ?? context.onBehalfOf ?? context.principal.scope?.parties?.[0] ?? context.principal.id, caller: context.principal.id, date: now.toISOString(), channel: context.channel, ...(draft.hash !== undefined && { hash: draft.hash }) } }
  },
  example: { quote: { id: 'quote-sample' } },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'neither a quote nor a cart is named, or both', attribute: 'quote' },
    { status: 409, code: 'nothingToSummarize', when: 'the quote or cart has nothing in it that is bought, or ended', attribute: 'shoppingCart.id' },
    { status: 409, code: 'summaryOutdated', when: 'it is accepted although the quote or cart has changed since', attribute: 'state' },
    { status: 409, code: 'signatureMissing', when: 'a rule wants it signed: signing accepts it', attribute: 'state' },
    { status: 409, code: 'summaryAccepted', when: 'who accepted it is changed afterwards', attribute: 'acceptedBy' },
  ],
})

export interface AcceptedSummary {
  id: string
  hash: string
  /** Of exactly this hash. */
  signature?: NonNullable<NonNullable<ContractSummary['acceptance']>['signature']>
}

/** The summary with this id, if it is of this version of its source, was accepted, and is still what was accepted. */
export const acceptedSummary = async (deps: Pick<Services, 'store'>, context: Context, id: string, of: { resource: Source; id: string; version: string }): Promise<AcceptedSummary | undefined> => {
  const found = await deps.store.get(context, contractSummary, id)
  const { document, hash, acceptance, state } = found?.doc ?? {}
  if (found === undefined || state !== 'accepted' || document === undefined || hash === undefined || acceptance?.hash !== hash) return undefined
  return document.source.resource === of.resource && document.source.id === of.id && document.source.version === of.version && hashOf(document) === hash ? { id, hash, ...(acceptance.signature?.hash === hash && { signature: acceptance.signature }) } : undefined
}
