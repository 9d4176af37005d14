/** Makes the offers of a campaign: to a list, or page by page to a segment. Who has not allowed to be addressed gets none. */
import { createHash, randomBytes } from 'node:crypto'
import { fault, refuse } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { customer as customerResource } from '../customer/index.ts'
import { ownAddress } from '../delivery/index.ts'
import { whoMayBeUsed } from '../privacy/index.ts'
import { addresseesOf, type Addressee, type Recipient } from './addressee.ts'
import { campaign as campaignResource, promiserFor, type Campaign } from './campaign.ts'
import { fragmentOf } from './offer-link.ts'
import { insertOffers, offeredToAddresses, offersOf, renewOffers, type Former } from './offer-store.ts'
import { noticesOf, type Notice } from './promotion-codes.ts'

export interface Made {
  offer: { id: string; recipient: Recipient; link?: string; token?: string; expirationDate: string; isNew: boolean }[]
  /** Who gets none, and why. */
  withheld: { recipient: Recipient; why: string; message: string }[]
  /** What is to be known of the codes of the campaign now. */
  notice?: Notice[]
  /** Where the next page of the segment begins. */
  next?: string
}

const newToken = (): string => randomBytes(24).toString('base64url')

export const hashOf = (token: string): string => createHash('sha256').update(`campaign ${token}`).digest('base64url')

const SEGMENT = /^(market)?segment$/i
const textsOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value])

type Answered = Made['offer'][number] | Made['withheld'][number]
type Promiser = Awaited<ReturnType<typeof promiserFor>>

/** So many are looked up, priced and written together; whoever is stopped in between has made whole batches, and goes on with the others when asked again. */
const AT_ONCE = 200
/** Prices that are computed side by side: most of each is waiting for what is known of the customer. */
const SIDE_BY_SIDE = 8

const inGroups = async <From, To>(list: readonly From[], work: (one: From) => Promise<To>): Promise<To[]> => {
  const made: To[] = []
  for (let at = 0; at < list.length; at += SIDE_BY_SIDE) made.push(...(await Promise.all(list.slice(at, at + SIDE_BY_SIDE).map(work))))
  return made
}

const isWithheld = (one: Answered): one is Made['withheld'][number] => 'why' in one

/** Makes the offers of one batch: everything is asked once for all of them, and what is new is written by one statement. */
const offerToEach = async (deps: Services, context: Context, campaign: Campaign, recipients: readonly Recipient[], promise: Promiser, renew: boolean): Promise<Answered[]> => {
  const { purpose = 'marketing', channel } = campaign.consent ?? {}
  const addressees = await addresseesOf(deps, context, recipients)
  const known = addressees.flatMap(who => (typeof who === 'string' ? [] : (who.partyId ?? [])))
  const allowed = await whoMayBeUsed(deps, context, known, purpose, channel)
  const willing = new Map<string, Addressee>()
  for (const who of addressees) if (typeof who !== 'string' && (who.partyId === undefined ? who.consent !== undefined : allowed.has(who.partyId)) && !willing.has(who.key)) willing.set(who.key, who)
  const { isNew, former, unsold } = await haveOffers(deps, context, campaign, [...willing.values()], promise)
  const tokens = new Map<string, string>(isNew)
  if (renew) {
    const renewed = [...former].map(([key, { id }]) => ({ key, id, token: newToken() }))
    await renewOffers(deps.database, context.brand, renewed.map(({ id, token }) => ({ id, tokenHash: hashOf(token) })))
    for (const { key, token } of renewed) tokens.set(key, token)
  }
  const told = new Set<string>()
  return recipients.map((recipient, index): Answered => {
    const who = addressees[index]!
    if (typeof who === 'string') return { recipient, why: 'unknown', message: `The recipient ${who}` }
    if (!willing.has(who.key)) return { recipient, why: 'consent', message: `The recipient has not allowed ${purpose}${channel === undefined ? '' : ` through ${channel}`}` }
    const offer = former.get(who.key)
    if (offer === undefined) return { recipient, why: 'notSellable', message: unsold.get(who.key) ?? 'The offer was taken back meanwhile' }
    // Who is named twice has one offer, and one link.
    const token = told.has(who.key) ? undefined : tokens.get(who.key)
    const first = !told.has(who.key)
    told.add(who.key)
    return { id: offer.id, recipient, ...(token !== undefined && { link: `${ownAddress(deps)}/offer#${fragmentOf(context.brand, token)}`, token }), expirationDate: new Date(offer.expiresAt).toISOString(), isNew: first && isNew.has(who.key) }
  })
}

interface Offers {
  /** All that have one now, by addressee. */
  former: Map<string, Former>
  /** Tokens of those that were made now. */
  isNew: Map<string, string>
  /** Why there is none. */
  unsold: Map<string, string>
}

const haveOffers = async (deps: Services, context: Context, campaign: Campaign, addressees: readonly Addressee[], promise: Promiser): Promise<Offers> => {
  const { database } = deps
  // Who is known by now may have been offered it under an address.
  const before = await offeredToAddresses(database, context.brand, campaign.id, addressees.flatMap(one => one.partyId ?? []))
  const keyOf = (one: Addressee): string => (one.partyId === undefined ? undefined : before.get(one.partyId)) ?? one.key
  const read = async (of: readonly Addressee[]): Promise<Map<string, Former>> => {
    const rows = await offersOf(database, context.brand, campaign.id, of.map(keyOf))
    return new Map(of.flatMap(one => { const row = rows.get(keyOf(one)); return row ? [[one.key, row] as const] : [] }))
  }
  // What was promised before stays, whatever can be sold by now.
  const former = await read(addressees)
  const wanting = await inGroups(addressees.filter(one => !former.has(one.key)), async who => {
    const [id, token] = [newId(), newToken()]
    return { who, id, token, promised: await promise({ offer: id, customer: who.customer }) }
  })
  const unsold = new Map(wanting.flatMap(({ who, promised }) => (promised.issue.length > 0 ? [[who.key, promised.issue.map(one => one.message).join('; ').slice(0, 500)] as const] : [])))
  const sold = wanting.filter(one => !unsold.has(one.who.key))
  const [expiresAt, at] = [new Date(campaign.validFor?.endDateTime ?? 0), deps.clock.now()]
  const made = await insertOffers(
    database, context.brand, campaign.id,
    sold.map(({ who, id, token, promised }) => ({ id, recipient: who.key, partyId: who.partyId, consent: who.consent, tokenHash: hashOf(token), promised })),
    { uses: campaign.uses ?? 1, expiresAt, at },
  )
  const isNew = new Map(sold.flatMap(({ who, id, token }) => (made.has(id) ? [[who.key, token] as const] : [])))
  for (const { who, id } of sold) if (made.has(id)) former.set(who.key, { id, expiresAt })
  // Somebody else offered it to these at this moment.
  const others = sold.filter(({ id }) => !made.has(id)).map(({ who }) => who)
  if (others.length > 0) for (const [key, row] of await read(others)) former.set(key, row)
  return { former, isNew, unsold }
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
  const notice = await noticesOf(deps, context, campaign, { activates: false, now: deps.clock.now() })
  const promise = await promiserFor(deps, context, campaign)
  const made: Made = { offer: [], withheld: [], ...(notice.length > 0 && { notice }), ...(page?.last !== undefined && { next: page.last }) }
  for (let at = 0; at < recipients.length; at += AT_ONCE) {
    for (const one of await offerToEach(deps, context, campaign, recipients.slice(at, at + AT_ONCE), promise, said.renew)) {
      if (isWithheld(one)) made.withheld.push(one)
      else made.offer.push(one)
    }
  }
  return made
}
