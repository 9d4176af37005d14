/** Statements on changes under way: a product is changed by one order at a time, and the key holds that. */
import type { Sql, Transaction } from '../../platform/database/sql.ts'

export interface ChangeUnderWay {
  productId: string
  orderId: string
  action: string
  effectiveAt: Date
}

interface Row {
  product_id: string
  order_id: string
  action: string
  effective_at: Date
}

const changeOf = (row: Row): ChangeUnderWay => ({ productId: row.product_id, orderId: row.order_id, action: row.action, effectiveAt: row.effective_at })

/** Takes a product from an order that has ended, by the row that is locked already. */
export const takeOver = async (tx: Transaction, brand: string, { productId, orderId, action, effectiveAt }: ChangeUnderWay): Promise<void> => {
  await tx.query({ name: 'in-life-take-over', text: 'update in_life_change set order_id = $3, action = $4, effective_at = $5 where brand = $1 and product_id = $2' }, [brand, productId, orderId, action, effectiveAt])
}

/** Takes a product for an order. Answers which order has it, when that is another one: whoever waits here for a race sees its end. */
export const insertChange = async (tx: Transaction, brand: string, change: ChangeUnderWay): Promise<ChangeUnderWay | undefined> => {
  const [taken] = await tx.query<Row>(
    {
      name: 'in-life-claim',
      text: `insert into in_life_change (brand, product_id, order_id, action, effective_at) values ($1, $2, $3, $4, $5)
        on conflict (brand, product_id) do update set action = in_life_change.action returning product_id, order_id, action, effective_at`,
    },
    [brand, change.productId, change.orderId, change.action, change.effectiveAt],
  )
  return taken === undefined || taken.order_id === change.orderId ? undefined : changeOf(taken)
}

export const readChange = async (sql: Sql, brand: string, productId: string): Promise<ChangeUnderWay | undefined> => {
  const [row] = await sql.query<Row>({ name: 'in-life-change', text: 'select product_id, order_id, action, effective_at from in_life_change where brand = $1 and product_id = $2' }, [brand, productId])
  return row && changeOf(row)
}

/** The order has ended: what it changed can be changed again. */
export const releaseProducts = async (tx: Transaction, brand: string, orderId: string): Promise<void> => {
  await tx.query({ name: 'in-life-release', text: 'delete from in_life_change where brand = $1 and order_id = $2' }, [brand, orderId])
}
