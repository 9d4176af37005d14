/** The electronic signature of a contract summary or an agreement: who is asked to sign which content, and the evidence of what was signed. */
import { Type, type Static } from 'typebox'
import { randomBytes } from 'node:crypto'
import { fault, refuse } from '../../platform/errors.ts'
import type { Context } from '../../platform/principal.ts'
import { defineResource } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { personal } from '../../tmf/tags.ts'
import { entityRef, extensible } from '../../tmf/types/attributes.ts'
import { RelatedParty } from '../../tmf/types/references.ts'
import { agreement, agreementHash } from '../agreement/index.ts'
import { contractApi } from './api.ts'
import { contractSummary } from './contract-summary.ts'
import { workBeside } from './signature-store.ts'

const text = (description: string) => Type.Optional(Type.String({ maxLength: 1000, description }))
const instant = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))

export const SignatureEvidence = Type.Object(
  {
    id: text('The signature, as the service names it'),
    date: instant('When it was signed'),
    signer: Type.Optional(personal(Type.String({ maxLength: 500, description: 'Who signed' }))),
    hash: text('SHA-256 of what was signed'),
    reference: text("Where the service keeps its own evidence"),
  },
  { description: 'What the signature service says was signed' },
)

const ContractSignature = Type.Object(
  {
    id: Type.String({ description: 'Identifier' }),
    href: Type.String({ description: 'Where it can be read' }),
    creationDate: instant('When it was asked for'),
    contractSummary: Type.Optional(entityRef('The summary that is signed')),
    agreement: Type.Optional(entityRef('The agreement that is signed')),
    shoppingCart: Type.Optional(entityRef('The cart that the summary is of')),
    quote: Type.Optional(entityRef('The quote that the summary is of')),
    signer: Type.Optional(
      Type.Object({ name: personal(Type.String({ minLength: 1, maxLength: 200, description: 'Name' })), email: Type.Optional(personal(Type.String({ format: 'email', description: 'Where the service reaches the signer' }))) }, { description: 'Who is asked to sign' }),
    ),
    expirationDate: instant('Until when it can be signed; seven days when left out'),
    state: Type.Optional(Type.Enum(['requested', 'pending', 'signed', 'declined', 'expired', 'cancelled', 'failed'], { type: 'string', description: 'Where it stands' })),
    hash: text('SHA-256 of what is to be signed'),
    envelopeId: text('The envelope, as the service names it'),
    signUrl: text('Where the signer signs'),
    evidence: Type.Optional(SignatureEvidence),
    endDate: instant('When it was signed, or came to nothing'),
    reason: text('Why it came to nothing, or what stands in the way'),
    channel: text('Where it was asked for'),
    relatedParty: Type.Optional(Type.Array(RelatedParty, { description: 'Parties with a part in it, each with its role' })),
    ...extensible,
  },
  { description: 'An electronic signature' },
)
export type ContractSignature = Static<typeof ContractSignature>

export const OPEN_STATES: readonly string[] = ['requested', 'pending']

const SEVEN_DAYS_MS = 7 * 86_400_000

/** What is signed, by its hash, and whose it is. */
const subjectOf = async (draft: Partial<ContractSignature>, deps: Services, context: Context): Promise<Pick<ContractSignature, 'hash' | 'shoppingCart' | 'quote' | 'relatedParty'>> => {
  if ((draft.contractSummary === undefined) === (draft.agreement === undefined)) throw refuse.invalid([fault('contractSummary', 'or agreement must be given, one of the two')])
  if (draft.contractSummary !== undefined) {
    const summary = await deps.store.get(context, contractSummary, draft.contractSummary.id)
    if (summary === undefined) throw refuse.invalid([fault('contractSummary.id', 'refers to a contractSummary that does not exist', draft.contractSummary.id)])
    const { hash, relatedParty, shoppingCart, quote, state } = summary.doc
    if (state === 'accepted') throw refuse.conflict('summaryAccepted', `contractSummary ${summary.id} is accepted already`)
    return { ...(hash !== undefined && { hash }), ...(relatedParty && { relatedParty }), ...(shoppingCart && { shoppingCart }), ...(quote && { quote }) }
  }
  const id = draft.agreement?.id ?? ''
  const found = await deps.store.get(context, agreement, id)
  if (found === undefined) throw refuse.invalid([fault('agreement.id', 'refers to an agreement that does not exist', id)])
  if (found.doc.status !== 'inProcess') throw refuse.conflict('agreementNotOpen', `agreement ${id} is ${found.doc.status ?? ''}: one that is in process is signed`)
  return { hash: agreementHash(found.doc), ...(found.doc.engagedParty && { relatedParty: found.doc.engagedParty }) }
}

export const contractSignature = defineResource({
  api: contractApi,
  name: 'contractSignature',
  type: 'ContractSignature',
  table: 'contract_signature',
  description: 'An electronic signature: asked of the signature service (salesGateway with port signature) for exactly one content, which its hash names. Once it is signed, the summary is accepted, or the authorization of the agreement given; what was signed instead of it counts for nothing.',
  schema: ContractSignature,
  operations: ['list', 'get', 'create'],
  create: { required: ['signer'], omits: ['state', 'hash', 'envelopeId', 'signUrl', 'evidence', 'endDate', 'reason', 'relatedParty', 'shoppingCart', 'quote', 'channel'] },
  lifecycle: {
    attribute: 'state',
    states: ['requested', 'pending', 'signed', 'declined', 'expired', 'cancelled', 'failed'],
    initial: ['requested'],
    moves: { requested: ['pending', 'signed', 'declined', 'expired', 'cancelled', 'failed'], pending: ['signed', 'declined', 'expired', 'cancelled', 'failed'] },
    movedBy: 'server',
  },
  stamps: { onCreate: ['creationDate'] },
  filters: { state: 'text', creationDate: 'instant', 'contractSummary.id': 'text', 'agreement.id': 'text', 'shoppingCart.id': 'text', 'quote.id': 'text', hash: 'text' },
  references: [{ path: 'contractSummary', to: 'contractSummary', weak: true }, { path: 'agreement', to: 'agreement', weak: true }, { path: 'quote', to: 'quote', onMissing: 'record', weak: true }, { path: 'shoppingCart', to: 'shoppingCart', onMissing: 'record', weak: true }, { path: 'relatedParty[]', onMissing: 'record', weak: true }],
  ownerParty: doc => doc.relatedParty?.find(one => ['customer', 'owner', 'buyer', 'client'].includes((one.role ?? '').toLowerCase()))?.id,
  external: false,
  prepare: async (draft, { previous, context, deps, now }) => {
    if (previous !== undefined) return draft
    if (draft.expirationDate !== undefined && new Date(draft.expirationDate) <= now) throw refuse.invalid([fault('expirationDate', 'must lie ahead', draft.expirationDate)])
    const subject = await subjectOf(draft, deps, context)
    const [open] = await deps.store.find(context, contractSignature, { where: [{ path: 'hash', value: subject.hash ?? '' }, { path: 'state', value: [...OPEN_STATES] }], limit: 1 })
    if (open !== undefined) throw refuse.conflict('signatureUnderWay', 'the same is being signed already: cancel that contractSignature first (filter by state and hash)')
    return { ...draft, ...subject, channel: context.channel, expirationDate: draft.expirationDate ?? new Date(now.getTime() + SEVEN_DAYS_MS).toISOString() }
  },
  beside: (_doc, { previous }) => (previous === undefined ? [workBeside(randomBytes(24).toString('base64url'))] : []),
  example: { contractSummary: { id: 'summary-sample' }, signer: { name: 'Mira Alden', email: 'mira@example.com' } },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'neither a summary nor an agreement is named, or both', attribute: 'contractSummary' },
    { status: 400, code: 'invalidAttribute', when: 'the time to sign is over already', attribute: 'expirationDate' },
    { status: 409, code: 'summaryAccepted', when: 'the summary is accepted already' },
    { status: 409, code: 'agreementNotOpen', when: 'the agreement is not in process' },
    { status: 409, code: 'signatureUnderWay', when: 'the same content is being signed already' },
  ],
})
