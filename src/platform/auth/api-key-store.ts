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
}

export interface NewApiKey {
  name: string
  brands: readonly string[]
  permissions: readonly Permission[]
  scope?: PrincipalScope | undefined
  expiresAt?: Date | undefined
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
})

const COLUMNS = 'id, name, brands, permissions, scope, created_at, expires_at, revoked_at, last_used_at, previous_until'
const BY_HASH = { name: 'api-key-by-hash', text: `select ${COLUMNS}, hash <> $1 as by_previous from api_key where hash = $1 or previous_hash = $1` }
const TOUCH = { name: 'api-key-touch', text: "update api_key set last_used_at = $2 where id = $1 and (last_used_at is null or last_used_at < $2::timestamptz - interval '1 minute')" }

export interface ApiKeyStore {
  /** Makes a key. `clear` is its text: nobody can read it again. */
  create(key: NewApiKey): Promise<{ key: ApiKey; clear: string }>
  /** The key of a text, with the time at which this very text ends. */
  byHash(hash: string): Promise<{ key: ApiKey; endsAt: Date | undefined } | undefined>
  get(id: string): Promise<ApiKey | undefined>
  /** Newest first; revoked and expired ones too. */
  list(): Promise<ApiKey[]>
  /** Gives the key a new text. The one before stays good until `previousUntil`; one that was still good from an earlier rotation ends now. undefined when it is revoked. */
  rotate(id: string, previousUntil: Date): Promise<{ key: ApiKey; clear: string } | undefined>
  /** Revoking twice keeps the first time. */
  revoke(id: string): Promise<void>
  /** Notes the use; writes at most once a minute. */
  touch(id: string): Promise<void>
}

export const createApiKeyStore = (database: Database): ApiKeyStore => ({
  create: async key => {
    const clear = newText()
    const [row] = await database.query<Row>(
      `insert into api_key (id, hash, name, brands, permissions, scope, expires_at, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8) returning ${COLUMNS}`,
      [newId(), hashOfKey(clear), key.name, key.brands, key.permissions, key.scope === undefined ? null : JSON.stringify(key.scope), key.expiresAt ?? null, new Date()],
    )
    return { key: fromRow(row as Row), clear }
  },
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
  list: async () => (await database.query<Row>(`select ${COLUMNS} from api_key order by id desc limit 10000`, [])).map(fromRow),
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
      await tx.query('update api_key set revoked_at = $2 where id = $1 and revoked_at is null', [id, new Date()])
      await tx.query('select pg_notify($1, $2)', [API_KEY_CHANNEL, id])
    }),
  touch: async id => {
    await database.query(TOUCH, [id, new Date()])
  },
})
