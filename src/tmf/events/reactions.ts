/** Works on reactions that are due. What a reaction writes and the record that it ran commit together: it is applied exactly once. */
import type { Logger } from 'pino'
import type { Database, Transaction } from '../../platform/database/sql.ts'
import { backoffDelay } from '../../platform/jobs/runner.ts'
import { systemContext } from '../../platform/principal.ts'
import type { Tracing } from '../../platform/telemetry/tracing.ts'
import type { Reaction } from '../module.ts'
import type { Services } from '../services.ts'
import { resourceEvent } from './event.ts'
import { createPump, type Pump } from './pump.ts'
import { claimReactions, completeReactions, failReaction, type DueReaction } from './reaction-store.ts'

export interface ReactionSettings {
  /** How often a reaction is tried before it is dead. */
  attempts: number
  backoffMs: number
  /** How many work side by side in this process; each takes a database connection while it works. */
  loops: number
}

export const REACTION_SETTINGS: ReactionSettings = { attempts: 10, backoffMs: 250, loops: 4 }

export interface ReactionsOptions {
  database: Database
  reactions: readonly Reaction[]
  deps: () => Services
  log: Logger
  settings?: Partial<ReactionSettings>
  tracing?: Tracing | undefined
}

/** Few, because the locks of all of them are held until the last has run. */
const BATCH = 5
const IDLE_MS = 1_000
const MAX_ERROR = 2_000

const isLostRace = (error: unknown): boolean => ['40001', '40P01'].includes(String((error as { code?: unknown }).code))
const textOf = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).replaceAll('\0', '').slice(0, MAX_ERROR)

export interface ReactionCounts {
  done: number
  /** Runs that failed, whether they are tried again or not. */
  failed: number
  dead: number
}

export interface Reactions extends Pump {
  /** What this process has done since it started. */
  counts: () => ReactionCounts
}

export const createReactions = (options: ReactionsOptions): Reactions => {
  const { database, log, deps, tracing } = options
  const settings = { ...REACTION_SETTINGS, ...options.settings }
  const byName = new Map<string, Reaction>()
  for (const reaction of options.reactions) {
    if (byName.has(reaction.name)) throw new Error(`Two reactions are named ${reaction.name}`)
    byName.set(reaction.name, reaction)
  }
  const names = [...byName.keys()]
  const counts: ReactionCounts = { done: 0, failed: 0, dead: 0 }

  const runOne = async (tx: Transaction, row: DueReaction): Promise<void> => {
    const wakes: (() => Promise<void>)[] = []
    const event = resourceEvent(row)
    const run = (): Promise<void> =>
      byName.get(row.reaction)!.run(event, {
        tx,
        context: systemContext(event.brand, event.correlationId),
        deps: deps(),
        afterCommit: wake => void wakes.push(tracing ? tracing.bind(wake) : wake),
      })
    if (tracing) await tracing.span(`reaction ${row.reaction}`, { kind: 'consumer', correlationId: event.correlationId, attributes: { 'tandem.event_type': event.eventType, 'tandem.brand': event.brand } }, run)
    else await run()
    for (const wake of wakes) {
      tx.afterCommit(() => {
        Promise.resolve()
          .then(wake)
          .catch(error => log.warn({ err: error, reaction: row.reaction }, 'A wake-up after a reaction failed; a sweeper will find the work'))
      })
    }
  }

  const fail = async (tx: Transaction, row: DueReaction, error: unknown): Promise<void> => {
    // A lost race says nothing about the reaction: it comes again at once, and the attempt does not count.
    const attempts = isLostRace(error) ? row.attempts : row.attempts + 1
    const state = attempts >= settings.attempts ? 'dead' : 'due'
    const delayMs = isLostRace(error) || state === 'dead' ? 0 : backoffDelay(settings.backoffMs, attempts)
    await failReaction(tx, row, { state, attempts, delayMs, error: textOf(error) })
    const about = { err: error, reaction: row.reaction, event: row.event_type, resource: row.resource, resourceId: row.resource_id, attempts }
    setTimeout(pump.wake, delayMs).unref()
    tx.afterCommit(() => {
      counts.failed += 1
      if (state === 'dead') counts.dead += 1
    })
    if (state === 'dead') log.error(about, 'A reaction has used up its attempts')
    else log.warn(about, 'A reaction failed and will be tried again')
  }

  const turn = (): Promise<'idle' | 'busy' | 'full'> =>
    database.transaction(async tx => {
      const rows = await claimReactions(tx, names, BATCH)
      const done: DueReaction[] = []
      for (const row of rows) {
        await tx.query('SAVEPOINT reaction')
        try {
          await runOne(tx, row)
          done.push(row)
        } catch (error) {
          // Takes back what this one wrote and nothing of the others. On a lost connection it fails too, and the whole batch comes back.
          await tx.query('ROLLBACK TO SAVEPOINT reaction')
          await fail(tx, row, error)
        }
      }
      if (done.length > 0) {
        await completeReactions(tx, done)
        tx.afterCommit(() => void (counts.done += done.length))
      }
      return rows.length === 0 ? 'idle' : rows.length === BATCH ? 'full' : 'busy'
    })

  const pump = createPump({ name: 'Working on reactions', loops: names.length > 0 ? settings.loops : 0, idleMs: IDLE_MS, log, turn })
  return { ...pump, counts: () => ({ ...counts }) }
}
