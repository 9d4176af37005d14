/** For whom somebody looked who acts for others and did not say for whom: for whoever's the rows are. A record for each. */
import type { Context } from '../../platform/principal.ts'
import type { Database } from '../../platform/database/sql.ts'
import type { AnyResource } from '../module.ts'
import { quoted } from '../storage/ddl.ts'
import type { Audit, AuditEntry } from './audit.ts'

/** The party that a caller acts for with what belongs to this one (a party, or a role that it plays); undefined for what is its own. */
export const actedFor = ({ principal, onBehalfOf }: Context, owner: string | undefined): string | undefined =>
  onBehalfOf ?? (owner === undefined || principal.scope?.parties?.includes(owner) === true ? undefined : principal.grants?.find(grant => grant.party === owner || grant.roles?.includes(owner) === true)?.party)

/** Whether the caller may have seen what is others' without saying for whom it looked. */
const isSilent = ({ principal, onBehalfOf }: Context): boolean => onBehalfOf === undefined && (principal.grants?.length ?? 0) > 0

/** Records what was done with these ids. `ownerOf`: whose each is. */
export const recordFor = async (audit: Audit, context: Context, entry: AuditEntry, ownerOf: (id: string) => string | undefined): Promise<void> => {
  if (!isSilent(context) || entry.ids === undefined || entry.ids.length === 0) return await audit.record(context, entry)
  const groups = new Map<string | undefined, string[]>()
  for (const id of entry.ids) {
    const party = actedFor(context, ownerOf(id))
    groups.set(party, [...(groups.get(party) ?? []), id])
  }
  await Promise.all([...groups].map(([party, ids]) => audit.record(party === undefined ? context : { ...context, onBehalfOf: party }, { ...entry, ids })))
}

/** The same of rows of a resource. */
export const recordRows = async (audit: Audit, database: Pick<Database, 'query'>, resource: AnyResource, context: Context, entry: AuditEntry): Promise<void> => {
  if (!isSilent(context) || entry.ids === undefined || entry.ids.length === 0) return await audit.record(context, entry)
  const rows = await database.query<{ id: string; owner: string | null }>(
    { name: `owners_${resource.table}`, text: `SELECT id, owner_party AS owner FROM ${quoted(resource.table)} WHERE brand = $1 AND id = ANY($2::text[])` },
    [context.brand, entry.ids],
  )
  const owners = new Map(rows.map(row => [row.id, row.owner ?? undefined]))
  await recordFor(audit, context, entry, id => owners.get(id))
}
