/** The statements on what is kept beside carts: steps, stays in channels, ways to find them, who has them open, codes that hand them over. */
import type { Sql, Transaction } from '../../platform/database/sql.ts'

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

export const insertStep = async (tx: Transaction, brand: string, cartId: string, step: Omit<Step, 'at'> & { at: Date }): Promise<void> => {
  await tx.query(
    { name: 'cart_step_insert', text: 'INSERT INTO cart_step (brand, cart_id, revision, at, channel, principal, change) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING' },
    [brand, cartId, step.revision, step.at.toISOString(), step.channel, step.principal, JSON.stringify(step.change)],
  )
}

/** The revision after the last step: steps are written in the transaction that changes the cart's row. */
export const nextRevision = async (tx: Transaction, brand: string, cartId: string): Promise<number> =>
  (await tx.query<{ revision: number }>({ name: 'cart_revision', text: 'SELECT revision FROM shopping_cart WHERE brand = $1 AND id = $2' }, [brand, cartId]))[0]?.revision ?? 1

export const readSteps = async (sql: Sql, brand: string, cartId: string, after = 0, limit = 200): Promise<Step[]> =>
  await sql.query<Step>(
    { name: 'cart_steps', text: 'SELECT revision, at, channel, principal, change FROM cart_step WHERE brand = $1 AND cart_id = $2 AND revision > $3 ORDER BY revision LIMIT $4' },
    [brand, cartId, after, limit],
  )

export interface Contact {
  type: 'email' | 'phone'
  value: string
}

/** Replaces the ways by which a cart is found. */
export const writeContacts = async (tx: Transaction, brand: string, cartId: string, contacts: readonly Contact[]): Promise<void> => {
  await tx.query({ name: 'cart_contact_drop', text: 'DELETE FROM cart_contact WHERE brand = $1 AND cart_id = $2' }, [brand, cartId])
  if (contacts.length === 0) return
  await tx.query(
    { name: 'cart_contact_insert', text: 'INSERT INTO cart_contact (brand, cart_id, type, value) SELECT $1, $2, type, value FROM unnest($3::text[], $4::text[]) AS c(type, value) ON CONFLICT DO NOTHING' },
    [brand, cartId, contacts.map(one => one.type), contacts.map(one => one.value)],
  )
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
export const takeHandOver = async (tx: Transaction, brand: string, hash: string): Promise<string | undefined> => {
  const [row] = await tx.query<{ cart_id: string }>(
    { name: 'cart_hand_over_take', text: 'UPDATE cart_hand_over SET used_at = now() WHERE brand = $1 AND code_hash = $2 AND used_at IS NULL AND expires_at > now() RETURNING cart_id' },
    [brand, hash],
  )
  if (row) await tx.query({ name: 'cart_hand_over_used', text: 'DELETE FROM cart_hand_over WHERE brand = $1 AND cart_id = $2 AND used_at IS NULL' }, [brand, row.cart_id])
  return row?.cart_id
}

export interface Visit {
  number: number
  channel: string
  firstAt: Date
  lastAt: Date
}

/** Notes that the cart is in a channel: another stay begins where it was in another one before. Held by the cart's lock of the caller's transaction. */
export const noteVisit = async (tx: Transaction, brand: string, cartId: string, channel: string, at: Date): Promise<void> => {
  await tx.query({ name: 'cart_visit_lock', text: 'SELECT pg_advisory_xact_lock(hashtextextended($1, 663))' }, [`${brand} ${cartId}`])
  const [last] = await tx.query<{ number: number; channel: string }>({ name: 'cart_visit_last', text: 'SELECT number, channel FROM cart_visit WHERE brand = $1 AND cart_id = $2 ORDER BY number DESC LIMIT 1' }, [brand, cartId])
  if (last?.channel === channel) {
    await tx.query({ name: 'cart_visit_stay', text: 'UPDATE cart_visit SET last_at = greatest(last_at, $4) WHERE brand = $1 AND cart_id = $2 AND number = $3' }, [brand, cartId, last.number, at.toISOString()])
    return
  }
  await tx.query(
    { name: 'cart_visit_begin', text: 'INSERT INTO cart_visit (brand, cart_id, number, channel, first_at, last_at) VALUES ($1, $2, $3, $4, $5, $5)' },
    [brand, cartId, (last?.number ?? 0) + 1, channel, at.toISOString()],
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

/** The stay that ends in an order is told by the order itself. */
export const settleLastVisit = async (tx: Transaction, brand: string, cartId: string, channel: string): Promise<void> => {
  await tx.query(
    {
      name: 'cart_visit_settle',
      text: `UPDATE cart_visit v SET told = true WHERE v.brand = $1 AND v.cart_id = $2 AND v.channel = $3 AND v.number = (SELECT max(o.number) FROM cart_visit o WHERE o.brand = $1 AND o.cart_id = $2)`,
    },
    [brand, cartId, channel],
  )
}
