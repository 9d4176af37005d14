/** The statements on what is kept beside carts: steps, stays in channels, ways to find them, who has them open, codes that hand them over. */
import type { Sql, Transaction } from '../../platform/database/sql.ts'
import type { Beside } from '../../tmf/resource.ts'

export interface Step {
  revision: number
  at: Date
  channel: string
  principal: string
  change: readonly Change[]
}

/** One thing that a step did. */
export interface Change {
  what: string
  item?: string
  offering?: string
  [detail: string]: unknown
}

/** Writes a step with the write that it tells of. */
export const stepBeside = (step: Omit<Step, 'revision'>): Beside => ({
  name: 'step',
  sql: (param, { brand, id }) => `INSERT INTO cart_step (brand, cart_id, revision, at, channel, principal, change)
    SELECT ${brand}, ${id}, written.revision, ${param(step.at.toISOString(), 'timestamptz')}, ${param(step.channel, 'text')}, ${param(step.principal, 'text')}, ${param(JSON.stringify(step.change), 'jsonb')} FROM written ON CONFLICT DO NOTHING`,
})

export const readSteps = async (sql: Sql, brand: string, cartId: string, after = 0, limit = 200): Promise<Step[]> =>
  await sql.query<Step>(
    { name: 'cart_steps', text: 'SELECT revision, at, channel, principal, change FROM cart_step WHERE brand = $1 AND cart_id = $2 AND revision > $3 ORDER BY revision LIMIT $4' },
    [brand, cartId, after, limit],
  )

export interface Contact {
  type: 'email' | 'phone'
  value: string
}

/** Replaces the ways by which a cart is found, with the write that names them. One that stays is not written again: a statement sees its own deletes no more than its inserts. */
export const contactsBeside = (contacts: readonly Contact[], isNew: boolean): Beside[] => {
  const lists = (param: (value: unknown, type: string) => string): string => `unnest(${param(contacts.map(one => one.type), 'text[]')}, ${param(contacts.map(one => one.value), 'text[]')}) AS c(type, value)`
  return [
    ...(isNew
      ? []
      : [{ name: 'contact_gone', sql: (param, { brand, id }) => `DELETE FROM cart_contact t USING written WHERE t.brand = ${brand} AND t.cart_id = ${id} AND NOT EXISTS (SELECT FROM ${lists(param)} WHERE c.type = t.type AND c.value = t.value)` } satisfies Beside]),
    { name: 'contact', sql: (param, { brand, id }) => `INSERT INTO cart_contact (brand, cart_id, type, value) SELECT ${brand}, ${id}, c.type, c.value FROM written, ${lists(param)} ON CONFLICT DO NOTHING` },
  ]
}

/** A cart that is gone is found no more. */
export const dropContacts = async (tx: Transaction, brand: string, cartId: string): Promise<void> => {
  await tx.query({ name: 'cart_contact_drop', text: 'DELETE FROM cart_contact WHERE brand = $1 AND cart_id = $2' }, [brand, cartId])
}

export const cartsByContact = async (sql: Sql, brand: string, contact: Contact): Promise<string[]> =>
  (await sql.query<{ cart_id: string }>({ name: 'cart_by_contact', text: 'SELECT cart_id FROM cart_contact WHERE brand = $1 AND type = $2 AND value = $3 ORDER BY cart_id DESC LIMIT 100' }, [brand, contact.type, contact.value])).map(row => row.cart_id)

export interface Presence {
  session: string
  channel: string
  principal: string
  openedAt: Date
  expiresAt: Date
}

/** Says that somebody has the cart open, for so long; real time. */
export const openPresence = async (sql: Sql, brand: string, cartId: string, who: { session: string; channel: string; principal: string }, seconds: number): Promise<void> => {
  await sql.query(
    {
      name: 'cart_presence_open',
      text: `INSERT INTO cart_presence (brand, cart_id, session, channel, principal, opened_at, expires_at) VALUES ($1, $2, $3, $4, $5, now(), now() + $6 * interval '1 second')
        ON CONFLICT (brand, cart_id, session) DO UPDATE SET channel = excluded.channel, principal = excluded.principal, expires_at = excluded.expires_at,
          opened_at = CASE WHEN cart_presence.expires_at < now() THEN now() ELSE cart_presence.opened_at END`,
    },
    [brand, cartId, who.session, who.channel, who.principal, seconds],
  )
}

export const closePresence = async (sql: Sql, brand: string, cartId: string, session: string): Promise<void> => {
  await sql.query({ name: 'cart_presence_close', text: 'DELETE FROM cart_presence WHERE brand = $1 AND cart_id = $2 AND session = $3' }, [brand, cartId, session])
}

export const readPresence = async (sql: Sql, brand: string, cartId: string): Promise<Presence[]> =>
  await sql.query<Presence>(
    {
      name: 'cart_presence_read',
      text: 'SELECT session, channel, principal, opened_at AS "openedAt", expires_at AS "expiresAt" FROM cart_presence WHERE brand = $1 AND cart_id = $2 AND expires_at > now() ORDER BY opened_at, session',
    },
    [brand, cartId],
  )

export const insertHandOver = async (sql: Sql, brand: string, hashes: readonly string[], cartId: string, by: { channel: string; principal: string }, seconds: number): Promise<Date> => {
  // What expired is of no use to anybody.
  await sql.query({ name: 'cart_hand_over_drop', text: 'DELETE FROM cart_hand_over WHERE brand = $1 AND (cart_id = $2 OR expires_at < now())' }, [brand, cartId])
  const [row] = await sql.query<{ expires_at: Date }>(
    {
      name: 'cart_hand_over_insert',
      text: `INSERT INTO cart_hand_over (brand, code_hash, cart_id, channel, principal, expires_at) SELECT $1, hash, $3, $4, $5, now() + $6 * interval '1 second' FROM unnest($2::text[]) AS hash RETURNING expires_at`,
    },
    [brand, [...hashes], cartId, by.channel, by.principal, seconds],
  )
  return row!.expires_at
}

/** Takes a code, once: of two who come with it one gets the cart. Its sister, the link, goes with it. */
export const takeHandOver = async (tx: Transaction, brand: string, hash: string): Promise<{ cartId: string; from: string } | undefined> => {
  const [row] = await tx.query<{ cart_id: string; channel: string }>(
    { name: 'cart_hand_over_take', text: 'UPDATE cart_hand_over SET used_at = now() WHERE brand = $1 AND code_hash = $2 AND used_at IS NULL AND expires_at > now() RETURNING cart_id, channel' },
    [brand, hash],
  )
  if (row) await tx.query({ name: 'cart_hand_over_used', text: 'DELETE FROM cart_hand_over WHERE brand = $1 AND cart_id = $2 AND used_at IS NULL' }, [brand, row.cart_id])
  return row && { cartId: row.cart_id, from: row.channel }
}

export interface Transfer {
  cartId: string
  id: string
  kind: 'handedOver' | 'takenOver'
  revision: number
  at: Date
  channel: string
  principal: string
  from: string | null
}

export const insertTransfer = async (sql: Sql, brand: string, { cartId, id, kind, revision, at, channel, principal, from }: Transfer): Promise<void> => {
  await sql.query(
    { name: 'cart_transfer_insert', text: 'INSERT INTO cart_transfer (brand, cart_id, id, kind, revision, at, channel, principal, "from") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)' },
    [brand, cartId, id, kind, revision, at.toISOString(), channel, principal, from],
  )
}

export const readTransfers = async (sql: Sql, brand: string, cartIds: readonly string[]): Promise<Transfer[]> =>
  await sql.query<Transfer>(
    { name: 'cart_transfers', text: 'SELECT cart_id AS "cartId", id, kind, revision, at, channel, principal, "from" FROM cart_transfer WHERE brand = $1 AND cart_id = ANY($2::text[]) ORDER BY at, id LIMIT 1000' },
    [brand, [...cartIds]],
  )

/** When carts were taken over, and through which channel. */
export const takeOversOf = async (sql: Sql, brand: string, cartIds: readonly string[]): Promise<Transfer[]> => (cartIds.length === 0 ? [] : (await readTransfers(sql, brand, cartIds)).filter(one => one.kind === 'takenOver'))

export interface Visit {
  number: number
  channel: string
  firstAt: Date
  lastAt: Date
}

const LAST = (brand: string, id: string): string => `(SELECT max(o.number) FROM cart_visit o WHERE o.brand = ${brand} AND o.cart_id = ${id})`

/**
 * Notes with a write that the cart is in a channel: another stay begins where it was in another one before. Its number follows from the
 * revision, with room for looks between two, so that a look at the same moment takes no number away.
 * `told`: the stay that ends in an order is told by the order itself.
 */
export const visitBeside = (channel: string, at: Date, told: boolean): Beside[] => [
  {
    name: told ? 'stay_told' : 'stay',
    sql: (param, { brand, id }) => `UPDATE cart_visit v SET last_at = greatest(v.last_at, ${param(at.toISOString(), 'timestamptz')})${told ? ', told = true' : ''} FROM written
      WHERE v.brand = ${brand} AND v.cart_id = ${id} AND v.channel = ${param(channel, 'text')} AND v.number = ${LAST(brand, id)} RETURNING v.number`,
  },
  {
    name: told ? 'visit_told' : 'visit',
    sql: (param, { brand, id }) => {
      const moment = param(at.toISOString(), 'timestamptz')
      return `INSERT INTO cart_visit (brand, cart_id, number, channel, first_at, last_at, told)
        SELECT ${brand}, ${id}, greatest(written.revision * ${LOOKS_BETWEEN}, coalesce(${LAST(brand, id)}, 0) + 1), ${param(channel, 'text')}, ${moment}, ${moment}, ${told} FROM written WHERE NOT EXISTS (SELECT FROM ${told ? 'stay_told' : 'stay'}) ON CONFLICT DO NOTHING`
    },
  },
]

/** Numbers between those of two revisions. */
const LOOKS_BETWEEN = 1_000

/** Notes that somebody looks at the cart in a channel. Of two who look at once the second waits. */
export const noteVisit = async (tx: Transaction, brand: string, cartId: string, channel: string, at: Date): Promise<void> => {
  await tx.query({ name: 'cart_visit_lock', text: 'SELECT pg_advisory_xact_lock(hashtextextended($1, 663))' }, [`${brand} ${cartId}`])
  await tx.query(
    {
      name: 'cart_visit_note',
      text: `WITH stay AS (UPDATE cart_visit v SET last_at = greatest(v.last_at, $4) WHERE v.brand = $1 AND v.cart_id = $2 AND v.channel = $3 AND v.number = ${LAST('$1', '$2')} RETURNING v.number)
        INSERT INTO cart_visit (brand, cart_id, number, channel, first_at, last_at) SELECT $1, $2, coalesce(${LAST('$1', '$2')}, 0) + 1, $3, $4, $4 WHERE NOT EXISTS (SELECT FROM stay) ON CONFLICT DO NOTHING`,
    },
    [brand, cartId, channel, at.toISOString()],
  )
}

/** Stays that are over and were not told yet; all of them with `alsoLast`. They are marked as told. */
export const takeVisits = async (tx: Transaction, brand: string, cartId: string, alsoLast: boolean): Promise<Visit[]> =>
  (
    await tx.query<Visit>(
      {
        name: 'cart_visit_take',
        text: `UPDATE cart_visit v SET told = true WHERE v.brand = $1 AND v.cart_id = $2 AND NOT v.told
          AND ($3 OR v.number < (SELECT max(o.number) FROM cart_visit o WHERE o.brand = $1 AND o.cart_id = $2))
          RETURNING v.number, v.channel, v.first_at AS "firstAt", v.last_at AS "lastAt"`,
      },
      [brand, cartId, alsoLast],
    )
  ).sort((a, b) => a.number - b.number)
