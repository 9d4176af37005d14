/** Writes down that a bill was sent: a contact with who pays, in the channel through which it was. */
import type { ResourceEvent } from '../../tmf/module.ts'
import { channelOf, recordInteraction } from '../interaction/index.ts'
import type { AccountWork } from './accounts.ts'
import type { CustomerBill } from './customer-bill.schema.ts'

export const recordBillSent = async (event: ResourceEvent<CustomerBill>, { tx, context, deps }: AccountWork): Promise<void> => {
  const { state, relatedParty = [], billNo, href } = event.doc
  const parties = relatedParty.map(({ id, href: at, name, role, '@referredType': type }) => ({ id, ...(at !== undefined && { href: at }), ...(name !== undefined && { name }), ...(role !== undefined && { role }), ...(type !== undefined && { '@referredType': type }) }))
  if (state !== 'sent' || parties.length === 0) return
  const subject = { id: event.resourceId, href, type: 'CustomerBill', ...(billNo !== undefined && { name: `Bill ${billNo}` }) }
  await recordInteraction(deps, context, { party: parties, channel: channelOf(event) ?? 'system', direction: 'outbound', reason: 'billSent', from: event.eventTime, about: [subject] }, { tx })
}
