/** Carts in the 360° view: what the person means to buy, those that go on first, and where they were filled. */
import { viewList } from '../../tmf/view-section.ts'

const OPEN = `r.f_status IN ('active', 'abandoned', 'checkingOut')`

export const cartSection = viewList({
  name: 'carts',
  resource: 'shoppingCart',
  description: 'Carts, those that can still be bought first, with what is in them, in which channels they were and where their money stands (refused: it was held and could not be taken)',
  order: `${OPEN} DESC, r.f_last_update DESC NULLS LAST, r.id DESC`,
  keep: `${OPEN} AS open`,
  more: `'open', (SELECT count(*) FROM hit WHERE hit.open)`,
  attributes: 'status text, "creationDate" text, "lastUpdate" text, "validFor" json, "cartTotalPrice" json, "cartItem" json, "productOrder" json',
  item: `'status', d.status, 'creationDate', d."creationDate", 'lastUpdate', d."lastUpdate", 'validFor', d."validFor", 'cartTotalPrice', d."cartTotalPrice", 'productOrder', d."productOrder",
    'payment', (SELECT json_build_object('state', CASE k.progress -> 'payment' ->> 'state' WHEN 'captureRefused' THEN 'refused' ELSE k.progress -> 'payment' ->> 'state' END) FROM checkout k WHERE k.brand = $1 AND k.cart_id = r.id AND k.progress -> 'payment' ->> 'state' IS NOT NULL),
    'channel', (SELECT json_agg(DISTINCT v.channel) FROM cart_visit v WHERE v.brand = $1 AND v.cart_id = r.id),
    'cartItem', (SELECT json_agg(json_build_object('id', i.id, 'action', i.action, 'status', i.status, 'quantity', i.quantity, 'productOffering', i."productOffering") ORDER BY i.n)
      FROM ROWS FROM (json_to_recordset(d."cartItem") AS (id text, action text, status text, quantity numeric, "productOffering" json)) WITH ORDINALITY AS i(id, action, status, quantity, "productOffering", n))`,
})
