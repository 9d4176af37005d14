/** What a kind of service needs of a line (Tandem's own): so that a qualification can name the service alone. */
import { Type, type Static } from 'typebox'
import { systemContext, type Context } from '../../platform/principal.ts'
import { defineResource } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import type { Requirement } from './qualification.ts'
import { serviceabilityApi } from './qualification-api.ts'
import { technologyOf } from './technology.ts'
import { fault, refuse } from '../../platform/errors.ts'

export const ServiceNeed = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    serviceSpecification: Type.Optional(
      Type.Object(
        { id: Type.String({ description: 'Identifier of the service specification that qualifications name' }), name: Type.Optional(Type.String({ description: 'Its name' })) },
        { description: 'The kind of service' },
      ),
    ),
    technology: Type.Optional(Type.Array(Type.String(), { description: 'Technologies that can carry it; one of them is needed' })),
    provider: Type.Optional(Type.Array(Type.String(), { description: 'Providers that can deliver it; one of them is needed' })),
    downloadSpeed: Type.Optional(Type.Number({ minimum: 0, description: 'Mbit/s down that it needs' })),
    uploadSpeed: Type.Optional(Type.Number({ minimum: 0, description: 'Mbit/s up that it needs' })),
    latencyClass: Type.Optional(Type.Enum(['low', 'standard'], { type: 'string', description: 'Latency that it needs' })),
    marketSegment: Type.Optional(Type.Enum(['business', 'residential'], { type: 'string', description: 'Whom it is for' })),
    ...extensible,
  },
  { description: 'What a kind of service needs of a line' },
)
export type ServiceNeed = Static<typeof ServiceNeed>

/** What kinds of service need of a line, by brand: asked of each order, so kept for a second. */
const remembered = new WeakMap<object, Map<string, { needs: ReadonlyMap<string, ServiceNeed>; until: number }>>()
const REMEMBERED_MS = 1000
const MOST_NEEDS = 10_000

export const serviceNeed = defineResource({
  api: serviceabilityApi,
  name: 'serviceNeed',
  type: 'ServiceNeed',
  table: 'service_need',
  description: 'What a kind of service needs of a line. A qualification that names the service specification asks for at least this.',
  schema: ServiceNeed,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { required: ['serviceSpecification'] },
  visibility: 'house',
  filters: { name: 'text', 'serviceSpecification.id': 'text' },
  prepare: draft => (draft.technology === undefined ? draft : { ...draft, technology: draft.technology.map(name => technologyOf(name) ?? name) }),
  check(doc) {
    const faults = (doc.technology ?? []).flatMap((name, index) => (technologyOf(name) === undefined ? [fault(`technology[${index}]`, 'must be a technology of letters and digits, such as fibre', name)] : []))
    if (faults.length > 0) throw refuse.invalid(faults)
  },
  afterWrite: deps => void remembered.delete(deps.database),
  example: { name: 'Gigabit internet access', serviceSpecification: { id: 'internet-access-1000', name: 'Internet access 1000' }, technology: ['fibre', 'cable'], downloadSpeed: 1000, uploadSpeed: 50 },
  refusals: [{ status: 400, code: 'invalidAttribute', when: 'a technology is no name of letters and digits', attribute: 'technology' }],
})

/** What the named kind of service needs; nothing when nobody has said. */
export const needOf = async (deps: Pick<Services, 'store' | 'database'>, { brand }: Pick<Context, 'brand'>, specificationId: string | undefined): Promise<Requirement> => {
  const found = specificationId === undefined ? undefined : (await knownNeeds(deps, brand)).get(specificationId)
  if (found === undefined) return {}
  const { technology, provider, downloadSpeed, uploadSpeed, latencyClass, marketSegment } = found
  return {
    ...(technology !== undefined && technology.length > 0 && { technologies: technology }),
    ...(provider !== undefined && provider.length > 0 && { providers: provider }),
    ...(downloadSpeed !== undefined && { download: downloadSpeed }),
    ...(uploadSpeed !== undefined && { upload: uploadSpeed }),
    ...(latencyClass !== undefined && { latencyClass }),
    ...(marketSegment !== undefined && { marketSegment }),
  }
}

/** The kinds of service that somebody has said a need of, and what it is: the one said first. */
export const knownNeeds = async (deps: Pick<Services, 'store' | 'database'>, brand: string): Promise<ReadonlyMap<string, ServiceNeed>> => {
  let memory = remembered.get(deps.database)
  if (!memory) remembered.set(deps.database, (memory = new Map()))
  let known = memory.get(brand)
  if (known === undefined || known.until < performance.now()) {
    const stored = await deps.store.find(systemContext(brand, 'service-needs'), serviceNeed, { limit: MOST_NEEDS })
    const needs = new Map<string, ServiceNeed>()
    for (const { doc } of stored) if (doc.serviceSpecification !== undefined && !needs.has(doc.serviceSpecification.id)) needs.set(doc.serviceSpecification.id, doc)
    known = { needs, until: performance.now() + REMEMBERED_MS }
    memory.set(brand, known)
  }
  return known.needs
}
