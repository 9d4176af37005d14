/** The systems that a checkout asks (Tandem's own): where credit, identity, fraud, payment, stock and signatures answer, and how patient to be with them. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { Type, type Static } from 'typebox'
import type { Config } from '../../config.ts'
import { newId } from '../../platform/ids.ts'
import { systemContext, type Context } from '../../platform/principal.ts'
import { defineResource } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import type { Target } from '../delivery/index.ts'
import { cartApi } from './channel-entitlement.ts'
import { remembering } from '../../tmf/remembering.ts'

export const PORTS = ['credit', 'identity', 'fraud', 'payment', 'stock', 'signature'] as const
export type PortName = (typeof PORTS)[number]

export const SalesGateway = Type.Object(
  {
    id: Type.String({ description: 'Identifier' }),
    href: Type.String({ description: 'Where it can be read' }),
    port: Type.Optional(Type.Enum([...PORTS], { type: 'string', description: 'What it is asked' })),
    description: Type.Optional(Type.String({ maxLength: 1000, description: 'Free text for people' })),
    baseUrl: Type.Optional(Type.String({ format: 'uri', pattern: '^https?://', description: 'Where it answers' })),
    timeoutMs: Type.Optional(Type.Integer({ minimum: 100, maximum: 30_000, description: 'How long one request may take; 3000 when not said' })),
    secret: Type.Optional(
      Type.Object(
        { header: Type.String({ pattern: '^[A-Za-z][A-Za-z0-9-]{0,62}$', description: 'Header that carries it' }), name: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$', description: 'File below <DATA_DIR>/secrets' }) },
        { description: 'Credentials, by reference' },
      ),
    ),
    lastUpdate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was last changed' })),
    ...extensible,
  },
  { description: 'A system that a checkout asks' },
)
export type SalesGateway = Static<typeof SalesGateway>

export const salesGateway = defineResource({
  api: cartApi,
  name: 'salesGateway',
  type: 'SalesGateway',
  table: 'sales_gateway',
  description: 'A system that a checkout asks. A port without one is not asked: nothing is held then, and what is due is on the bill.',
  schema: SalesGateway,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { required: ['port', 'baseUrl'] },
  stamps: { onWrite: ['lastUpdate'] },
  visibility: 'house',
  filters: { port: 'text', lastUpdate: 'instant' },
  external: false,
  afterWrite: deps => gateways.forget(deps),
  example: { port: 'credit', baseUrl: 'http://127.0.0.1:3900/credit', timeoutMs: 3000 },
})

export const TIMEOUT_MS = 3_000

type Deps = Pick<Services, 'store' | 'config' | 'database'>

const gateways = remembering(async (deps: Deps, brand): Promise<ReadonlyMap<PortName, Target>> => {
  const found = await deps.store.find(systemContext(brand, newId()), salesGateway, { sort: 'lastUpdate', limit: 50 })
  return new Map(await Promise.all(found.flatMap(({ doc }) => (doc.port === undefined || doc.baseUrl === undefined ? [] : [resolve(deps.config, doc.port, doc)]))))
})

/** The gateways of a brand by port, with their credentials. */
export const gatewaysOf = (deps: Deps, { brand }: Pick<Context, 'brand'>): Promise<ReadonlyMap<PortName, Target>> => gateways.of(deps, brand)

const resolve = async (config: Pick<Config, 'dataDir'>, port: PortName, doc: SalesGateway): Promise<[PortName, Target]> => {
  const headers = doc.secret ? { [doc.secret.header]: (await readFile(path.join(config.dataDir, 'secrets', doc.secret.name), 'utf8')).trim() } : {}
  return [port, { system: `sales-${port}`, baseUrl: doc.baseUrl ?? '', timeoutMs: doc.timeoutMs ?? TIMEOUT_MS, headers }]
}
