/** Statements on the ledger of consents. Rows are added, never changed (a trigger holds that); what is in force is the newest row. */
import type { Sql } from '../../platform/database/sql.ts'
import { newId } from '../../platform/ids.ts'
import { memberSql } from '../identity/index.ts'

/** A row of the ledger. */
export interface ConsentRow {
  id: string
  party_id: string
  purpose: string
  channel: string
  recipient: string
  granted: boolean
  text_version: string | null
  given_channel: string | null
  given_at: Date
  valid_from: Date | null
  valid_until: Date | null
  recorded_by: string | null
  recorded_at: Date
  source: string
  source_id: string | null
  source_revision: number | null
}

export interface NewConsent {
  partyId: string
  purpose: string
  channel: string | undefined
  recipient: string | undefined
  granted: boolean
  textVersion: string | undefined
  givenChannel: string | undefined
  givenAt: Date
  validUntil: Date | undefined
  recordedBy: string
}

const COLUMNS = 'id, party_id, purpose, channel, recipient, granted, text_version, given_channel, given_at, valid_from, valid_until, recorded_by, recorded_at, source, source_id, source_revision'

/**
 * The party $2 (or the party behind it when it is a role), the parties that are the same person, and all their roles: a consent holds for
 * the person, whichever of the person's ids it was given under.
 */
const subjectOf = (id: string): string => `named AS (
    SELECT ${id} AS id UNION SELECT to_id FROM reference_edge WHERE brand = $1 AND from_id = ${id} AND path = 'engagedParty'
  ), party AS (
    SELECT m.id FROM named n CROSS JOIN LATERAL (${memberSql('$1', 'n.id')}) AS m (id)
  ), subject AS (
    SELECT id FROM party UNION SELECT e.from_id FROM party p JOIN reference_edge e ON e.brand = $1 AND e.to_id = p.id AND e.path = 'engagedParty'
  )`

const SUBJECT = subjectOf('$2::text')

export const insertConsent = async (sql: Sql, brand: string, consent: NewConsent): Promise<ConsentRow> => {
  const [row] = await sql.query<ConsentRow>(
    {
      name: 'privacy-consent-insert',
      text: `INSERT INTO consent (id, brand, party_id, purpose, channel, recipient, granted, text_version, given_channel, given_at, valid_until, recorded_by, source)
        VALUES ($1, $2, $3, consent_purpose($4), consent_channel($5), $6, $7, $8, $9, $10, $11, $12, 'operation') RETURNING ${COLUMNS}`,
    },
    [newId(), brand, consent.partyId, consent.purpose, consent.channel ?? '*', consent.recipient ?? '', consent.granted, consent.textVersion ?? null, consent.givenChannel ?? null, consent.givenAt, consent.validUntil ?? null, consent.recordedBy],
  )
  return row!
}

/** Whether the newest word on the purpose allows it now. Without any word it is not allowed. */
export const isAllowed = async (sql: Sql, brand: string, partyId: string, purpose: string, channel: string, recipient: string, now: Date): Promise<boolean> => {
  const [row] = await sql.query<{ allowed: boolean }>(
    {
      name: 'privacy-may-use',
      text: `WITH ${SUBJECT}
        SELECT granted AND (valid_from IS NULL OR valid_from <= $6) AND (valid_until IS NULL OR valid_until > $6) AS allowed
        FROM consent WHERE brand = $1 AND party_id IN (SELECT id FROM subject) AND purpose = consent_purpose($3) AND channel IN ('*', consent_channel($4)) AND recipient = $5
        ORDER BY given_at DESC, seq DESC LIMIT 1`,
    },
    [brand, partyId, purpose, channel, recipient, now],
  )
  return row?.allowed === true
}

/** Of many parties at once: those that have allowed it. */
export const allowedOf = async (sql: Sql, brand: string, partyIds: readonly string[], purpose: string, channel: string, now: Date): Promise<Set<string>> => {
  if (partyIds.length === 0) return new Set()
  const rows = await sql.query<{ id: string }>(
    {
      name: 'privacy-may-use-each',
      text: `SELECT asked.id FROM unnest($2::text[]) AS asked (id) CROSS JOIN LATERAL (WITH ${subjectOf('asked.id')}
        SELECT granted AND (valid_from IS NULL OR valid_from <= $5) AND (valid_until IS NULL OR valid_until > $5) AS allowed
        FROM consent WHERE brand = $1 AND party_id IN (SELECT id FROM subject) AND purpose = consent_purpose($3) AND channel IN ('*', consent_channel($4)) AND recipient = ''
        ORDER BY given_at DESC, seq DESC LIMIT 1) newest WHERE newest.allowed`,
    },
    [brand, [...new Set(partyIds)], purpose, channel, now],
  )
  return new Set(rows.map(row => row.id))
}

/** What is in force: the newest row of each purpose, channel and recipient. */
export const presentConsents = (sql: Sql, brand: string, partyId: string, purpose: string | undefined): Promise<ConsentRow[]> =>
  sql.query<ConsentRow>(
    {
      name: 'privacy-consent-present',
      text: `WITH ${SUBJECT}
        SELECT DISTINCT ON (purpose, channel, recipient) ${COLUMNS} FROM consent
        WHERE brand = $1 AND party_id IN (SELECT id FROM subject) AND ($3::text IS NULL OR purpose = consent_purpose($3))
        ORDER BY purpose, channel, recipient, given_at DESC, seq DESC`,
    },
    [brand, partyId, purpose ?? null],
  )

/** Every word that was ever said, the newest first. */
export const consentHistory = (sql: Sql, brand: string, partyId: string, purpose: string | undefined, limit: number): Promise<ConsentRow[]> =>
  sql.query<ConsentRow>(
    {
      name: 'privacy-consent-history',
      text: `WITH ${SUBJECT}
        SELECT ${COLUMNS} FROM consent
        WHERE brand = $1 AND party_id IN (SELECT id FROM subject) AND ($3::text IS NULL OR purpose = consent_purpose($3))
        ORDER BY given_at DESC, seq DESC LIMIT $4`,
    },
    [brand, partyId, purpose ?? null, limit],
  )
