/** Statements on which billing account is in which group, and what a group's accounts add up to. */
import type { Sql } from '../../platform/database/sql.ts'

/** The group that an account was in when its last event was followed. */
export const groupOf = async (sql: Sql, brand: string, accountId: string): Promise<string | undefined> =>
  (
    await sql.query<{ id: string }>({ name: 'account-group', text: 'select financial_account_id as id from financial_account_member where brand = $1 and account_id = $2' }, [brand, accountId])
  )[0]?.id

export const setGroup = async (sql: Sql, brand: string, accountId: string, financialAccountId: string): Promise<void> => {
  await sql.query(
    'insert into financial_account_member (brand, account_id, financial_account_id) values ($1, $2, $3) on conflict (brand, account_id) do update set financial_account_id = $3',
    [brand, accountId, financialAccountId],
  )
}

export const clearGroup = async (sql: Sql, brand: string, accountId: string): Promise<void> => {
  await sql.query('delete from financial_account_member where brand = $1 and account_id = $2', [brand, accountId])
}

/** Holds the group's row until the transaction ends. False when there is none: it lives in another system, or is gone. */
export const lockGroup = async (sql: Sql, brand: string, id: string): Promise<boolean> =>
  (await sql.query({ name: 'account-group-lock', text: 'select 1 from financial_account where brand = $1 and id = $2 for update' }, [brand, id])).length > 0

/** The balances of the group's accounts, by kind and currency. `value` is decimal text. */
export const sumsOf = (sql: Sql, brand: string, financialAccountId: string): Promise<{ type: string; unit: string; value: string }[]> =>
  sql.query<{ type: string; unit: string; value: string }>(
    {
      name: 'account-group-sum',
      text: `select b ->> 'balanceType' as type, coalesce(b #>> '{amount,unit}', '') as unit, sum((b #>> '{amount,value}')::numeric) as value
        from financial_account_member m join billing_account a on a.brand = m.brand and a.id = m.account_id
        cross join lateral json_array_elements(coalesce(a.doc -> 'accountBalance', '[]')) b
        where m.brand = $1 and m.financial_account_id = $2 group by 1, 2 order by 1, 2`,
    },
    [brand, financialAccountId],
  )
