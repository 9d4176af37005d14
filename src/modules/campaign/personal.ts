/** What this module holds on people: what was offered to them, and whether they took it. */
import type { PersonalHolding } from '../../tmf/contributions.ts'
import { knownAddressesSql } from '../identity/index.ts'

const KNOWN = `o.party_id = ANY($2::text[]) OR o.recipient IN (SELECT 'party/' || id FROM unnest($2::text[]) AS id)`
const CARTS = `(SELECT substr(k, length('shoppingCart/') + 1) FROM unnest($3::text[]) AS k WHERE k LIKE 'shoppingCart/%')`
const TAKEN = `(a.acceptor = ANY($2::text[]) OR a.cart_id IN ${CARTS})`
const accepted = `json_build_object('shoppingCart', a.cart_id, 'channel', a.channel, 'at', a.accepted_at, 'productOrder', a.order_id)`

export const campaignHolding: PersonalHolding = {
  name: 'campaignOffer',
  purpose: 'What the person was offered, until when and at which price, and whether it was taken.',
  onErasure: 'erase',
  tables: ['campaign_offer', 'campaign_acceptance'],
  // What went to an address that nobody was known by is shown to whoever is proven to have it now, and erased with whoever says so; what somebody took
  // that was offered to others is of both.
  exportSql: `WITH own AS (SELECT o.* FROM campaign_offer o WHERE o.brand = $1 AND (${KNOWN} OR o.recipient IN (SELECT kind || '/' || address FROM ${knownAddressesSql} AS known WHERE sure)))
    SELECT json_build_object('campaign', o.campaign_id, 'offer', o.promised -> 'total', 'sent', o.sent_at, 'opened', o.opened_at, 'until', o.expires_at, 'consent', o.consent,
      'accepted', (SELECT json_agg(${accepted}) FROM campaign_acceptance a WHERE a.brand = o.brand AND a.offer_id = o.id)) AS doc FROM own o
    UNION ALL SELECT json_build_object('accepted', json_build_array(${accepted})) FROM campaign_acceptance a WHERE a.brand = $1 AND ${TAKEN} AND a.offer_id NOT IN (SELECT id FROM own)`,
  // That an offer of somebody else was taken still counts; by whom does not stay.
  eraseSql: `WITH offers AS (DELETE FROM campaign_offer o WHERE o.brand = $1 AND (${KNOWN} OR o.recipient IN (SELECT 'email/' || lower(mark) FROM unnest($4::text[]) AS mark UNION SELECT 'phone/' || mark FROM unnest($4::text[]) AS mark)) RETURNING o.id),
    gone AS (DELETE FROM campaign_acceptance a WHERE a.brand = $1 AND a.offer_id IN (SELECT id FROM offers))
    UPDATE campaign_acceptance a SET acceptor = 'forgotten', cart_id = 'forgotten/' || a.offer_id || '/' || a.number, order_id = CASE WHEN a.order_id IS NULL THEN NULL ELSE 'forgotten' END
    WHERE a.brand = $1 AND ${TAKEN} AND a.offer_id NOT IN (SELECT id FROM offers)`,
}
