/** A module: one bounded context, and everything that the composition root needs to know of it. */
import type { FastifyInstance } from 'fastify'
import type { TSchema } from 'typebox'
import type { Directory } from '../platform/auth/directory.ts'
import type { Transaction } from '../platform/database/sql.ts'
import type { Job } from '../platform/jobs/job.ts'
import type { Context } from '../platform/principal.ts'
import type { Contributions } from './contributions.ts'
import type { Resource } from './resource.ts'
import type { Services } from './services.ts'

/** A committed event, as reactions see it: a snapshot of the resource at that revision. */
export interface ResourceEvent<T = Record<string, unknown>> {
  eventId: string
  /** `ProductOrderCreateEvent` */
  eventType: string
  eventTime: Date
  correlationId: string
  /** Channel of the request that caused it; left out where that is not known. */
  channel?: string
  brand: string
  /** Resource name: `productOrder`. */
  resource: string
  resourceId: string
  revision: number
  doc: T
}

/**
 * Work that follows from an event of this module or of one it depends on. Runs once for each event: `run` and the record that it ran
 * commit together. It gets a transaction and does nothing outside it; HTTP belongs into a job that it leaves rows for.
 */
export interface Reaction {
  /** Unique, stable: it is part of what is recorded. `delivery.plan-order` */
  name: string
  /** Event types: `ProductOrderCreateEvent`. */
  on: readonly string[]
  run: (event: ResourceEvent<any>, work: { tx: Transaction; context: Context; deps: Services; afterCommit: (wake: () => Promise<void>) => void }) => Promise<void>
}

/** A resource or job of any schema, in lists. */
export type AnyResource = Resource<any>
export type AnyJob = Job<any, Services>

export interface Module {
  name: string
  dependsOn: readonly string[]
  resources?: readonly AnyResource[]
  jobs?: readonly AnyJob[]
  reactions?: readonly Reaction[]
  /** Its part of answers that take all modules. */
  contributions?: Contributions
  /** What is known of callers beside their credentials; of one module at most. Asked for once, when requests can come. */
  directory?: (deps: Services) => Directory
  /** Operations beyond TM Forum's, under /tandem/v1; schemas on them as for any documented route. */
  routes?: (app: FastifyInstance, deps: Services) => void | Promise<void>
  /** Runs once at start, before listening, after migrations: load what the module keeps in memory. */
  start?: (deps: Services) => Promise<void>
  /** Runs at a graceful stop. */
  stop?: (deps: Services) => Promise<void>
}

export const defineModule = (module: Module): Module => module

/** Declares a job of a module; its `run` gets the services. */
export const defineJob = <S extends TSchema>(job: Job<S, Services>): Job<S, Services> => job
