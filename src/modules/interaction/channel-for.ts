/**
 * Decides through which channel a party is contacted for a purpose, and when. Whatever sends something to a customer asks here first:
 * what the party wants, what it has blocked, where it can be reached, what it has consented to, and when it wants quiet.
 */
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { individual, organization, partyOf } from '../customer/index.ts'
import { clusterOf } from '../identity/index.ts'
import { channelWord, purposeWord } from './channel-word.ts'
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

interface Wishes {
  /** What was said last of the purpose, else of all purposes. */
  preference: ContactPreference | undefined
  /** What any of the person's records has blocked: none takes back what another has said. */
  blocked: ReadonlySet<string>
}

const MOST_PREFERENCES = 200

const wishesOf = async (deps: Pick<Services, 'store'>, context: Context, partyIds: readonly string[], purpose: string): Promise<Wishes> => {
  const found = await deps.store.find(context, contactPreference, { where: [{ path: 'party.id', value: partyIds }], sort: '-lastUpdate', limit: MOST_PREFERENCES })
  const isFor = (doc: ContactPreference, word: string): boolean => purposeWord(doc.purpose ?? '') === word
  const docs = found.map(stored => stored.doc).filter(doc => isFor(doc, purposeWord(purpose)) || isFor(doc, EVERY_PURPOSE))
  const inForce = (some: readonly ContactPreference[]): ContactPreference | undefined => some.find(doc => isFor(doc, purposeWord(purpose))) ?? some[0]
  return { preference: inForce(docs), blocked: new Set(partyIds.flatMap(id => inForce(docs.filter(doc => doc.party?.id === id))?.blockedChannel ?? []).map(channelWord)) }
}

const recordsOf = async (deps: Pick<Services, 'store'>, context: Context, kind: 'individual' | 'organization', ids: readonly string[]): Promise<{ id: string; doc: { contactMedium?: Medium[] } }[]> => {
  const found = kind === 'individual' ? await deps.store.getMany(context, individual, ids) : await deps.store.getMany(context, organization, ids)
  return [...found.values()].map(({ id, doc }) => ({ id, doc: doc as { contactMedium?: Medium[] } }))
}

/**
 * The channel for a contact with a party (an individual, an organization, or a customer's id) for a purpose (`service`, `billing`, `marketing` …).
 * Records that are the same person speak for each other: what was said last counts, and what either has blocked stays so. `now` is business time. Quiet hours do not take the channel away: they say when. Reads only; ask again right before sending.
 */
export const channelFor = async (deps: Pick<Services, 'store' | 'database'>, context: Context, partyId: string, purpose: string, now: Date, consented: Consented): Promise<ChannelChoice> => {
  const party = await partyOf(deps, context, { id: partyId })
  if (party === undefined) return { channel: undefined, because: 'unknownParty' }
  const members = await clusterOf(deps.database, context, party.id)
  const { preference, blocked } = await wishesOf(deps, context, [...new Set([partyId, party.id, ...members])], purpose)
  const records = members.length === 1 ? [] : await recordsOf(deps, context, party.kind, members)
  // The record that is asked about comes first: of equals its own ways are taken.
  const media = [party.doc, ...records.filter(record => record.id !== party.id).map(record => record.doc)].flatMap(doc => doc.contactMedium ?? [])
  const open = reachable(media, now)
  const wanted = (preference?.preferredChannel ?? []).flatMap(channel => [...open, ...INBOXES].find(one => channelWord(one) === channelWord(channel)) ?? [])
  const candidates = [...new Set([...wanted, ...open])]
  if (candidates.length === 0) return { channel: undefined, because: 'notReachable' }
  const allowed = candidates.filter(channel => !blocked.has(channelWord(channel)))
  if (allowed.length === 0) return { channel: undefined, because: 'blocked' }
  for (const channel of allowed) {
    if (!(await consented(channel))) continue
    const from = afterQuietHours(preference?.quietHours ?? [], preference?.timeZone ?? 'UTC', now)
    return from.getTime() > now.getTime() ? { channel, notBefore: from } : { channel }
  }
  return { channel: undefined, because: 'noConsent' }
}
