/** What this module holds on people: what they mean to buy, how to reach who did not say a name, and which channels they used for it. */
import type { PersonalHolding } from '../../tmf/contributions.ts'
import { knownAddressesSql } from '../identity/index.ts'

/** Ids of the carts among $3. */
const CARTS = `(SELECT substr(k, length('shoppingCart/') + 1) AS id FROM unnest($3::text[]) AS k WHERE k LIKE 'shoppingCart/%')`

export const cartHoldings: readonly PersonalHolding[] = [
  {
    name: 'shoppingCart',
    purpose: 'To go on with a purchase in whatever channel, and to remind of it.',
    onErasure: 'erase',
    // A guest's cart has no customer: it is found by the address or number that was left in it.
    foundSql: `SELECT c.cart_id AS id, bool_or(a.sure) AS sure FROM cart_contact c JOIN ${knownAddressesSql} a ON a.kind = c.type AND a.address = c.value
      JOIN shopping_cart s ON s.brand = c.brand AND s.id = c.cart_id AND s.owner_party IS NULL WHERE c.brand = $1 GROUP BY c.cart_id`,
    living: doc => (doc.status === 'checkingOut' ? 'is being checked out' : undefined),
  },
  {
    name: 'cartTrail',
    purpose: 'Which channel did what with a cart and when, who has it open, and by which address or number it is found.',
    onErasure: 'erase',
    tables: ['cart_step', 'cart_transfer', 'cart_visit', 'cart_contact', 'cart_presence', 'cart_hand_over'],
    exportSql: `SELECT json_build_object('shoppingCart', s.cart_id, 'at', s.at, 'channel', s.channel, 'change', s.change) AS doc FROM cart_step s WHERE s.brand = $1 AND s.cart_id IN (SELECT id FROM ${CARTS} c)
      UNION ALL SELECT json_build_object('shoppingCart', m.cart_id, 'at', m.at, 'channel', m.channel, 'change', m.kind) FROM cart_transfer m WHERE m.brand = $1 AND m.cart_id IN (SELECT id FROM ${CARTS} c)
      UNION ALL SELECT json_build_object('shoppingCart', v.cart_id, 'channel', v.channel, 'from', v.first_at, 'to', v.last_at) FROM cart_visit v WHERE v.brand = $1 AND v.cart_id IN (SELECT id FROM ${CARTS} c)
      UNION ALL SELECT json_build_object('shoppingCart', t.cart_id, 'type', t.type, 'value', t.value) FROM cart_contact t WHERE t.brand = $1 AND t.cart_id IN (SELECT id FROM ${CARTS} c)`,
    eraseSql: `WITH held AS (SELECT id FROM ${CARTS} c),
      steps AS (DELETE FROM cart_step s USING held WHERE s.brand = $1 AND s.cart_id = held.id),
      moves AS (DELETE FROM cart_transfer m USING held WHERE m.brand = $1 AND m.cart_id = held.id),
      visits AS (DELETE FROM cart_visit v USING held WHERE v.brand = $1 AND v.cart_id = held.id),
      contacts AS (DELETE FROM cart_contact t USING held WHERE t.brand = $1 AND t.cart_id = held.id),
      open AS (DELETE FROM cart_presence p USING held WHERE p.brand = $1 AND p.cart_id = held.id)
      DELETE FROM cart_hand_over h USING held WHERE h.brand = $1 AND h.cart_id = held.id`,
  },
  {
    name: 'refusedCapture',
    purpose: 'That money for an order could not be taken, and what was done about it.',
    onErasure: 'redact',
    because: 'What was due for an order and how it was settled stays provable (in Germany § 257 HGB); what people wrote to it goes',
  },
  {
    name: 'checkout',
    purpose: 'That a cart became exactly one order, what was said and accepted then, and what was held for it.',
    onErasure: 'redact',
    because: 'That one cart became one order, and which terms and contract were accepted for it when and where, stays provable (in Germany § 257 HGB); what else was said and answered goes',
    tables: ['checkout'],
    exportSql: `SELECT json_build_object('shoppingCart', k.cart_id, 'state', k.state, 'productOrder', k.order_id, 'request', k.request - 'principal', 'progress', k.progress, 'faults', k.faults, 'at', k.created_at) AS doc
      FROM checkout k WHERE k.brand = $1 AND k.cart_id IN (SELECT id FROM ${CARTS} c)`,
    livingSql: `SELECT k.id, 'is ' || k.state AS reason FROM checkout k WHERE k.brand = $1 AND k.state NOT IN ('refused', 'completed') AND k.cart_id IN (SELECT id FROM ${CARTS} c)
      UNION ALL SELECT k.id, 'has money that was refused when it was to be taken' FROM checkout k WHERE k.brand = $1 AND k.state = 'completed' AND k.progress -> 'payment' ->> 'state' = 'captureRefused' AND k.cart_id IN (SELECT id FROM ${CARTS} c)`,
    eraseSql: `UPDATE checkout k SET request = jsonb_strip_nulls(jsonb_build_object('channel', k.request -> 'channel', 'termsAccepted', k.request -> 'termsAccepted', 'terms', k.request -> 'terms', 'acceptedAt', k.request -> 'acceptedAt')),
      progress = jsonb_strip_nulls(jsonb_build_object('contract', k.progress -> 'contract')), faults = '[]' FROM ${CARTS} c WHERE k.brand = $1 AND k.cart_id = c.id AND k.state IN ('refused', 'completed')`,
  },
]
