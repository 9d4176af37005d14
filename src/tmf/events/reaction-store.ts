/** The statements on reactions' rows: which are due, what became of them, and what an operator does with dead ones. */
import type { Sql } from '../../platform/database/sql.ts'
import type { EventRow } from './event.ts'

export interface DueReaction extends EventRow {
  event_seq: string
  reaction: string
  position: string
  attempts: number
}

/**
 * Locks due rows, oldest first. A row is left out while an earlier one of the same reaction and resource is due, also while another
 * worker holds it: one resource's events reach a reaction one after the other.
 */
export const claimReactions = (tx: Sql, reactions: readonly string[], limit: number): Promise<DueReaction[]> =>
  tx.query<DueReaction>(
    {
      name: 'reaction-claim',
      text: `SELECT c.event_seq, c.reaction, c.position, c.attempts, e.event_id, e.event_type, e.event_time, e.correlation_id, e.channel, e.brand, e.resource, e.resource_id, e.revision, e.doc::text AS doc
             FROM tandem_claim_reactions($1::text[], $2) c JOIN event e ON e.seq = c.event_seq ORDER BY c.position`,
    },
    [reactions, limit],
  )

export interface ReactionKey {
  event_seq: string
  reaction: string
}

export const completeReactions = async (tx: Sql, done: readonly ReactionKey[]): Promise<void> => {
  await tx.query(
    {
      name: 'reaction-done',
      text: `UPDATE event_reaction r SET state = 'done', done_at = now(), error = NULL FROM unnest($1::bigint[], $2::text[]) AS d(event_seq, reaction)
             WHERE r.event_seq = d.event_seq AND r.reaction = d.reaction`,
    },
    [done.map(row => row.event_seq), done.map(row => row.reaction)],
  )
}

export const failReaction = async (tx: Sql, row: ReactionKey, failure: { state: 'due' | 'dead'; attempts: number; delayMs: number; error: string }): Promise<void> => {
  await tx.query(
    {
      name: 'reaction-fail',
      text: `UPDATE event_reaction SET state = $3, attempts = $4, due_at = now() + $5 * interval '1 millisecond', error = $6 WHERE event_seq = $1 AND reaction = $2`,
    },
    [row.event_seq, row.reaction, failure.state, failure.attempts, failure.delayMs, failure.error],
  )
}

/** `<reaction>:<seq of the event>` */
const ID = /^(.+):(\d{1,18})$/

const keyOf = (id: string): [string, string] | undefined => {
  const found = ID.exec(id)
  return found ? [found[2]!, found[1]!] : undefined
}

/** Makes a dead reaction due again, with all its attempts. False when there is none with this id: also for the second of two who ask. */
export const replayReaction = async (sql: Sql, id: string): Promise<boolean> => {
  const key = keyOf(id)
  if (!key) return false
  const rows = await sql.query("UPDATE event_reaction SET state = 'due', attempts = 0, due_at = now() WHERE event_seq = $1 AND reaction = $2 AND state = 'dead' RETURNING 1", key)
  return rows.length > 0
}

/** Settles a dead reaction without running it; its error stays to be seen. */
export const discardReaction = async (sql: Sql, id: string): Promise<boolean> => {
  const key = keyOf(id)
  if (!key) return false
  const rows = await sql.query("UPDATE event_reaction SET state = 'done', done_at = now() WHERE event_seq = $1 AND reaction = $2 AND state = 'dead' RETURNING 1", key)
  return rows.length > 0
}
