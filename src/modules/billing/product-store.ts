/** Statements on products as far as they are billed: the revision that was followed last, and what is wrong with it. */
import type { Sql, Transaction } from '../../platform/database/sql.ts'

export interface FollowedProduct {
  revision: number
  status: string
  started_at: Date | null
  ended_at: Date | null
}

/** The product as it was followed last, its row locked; one that is new starts at revision 0. */
export const lockProduct = async (tx: Transaction, brand: string, productId: string): Promise<FollowedProduct> => {
  await tx.query(
    { name: 'billing-product-insert', text: `insert into billing_product (brand, product_id, revision, status) values ($1, $2, 0, '') on conflict do nothing` },
    [brand, productId],
  )
  const rows = await tx.query<FollowedProduct>(
    { name: 'billing-product-lock', text: 'select revision, status, started_at, ended_at from billing_product where brand = $1 and product_id = $2 for update' },
    [brand, productId],
  )
  const [row] = rows
  if (!row) throw new Error(`billing_product ${productId} vanished while it was followed`)
  return row
}

export const saveProduct = async (tx: Transaction, brand: string, productId: string, product: FollowedProduct & { problem: string | null }): Promise<void> => {
  await tx.query(
    { name: 'billing-product-save', text: 'update billing_product set revision = $3, status = $4, started_at = $5, ended_at = $6, problem = $7 where brand = $1 and product_id = $2' },
    [brand, productId, product.revision, product.status, product.started_at, product.ended_at, product.problem],
  )
}

/** Products that cannot be billed as they are, and why. */
export const readProblems = (sql: Sql, brand: string, limit: number): Promise<{ product_id: string; problem: string }[]> =>
  sql.query<{ product_id: string; problem: string }>('select product_id, problem from billing_product where brand = $1 and problem is not null order by product_id limit $2', [brand, limit])
