/** What this module holds on people: what was offered to them, and whether they took it. */
import type { PersonalHolding } from '../../tmf/contributions.ts'

const OWN = `(o.party_id = ANY($2::text[]) OR o.recipient IN (SELECT 'party/' || id FROM unnest($2::text[]) AS id))`
const CARTS = `(SELECT substr(k, length('shoppingCart/') + 1) FROM unnest($3::text[]) AS k WHERE k LIKE 'shoppingCart/%')`

export const campaignHolding: PersonalHolding = {
  name: 'campaignOffer',
  purpose: 'What the person was offered, until when and at which price, and whether it was taken.',
  onErasure: 'erase',
  tables: ['campaign_offer', 'campaign_acceptance'],
  exportSql: `SELECT json_build_object('campaign', o.campaign_id, 'offer', o.promised -> 'total', 'sent', o.sent_at, 'opened', o.opened_at, 'until', o.expires_at, 'consent', o.consent,
      'accepted', (SELECT json_agg(json_build_object('shoppingCart', a.cart_id, 'channel', a.channel, 'at', a.accepted_at, 'productOrder', a.order_id)) FROM campaign_acceptance a WHERE a.brand = o.brand AND a.offer_id = o.id)) AS doc
    FROM campaign_offer o WHERE o.brand = $1 AND ${OWN} ORDER BY o.sent_at`,
  eraseSql: `WITH offers AS (DELETE FROM campaign_offer o WHERE o.brand = $1 AND ${OWN} RETURNING o.id)
    DELETE FROM campaign_acceptance a WHERE a.brand = $1 AND (a.offer_id IN (SELECT id FROM offers) OR a.acceptor = ANY($2::text[]) OR a.cart_id IN ${CARTS})`,
}
