/** Writes down a contact: the one function by which Tandem's own code does, and POST /tandem/v1/customerContact. */
import type { Transaction } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import type { ResourceEvent } from '../../tmf/module.ts'
import type { Stored } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import type { PartyInteraction } from './party-interaction.schema.ts'
import { partyInteraction } from './party-interaction.ts'

type Party = NonNullable<PartyInteraction['relatedParty']>[number]

export interface Contact {
  /** Who took part, the customer first. Roles that are left out are `customer`. */
  party: readonly (Omit<Party, '@referredType'> & { '@referredType'?: string })[]
  /** Where; the channel of the context when left out. */
  channel?: string
  direction: 'inbound' | 'outbound'
  /** A word for programs: orderPlaced, billSent. */
  reason: string
  description?: string
  /** completed when left out: the contact is over. */
  status?: 'open' | 'inProgress' | 'completed'
  /** When it began, and when it ended; now when left out. */
  from?: Date
  to?: Date
  /** What it was about. */
  about?: readonly { id: string; href?: string; type: string; name?: string; resolution?: string }[]
  note?: PartyInteraction['note']
  attachment?: PartyInteraction['attachment']
}

/**
 * Writes one partyInteraction. References to parties that are not known here are refused (400), as anywhere. Inside `tx` when given;
 * with `id` a second call with the same one is a 409.
 */
export const recordInteraction = (deps: Pick<Services, 'clock' | 'store'>, context: Context, contact: Contact, options: { tx?: Transaction; id?: string } = {}): Promise<Stored<PartyInteraction>> => {
  const now = deps.clock.now()
  const from = contact.from ?? contact.to ?? now
  const status = contact.status ?? 'completed'
  const to = contact.to ?? (status === 'completed' ? from : undefined)
  const channel = contact.channel ?? context.channel
  const doc: Partial<PartyInteraction> = {
    direction: contact.direction,
    reason: contact.reason,
    status,
    ...(contact.description !== undefined && { description: contact.description }),
    channel: [{ id: channel, name: channel }],
    interactionDate: { startDateTime: from.toISOString(), ...(to !== undefined && { endDateTime: to.toISOString() }) },
    relatedParty: contact.party.map(party => ({ ...party, role: party.role ?? 'customer', '@referredType': party['@referredType'] ?? 'Party' })),
    ...(contact.about !== undefined &&
      contact.about.length > 0 && {
        interactionItem: contact.about.map(({ id, href, type, name, resolution }, index) => ({
          id: String(index + 1),
          reason: contact.reason,
          ...(resolution !== undefined && { resolution }),
          item: { id, ...(href !== undefined && { href }), ...(name !== undefined && { name }), role: 'subject', '@referredType': type },
        })),
      }),
    ...(contact.note !== undefined && { note: contact.note }),
    ...(contact.attachment !== undefined && { attachment: contact.attachment }),
  }
  return deps.store.create(context, partyInteraction, doc, options)
}

/** Callers that name no channel have this one; Tandem's own work has `system`. */
const UNNAMED: readonly string[] = ['api', 'system']

/**
 * The channel that an event came through: that of the request, or what the document says where the request named none. undefined for
 * Tandem's own work (imports, follow-ups): nobody was in contact.
 */
export const channelOf = (event: Pick<ResourceEvent, 'channel'>, said?: readonly { id?: string; name?: string }[]): string | undefined => {
  if (event.channel !== undefined && !UNNAMED.includes(event.channel)) return event.channel
  // Where a document got its channel from the request, it says no more than that.
  const named = said?.map(one => one.id ?? one.name).find(name => name !== undefined && !UNNAMED.includes(name))
  return named ?? (event.channel === 'system' ? undefined : event.channel)
}
