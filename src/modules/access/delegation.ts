/** Delegation: a party lets another one act for it, within what it grants, for a time or until it takes it back. Tandem's own resource. */
import { Type } from 'typebox'
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import { isConfined, type Context } from '../../platform/principal.ts'
import { defineResource, type Work } from '../../tmf/resource.ts'
import { personal } from '../../tmf/tags.ts'
import { entityRef } from '../../tmf/types/attributes.ts'
import { TimePeriod } from '../../tmf/types/basics.ts'
import { accessApi } from './api.ts'
import { forgetKnown, idsOfParty } from './directory.ts'
import { refuseUncovered } from './entitlement.ts'

const party = (description: string) =>
  Type.Object(
    {
      id: Type.String({ minLength: 1, maxLength: 255, description: 'Identifier of the party' }),
      href: Type.Optional(Type.String({ description: 'Where it can be read' })),
      name: Type.Optional(personal(Type.String({ description: 'Name shown to people' }))),
      '@referredType': Type.Optional(Type.String({ description: 'Individual, Organization or Customer' })),
    },
    { description, additionalProperties: false },
  )

const schema = Type.Object(
  {
    id: Type.String({ description: 'Identifier' }),
    href: Type.String({ description: 'Where it can be read' }),
    '@type': Type.Optional(Type.String({ description: 'Delegation' })),
    grantor: Type.Optional(party('Who lets the other one act: a person, a household, a company')),
    delegate: Type.Optional(party('Who may act')),
    permission: Type.Optional(
      Type.Array(Type.String({ pattern: '^(\\*|[A-Za-z][A-Za-z0-9-]{0,63}):(\\*|create|read|update|delete)$' }), { minItems: 1, maxItems: 200, uniqueItems: true, description: 'What may be done: productOrder:create, customerBill:read, *:read' }),
    ),
    account: Type.Optional(Type.Array(entityRef('A billing account of the grantor'), { minItems: 1, maxItems: 100, description: 'Only what belongs to these accounts; everything of the grantor when left out' })),
    reason: Type.Optional(personal(Type.String({ maxLength: 2_000, description: 'Why, in words' }))),
    status: Type.Optional(Type.Enum(['active', 'revoked'], { type: 'string', description: 'revoked: taken back for good' })),
    creationDate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was granted' })),
    validFor: Type.Optional(TimePeriod),
  },
  { description: 'The right to act for another party', additionalProperties: false },
)

type Delegation = NonNullable<Parameters<NonNullable<ReturnType<typeof defineResource<typeof schema>>['ownerParty']>>[0]>

/** The caller speaks for the party itself: who acts for it by delegation cannot pass that on. */
const speaksFor = (context: Context, id: string | undefined): boolean => id !== undefined && context.principal.scope?.parties?.includes(id) === true

const accountFaults = async (doc: Delegation, { context, deps }: Work<Delegation>): Promise<Fault[]> => {
  const billingAccount = deps.store.resource('billingAccount')
  if (doc.account === undefined || doc.grantor === undefined || billingAccount === undefined) return []
  const accounts = await deps.store.getMany(context, billingAccount, doc.account.map(one => one.id))
  const owners = new Set(await idsOfParty(deps, context.brand, doc.grantor.id))
  return doc.account.flatMap((one, index) => {
    const owner = accounts.get(one.id)?.ownerParty
    return owner !== undefined && owners.has(owner) ? [] : [fault(`account[${index}].id`, 'refers to no billing account of the grantor', one.id)]
  })
}

/** A delegate may lay the right down, and nothing else; what is granted is the grantor's. */
const refuseForeignChange = (doc: Delegation, { context, previous }: Work<Delegation>): void => {
  if (!isConfined(context.principal) || speaksFor(context, doc.grantor?.id)) return
  const laidDown = previous !== undefined && speaksFor(context, previous.delegate?.id) && doc.status === 'revoked' && JSON.stringify({ ...doc, status: previous.status }) === JSON.stringify(previous)
  if (!laidDown) throw refuse.forbidden('Only the grantor, and those who look after all of the brand, grant and change a delegation')
}

export const delegation = defineResource({
  api: accessApi,
  name: 'delegation',
  type: 'Delegation',
  table: 'delegation',
  description:
    'The right to act for another party. Whoever has it sees and does for the grantor what was granted and what it may do itself; the header x-on-behalf-of says for whom a request is, else the row does. Revoked, it ends with the next request.',
  schema,
  operations: ['list', 'get', 'create', 'patch'],
  create: { required: ['grantor', 'delegate', 'permission'], omits: ['creationDate', 'status'] },
  update: { immutable: ['grantor', 'delegate', 'permission', 'account'] },
  lifecycle: { attribute: 'status', states: ['active', 'revoked'], initial: ['active'], moves: { active: ['revoked'] }, movedBy: 'client' },
  stamps: { onCreate: ['creationDate'] },
  filters: { status: 'text', 'grantor.id': 'text', 'delegate.id': 'text', creationDate: 'instant', 'validFor.endDateTime': 'instant' },
  // Whether the delegate is known here is not told to who names it.
  references: [{ path: 'grantor' }, { path: 'delegate', onMissing: 'record', weak: true }, { path: 'account[]', to: 'billingAccount' }],
  ownerParty: doc => doc.grantor?.id,
  sharedWith: doc => (doc.delegate === undefined ? [] : [doc.delegate.id]),
  async check(doc, work) {
    if (work.by === 'client') refuseForeignChange(doc, work)
    const { startDateTime, endDateTime } = doc.validFor ?? {}
    const faults = [
      ...(doc.grantor?.id === doc.delegate?.id ? [fault('delegate.id', 'must be another party than the grantor', doc.delegate?.id)] : []),
      ...(startDateTime !== undefined && endDateTime !== undefined && Date.parse(endDateTime) < Date.parse(startDateTime) ? [fault('validFor.endDateTime', 'must not be before startDateTime', endDateTime)] : []),
      ...(work.previous ? [] : await accountFaults(doc, work)),
    ]
    if (faults.length > 0) throw refuse.invalid(faults)
    if (work.by === 'client' && work.previous === undefined) refuseUncovered(work.context, doc.permission ?? [])
  },
  afterWrite: forgetKnown,
  example: {
    grantor: { id: 'household-1' },
    delegate: { id: 'person-2' },
    permission: ['productOrder:read', 'productOrder:create', 'product:read'],
    validFor: { startDateTime: '2026-01-01T00:00:00Z' },
  },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'grantor and delegate are one party', attribute: 'delegate.id' },
    { status: 400, code: 'invalidAttribute', when: 'an account is not one of the grantor', attribute: 'account' },
    { status: 403, code: 'forbidden', when: 'the caller does not speak for the grantor, or may not do itself what is granted', attribute: 'permission' },
  ],
})
