/** The statements of the relay. They run on its own connection, which holds its lock: a relay that lost the lock cannot write. */
import type pg from 'pg'

export interface PositionedRow {
  seq: string
  position: string
  event_type: string
  brand: string
  owner_party: string | null
  shared_with: string[] | null
  resource: string
  resource_id: string
}

export interface HubRow {
  id: string
  brand: string
  parties: string[] | null
  readable: string[]
  personal: boolean
  api: string
  query: string
}

export interface DocumentRow {
  seq: string
  event_id: string
  event_time: Date
  correlation_id: string
  revision: number
  doc: string
}

export interface NewDelivery {
  hubId: string
  position: string
  resource: string
  resourceId: string
  payload: string
}

/** Any constant that nothing else takes as an advisory lock. */
const RELAY_LOCK = 7_263_363

export const EVENT_CHANNEL = 'tandem_event'
export const POSITION_CHANNEL = 'tandem_position'

/**
 * Settings of the relay's session: a holder whose machine vanished is noticed within some ten seconds, so that another takes over. So is one
 * that neither works nor dies (a paused machine, a frozen container): a relay that lives looks for work each second, so its session never rests.
 */
export const prepareSession = async (client: pg.Client): Promise<void> => {
  await client.query('SET tcp_keepalives_idle = 3; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3; SET idle_in_transaction_session_timeout = 10000; SET idle_session_timeout = 10000; SET statement_timeout = 30000')
}

/** Tried, not waited for: a waiting statement would hold back the vacuum of the whole database. */
export const tryLock = async (client: pg.Client): Promise<boolean> => {
  const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [RELAY_LOCK])
  return rows[0]?.locked === true
}

/**
 * Gives the oldest events without a position theirs, and leaves a row for each reaction to them. What a transaction commits after this
 * statement's snapshot gets a later position, whatever its seq: positions follow the order of commits.
 */
export const givePositions = async (client: pg.Client, limit: number, eventTypes: readonly string[], reactions: readonly string[]): Promise<PositionedRow[]> => {
  const { rows } = await client.query<PositionedRow>({
    name: 'relay-positions',
    text: `WITH due AS MATERIALIZED (SELECT seq FROM event WHERE position IS NULL ORDER BY seq LIMIT $1),
           numbered AS MATERIALIZED (SELECT seq, (SELECT coalesce(max(position), 0) FROM event) + row_number() OVER (ORDER BY seq) AS position FROM due),
           positioned AS (UPDATE event e SET position = n.position FROM numbered n WHERE e.seq = n.seq
             RETURNING e.seq, e.position, e.event_type, e.brand, e.owner_party, e.shared_with, e.resource, e.resource_id),
           reacting AS (INSERT INTO event_reaction (event_seq, reaction, position, brand, resource, resource_id)
             SELECT p.seq, r.reaction, p.position, p.brand, p.resource, p.resource_id
             FROM positioned p JOIN unnest($2::text[], $3::text[]) AS r(event_type, reaction) ON r.event_type = p.event_type
             ON CONFLICT DO NOTHING)
           SELECT seq, position, event_type, brand, owner_party, shared_with, resource, resource_id FROM positioned ORDER BY position`,
    values: [limit, eventTypes, reactions],
  })
  return rows
}

/** All hubs: paused ones too, their deliveries wait. Read with every batch, so that a hub misses nothing that is committed after it. */
export const readHubs = async (client: pg.Client): Promise<HubRow[]> => {
  const { rows } = await client.query<HubRow>({ name: 'relay-hubs', text: 'SELECT id, brand, parties, readable, personal, api, query FROM hub' })
  return rows
}

export const readDocuments = async (client: pg.Client, seqs: readonly string[]): Promise<Map<string, DocumentRow>> => {
  const { rows } = await client.query<DocumentRow>({
    name: 'relay-documents',
    text: 'SELECT seq, event_id, event_time, correlation_id, revision, doc::text AS doc FROM event WHERE seq = ANY($1::bigint[])',
    values: [seqs],
  })
  return new Map(rows.map(row => [row.seq, row]))
}

export const insertDeliveries = async (client: pg.Client, deliveries: readonly NewDelivery[]): Promise<void> => {
  await client.query({
    name: 'relay-deliveries',
    text: `INSERT INTO hub_delivery (hub_id, position, resource, resource_id, payload)
           SELECT hub_id, position, resource, resource_id, payload::json
           FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[]) AS d(hub_id, position, resource, resource_id, payload)
           ON CONFLICT DO NOTHING`,
    values: [deliveries.map(d => d.hubId), deliveries.map(d => d.position), deliveries.map(d => d.resource), deliveries.map(d => d.resourceId), deliveries.map(d => d.payload)],
  })
}

/** Told when the transaction commits. */
export const announce = async (client: pg.Client, position: string): Promise<void> => {
  await client.query({ name: 'relay-announce', text: `SELECT pg_notify('${POSITION_CHANNEL}', $1)`, values: [position] })
}
