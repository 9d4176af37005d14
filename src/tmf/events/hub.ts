/** Registers and removes listeners of an API's events (TMF630: POST /hub, DELETE /hub/{id}). */
import type { Database } from '../../platform/database/sql.ts'
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import type { Outbound } from '../../platform/http/outbound.ts'
import { newId } from '../../platform/ids.ts'
import type { Secrets } from '../../platform/secrets.ts'
import { isConfined, type Context, type Principal } from '../../platform/principal.ts'
import type { Extensions } from '../extensions/registry.ts'
import type { AnyResource } from '../module.ts'
import type { Api } from '../resource.ts'
import { hubApi } from './event.ts'
import { parseHubQuery } from './hub-query.ts'
import { insertHub, removeHub } from './hub-store.ts'
import { viewOf } from './standing.ts'

export interface HubSubscription {
  id: string
  callback: string
  query: string
}

export interface Hub {
  /**
   * Throws a Refusal: 400 that names callback, query or secret; 409 when the caller has the same subscription. `identity` is the caller by its
   * credential alone: what else is known of it is asked again at each delivery.
   */
  register(context: Context, api: Api, body: unknown, identity?: Principal): Promise<HubSubscription>
  /** Throws a Refusal (404) when the caller has no such subscription at this API. */
  remove(context: Context, api: Api, id: string): Promise<void>
}

export interface HubOptions {
  database: Database
  outbound: Outbound
  resources: readonly AnyResource[]
  secrets: Secrets
  extensions?: (() => Pick<Extensions, 'lookup'>) | undefined
}

/** Both are part of one index entry, which PostgreSQL bounds. */
const MAX_BYTES = 1_000
const KNOWN = new Set(['callback', 'query', 'secret', '@type', '@baseType', '@schemaLocation'])
// Control characters, and halves of surrogate pairs: neither belongs into a URL or can be stored.
const UNPRINTABLE = /\p{Cc}|\p{Surrogate}/u

const textFault = (path: string, value: string, maxBytes: number): Fault | undefined => {
  if (UNPRINTABLE.test(value)) return fault(path, 'must not contain control characters', value.replaceAll('\0', ''))
  if (Buffer.byteLength(value) > maxBytes) return fault(path, `must be at most ${maxBytes} bytes long`, value)
  return undefined
}

const readBody = (body: unknown): { callback: string; query: string; secret: string | undefined } => {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) throw refuse.invalid([fault('', 'the body must be a JSON object')])
  const { callback, query, secret } = body as Record<string, unknown>
  const faults: (Fault | undefined)[] = Object.keys(body)
    .filter(name => !KNOWN.has(name))
    .map(name => fault(name.slice(0, 100).replaceAll('\0', ''), 'is not an attribute of a subscription'))
  if (callback === undefined) faults.push(fault('callback', 'is required'))
  else faults.push(typeof callback === 'string' ? textFault('callback', callback, MAX_BYTES) : fault('callback', 'must be string', callback))
  if (query !== undefined && query !== null) faults.push(typeof query === 'string' ? textFault('query', query, MAX_BYTES) : fault('query', 'must be string', query))
  if (secret !== undefined) {
    if (typeof secret !== 'string' || secret.length < 16 || secret.length > 200 || UNPRINTABLE.test(secret)) faults.push(fault('secret', 'must be a string of 16 to 200 characters'))
  }
  const found = faults.filter(one => one !== undefined)
  if (found.length > 0) throw refuse.invalid(found)
  return { callback: callback as string, query: (query as string | null | undefined) ?? '', secret: secret as string | undefined }
}

export const createHub = ({ database, outbound, resources, secrets, extensions }: HubOptions): Hub => ({
  register: async (context, api, body, identity = context.principal) => {
    const { callback, query, secret } = readBody(body)
    const objection = outbound.objection(callback)
    if (objection !== undefined) throw refuse.invalid([fault('callback', objection, callback)])
    const of = resources.filter(resource => hubApi(resource.api) === hubApi(api))
    const { principal, brand } = context
    parseHubQuery(query, of, extensions && (resource => extensions().lookup(brand, resource)))
    const id = newId()
    const registrant = { principal: identity, brand, ...(context.onBehalfOf !== undefined && { onBehalfOf: context.onBehalfOf }) }
    const isNew = await insertHub(database, { id, brand, ...viewOf(context, of, hubApi(api)), api: hubApi(api), principal: principal.id, registrant, callback, query, secret: secret === undefined ? undefined : secrets.seal(secret) })
    if (!isNew) throw refuse.conflict('duplicateHub', 'The caller is subscribed with this callback and query already')
    return { id, callback, query }
  },
  remove: async (context, api, id) => {
    const { principal, brand } = context
    // An operator may end anybody's subscription.
    const isOperator = !isConfined(principal) && principal.permissions.includes('*:*')
    const isPossible = id.length <= 100 && !UNPRINTABLE.test(id)
    if (!isPossible || !(await removeHub(database, { id, brand, api: hubApi(api), principal: isOperator ? undefined : principal.id }))) throw refuse.notFound('hub', id)
  },
})
