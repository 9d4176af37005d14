/**
 * The statements on checkouts. There is one row a cart. Whoever works on it holds its lease; what is written without the lease is not written.
 * Leases and times of another try are real time.
 */
import type { Sql, Transaction } from '../../platform/database/sql.ts'
import { isUniqueViolation } from '../../platform/database/unique-violation.ts'
import type { Beside } from '../../tmf/resource.ts'
import type { CheckoutRow } from './checkout-types.ts'

const COLUMNS = `brand, cart_id AS "cartId", id, attempt, state, order_id AS "orderId", request, progress, faults, waiting_for AS "waitingFor", held_until AS "heldUntil", callback_token AS "callbackToken",
  due_at AS "dueAt", lease_owner AS "leaseOwner", nudges, tries, cancel_asked AS "cancelAsked"`

/** Longer than all that one step may wait for. */
const LEASE_SECONDS = 45

export const readCheckout = async (sql: Sql, brand: string, cartId: string): Promise<CheckoutRow | undefined> =>
  (await sql.query<CheckoutRow>({ name: 'checkout_read', text: `SELECT ${COLUMNS} FROM checkout WHERE brand = $1 AND cart_id = $2` }, [brand, cartId]))[0]

export const readCheckoutById = async (sql: Sql, id: string): Promise<CheckoutRow | undefined> => (await sql.query<CheckoutRow>({ name: 'checkout_by_id', text: `SELECT ${COLUMNS} FROM checkout WHERE id = $1` }, [id]))[0]

export const readCheckoutOfOrder = async (sql: Sql, brand: string, orderId: string): Promise<CheckoutRow | undefined> =>
  (await sql.query<CheckoutRow>({ name: 'checkout_of_order', text: `SELECT ${COLUMNS} FROM checkout WHERE brand = $1 AND order_id = $2 AND state IN ('ordered', 'completed')` }, [brand, orderId]))[0]

/** Writes down what a person does about refused money, as long as it is refused and nobody else has done anything since the row was read. */
export const noteHandling = async (tx: Transaction, row: CheckoutRow, settled: NonNullable<CheckoutRow['progress']['settled']>): Promise<boolean> =>
  (
    await tx.query(
      { name: 'checkout_note_handling', text: `UPDATE checkout SET progress = jsonb_set(progress, '{settled}', $2), updated_at = now() WHERE id = $1 AND ${AS_READ('$3')} RETURNING id` },
      [row.id, JSON.stringify(settled), JSON.stringify(row.progress.settled ?? [])],
    )
  ).length > 0

/** Refused, and with what people have done about it when the row was read. */
const AS_READ = (settled: string): string => `state = 'completed' AND progress -> 'payment' ->> 'state' = 'captureRefused' AND coalesce(progress -> 'settled', '[]') = ${settled}::jsonb`

/** Has it worked on again; false when somebody else did before. */
export const reopenCapture = async (sql: Sql, row: CheckoutRow, progress: CheckoutRow['progress'], token: string | undefined): Promise<boolean> =>
  (
    await sql.query(
      {
        name: 'checkout_reopen_capture',
        text: `UPDATE checkout SET state = 'ordered', progress = $2, request = CASE WHEN $3::text IS NULL THEN request ELSE jsonb_set(request, '{paymentToken}', to_jsonb($3::text)) END, tries = 0, lease_owner = NULL, due_at = now(), updated_at = now()
          WHERE id = $1 AND ${AS_READ('$4')} RETURNING id`,
      },
      [row.id, JSON.stringify(progress), token ?? null, JSON.stringify(row.progress.settled ?? [])],
    )
  ).length > 0

/** Has the money that was taken given back; once, whoever asks. */
export const reopenForRefund = async (sql: Sql, row: CheckoutRow): Promise<void> => {
  await sql.query(
    {
      name: 'checkout_reopen_refund',
      text: `UPDATE checkout SET state = 'ordered', progress = jsonb_set(progress, '{payment,state}', '"refundDue"'), tries = 0, lease_owner = NULL, due_at = now(), updated_at = now()
        WHERE id = $1 AND state = 'completed' AND progress -> 'payment' ->> 'state' = 'captured'`,
    },
    [row.id],
  )
}

export const lockCheckout = async (tx: Transaction, brand: string, cartId: string): Promise<CheckoutRow | undefined> =>
  (await tx.query<CheckoutRow>({ name: 'checkout_lock', text: `SELECT ${COLUMNS} FROM checkout WHERE brand = $1 AND cart_id = $2 FOR UPDATE` }, [brand, cartId]))[0]

/** What a checkout begins with. */
export type NewCheckout = Pick<CheckoutRow, 'brand' | 'cartId' | 'id' | 'orderId' | 'request' | 'progress' | 'heldUntil' | 'callbackToken'>

/** A cart's first as it begins, under the lease of whoever makes it; or, of nobody, as it is over at once. */
export const firstCheckout = (row: NewCheckout, owner: string | null): CheckoutRow => ({ ...row, attempt: 1, state: owner === null ? 'completed' : 'running', faults: [], waitingFor: null, dueAt: null, leaseOwner: owner, nudges: 0, tries: 0, cancelAsked: false })

/** Makes it in the statement that closes the cart for it. That fails where there is one already (isTaken). */
export const firstBeside = (row: CheckoutRow): Beside => ({
  name: 'first_checkout',
  sql: (param, { brand, id }) => {
    const owner = param(row.leaseOwner, 'text')
    return `INSERT INTO checkout (brand, cart_id, id, order_id, request, progress, held_until, callback_token, state, lease_owner, due_at)
      SELECT ${brand}, ${id}, ${param(row.id, 'text')}, ${param(row.orderId, 'text')}, ${param(JSON.stringify(row.request), 'jsonb')}, ${param(JSON.stringify(row.progress), 'jsonb')}, ${param(row.heldUntil?.toISOString() ?? null, 'timestamptz')}, ${param(row.callbackToken, 'text')}, ${param(row.state, 'text')}, ${owner},
        CASE WHEN ${owner} IS NOT NULL THEN now() + ${LEASE_SECONDS} * interval '1 second' END FROM written`
  },
})

/** Whether a statement failed because the cart has a checkout. */
export const isTaken = (error: unknown): boolean => isUniqueViolation(error, { table: 'checkout' })

/** Makes the cart's row, under the lease of whoever makes it; undefined when there is one already. Of two at once the second waits for the first. */
export const insertCheckout = async (tx: Transaction, row: NewCheckout, owner: string): Promise<CheckoutRow | undefined> =>
  (
    await tx.query<CheckoutRow>(
      {
        name: 'checkout_insert',
        text: `INSERT INTO checkout (brand, cart_id, id, order_id, request, progress, held_until, callback_token, state, lease_owner, due_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'running', $9, now() + ${LEASE_SECONDS} * interval '1 second')
          ON CONFLICT (brand, cart_id) DO NOTHING RETURNING ${COLUMNS}`,
      },
      [row.brand, row.cartId, row.id, row.orderId, JSON.stringify(row.request), JSON.stringify(row.progress), row.heldUntil?.toISOString() ?? null, row.callbackToken, owner],
    )
  )[0]

/** Begins anew under the next number. */
export const restartCheckout = async (tx: Transaction, row: NewCheckout): Promise<void> => {
  await tx.query(
    {
      name: 'checkout_restart',
      text: `UPDATE checkout SET attempt = attempt + 1, state = 'running', request = $3, progress = $4, held_until = $5, callback_token = $6, faults = '[]', waiting_for = NULL, due_at = now(), lease_owner = NULL, tries = 0,
        cancel_asked = false, updated_at = now() WHERE brand = $1 AND cart_id = $2 AND state = 'refused'`,
    },
    [row.brand, row.cartId, JSON.stringify(row.request), JSON.stringify(row.progress), row.heldUntil?.toISOString() ?? null, row.callbackToken],
  )
}

/** Takes the lease where nobody has it, or who had it is gone. */
export const claimCheckout = async (sql: Sql, id: string, owner: string): Promise<CheckoutRow | undefined> =>
  (
    await sql.query<CheckoutRow>(
      {
        name: 'checkout_claim',
        text: `UPDATE checkout SET lease_owner = $2, due_at = now() + ${LEASE_SECONDS} * interval '1 second', updated_at = now()
          WHERE id = $1 AND state NOT IN ('refused', 'completed') AND (lease_owner IS NULL OR due_at <= now()) RETURNING ${COLUMNS}`,
      },
      [id, owner],
    )
  )[0]

/** Somebody else works on it now: what this one found out is found out again. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost'
}

/** Writes what has been found out, under the lease, which is prolonged. */
export const saveCheckout = async (sql: Sql, row: CheckoutRow, owner: string): Promise<void> => {
  const saved = await sql.query(
    {
      name: 'checkout_save',
      text: `UPDATE checkout SET state = $3, progress = $4, faults = $5, waiting_for = $6, held_until = $7, tries = $8, due_at = now() + ${LEASE_SECONDS} * interval '1 second', updated_at = now()
        WHERE id = $1 AND lease_owner = $2 RETURNING id`,
    },
    [row.id, owner, row.state, JSON.stringify(row.progress), JSON.stringify(row.faults), row.waitingFor === null ? null : JSON.stringify(row.waitingFor), row.heldUntil === null ? null : new Date(row.heldUntil).toISOString(), row.tries],
  )
  if (saved.length === 0) throw new LeaseLost(`checkout ${row.id} is worked on by somebody else`)
}

/** That all is done, in the statement that ends the cart; the lease is given back with it. In a transaction that has locked the row under this one's lease. */
export const finishBeside = (row: CheckoutRow): Beside => ({
  name: 'finished_checkout',
  sql: param => `UPDATE checkout c SET state = 'completed', progress = ${param(JSON.stringify(row.progress), 'jsonb')}, waiting_for = NULL, tries = 0, lease_owner = NULL, due_at = NULL, updated_at = now() FROM written WHERE c.id = ${param(row.id, 'text')}`,
})

/** Gives the lease back. What ended is looked at no more; the rest again after a while, or at once when a call-back came meanwhile. */
export const releaseCheckout = async (sql: Sql, row: CheckoutRow, owner: string, afterMs: number): Promise<void> => {
  await sql.query(
    {
      name: 'checkout_release',
      text: `UPDATE checkout SET lease_owner = NULL, due_at = CASE WHEN state IN ('refused', 'completed') THEN NULL WHEN nudges <> $3 OR cancel_asked THEN now() ELSE now() + $4 * interval '1 millisecond' END
        WHERE id = $1 AND lease_owner = $2`,
    },
    [row.id, owner, row.nudges, afterMs],
  )
}

/** Something has happened that it waits for. Where somebody works on it, that one sees it when the lease is given back. */
export const nudgeCheckout = async (sql: Sql, id: string): Promise<void> => {
  await sql.query({ name: 'checkout_nudge', text: `UPDATE checkout SET nudges = nudges + 1, due_at = CASE WHEN lease_owner IS NULL THEN now() ELSE due_at END WHERE id = $1 AND state NOT IN ('refused', 'completed')` }, [id])
}

/** Asks that it ends without an order; too late once there is one. */
export const askToCancel = async (sql: Sql, id: string): Promise<boolean> =>
  (
    await sql.query(
      { name: 'checkout_cancel', text: `UPDATE checkout SET cancel_asked = true, nudges = nudges + 1, due_at = CASE WHEN lease_owner IS NULL THEN now() ELSE due_at END WHERE id = $1 AND state IN ('running', 'pending', 'compensating') RETURNING id` },
      [id],
    )
  ).length > 0

export const findDueCheckouts = async (sql: Sql, businessNow: Date, limit: number): Promise<string[]> =>
  (
    await sql.query<{ id: string }>(
      { name: 'checkout_due', text: `SELECT id FROM checkout WHERE due_at IS NOT NULL AND (due_at <= now() OR (lease_owner IS NULL AND state = 'pending' AND held_until <= $1)) ORDER BY due_at LIMIT $2` },
      [businessNow.toISOString(), limit],
    )
  ).map(row => row.id)
