/** Ordering's part of the 360° view and of the search for people: their orders, what was promised, and the numbers these go by. */
import type { SearchSource } from '../../tmf/contributions.ts'
import { viewList } from '../../tmf/view-section.ts'
import { isFinal, orderStates } from './order-state.ts'

const ENDED = orderStates.filter(isFinal).map(state => `'${state}'`).join(', ')

export const orderSection = viewList({
  name: 'orders',
  resource: 'productOrder',
  description: 'Orders, those in flight first, with what was promised for when and what has been reached',
  order: `r.f_state IN (${ENDED}), r.f_order_date DESC NULLS LAST, r.id DESC`,
  keep: `r.f_state NOT IN (${ENDED}) AS open`,
  more: `'inFlight', (SELECT count(*) FROM hit WHERE hit.open)`,
  attributes:
    'state text, description text, category text, "externalId" text, "orderDate" text, "requestedStartDate" text, "requestedCompletionDate" text, "expectedCompletionDate" text, "completionDate" text, "cancellationDate" text, channel json, "orderTotalPrice" json, milestone json, "rejectionReason" json, "productOrderItem" json',
  item: `'state', d.state, 'inFlight', hit.open, 'description', d.description, 'category', d.category, 'externalId', d."externalId", 'orderDate', d."orderDate",
    'requestedStartDate', d."requestedStartDate", 'requestedCompletionDate', d."requestedCompletionDate", 'expectedCompletionDate', d."expectedCompletionDate", 'completionDate', d."completionDate", 'cancellationDate', d."cancellationDate",
    'channel', d.channel, 'orderTotalPrice', d."orderTotalPrice", 'milestone', d.milestone, 'rejectionReason', d."rejectionReason",
    'productOrderItem', (SELECT json_agg(json_build_object('id', i.id, 'action', i.action, 'state', i.state, 'quantity', i.quantity, 'productOffering', i."productOffering") ORDER BY i.n)
      FROM ROWS FROM (json_to_recordset(d."productOrderItem") AS (id text, action text, state text, quantity numeric, "productOffering" json)) WITH ORDINALITY AS i(id, action, state, quantity, "productOffering", n))`,
})

interface OrderDoc {
  externalId?: string
}

export const orderSearch: readonly SearchSource[] = [
  {
    resource: 'productOrder',
    idField: 'orderNumber',
    terms: (doc: OrderDoc) => (doc.externalId === undefined ? [] : [{ kind: 'identifier', field: 'orderNumber', value: doc.externalId }]),
  },
]
