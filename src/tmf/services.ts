/** What modules are given to work with: the deps object of every service function, job, reaction and prepare. */
import type { TObject, Static } from 'typebox'
import type { Logger } from 'pino'
import type { Clock } from '../platform/clock.ts'
import type { Config } from '../config.ts'
import type { Database, Transaction } from '../platform/database/sql.ts'
import type { PrismaClient } from '../platform/database/prisma.ts'
import type { Jobs } from '../platform/jobs/job.ts'
import type { Context } from '../platform/principal.ts'
import type { Audit } from './audit/audit.ts'
import type { Parts } from './contributions.ts'
import type { Positions } from './events/positions.ts'
import type { Predicate } from './filter/predicate.ts'
import type { Beside, Resource, Stored } from './resource.ts'

/** A condition on a resource's attribute, as the list filters know it. */
export interface Condition {
  /** Dotted path through objects and arrays: `relatedParty.id`. */
  path: string
  op?: 'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte' | 'regex'
  /** One value, or several of which one must match. */
  value: unknown
}

/** A JSONPath filter, as parseListQuery reads it: conditions on one element of a list. */
export interface FilterCondition {
  where: Predicate
}

export interface Find {
  where?: readonly (Condition | FilterCondition)[]
  /** `-lastUpdate,name`: declared filter columns only. */
  sort?: string
  limit?: number
  offset?: number
}

export interface WriteOptions {
  /** Write inside this transaction, beside the module's own rows. */
  tx?: Transaction
}

/**
 * Reads and writes TMF resources for Tandem's own code, by the same path as HTTP: stamp, validate, prepare, check, then the row,
 * its edges and its event in one transaction. `by` is 'server' here, so server-moved lifecycles may be moved (along their moves).
 * Reads and writes stay inside `context.brand`, and inside the principal's owner party where it has one.
 */
export interface Store {
  get<S extends TObject>(context: Context, resource: Resource<S>, id: string, options?: WriteOptions): Promise<Stored<Static<S>> | undefined>
  getMany<S extends TObject>(context: Context, resource: Resource<S>, ids: readonly string[], options?: WriteOptions): Promise<Map<string, Stored<Static<S>>>>
  find<S extends TObject>(context: Context, resource: Resource<S>, query: Find, options?: WriteOptions): Promise<Stored<Static<S>>[]>
  count<S extends TObject>(context: Context, resource: Resource<S>, query: Find, options?: WriteOptions): Promise<number>
  /** `doc` needs no id or href; one that is given is kept (imports, sample data). Throws Refusal. */
  create<S extends TObject>(context: Context, resource: Resource<S>, doc: Omit<Partial<Static<S>>, never>, options?: WriteOptions & { id?: string }): Promise<Stored<Static<S>>>
  /** Reads, changes and writes; a lost race is read and changed again, so `change` is pure. Returning the same object writes nothing. `expectedRevision` makes a race a 412 instead. `derived`: it follows from what sources say, so that it is nobody's word itself. `restored`: it goes back to what it was, whatever its lifecycle allows. `known`: as it was read a moment ago; it is read again only when it has changed since. `beside`: rows of the caller's own that go with the write, in its statement. */
  update<S extends TObject>(context: Context, resource: Resource<S>, id: string, change: (doc: Static<S>, stored: Stored<Static<S>>) => Static<S>, options?: WriteOptions & { expectedRevision?: number; derived?: boolean; restored?: boolean; known?: Stored<Static<S>>; beside?: readonly Beside[] }): Promise<Stored<Static<S>>>
  remove<S extends TObject>(context: Context, resource: Resource<S>, id: string, options?: WriteOptions): Promise<void>
  /** One past revision of a resource declared with `history`. */
  revision<S extends TObject>(context: Context, resource: Resource<S>, id: string, revision: number, options?: WriteOptions): Promise<Stored<Static<S>> | undefined>
  /** The running resource with this name; undefined when no running module serves it. */
  resource(name: string): Resource | undefined
}

export interface Services {
  config: Config
  log: Logger
  clock: Clock
  database: Database
  /** Typed relational work where the rate does not matter. Has its own transactions: never mixed with the store's. */
  prisma: PrismaClient
  store: Store
  jobs: Jobs
  /** Follows committed events in their order, for what is kept in memory. Reactions are for everything that is stored. */
  positions: Pick<Positions, 'current' | 'onPosition' | 'readAfter' | 'follow'>
  /** Who read personal data; what the kit serves is recorded by itself. */
  audit: Audit
  /** What runs: for the modules at the top that put the parts of all others together. */
  parts: Parts
}
