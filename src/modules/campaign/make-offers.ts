/** Makes the offers of a campaign: to a list, or page by page to a segment. Who has not allowed to be addressed gets none. */
import { createHash, randomBytes } from 'node:crypto'
import { fault, refuse } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { customer as customerResource, customerOf, partyOf } from '../customer/index.ts'
import { holdersOf, normalise, phoneCountry } from '../identity/index.ts'
import { mayUse } from '../privacy/index.ts'
import { ownAddress } from '../delivery/index.ts'
import { campaign as campaignResource, promiseTo, type Campaign } from './campaign.ts'
import { fragmentOf } from './offer-link.ts'
import { insertOffer, offeredToAddress, offerOf, renewOffer } from './offer-store.ts'

export interface Recipient {
  customer?: { id: string }
  email?: string
  phone?: string
  /** Of an address that nobody here is known by: what was agreed to, and when. */
  consent?: { textVersion: string; givenAt: string }
}

export interface Made {
  offer: { id: string; recipient: Recipient; link?: string; token?: string; expirationDate: string; isNew: boolean }[]
  /** Who gets none, and why. */
  withheld: { recipient: Recipient; why: string; message: string }[]
  /** Where the next page of the segment begins. */
  next?: string
}

export const hashOf = (token: string): string => createHash('sha256').update(`campaign ${token}`).digest('base64url')

const SEGMENT = /^(market)?segment$/i
const textsOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value])

interface Addressee {
  key: string
  customer?: { id: string; '@referredType'?: string }
  partyId?: string
  consent?: Recipient['consent']
}

/** Who is meant; in words why nobody is. */
const addresseeOf = async (deps: Services, context: Context, recipient: Recipient): Promise<Addressee | string> => {
  if (recipient.customer) {
    const { id } = recipient.customer
    const [role, party] = [await customerOf(deps, context, { id }), await partyOf(deps, context, { id })]
    if (!role && !party) return 'is not known here'
    return { key: `party/${party?.id ?? id}`, partyId: party?.id ?? id, customer: role ? { id: role.id, '@referredType': customerResource.type } : { id } }
  }
  const type = recipient.email === undefined ? 'phone' : 'email'
  const read = normalise(type, recipient.email ?? recipient.phone ?? '', phoneCountry(deps.config, context.brand))
  if (!('value' in read)) return `is no ${type === 'email' ? 'e-mail address' : 'number'}`
  const value = type === 'email' ? read.value.toLowerCase() : read.value
  const [holder] = await holdersOf(deps.database, context.brand, type, value, undefined, deps.clock.now(), 1)
  if (holder !== undefined) return await addresseeOf(deps, context, { customer: { id: holder.partyId } })
  return { key: `${type}/${value}`, ...(recipient.consent && { consent: recipient.consent }) }
}

const offerTo = async (deps: Services, context: Context, campaign: Campaign, recipient: Recipient, renew: boolean): Promise<Made['offer'][number] | { why: string; message: string }> => {
  const who = await addresseeOf(deps, context, recipient)
  if (typeof who === 'string') return { why: 'unknown', message: `The recipient ${who}` }
  const purpose = campaign.consent?.purpose ?? 'marketing'
  const allowed = who.partyId === undefined ? who.consent !== undefined : await mayUse(deps, context, who.partyId, purpose, campaign.consent?.channel)
  if (!allowed) return { why: 'consent', message: `The recipient has not allowed ${purpose}${campaign.consent?.channel === undefined ? '' : ` through ${campaign.consent.channel}`}` }
  const id = newId()
  const token = randomBytes(24).toString('base64url')
  const until = new Date(campaign.validFor?.endDateTime ?? 0)
  const link = { link: `${ownAddress(deps)}/offer#${fragmentOf(context.brand, token)}`, token }
  const former = async (): Promise<Made['offer'][number] | undefined> => {
    // Who is known by now may have been offered it under an address.
    const key = (who.partyId === undefined ? undefined : await offeredToAddress(deps.database, context.brand, campaign.id, who.partyId)) ?? who.key
    const there = renew ? await renewOffer(deps.database, context.brand, campaign.id, key, hashOf(token)) : await offerOf(deps.database, context.brand, campaign.id, key)
    return there && { id: there.id, recipient, ...(renew && link), expirationDate: new Date(there.expiresAt).toISOString(), isNew: false }
  }
  // What was promised before stays, whatever can be sold by now.
  const had = await former()
  if (had) return had
  const promised = await promiseTo(deps, context, campaign, id, who.customer)
  if (promised.issue.length > 0) return { why: 'notSellable', message: promised.issue.map(one => one.message).join('; ').slice(0, 500) }
  const made = await insertOffer(deps.database, context.brand, { id, campaignId: campaign.id, recipient: who.key, partyId: who.partyId, consent: who.consent, tokenHash: hashOf(token), promised, uses: campaign.uses ?? 1, expiresAt: until, at: deps.clock.now() })
  if (made) return { id, recipient, ...link, expirationDate: until.toISOString(), isNew: true }
  return (await former()) ?? { why: 'unknown', message: 'The offer was taken back meanwhile' }
}

/** Customers of the segments, a page in the order of their ids. */
const pageOf = async (deps: Services, context: Context, segments: readonly string[], after: string | undefined, limit: number): Promise<{ found: string[]; last: string | undefined }> => {
  const where = [{ path: 'characteristic.value', value: [...segments] }, ...(after === undefined ? [] : [{ path: 'id', op: 'gt' as const, value: after }])]
  const page = await deps.store.find(context, customerResource, { where, sort: 'id', limit })
  const own = page.filter(({ doc }) => (doc.characteristic ?? []).some(one => SEGMENT.test(one.name) && textsOf(one.value).some(value => segments.includes(String(value)))))
  return { found: own.map(one => one.id), last: page.length === limit ? page.at(-1)?.id : undefined }
}

export const activeCampaign = async (deps: Services, context: Context, id: string): Promise<Campaign> => {
  const found = await deps.store.get(context, campaignResource, id)
  if (found === undefined) throw refuse.notFound(campaignResource.name, id)
  if (found.doc.status !== 'active') throw refuse.conflict('campaignNotActive', `campaign ${id} is ${found.doc.status ?? ''}`)
  if (new Date(found.doc.validFor?.endDateTime ?? 0) <= deps.clock.now()) throw refuse.conflict('campaignOver', `campaign ${id} ended at ${found.doc.validFor?.endDateTime ?? ''}`)
  return found.doc
}

/** Offers to a list, or to the next page of the campaign's segments. A link is told once: only its hash is kept. */
export const makeOffers = async (deps: Services, context: Context, id: string, said: { recipient?: readonly Recipient[]; after?: string; limit: number; renew: boolean }): Promise<Made> => {
  const campaign = await activeCampaign(deps, context, id)
  if (said.recipient === undefined && campaign.segment === undefined) throw refuse.invalid([fault('recipient', 'is required: the campaign names no segment')])
  const page = said.recipient === undefined ? await pageOf(deps, context, campaign.segment ?? [], said.after, said.limit) : undefined
  const recipients = said.recipient ?? (page?.found ?? []).map(customer => ({ customer: { id: customer } }))
  const made: Made = { offer: [], withheld: [], ...(page?.last !== undefined && { next: page.last }) }
  for (const recipient of recipients) {
    const one = await offerTo(deps, context, campaign, recipient, said.renew)
    if ('why' in one) made.withheld.push({ recipient, ...one })
    else made.offer.push(one)
  }
  return made
}
