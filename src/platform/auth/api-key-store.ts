/** API keys in the database: only their SHA-256 is kept, so a copy of the database opens nothing. */
import { createHash, randomBytes } from 'node:crypto'
import type { Database } from '../database/sql.ts'
import { newId } from '../ids.ts'
import type { Permission, PrincipalScope } from '../principal.ts'

export interface ApiKey {
  id: string
  name: string
  brands: string[]
  permissions: Permission[]
  scope: PrincipalScope | undefined
  createdAt: Date
  expiresAt: Date | undefined
  revokedAt: Date | undefined
  lastUsedAt: Date | undefined
  /** Until when the text before the last rotation is good. */
  previousUntil: Date | undefined
  /** Id of the principal that made it: of a key, where it was one. */
  madeBy: string | undefined
}

export interface NewApiKey {
  name: string
  brands: readonly string[]
  permissions: readonly Permission[]
  scope?: PrincipalScope | undefined
  expiresAt?: Date | undefined
  madeBy?: string | undefined
}

/** Told on each change, so that no process keeps answering to a key that was revoked. */
export const API_KEY_CHANNEL = 'tandem_api_key'

/** SHA-256 suffices: a key has 256 random bits, there is nothing to guess that a slow hash would protect. */
export const hashOfKey = (clear: string): string => createHash('sha256').update(clear).digest('hex')

const newText = (): string => `tdm_${randomBytes(32).toString('base64url')}`

interface Row {
  id: string
  name: string
  brands: string[]
  permissions: string[]
  scope: PrincipalScope | null
  created_at: Date
  expires_at: Date | null
  revoked_at: Date | null
  last_used_at: Date | null
  previous_until: Date | null
  made_by: string | null
  /** Whether it was found by the text before the last rotation. */
  by_previous?: boolean
}

const fromRow = (row: Row): ApiKey => ({
  id: row.id,
  name: row.name,
  brands: row.brands,
  permissions: row.permissions,
  scope: row.scope ?? undefined,
  createdAt: row.created_at,
  expiresAt: row.expires_at ?? undefined,
  revokedAt: row.revoked_at ?? undefined,
  lastUsedAt: row.last_used_at ?? undefined,
  previousUntil: row.previous_until ?? undefined,
  madeBy: row.made_by ?? undefined,
})

const COLUMNS = 'id, name, brands, permissions, scope, created_at, expires_at, revoked_at, last_used_at, previous_until, made_by'
const BY_HASH = { name: 'api-key-by-hash', text: `select ${COLUMNS}, hash <> $1 as by_previous from api_key where hash = $1 or previous_hash = $1` }
const TOUCH = { name: 'api-key-touch', text: "update api_key set last_used_at = $2 where id = $1 and (last_used_at is null or last_used_at < $2::timestamptz - interval '1 minute')" }

const REVOKE_MADE = `with recursive made (id) as (select id from api_key where made_by = $1 union select k.id from api_key k join made m on k.made_by = m.id)
  update api_key set revoked_at = $2 where revoked_at is null and id in (select id from made) returning id`

export interface ApiKeyStore {
  /** Makes a key. `clear` is its text: nobody can read it again. undefined when the key that makes it was revoked meanwhile. */
  create(key: NewApiKey): Promise<{ key: ApiKey; clear: string } | undefined>
  /** The key of a text, with the time at which this very text ends. */
  byHash(hash: string): Promise<{ key: ApiKey; endsAt: Date | undefined } | undefined>
  get(id: string): Promise<ApiKey | undefined>
  /** Newest first; revoked and expired ones too. With `madeBy` those that this principal made. */
  list(madeBy?: string): Promise<ApiKey[]>
  /** Gives the key a new text. The one before stays good until `previousUntil`; one that was still good from an earlier rotation ends now. undefined when it is revoked. */
  rotate(id: string, previousUntil: Date): Promise<{ key: ApiKey; clear: string } | undefined>
  /** Revokes a key, all keys that it made, and all that these made. Revoking twice keeps the first time. */
  revoke(id: string): Promise<void>
  /** Notes the use; writes at most once a minute. */
  touch(id: string): Promise<void>
}

export const createApiKeyStore = (database: Database): ApiKeyStore => ({
  create: key =>
    database.transaction(async tx => {
      // Held until the new key is there: whoever revokes the maker then finds it.
      const [maker] = key.madeBy === undefined ? [] : await tx.query<{ revoked_at: Date | null }>('select revoked_at from api_key where id = $1 for share', [key.madeBy])
      if (maker !== undefined && maker.revoked_at !== null) return undefined
      const clear = newText()
      const [row] = await tx.query<Row>(
        `insert into api_key (id, hash, name, brands, permissions, scope, expires_at, created_at, made_by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning ${COLUMNS}`,
        [newId(), hashOfKey(clear), key.name, key.brands, key.permissions, key.scope === undefined ? null : JSON.stringify(key.scope), key.expiresAt ?? null, new Date(), key.madeBy ?? null],
      )
      return { key: fromRow(row as Row), clear }
    }),
  byHash: async hash => {
    const [row] = await database.query<Row>(BY_HASH, [hash])
    if (row === undefined) return undefined
    const key = fromRow(row)
    return { key, endsAt: row.by_previous === true && (key.expiresAt === undefined || key.previousUntil! < key.expiresAt) ? key.previousUntil : key.expiresAt }
  },
  get: async id => {
    const [row] = await database.query<Row>(`select ${COLUMNS} from api_key where id = $1`, [id])
    return row && fromRow(row)
  },
  list: async madeBy => (await database.query<Row>(`select ${COLUMNS} from api_key where $1::text is null or made_by = $1 order by id desc limit 10000`, [madeBy ?? null])).map(fromRow),
  rotate: (id, previousUntil) =>
    database.transaction(async tx => {
      const clear = newText()
      const [row] = await tx.query<Row>(`update api_key set previous_hash = hash, previous_until = $3, hash = $2 where id = $1 and revoked_at is null returning ${COLUMNS}`, [id, hashOfKey(clear), previousUntil])
      if (row === undefined) return undefined
      await tx.query('select pg_notify($1, $2)', [API_KEY_CHANNEL, id])
      return { key: fromRow(row), clear }
    }),
  revoke: id =>
    database.transaction(async tx => {
      const at = new Date()
      await tx.query('update api_key set revoked_at = $2 where id = $1 and revoked_at is null', [id, at])
      // Until none is left: while this waits for a key that is just making another, the other appears.
      while ((await tx.query(REVOKE_MADE, [id, at])).length > 0);
      await tx.query('select pg_notify($1, $2)', [API_KEY_CHANNEL, id])
    }),
  touch: async id => {
    await database.query(TOUCH, [id, new Date()])
  },
})
