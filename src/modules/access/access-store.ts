/** The statements of the directory: what was given to a user, and roles. */
import type { Sql } from '../../platform/database/sql.ts'

interface Asset {
  id: string
  '@referredType'?: string
}

interface Period {
  startDateTime?: string
  endDateTime?: string
}

/** What the directory reads of a permission (TMF672). */
export interface GivenPermission {
  user?: { id: string; '@referredType': string }
  validFor?: Period
  privilege?: { action: string; function: string; manageableAsset: Asset }[]
  assetUserRole?: { manageableAsset: Asset; userRole: { id: string } }[]
}

export interface GivenDelegation {
  grantor: { id: string }
  permission: string[]
  account?: { id: string }[]
  validFor?: Period
}

export interface Given {
  permissions: GivenPermission[]
  delegations: GivenDelegation[]
}

export interface Role {
  id: string
  involvementRole?: string
  entitlement?: { action?: string; function?: string }[]
}

/** Permissions of users that go by these names, and delegations to these parties, whatever their periods. */
export const readGiven = async (sql: Sql, brand: string, users: readonly string[], delegates: readonly string[]): Promise<Given> => {
  const rows = await sql.query<{ kind: string; doc: string }>(
    {
      name: 'access-given',
      text: `SELECT 'permission' AS kind, doc::text AS doc FROM permission WHERE brand = $1 AND f_user_id = ANY($2::text[])
        UNION ALL SELECT 'delegation', doc::text FROM delegation WHERE brand = $1 AND f_delegate_id = ANY($3::text[]) AND f_status = 'active'`,
    },
    [brand, users, delegates],
  )
  const of = <T>(kind: string): T[] => rows.filter(row => row.kind === kind).map(row => JSON.parse(row.doc) as T)
  return { permissions: of('permission'), delegations: of('delegation') }
}

/** Roles by id, and by the names that a token carries (their ids do as well). */
export const readRoles = async (sql: Sql, brand: string, ids: readonly string[], names: readonly string[]): Promise<Role[]> => {
  if (ids.length === 0 && names.length === 0) return []
  const rows = await sql.query<{ doc: string }>(
    { name: 'access-roles', text: 'SELECT doc::text AS doc FROM user_role WHERE brand = $1 AND (id = ANY($2::text[]) OR f_involvement_role = ANY($3::text[]))' },
    [brand, [...ids, ...names], names],
  )
  return rows.map(row => JSON.parse(row.doc) as Role)
}
