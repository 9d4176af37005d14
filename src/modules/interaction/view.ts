/** What contacts contribute to answers that take all modules. */
import type { PersonalHolding } from '../../tmf/contributions.ts'
import { viewList } from '../../tmf/view-section.ts'

export const interactionSection = viewList({
  name: 'interactions',
  resource: 'partyInteraction',
  description: 'The thread of the person: contacts in all channels, the newest first',
  order: 'r.f_interaction_date_start_date_time DESC NULLS LAST, r.created_at DESC, r.id DESC',
  attributes: 'description text, direction text, reason text, status text, channel json, "interactionDate" json, "interactionItem" json, "relatedParty" json',
  item: `'description', d.description, 'direction', d.direction, 'reason', d.reason, 'status', d.status, 'channel', d.channel, 'interactionDate', d."interactionDate", 'interactionItem', d."interactionItem", 'relatedParty', d."relatedParty"`,
})

export const preferenceSection = viewList({
  name: 'contactPreferences',
  resource: 'contactPreference',
  description: 'How the person wants to be contacted, purpose by purpose',
  order: 'r.f_last_update DESC NULLS LAST, r.id DESC',
  attributes: 'purpose text, "preferredChannel" json, "blockedChannel" json, "quietHours" json, "timeZone" text, "lastUpdate" text',
  item: `'purpose', d.purpose, 'preferredChannel', d."preferredChannel", 'blockedChannel', d."blockedChannel", 'quietHours', d."quietHours", 'timeZone', d."timeZone", 'lastUpdate', d."lastUpdate"`,
  list: 'party.id',
})

export const interactionHoldings: readonly PersonalHolding[] = [
  { name: 'partyInteraction', purpose: 'To go on where the last contact ended, whichever channel it was in', onErasure: 'erase' },
  { name: 'contactPreference', purpose: 'To contact people as they want to be', onErasure: 'erase' },
]
