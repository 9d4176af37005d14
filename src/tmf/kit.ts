/** What the kit knows at run time: the resources that run, their validators, and what it works with. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/sql.ts'
import { attributeAt } from './attributes.ts'
import { EXTENSION_SCHEMA } from './extensions/extension.ts'
import { createExtensions, type Extensions } from './extensions/registry.ts'
import type { Limits } from './filter/parse.ts'
import type { Registry } from './references.ts'
import { basePath, type Resource } from './resource.ts'
import type { Audit } from './audit/audit.ts'
import type { Services } from './services.ts'
import { createValidator, type Validator } from './write/validate.ts'

export interface Kit {
  database: Database
  clock: Clock
  registry: Registry
  /** The schemas of extensions, where a module serves them. */
  extensions: Extensions
  resources: readonly Resource<any>[]
  limits: Limits
  validator(resource: Resource<any>): Validator
  /** Compiles the validators that were not needed yet, one at a time, so that no first request waits for a large schema. */
  warm: () => Promise<void>
  tableOf: (resourceName: string) => string
  audit: Audit
  /** Called once rows with events are committed: the relay has work. */
  wakeRelay: () => void
  /** The services that prepare and check may read with; set once they exist. */
  services: () => Services
}

export interface KitOptions {
  database: Database
  clock: Clock
  resources: readonly Resource<any>[]
  limits: Limits
  /** Public address of this server, if it is known: hrefs on it are local. */
  publicUrl?: string | undefined
  /** Further origins of this server, such as the address that it listens on: hrefs on them are local too. */
  ownOrigins?: () => readonly string[]
  audit: Audit
  wakeRelay: () => void
  services: () => Services
}

/** Requests go in between two schemas. */
const WARM_PAUSE_MS = 20

/** `/tmf-api/productCatalogManagement/v4/productOffering/42` */
export const hrefOf = (resource: Resource<any>, id: string): string => `${basePath(resource.api)}/${resource.name}/${encodeURIComponent(id)}`

/** Checks that the declarations fit together, and compiles what each write needs. */
export function createKit(options: KitOptions): Kit {
  const byName = new Map<string, Resource<any>>()
  const byType = new Map<string, Resource<any>>()
  const validators = new Map<string, Validator>()
  for (const resource of options.resources) {
    if (byName.has(resource.name)) throw new Error(`Two resources are named ${resource.name}`)
    // A column of it could be sorted by, and would stand in an index.
    const secret = Object.keys(resource.filters).find(path => attributeAt(resource.schema, path)?.secret === true)
    if (secret !== undefined) throw new Error(`${resource.name} declares a filter on ${secret}, which is secret`)
    byName.set(resource.name, resource)
    byType.set(resource.type, resource)
  }
  const ownOrigin = options.publicUrl === undefined ? undefined : new URL(options.publicUrl).origin
  // Compiled on first use or by warm(): large schemas take a third of a second, and must not delay the start.
  const validator = (resource: Resource<any>): Validator => {
    let found = validators.get(resource.name)
    if (!found) validators.set(resource.name, (found = createValidator(resource)))
    return found
  }
  const isOwnOrigin = (origin: string): boolean => origin === ownOrigin || options.ownOrigins?.().includes(origin) === true
  return {
    database: options.database,
    clock: options.clock,
    resources: options.resources,
    limits: options.limits,
    audit: options.audit,
    wakeRelay: options.wakeRelay,
    services: options.services,
    registry: {
      byName: name => byName.get(name),
      byType: type => byType.get(type),
      isOwnOrigin,
    },
    extensions: createExtensions({ database: options.database, served: byName.get(EXTENSION_SCHEMA), isOwnOrigin }),
    validator,
    async warm() {
      for (const resource of options.resources) {
        await sleep(WARM_PAUSE_MS, undefined, { ref: false })
        validator(resource)
      }
    },
    tableOf(name) {
      const resource = byName.get(name)
      if (!resource) throw new Error(`No running module serves ${name}`)
      return resource.table
    },
  }
}
