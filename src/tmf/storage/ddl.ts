/**
 * What a resource's table needs beyond its Prisma model: stored generated columns for the declared filters, their indexes,
 * and one GIN index over the whole document. The migration tool puts these statements into prisma/migrations.
 */
import type { FilterType, Resource } from '../resource.ts'

/** Name of the generated column of a declared filter: `validFor.endDateTime` → `f_valid_for_end_date_time`. */
export const filterColumn = (path: string): string =>
  `f_${path
    .replace(/@/g, 'at_')
    .replace(/\./g, '_')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()}`

export const quoted = (identifier: string): string => `"${identifier.replace(/"/g, '""')}"`
const literal = (text: string): string => `'${text.replace(/'/g, "''")}'`

const SQL_TYPE: Record<FilterType, string> = { text: 'text', boolean: 'boolean', integer: 'numeric', number: 'numeric', instant: 'timestamptz' }

/** The column type of a declared filter. */
export const sqlType = (type: FilterType): string => SQL_TYPE[type]

/** The generated expression: Postgres computes the column, so no writer can forget it. */
const expression = (path: string, type: FilterType): string => {
  const text = `(doc #>> ${literal(`{${path.split('.').join(',')}}`)})`
  switch (type) {
    case 'text':
      return text
    case 'instant':
      return `tandem_instant${text}`
    default:
      return `${text}::${SQL_TYPE[type]}`
  }
}

/**
 * Functions that the generated columns use. tandem_instant is honestly immutable only because the kit lets no date-time
 * without an offset reach a document (write/validate.ts): with one, the cast does not depend on the session's time zone.
 */
export const kitDdl: readonly string[] = [
  `CREATE OR REPLACE FUNCTION tandem_instant(value text) RETURNS timestamptz LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$ BEGIN RETURN value::timestamptz; END $$;`,
]

/** Index names stay below Postgres' 63 bytes. */
const indexName = (table: string, column: string): string => `${table}_${column}`.slice(0, 60) + '_i'

/** ALTER TABLE and CREATE INDEX statements for one resource; safe to run again. */
export function resourceDdl(resource: Resource<any>): string[] {
  const table = quoted(resource.table)
  const columns = Object.entries(resource.filters).filter(([path]) => path !== 'id')
  return [
    ...columns.map(([path, type]) => `ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS ${quoted(filterColumn(path))} ${SQL_TYPE[type]} GENERATED ALWAYS AS (${expression(path, type)}) STORED;`),
    ...columns.map(([path]) => `CREATE INDEX IF NOT EXISTS ${quoted(indexName(resource.table, filterColumn(path)))} ON ${table} (brand, ${quoted(filterColumn(path))}, id);`),
    `CREATE INDEX IF NOT EXISTS ${quoted(indexName(resource.table, 'doc'))} ON ${table} USING gin ((doc::jsonb) jsonb_path_ops);`,
    ...(resource.ownerParty ? [`CREATE INDEX IF NOT EXISTS ${quoted(indexName(resource.table, 'owner'))} ON ${table} (brand, owner_party, id) WHERE owner_party IS NOT NULL;`] : []),
  ]
}
