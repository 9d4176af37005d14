/** API keys in the database: only their SHA-256 is kept, so a copy of the database opens nothing. */
import { createHash, randomBytes } from 'node:crypto'
import type { Database } from '../database/sql.ts'
import { newId } from '../ids.ts'
import type { Permission } from '../principal.ts'

export interface ApiKey {
  id: string
  name: string
  brands: string[]
  permissions: Permission[]
  ownerParty: string | undefined
  createdAt: Date
  expiresAt: Date | undefined
  revokedAt: Date | undefined
  lastUsedAt: Date | undefined
}

export interface NewApiKey {
  name: string
  brands: readonly string[]
  permissions: readonly Permission[]
  ownerParty?: string | undefined
  expiresAt?: Date | undefined
}

/** Told on each change, so that no process keeps answering to a key that was revoked. */
export const API_KEY_CHANNEL = 'tandem_api_key'

/** SHA-256 suffices: a key has 256 random bits, there is nothing to guess that a slow hash would protect. */
export const hashOfKey = (clear: string): string => createHash('sha256').update(clear).digest('hex')

interface Row {
  id: string
  name: string
  brands: string[]
  permissions: string[]
  owner_party: string | null
  created_at: Date
  expires_at: Date | null
  revoked_at: Date | null
  last_used_at: Date | null
}

const fromRow = (row: Row): ApiKey => ({
  id: row.id,
  name: row.name,
  brands: row.brands,
  permissions: row.permissions,
  ownerParty: row.owner_party ?? undefined,
  createdAt: row.created_at,
  expiresAt: row.expires_at ?? undefined,
  revokedAt: row.revoked_at ?? undefined,
  lastUsedAt: row.last_used_at ?? undefined,
})

const COLUMNS = 'id, name, brands, permissions, owner_party, created_at, expires_at, revoked_at, last_used_at'
const BY_HASH = { name: 'api-key-by-hash', text: `select ${COLUMNS} from api_key where hash = $1` }
const TOUCH = { name: 'api-key-touch', text: "update api_key set last_used_at = $2 where id = $1 and (last_used_at is null or last_used_at < $2::timestamptz - interval '1 minute')" }

export interface ApiKeyStore {
  /** Makes a key. `clear` is its text: nobody can read it again. */
  create(key: NewApiKey): Promise<{ key: ApiKey; clear: string }>
  byHash(hash: string): Promise<ApiKey | undefined>
  get(id: string): Promise<ApiKey | undefined>
  /** Newest first; revoked and expired ones too. */
  list(): Promise<ApiKey[]>
  /** Revoking twice keeps the first time. */
  revoke(id: string): Promise<void>
  /** Notes the use; writes at most once a minute. */
  touch(id: string): Promise<void>
}

export const createApiKeyStore = (database: Database): ApiKeyStore => ({
  create: async key => {
    const clear = `tdm_${randomBytes(32).toString('base64url')}`
    const [row] = await database.query<Row>(
      `insert into api_key (id, hash, name, brands, permissions, owner_party, expires_at, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8) returning ${COLUMNS}`,
      [newId(), hashOfKey(clear), key.name, key.brands, key.permissions, key.ownerParty ?? null, key.expiresAt ?? null, new Date()],
    )
    return { key: fromRow(row as Row), clear }
  },
  byHash: async hash => {
    const [row] = await database.query<Row>(BY_HASH, [hash])
    return row && fromRow(row)
  },
  get: async id => {
    const [row] = await database.query<Row>(`select ${COLUMNS} from api_key where id = $1`, [id])
    return row && fromRow(row)
  },
  list: async () => (await database.query<Row>(`select ${COLUMNS} from api_key order by id desc limit 10000`, [])).map(fromRow),
  revoke: id =>
    database.transaction(async tx => {
      await tx.query('update api_key set revoked_at = $2 where id = $1 and revoked_at is null', [id, new Date()])
      await tx.query('select pg_notify($1, $2)', [API_KEY_CHANNEL, id])
    }),
  touch: async id => {
    await database.query(TOUCH, [id, new Date()])
  },
})
