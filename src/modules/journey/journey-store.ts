/** The statements on what journeys remember of events. */
import type { Sql, Transaction } from '../../platform/database/sql.ts'
import type { Fact } from './fact.ts'

/** Of several that write one journey each waits for the one before: what a journey is rests on all that was remembered. */
export const lockFlow = async (tx: Transaction, brand: string, flowId: string): Promise<void> => {
  await tx.query({ name: 'journey_lock', text: 'SELECT pg_advisory_xact_lock(hashtextextended($1, 701))' }, [`${brand} ${flowId}`])
}

/** Remembers what an event said, once; false when it was known. */
export const insertFact = async (tx: Transaction, brand: string, flowId: string, fact: Fact): Promise<boolean> =>
  (
    await tx.query(
      { name: 'journey_fact_insert', text: 'INSERT INTO journey_fact (brand, event_id, flow_id, subject, subject_id, fact) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING event_id' },
      [brand, fact.eventId, flowId, fact.subject, fact.subjectId, JSON.stringify(fact)],
    )
  ).length > 0

export const readFacts = async (sql: Sql, brand: string, flowId: string): Promise<Fact[]> =>
  (await sql.query<{ fact: Fact }>({ name: 'journey_facts', text: 'SELECT fact FROM journey_fact WHERE brand = $1 AND flow_id = $2' }, [brand, flowId])).map(row => row.fact)

/** The journey that a cart or order is part of, where something of it is remembered. */
export const flowOf = async (sql: Sql, brand: string, subject: Fact['subject'], id: string): Promise<string | undefined> =>
  (await sql.query<{ flow_id: string }>({ name: 'journey_flow_of', text: 'SELECT flow_id FROM journey_fact WHERE brand = $1 AND subject_id = $2 AND subject = $3 LIMIT 1' }, [brand, id, subject]))[0]?.flow_id

export const dropFacts = async (tx: Transaction, brand: string, flowId: string): Promise<void> => {
  await tx.query({ name: 'journey_facts_drop', text: 'DELETE FROM journey_fact WHERE brand = $1 AND flow_id = $2' }, [brand, flowId])
}
