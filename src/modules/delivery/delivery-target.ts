/** Delivery targets: the back-office systems, where they are and how patient to be with them. Tandem's own resource, served by the kit. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { Type } from 'typebox'
import type { Config } from '../../config.ts'
import { defineResource, type Doc } from '../../tmf/resource.ts'
import { deliveryApi } from './delivery-rule.ts'
import type { Target } from './targets/target.ts'
import { adapterKinds } from './targets/adapters.ts'

const text = (description: string, options = {}) => Type.Optional(Type.String({ description, ...options }))

export const deliveryTarget = defineResource({
  api: deliveryApi,
  name: 'deliveryTarget',
  type: 'DeliveryTarget',
  table: 'delivery_target',
  description: 'A back-office system that delivers. Secrets are named here and read from files, never stored.',
  schema: Type.Object({
    id: Type.String({ description: 'Identifier' }),
    href: Type.String({ description: 'Where it can be read' }),
    '@type': text('DeliveryTarget'),
    system: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$', description: 'System name that delivery rules use' })),
    description: text('Free text for people'),
    lastUpdate: text('When it was last changed', { format: 'date-time' }),
    adapter: Type.Optional(Type.Enum([...adapterKinds], { type: 'string', description: 'How it is talked to' })),
    baseUrl: text('Where it answers', { format: 'uri', pattern: '^https?://' }),
    timeoutMs: Type.Optional(Type.Integer({ minimum: 100, maximum: 120_000, description: 'How long one request may take; 5000 when not said' })),
    secret: Type.Optional(
      Type.Object(
        { header: Type.String({ pattern: '^[A-Za-z][A-Za-z0-9-]{0,62}$', description: 'Header that carries it' }), name: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$', description: 'File below <DATA_DIR>/secrets' }) },
        { description: 'Credentials, by reference' },
      ),
    ),
    breaker: Type.Optional(
      Type.Object(
        { failures: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, description: 'Failures in a row that stop requests; 5 when not said' })), openMs: Type.Optional(Type.Integer({ minimum: 100, maximum: 3_600_000, description: 'How long they are stopped; 5000 when not said' })) },
        { description: 'Circuit breaker' },
      ),
    ),
  }),
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { required: ['system', 'adapter', 'baseUrl'] },
  stamps: { onWrite: ['lastUpdate'] },
  visibility: 'house',
  filters: { system: 'text', adapter: 'text', lastUpdate: 'instant' },
  example: { system: 'example-network', adapter: 'fixed-rest', baseUrl: 'http://127.0.0.1:3900/fixed', timeoutMs: 5000 },
})

export type DeliveryTargetDoc = Doc<typeof deliveryTarget>

export const targetDefaults = { timeoutMs: 5_000, failures: 5, openMs: 5_000 } as const

/** The target as adapters need it, with its credentials. */
export const resolveTarget = async (config: Pick<Config, 'dataDir'>, doc: Partial<DeliveryTargetDoc>): Promise<Target> => {
  const secret = doc.secret ? { [doc.secret.header]: (await readFile(path.join(config.dataDir, 'secrets', doc.secret.name), 'utf8')).trim() } : {}
  return { system: doc.system ?? '', baseUrl: doc.baseUrl ?? '', timeoutMs: doc.timeoutMs ?? targetDefaults.timeoutMs, headers: secret }
}
