/** What is the same in all contracts of a brand, in versions: who provides, how to complain, how a contract ends. */
import { Type, type Static } from 'typebox'
import { fault, refuse } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import { systemContext, type Context } from '../../platform/principal.ts'
import { remembering } from '../../tmf/remembering.ts'
import { defineResource } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { TimePeriod } from '../../tmf/types/basics.ts'
import { contractApi } from './api.ts'

const text = (description: string) => Type.Optional(Type.String({ maxLength: 4000, description }))

const ContractTerms = Type.Object(
  {
    id: Type.String({ description: 'Identifier' }),
    href: Type.String({ description: 'Where it can be read' }),
    name: text('Name shown to people'),
    version: text('Label of the edition'),
    provider: Type.Optional(Type.Object({ name: text('Who provides'), address: text('Where'), contact: text('How to reach them'), complaints: text('Where to complain') }, { description: 'Who provides, and how to reach them' })),
    termination: text('How and when the contract ends, and what that costs'),
    renewal: text('What happens when the term is over'),
    accessibility: text('What there is for people with disabilities'),
    remedies: text('What the customer can do when the service is not as promised'),
    url: text('The terms in full'),
    summaryBeforeCheckout: Type.Optional(Type.Boolean({ description: 'A consumer who buys a cart has accepted the contract summary of it before (contractSummary of the checkout)' })),
    validFor: Type.Optional(TimePeriod),
    lastUpdate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was last changed' })),
    ...extensible,
  },
  { description: 'What is the same in all contracts of a brand' },
)
export type ContractTerms = Static<typeof ContractTerms>

export const contractTerms = defineResource({
  api: contractApi,
  name: 'contractTerms',
  type: 'ContractTerms',
  table: 'contract_terms',
  description: 'What is the same in all contracts of a brand. Of several that hold, the one that began last counts.',
  schema: ContractTerms,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { required: ['name', 'version'] },
  stamps: { onWrite: ['lastUpdate'] },
  history: true,
  filters: { name: 'text', version: 'text', lastUpdate: 'instant', 'validFor.startDateTime': 'instant' },
  visibility: 'brand',
  writtenBy: 'house',
  afterWrite: deps => every.forget(deps),
  external: false,
  check: doc => {
    const { startDateTime: from, endDateTime: until } = doc.validFor ?? {}
    if (from !== undefined && until !== undefined && new Date(from) >= new Date(until)) throw refuse.invalid([fault('validFor.endDateTime', 'must be after startDateTime', until)])
  },
  example: { name: 'Terms for consumers', version: '2026-01', provider: { name: 'Doggerland Telecom', address: '1 Quay Street, Doggerhaven', contact: 'care@example.com', complaints: 'complaints@example.com' }, termination: 'A month\'s notice after the minimum term', renewal: 'From month to month' },
})

const every = remembering(async (deps: Pick<Services, 'store' | 'database'>, brand) => await deps.store.find(systemContext(brand, newId()), contractTerms, { limit: 500 }))

/** The terms that hold now; read as Tandem itself. */
export const termsNow = async (deps: Pick<Services, 'store' | 'database'>, context: Pick<Context, 'brand'>, now: Date): Promise<ContractTerms | undefined> => {
  const found = await every.of(deps, context.brand)
  const start = (doc: ContractTerms): number => new Date(doc.validFor?.startDateTime ?? 0).getTime()
  return found
    .map(one => one.doc)
    .filter(doc => start(doc) <= now.getTime() && (doc.validFor?.endDateTime === undefined || now < new Date(doc.validFor.endDateTime)))
    .sort((a, b) => start(b) - start(a) || (a.id < b.id ? 1 : -1))[0]
}
