/** The statements on what journeys remember of events. */
import type { Sql, Transaction } from '../../platform/database/sql.ts'
import type { Fact } from './fact.ts'

/** How long a journey may gather news before it is written: what happens in one go is written once. */
const GATHER = "interval '500 milliseconds'"

/**
 * Remembers what an event said, once, and that its journey is to be written. The journey's row is touched where it is there already: so this
 * waits for whoever writes the journey just now, and the news is not lost.
 */
export const insertFact = async (tx: Transaction, brand: string, flowId: string, fact: Fact): Promise<void> => {
  await tx.query(
    {
      name: 'journey_fact_insert',
      text: `WITH news AS (INSERT INTO journey_fact (brand, event_id, flow_id, subject, subject_id, fact) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING flow_id)
        INSERT INTO journey_due (brand, flow_id, due_at) SELECT $1, flow_id, now() + ${GATHER} FROM news ON CONFLICT (brand, flow_id) DO UPDATE SET due_at = journey_due.due_at`,
    },
    [brand, fact.eventId, flowId, fact.subject, fact.subjectId, JSON.stringify(fact)],
  )
}

export interface DueFlow {
  brand: string
  flow_id: string
}

export const findDue = async (sql: Sql, limit: number): Promise<DueFlow[]> => await sql.query<DueFlow>({ name: 'journey_due', text: 'SELECT brand, flow_id FROM journey_due WHERE due_at <= now() ORDER BY due_at LIMIT $1' }, [limit])

/** Takes a journey to write it; false when somebody else does. It is due again when this is rolled back. */
export const takeDue = async (tx: Transaction, { brand, flow_id: id }: DueFlow): Promise<boolean> =>
  (
    await tx.query({ name: 'journey_due_take', text: 'DELETE FROM journey_due d WHERE d.ctid = (SELECT o.ctid FROM journey_due o WHERE o.brand = $1 AND o.flow_id = $2 FOR UPDATE SKIP LOCKED) RETURNING d.flow_id' }, [brand, id])
  ).length > 0

/** One that cannot be written stands in no other's way. */
export const putOff = async (sql: Sql, { brand, flow_id: id }: DueFlow): Promise<void> => {
  await sql.query({ name: 'journey_due_later', text: `UPDATE journey_due SET due_at = now() + interval '1 minute' WHERE brand = $1 AND flow_id = $2` }, [brand, id])
}

export const readFacts = async (sql: Sql, brand: string, flowId: string): Promise<Fact[]> =>
  (await sql.query<{ fact: Fact }>({ name: 'journey_facts', text: 'SELECT fact FROM journey_fact WHERE brand = $1 AND flow_id = $2' }, [brand, flowId])).map(row => row.fact)

/** The journey that a cart or order is part of, where something of it is remembered. */
export const flowOf = async (sql: Sql, brand: string, subject: Fact['subject'], id: string): Promise<string | undefined> =>
  (await sql.query<{ flow_id: string }>({ name: 'journey_flow_of', text: 'SELECT flow_id FROM journey_fact WHERE brand = $1 AND subject_id = $2 AND subject = $3 LIMIT 1' }, [brand, id, subject]))[0]?.flow_id

export const dropFacts = async (tx: Transaction, brand: string, flowId: string): Promise<void> => {
  await tx.query({ name: 'journey_facts_drop', text: 'WITH due AS (DELETE FROM journey_due WHERE brand = $1 AND flow_id = $2) DELETE FROM journey_fact WHERE brand = $1 AND flow_id = $2' }, [brand, flowId])
}
