/**
 * Idempotency-Key on creates: the same key and body get the first answer again, the same key with another body is a conflict.
 * The key is scoped by principal, brand, method and path, and stored in the transaction of the write, so that it is there exactly when the row is.
 */
import { createHash } from 'node:crypto'
import { fault, refuse, Refusal } from '../../platform/errors.ts'
import type { Context } from '../../platform/principal.ts'
import type { Sql } from '../../platform/database/sql.ts'
import type { IdempotencyDraft } from '../storage/writer.ts'

const canonical = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(canonical)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.keys(value).sort().map(key => [key, canonical((value as Record<string, unknown>)[key])]))
}

/** What to store for a request that carries a key; undefined when it carries none. */
export function idempotencyOf(context: Context, path: string, key: string | string[] | undefined, body: unknown): IdempotencyDraft | undefined {
  if (key === undefined) return undefined
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) throw refuse.invalid([fault('Idempotency-Key', 'must be 1 to 255 visible ASCII characters')])
  // What was done for one party is no answer to what is asked for another.
  const principal = context.onBehalfOf === undefined ? context.principal.id : `${context.principal.id} for ${context.onBehalfOf}`
  return { principal, method: 'POST', path, key, bodyHash: createHash('sha256').update(JSON.stringify(canonical(body))).digest('base64url'), status: 201 }
}

export interface FirstAnswer {
  status: number
  text: string
  resourceId: string
}

/** The answer that the key has got before; undefined when it is new. */
export async function firstAnswer(sql: Sql, context: Context, draft: IdempotencyDraft): Promise<FirstAnswer | undefined> {
  const [row] = await sql.query<{ body_hash: string; status: number; body: string; resource_id: string }>(
    {
      name: 'first_answer',
      text: 'SELECT body_hash, status, body::text AS body, resource_id FROM idempotency_key WHERE principal = $1 AND brand = $2 AND method = $3 AND path = $4 AND key = $5',
    },
    [draft.principal, context.brand, draft.method, draft.path, draft.key],
  )
  if (!row) return undefined
  if (row.body_hash !== draft.bodyHash) {
    throw new Refusal({ status: 409, code: 'idempotencyKeyReused', reason: 'The idempotency key was used for another request', message: `Idempotency-Key ${draft.key} came before with another body` })
  }
  return { status: row.status, text: row.body, resourceId: row.resource_id }
}
