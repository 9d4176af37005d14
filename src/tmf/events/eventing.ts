/**
 * Puts the event machinery together for one process. Every process may relay and follows positions; those with the worker role
 * also run reactions and deliver to listeners.
 */
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { Callers } from '../../platform/auth/callers.ts'
import type { Database } from '../../platform/database/sql.ts'
import type { Outbound } from '../../platform/http/outbound.ts'
import type { DeadLetters } from '../../platform/jobs/runner.ts'
import { createSecrets, type Secrets } from '../../platform/secrets.ts'
import type { Tracing } from '../../platform/telemetry/tracing.ts'
import type { Extensions } from '../extensions/registry.ts'
import type { Permit } from '../http/routes.ts'
import type { AnyResource, Reaction } from '../module.ts'
import type { Api } from '../resource.ts'
import type { Services } from '../services.ts'
import { createDeliveries, type DeliverySettings } from './deliveries.ts'
import { hubApi } from './event.ts'
import { mountHub } from './hub-routes.ts'
import { createHub, type Hub } from './hub.ts'
import { mountOperations } from './operation-routes.ts'
import { createOperations, type Operations } from './operations.ts'
import { createPositions, type Positions } from './positions.ts'
import { createReactions, type ReactionCounts, type ReactionSettings } from './reactions.ts'
import { createRelay } from './relay.ts'
import { mountStream } from './stream-routes.ts'
import type { StreamSettings } from './stream.ts'
import { createStreams, type StreamLimits } from './streams.ts'
import { createStanding } from './standing.ts'

export interface EventingOptions {
  /** For the relay's own connection, which holds its lock. */
  databaseUrl: string
  database: Database
  resources: readonly AnyResource[]
  reactions: readonly Reaction[]
  outbound: Outbound
  /** What became of those who registered listeners and opened streams. */
  callers: Callers
  log: Logger
  deps: () => Services
  /** Registered extensions, whose attributes can be filtered by. */
  extensions?: () => Pick<Extensions, 'lookup' | 'reload'>
  deliverySettings?: Partial<DeliverySettings>
  reactionSettings?: Partial<ReactionSettings>
  tracing?: Tracing | undefined
  /** Seals the secrets of listeners; in clear when left out. */
  secrets?: Secrets
  streamLimits?: StreamLimits
  streamSettings?: Partial<StreamSettings>
}

export interface Eventing {
  /** For the kit: rows with events were committed. */
  wakeRelay: () => void
  /** Whether this process gives positions just now. */
  isRelaying: () => boolean
  /** Live streams that are open in this process. */
  streams: () => number
  /** What this process did of the work that all processes with the worker role share. */
  counts: () => { reactions: ReactionCounts; deliveries: { delivered: number; failed: number } }
  positions: Positions
  hub: Hub
  operations(deadLetters: DeadLetters): Operations
  /** POST /hub, DELETE /hub/{id} and GET /events of an API, below the prefix of the scope. */
  mountHub(scope: FastifyInstance, api: Api, permit: Permit): void
  /** GET /events of all APIs. */
  mountAllEvents(scope: FastifyInstance): void
  mountOperations(scope: FastifyInstance, operations: Operations, permit: Permit): void
  start(roles: { worker: boolean }): Promise<void>
  stop(deadlineMs: number): Promise<void>
}

export const createEventing = (options: EventingOptions): Eventing => {
  const { databaseUrl, database, resources, reactions, outbound, callers, log, deps, extensions, deliverySettings = {}, reactionSettings = {}, tracing, secrets = createSecrets(undefined), streamLimits = { all: 100, perCaller: 100 }, streamSettings = {} } = options
  const relay = createRelay({ url: databaseUrl, database, resources, reactions, log, extensions })
  const positions = createPositions({ database, log })
  const hub = createHub({ database, outbound, resources, secrets, extensions })
  const reacting = createReactions({ database, reactions, deps, log, settings: reactionSettings, tracing })
  const standing = createStanding({ database, resources, callers, log })
  const deliveries = createDeliveries({ database, outbound, resources, standing, secrets, log, settings: deliverySettings, tracing })
  const streams = createStreams({ database, positions, callers, log, extensions, limits: streamLimits, settings: streamSettings })
  let unsubscribe: (() => void) | undefined

  return {
    wakeRelay: relay.wake,
    isRelaying: relay.isHolder,
    streams: () => streams.count(),
    counts: () => ({ reactions: reacting.counts(), deliveries: deliveries.counts() }),
    positions,
    hub,
    operations: deadLetters => createOperations({ database, deadLetters, wakeReactions: reacting.wake, wakeDeliveries: deliveries.wake }),
    mountHub: (scope, api, permit) => {
      mountHub(scope, api, hub, permit, callers)
      mountStream(scope, streams, resources.filter(resource => hubApi(resource.api) === hubApi(api)), { of: 'this API', operationId: 'streamEvents', tag: 'events subscription' })
    },
    mountAllEvents: scope => mountStream(scope, streams, resources, { of: 'all APIs', operationId: 'streamAllEvents', tag: 'events' }),
    mountOperations,
    start: async ({ worker }) => {
      await positions.start()
      relay.start()
      if (!worker) return
      unsubscribe = positions.onPosition(() => {
        reacting.wake()
        deliveries.wake()
      })
      reacting.start()
      deliveries.start()
      standing.start()
    },
    stop: async deadlineMs => {
      unsubscribe?.()
      standing.stop()
      const [ended] = await Promise.all([reacting.stop(deadlineMs), deliveries.stop(deadlineMs), streams.stop()])
      if (!ended) log.warn('Reactions were still running at the deadline; they are taken back and come again')
      // Last, because what was just finished has left events.
      await relay.stop()
      await positions.stop()
    },
  }
}
