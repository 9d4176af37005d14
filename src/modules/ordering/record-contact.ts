/** Writes down that a customer ordered or asked to cancel: contacts in the channel that the request came through, for the next channel to see. */
import type { Transaction } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import type { ResourceEvent } from '../../tmf/module.ts'
import type { Services } from '../../tmf/services.ts'
import { channelOf, recordInteraction } from '../interaction/index.ts'
import { customerOf, type ProductOrderDocument } from './order-document.ts'
import { readOrder } from './order-moves.ts'

interface Work {
  tx: Transaction
  context: Context
  deps: Services
}

const ORDER = '/tmf-api/productOrderingManagement/v4'

interface Occasion {
  reason: 'orderPlaced' | 'orderCancellation'
  order: ProductOrderDocument
  orderId: string
  about?: { id: string; href: string; type: string }
}

/** One contact of the order's customer; none where nobody was in contact (imports) or the order names no customer. */
const record = async (event: ResourceEvent, { tx, context, deps }: Work, { reason, order, orderId, about }: Occasion): Promise<void> => {
  const channel = channelOf(event, reason === 'orderPlaced' ? order.channel : undefined)
  if (channel === undefined || customerOf(order) === undefined) return
  const party = (order.relatedParty ?? []).flatMap(({ id, href, name, role, '@referredType': type }) =>
    id === undefined ? [] : [{ id, ...(href !== undefined && { href }), ...(name !== undefined && { name }), ...(role !== undefined && { role }), ...(type !== undefined && { '@referredType': type }) }],
  )
  const subject = { id: orderId, href: `${ORDER}/productOrder/${encodeURIComponent(orderId)}`, type: 'ProductOrder' }
  await recordInteraction(deps, context, { party, channel, direction: 'inbound', reason, from: event.eventTime, about: [subject, ...(about ? [about] : [])] }, { tx })
}

export const recordOrder = (event: ResourceEvent<ProductOrderDocument>, work: Work): Promise<void> =>
  record(event as unknown as ResourceEvent, work, { reason: 'orderPlaced', order: event.doc, orderId: event.resourceId })

export const recordCancellation = async (event: ResourceEvent<{ productOrder?: { id?: string } }>, work: Work): Promise<void> => {
  const orderId = event.doc.productOrder?.id
  const order = orderId === undefined ? undefined : await readOrder(work, orderId, work.tx)
  if (!order) return
  const about = { id: event.resourceId, href: `${ORDER}/cancelProductOrder/${encodeURIComponent(event.resourceId)}`, type: 'CancelProductOrder' }
  await record(event, work, { reason: 'orderCancellation', order, orderId: orderId!, about })
}
