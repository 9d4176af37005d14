/**
 * How much of promotions has been used, counted by the database: each order once, within budget and limits or not at all, given back when the
 * order ends without a sale.
 */
import type { Sql, Transaction } from '../../platform/database/sql.ts'
import type { PromotionUsage } from './circumstances.ts'

export interface UseLimits {
  usageLimit?: number
  usageLimitPerCustomer?: number
  /** Decimal text, in the currency of the use. */
  budget?: string
}

export interface PromotionUse extends UseLimits {
  promotionId: string
  /** Decimal text. */
  amount: string
  currency: string
}

/** What has been used so far, without the order that is being priced. */
export const readUsage = async (sql: Sql, brand: string, promotionIds: readonly string[], of: { customerId?: string | undefined; orderId?: string | undefined }): Promise<Map<string, PromotionUsage>> => {
  if (promotionIds.length === 0) return new Map()
  const rows = await sql.query<{ promotion_id: string; uses: number; by_customer: string; spent: string }>(
    {
      name: 'promotion-usage',
      text: `SELECT c.promotion_id, c.uses - (o.order_id IS NOT NULL)::int AS uses, (c.spent - coalesce(o.amount, 0))::text AS spent,
          (SELECT count(*) FROM promotion_use u WHERE u.brand = c.brand AND u.promotion_id = c.promotion_id AND u.customer_id = $3 AND u.state = 'counted' AND u.order_id IS DISTINCT FROM $4)::text AS by_customer
        FROM promotion_counter c LEFT JOIN promotion_use o ON o.brand = c.brand AND o.promotion_id = c.promotion_id AND o.order_id = $4 AND o.state = 'counted'
        WHERE c.brand = $1 AND c.promotion_id = ANY($2::text[])`,
    },
    [brand, promotionIds, of.customerId ?? null, of.orderId ?? null],
  )
  return new Map(rows.map(row => [row.promotion_id, { uses: row.uses, usesByCustomer: Number(row.by_customer), spent: row.spent }]))
}

/**
 * Counts the uses of an order. Answers the id of the first promotion that has not enough left; the caller takes its transaction back then.
 * Counting the same order again changes nothing. Counters are locked in the order of their ids, so that orders never wait in a circle.
 */
export const countUses = async (tx: Transaction, brand: string, order: { id: string; customerId?: string | undefined; at: Date }, uses: readonly PromotionUse[]): Promise<string | undefined> => {
  for (const use of [...uses].sort((a, b) => (a.promotionId < b.promotionId ? -1 : 1))) {
    await tx.query({ name: 'promotion-counter', text: 'INSERT INTO promotion_counter (brand, promotion_id) VALUES ($1, $2) ON CONFLICT DO NOTHING' }, [brand, use.promotionId])
    await tx.query({ name: 'promotion-counter-lock', text: 'SELECT 1 FROM promotion_counter WHERE brand = $1 AND promotion_id = $2 FOR UPDATE' }, [brand, use.promotionId])
    const isNew = await tx.query(
      {
        name: 'promotion-use',
        text: `INSERT INTO promotion_use (brand, promotion_id, order_id, customer_id, amount, currency, state, counted_at) VALUES ($1, $2, $3, $4, $5, $6, 'counted', $7)
          ON CONFLICT DO NOTHING RETURNING order_id`,
      },
      [brand, use.promotionId, order.id, order.customerId ?? null, use.amount, use.currency, order.at.toISOString()],
    )
    if (isNew.length === 0) continue
    const counted = await tx.query(
      {
        name: 'promotion-count',
        text: `UPDATE promotion_counter SET uses = uses + 1, spent = spent + $3::numeric
          WHERE brand = $1 AND promotion_id = $2 AND ($4::int IS NULL OR uses < $4::int) AND ($5::numeric IS NULL OR spent + $3::numeric <= $5::numeric)
            AND ($6::int IS NULL OR (SELECT count(*) FROM promotion_use u WHERE u.brand = $1 AND u.promotion_id = $2 AND u.customer_id = $7 AND u.state = 'counted') <= $6::int)
          RETURNING uses`,
      },
      [brand, use.promotionId, use.amount, use.usageLimit ?? null, use.budget ?? null, use.usageLimitPerCustomer ?? null, order.customerId ?? null],
    )
    if (counted.length === 0) return use.promotionId
  }
  return undefined
}

/** Gives back what an order has used; once, however often it is called. */
export const giveBackUses = async (tx: Transaction, brand: string, orderId: string): Promise<void> => {
  await tx.query(
    {
      name: 'promotion-give-back',
      text: `WITH ended AS (UPDATE promotion_use SET state = 'givenBack' WHERE brand = $1 AND order_id = $2 AND state = 'counted' RETURNING promotion_id, amount)
        UPDATE promotion_counter c SET uses = c.uses - 1, spent = c.spent - e.amount FROM ended e WHERE c.brand = $1 AND c.promotion_id = e.promotion_id`,
    },
    [brand, orderId],
  )
}
