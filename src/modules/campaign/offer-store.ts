/** The statements on offers of campaigns: who has one, by which link, and who took it. */
import type { Sql, Transaction } from '../../platform/database/sql.ts'
import type { Promised } from '../cart/index.ts'
import { knownAddressesOf } from '../identity/index.ts'

export interface OfferRow {
  id: string
  campaignId: string
  recipient: string
  partyId: string | null
  promised: Promised
  uses: number
  expiresAt: Date
  openedAt: Date | null
}

export interface NewOffer {
  id: string
  recipient: string
  partyId: string | undefined
  consent: unknown
  tokenHash: string
  promised: Promised
}

const COLUMNS = `id, campaign_id AS "campaignId", recipient, party_id AS "partyId", promised, uses, expires_at AS "expiresAt", opened_at AS "openedAt"`

/** Writes offers in one statement, all or none. Answers the ids of those that were made: who has one already gets no second. */
export const insertOffers = async (sql: Sql, brand: string, campaignId: string, offers: readonly NewOffer[], shared: { uses: number; expiresAt: Date; at: Date }): Promise<Set<string>> => {
  if (offers.length === 0) return new Set()
  const rows = await sql.query<{ id: string }>(
    {
      name: 'campaign-offer-insert',
      // In one order, so that two who offer to the same people do not wait for each other.
      text: `INSERT INTO campaign_offer (brand, id, campaign_id, recipient, party_id, consent, token_hash, promised, uses, expires_at, sent_at)
        SELECT $1, one.id, $2, one.recipient, one.party_id, one.consent, one.token_hash, one.promised, $3, $4, $5
        FROM unnest($6::text[], $7::text[], $8::text[], $9::jsonb[], $10::text[], $11::jsonb[]) AS one (id, recipient, party_id, consent, token_hash, promised) ORDER BY one.recipient
        ON CONFLICT (brand, campaign_id, recipient) DO NOTHING RETURNING id`,
    },
    [
      brand, campaignId, shared.uses, shared.expiresAt, shared.at,
      offers.map(one => one.id), offers.map(one => one.recipient), offers.map(one => one.partyId ?? null), offers.map(one => (one.consent === undefined ? null : JSON.stringify(one.consent))), offers.map(one => one.tokenHash), offers.map(one => JSON.stringify(one.promised)),
    ],
  )
  return new Set(rows.map(row => row.id))
}

/** New links for offers that there are: the former ones work no more. */
export const renewOffers = async (sql: Sql, brand: string, offers: readonly { id: string; tokenHash: string }[]): Promise<void> => {
  if (offers.length === 0) return
  await sql.query(
    {
      name: 'campaign-offer-renew',
      text: `WITH held AS (SELECT o.id FROM campaign_offer o WHERE o.brand = $1 AND o.id = ANY($2::text[]) ORDER BY o.id FOR UPDATE)
        UPDATE campaign_offer o SET token_hash = one.token_hash FROM held JOIN unnest($2::text[], $3::text[]) AS one (id, token_hash) ON one.id = held.id WHERE o.brand = $1 AND o.id = held.id`,
    },
    [brand, offers.map(one => one.id), offers.map(one => one.tokenHash)],
  )
}

export interface Former {
  id: string
  expiresAt: Date
}

/** The offers that recipients have in a campaign, by recipient. */
export const offersOf = async (sql: Sql, brand: string, campaignId: string, recipients: readonly string[]): Promise<Map<string, Former>> => {
  if (recipients.length === 0) return new Map()
  const rows = await sql.query<Former & { recipient: string }>({ name: 'campaign-offers-of', text: 'SELECT id, recipient, expires_at AS "expiresAt" FROM campaign_offer WHERE brand = $1 AND campaign_id = $2 AND recipient = ANY($3::text[])' }, [brand, campaignId, [...recipients]])
  return new Map(rows.map(({ recipient, ...offer }) => [recipient, offer]))
}

/** Of parties, the addresses under which they were made the offer before anybody knew whose these are. */
export const offeredToAddresses = async (sql: Sql, brand: string, campaignId: string, partyIds: readonly string[]): Promise<Map<string, string>> => {
  if (partyIds.length === 0) return new Map()
  const rows = await sql.query<{ id: string; recipient: string }>(
    {
      name: 'campaign-offer-addresses',
      text: `SELECT party.id, offered.recipient FROM unnest($2::text[]) AS party (id) CROSS JOIN LATERAL (
        SELECT o.recipient FROM ${knownAddressesOf('ARRAY[party.id]')} AS known JOIN campaign_offer o ON o.brand = $1 AND o.campaign_id = $3 AND o.recipient = known.kind || '/' || known.address AND o.party_id IS NULL
        ORDER BY known.sure DESC, o.recipient LIMIT 1) offered`,
    },
    [brand, [...new Set(partyIds)], campaignId],
  )
  return new Map(rows.map(row => [row.id, row.recipient]))
}

export const offerByToken = async (sql: Sql, brand: string, tokenHash: string): Promise<OfferRow | undefined> =>
  (await sql.query<OfferRow>({ name: 'campaign-offer-token', text: `SELECT ${COLUMNS} FROM campaign_offer WHERE brand = $1 AND token_hash = $2` }, [brand, tokenHash]))[0]

export const lockOffer = async (tx: Transaction, brand: string, id: string): Promise<void> => {
  await tx.query({ name: 'campaign-offer-lock', text: 'SELECT id FROM campaign_offer WHERE brand = $1 AND id = $2 FOR UPDATE' }, [brand, id])
}

export const noteOpened = async (sql: Sql, brand: string, id: string, at: Date): Promise<void> => {
  await sql.query({ name: 'campaign-offer-opened', text: 'UPDATE campaign_offer SET opened_at = $3 WHERE brand = $1 AND id = $2 AND opened_at IS NULL' }, [brand, id, at])
}

/** Acceptor of what somebody took who has been forgotten since: it counts, and leads nowhere (personal.ts). */
export const FORGOTTEN = 'forgotten'

export interface Acceptance {
  number: number
  cartId: string
  acceptor: string
  orderId: string | null
}

export const acceptancesOf = async (sql: Sql, brand: string, offerId: string): Promise<Acceptance[]> =>
  await sql.query<Acceptance>({ name: 'campaign-acceptances', text: 'SELECT number, cart_id AS "cartId", acceptor, order_id AS "orderId" FROM campaign_acceptance WHERE brand = $1 AND offer_id = $2 ORDER BY number' }, [brand, offerId])

export const insertAcceptance = async (sql: Sql, brand: string, offerId: string, one: Omit<Acceptance, 'orderId'> & { channel: string; at: Date }): Promise<void> => {
  await sql.query(
    { name: 'campaign-acceptance-insert', text: 'INSERT INTO campaign_acceptance (brand, offer_id, number, cart_id, acceptor, channel, accepted_at) VALUES ($1, $2, $3, $4, $5, $6, $7)' },
    [brand, offerId, one.number, one.cartId, one.acceptor, one.channel, one.at],
  )
}

/** Whoever took it as a guest has said who it is. */
export const nameAcceptor = async (sql: Sql, brand: string, cartId: string, acceptor: string): Promise<void> => {
  await sql.query({ name: 'campaign-acceptance-name', text: `UPDATE campaign_acceptance SET acceptor = $3 WHERE brand = $1 AND cart_id = $2 AND acceptor = 'guest'` }, [brand, cartId, acceptor])
}

/** Carts of which it is not known that they became orders, those that were not looked at for the longest time first. */
export const openAcceptances = async (sql: Sql, limit: number, of?: { brand: string; campaignId: string }): Promise<{ brand: string; cartId: string }[]> =>
  of === undefined
    ? await sql.query({ name: 'campaign-acceptance-open', text: 'SELECT brand, cart_id AS "cartId" FROM campaign_acceptance WHERE order_id IS NULL AND acceptor <> $2 ORDER BY looked_at LIMIT $1' }, [limit, FORGOTTEN])
    : await sql.query(
        { name: 'campaign-acceptance-open-of', text: 'SELECT a.brand, a.cart_id AS "cartId" FROM campaign_acceptance a JOIN campaign_offer o ON o.brand = a.brand AND o.id = a.offer_id WHERE a.brand = $1 AND o.campaign_id = $2 AND a.order_id IS NULL AND a.acceptor <> $4 ORDER BY a.looked_at LIMIT $3' },
        [of.brand, of.campaignId, limit, FORGOTTEN],
      )

export const noteLooked = async (sql: Sql, brand: string, cartId: string, now: { cartId: string; orderId: string | undefined }): Promise<void> => {
  await sql.query({ name: 'campaign-acceptance-looked', text: 'UPDATE campaign_acceptance SET cart_id = $3, order_id = $4, looked_at = now() WHERE brand = $1 AND cart_id = $2' }, [brand, cartId, now.cartId, now.orderId ?? null])
}

export interface Counters {
  sent: number
  opened: number
  accepted: number
  ordered: number
}

export const countersOf = async (sql: Sql, brand: string, campaignId: string): Promise<Counters> => {
  const [row] = await sql.query<Counters>(
    {
      name: 'campaign-counters',
      text: `SELECT count(*)::int AS sent, count(o.opened_at)::int AS opened, coalesce(sum(a.accepted), 0)::int AS accepted, coalesce(sum(a.ordered), 0)::int AS ordered
        FROM campaign_offer o LEFT JOIN LATERAL (SELECT count(*) AS accepted, count(order_id) AS ordered FROM campaign_acceptance a WHERE a.brand = o.brand AND a.offer_id = o.id) a ON true
        WHERE o.brand = $1 AND o.campaign_id = $2`,
    },
    [brand, campaignId],
  )
  return row ?? { sent: 0, opened: 0, accepted: 0, ordered: 0 }
}
