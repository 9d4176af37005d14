/**
 * Decides through which channel a party is contacted for a purpose, and when. Whatever sends something to a customer asks here first:
 * what the party wants, what it has blocked, where it can be reached, what it has consented to, and when it wants quiet.
 */
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { partyOf } from '../customer/index.ts'
import { contactPreference, type ContactPreference } from './contact-preference.ts'
import { afterQuietHours } from './quiet-hours.ts'

/** A channel, and from when it may be used (now when left out); or why there is none. */
export type ChannelChoice = { channel: string; notBefore?: Date } | { channel: undefined; because: 'unknownParty' | 'notReachable' | 'blocked' | 'noConsent' }

/** Whether the party has consented to be contacted through this channel for the purpose that is asked about. Privacy answers it; service messages need no consent. */
export type Consented = (channel: string) => boolean | Promise<boolean>

export const EVERY_PURPOSE = '*'

/** Channels that a customer comes to: nothing has to be known to leave a message there. */
const INBOXES: readonly string[] = ['app', 'web']

/** The channels that each kind of contact medium opens, by its name in lower case without signs. */
const OPENS: Readonly<Record<string, readonly string[]>> = {
  email: ['email'],
  emailaddress: ['email'],
  mail: ['email'],
  phone: ['sms', 'phone'],
  phonenumber: ['sms', 'phone'],
  telephone: ['sms', 'phone'],
  mobile: ['sms', 'phone'],
  mobilephone: ['sms', 'phone'],
  landline: ['phone'],
  fixedphone: ['phone'],
  sms: ['sms'],
  postaladdress: ['letter'],
  address: ['letter'],
  geographicaddress: ['letter'],
  letter: ['letter'],
}

interface Medium {
  mediumType?: string
  preferred?: boolean
  validFor?: { startDateTime?: string; endDateTime?: string }
}

const isValid = ({ validFor }: Medium, now: Date): boolean =>
  (validFor?.startDateTime === undefined || new Date(validFor.startDateTime) <= now) && (validFor?.endDateTime === undefined || new Date(validFor.endDateTime) > now)

/** Channels by which the party can be reached, those of its preferred media first. */
const reachable = (media: readonly Medium[] = [], now: Date): string[] => {
  const valid = media.filter(medium => isValid(medium, now)).toSorted((a, b) => Number(b.preferred === true) - Number(a.preferred === true))
  return [...new Set(valid.flatMap(({ mediumType = '' }) => OPENS[mediumType.toLowerCase().replaceAll(/[^a-z]/g, '')] ?? [mediumType]))].filter(channel => channel !== '')
}

/** What the party has said last of the purpose, else of all purposes. */
const preferenceFor = async (deps: Pick<Services, 'store'>, context: Context, partyIds: readonly string[], purpose: string): Promise<ContactPreference | undefined> => {
  const found = await deps.store.find(context, contactPreference, { where: [{ path: 'party.id', value: partyIds }, { path: 'purpose', value: [purpose, EVERY_PURPOSE] }], sort: '-lastUpdate', limit: 20 })
  const docs = found.map(stored => stored.doc)
  return docs.find(doc => doc.purpose === purpose) ?? docs[0]
}

/**
 * The channel for a contact with a party (an individual, an organization, or a customer's id) for a purpose (`service`, `billing`, `marketing` …).
 * `now` is business time. Quiet hours do not take the channel away: they say when. Reads only; ask again right before sending.
 */
export const channelFor = async (deps: Pick<Services, 'store'>, context: Context, partyId: string, purpose: string, now: Date, consented: Consented): Promise<ChannelChoice> => {
  const party = await partyOf(deps, context, { id: partyId })
  if (party === undefined) return { channel: undefined, because: 'unknownParty' }
  const preference = await preferenceFor(deps, context, [...new Set([partyId, party.id])], purpose)
  const open = reachable(party.doc.contactMedium, now)
  const wanted = (preference?.preferredChannel ?? []).filter(channel => open.includes(channel) || INBOXES.includes(channel))
  const candidates = [...new Set([...wanted, ...open])]
  if (candidates.length === 0) return { channel: undefined, because: 'notReachable' }
  const allowed = candidates.filter(channel => preference?.blockedChannel?.includes(channel) !== true)
  if (allowed.length === 0) return { channel: undefined, because: 'blocked' }
  for (const channel of allowed) {
    if (!(await consented(channel))) continue
    const from = afterQuietHours(preference?.quietHours ?? [], preference?.timeZone ?? 'UTC', now)
    return from.getTime() > now.getTime() ? { channel, notBefore: from } : { channel }
  }
  return { channel: undefined, because: 'noConsent' }
}
