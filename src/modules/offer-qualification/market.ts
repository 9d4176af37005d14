/**
 * To whom, through which channel and where the catalog lets an offering be sold (marketSegment, channel and place of TMF620). One answer for
 * qualifications, carts, quotes and orders; what no offering asks for is not read.
 */
import { DEFAULT_CHANNEL, type Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import type { LoadedOffering } from '../catalog/index.ts'
import { customerOf, partyOf, type Party, type PartyReference } from '../customer/index.ts'
import { areasAt } from '../place/index.ts'

export interface Market {
  /** Channels that it is sold through: one of them has to be an offering's. Not judged where there are none. */
  channel: readonly string[]
  /** Of the customer: business or residential, unless the customer says otherwise; empty when nobody is named, and then not judged. */
  segment: string
  /** The place and the areas that it lies in; undefined while no place is named. */
  within: readonly string[] | undefined
}

export interface MarketReason {
  code: 'channelNotAllowed' | 'segmentNotAllowed' | 'placeNotAllowed' | 'placeMissing'
  message: string
}

interface Named {
  id?: string
  name?: string
}

const among = (list: readonly Named[], values: readonly string[]): boolean => {
  const wanted = new Set(values.map(value => value.toLowerCase()))
  return list.some(one => [one.id, one.name].some(text => text !== undefined && wanted.has(text.toLowerCase())))
}

const KINDS = ['business', 'residential']

/** What kind of party it is says nothing of other segments: whether a person is young is not known until the customer says so. */
const isOfOtherSegment = (list: readonly Named[], segment: string): boolean =>
  list.length > 0 && segment !== '' && !among(list, [segment]) && (!KINDS.includes(segment.toLowerCase()) || list.every(one => KINDS.some(kind => among([one], [kind]))))

/** The segment of a customer: what it says itself (characteristic marketSegment or segment), else by what kind of party it is. */
export const segmentOf = (characteristic: Readonly<Record<string, unknown>>, kind: Party['kind'] | undefined): string => {
  const said = characteristic['marketSegment'] ?? characteristic['segment']
  return typeof said === 'string' ? said : kind === 'organization' ? 'business' : kind === 'individual' ? 'residential' : ''
}

/** Why an offering is not sold there; none when it is. */
export const marketReasons = ({ doc, pin }: LoadedOffering, { channel, segment, within }: Market): MarketReason[] => {
  const name = doc.name ?? pin.id
  const reasons: MarketReason[] = []
  const limits = { channel: doc.channel ?? [], segment: doc.marketSegment ?? [], place: (doc.place ?? []) as readonly Named[] }
  if (limits.channel.length > 0 && channel.length > 0 && !among(limits.channel, channel)) reasons.push({ code: 'channelNotAllowed', message: `${name} is not sold through ${channel.join(', ')}` })
  if (isOfOtherSegment(limits.segment, segment)) reasons.push({ code: 'segmentNotAllowed', message: `${name} is not for ${segment} customers` })
  if (limits.place.length > 0 && within === undefined) reasons.push({ code: 'placeMissing', message: `${name} is sold in certain places: say where` })
  if (limits.place.length > 0 && within !== undefined && !among(limits.place, within)) reasons.push({ code: 'placeNotAllowed', message: `${name} is not sold at this place` })
  return reasons
}

/** What kind of party is behind a reference: as the reference or the customer's own says, else as the party itself shows. */
const kindOf = async (deps: Services, context: Context, ref: PartyReference, engaged: PartyReference | undefined): Promise<Party['kind'] | undefined> => {
  const kind = (engaged ?? ref)['@referredType']?.toLowerCase()
  return kind === 'individual' || kind === 'organization' ? kind : (await partyOf(deps, context, engaged ?? ref))?.kind
}

const segmentOfBuyer = async (deps: Services, context: Context, customer: PartyReference): Promise<string> => {
  const role = (await customerOf(deps, context, customer))?.doc
  const said = segmentOf(Object.fromEntries((role?.characteristic ?? []).map(one => [one.name, one.value])), undefined)
  return said !== '' ? said : segmentOf({}, await kindOf(deps, context, customer, role?.engagedParty as PartyReference | undefined))
}

/**
 * What offerings ask for of one buyer, who may want each through another channel and somewhere else; who that is and where that lies is read
 * once. A buyer who does not say through which channel may use any: only who asks what is on sale is told.
 */
export const marketsFor = (deps: Services, context: Context, customer: PartyReference | undefined): ((offering: LoadedOffering, where: { channel: readonly string[]; placeId?: string | undefined }) => Promise<Market>) => {
  let segment: Promise<string> | undefined
  const areas = new Map<string, Promise<readonly string[]>>()
  const within = (placeId: string): Promise<readonly string[]> => {
    const known = areas.get(placeId) ?? areasAt(deps, context, placeId).then(found => found.within)
    areas.set(placeId, known)
    return known
  }
  return async ({ doc }, { channel, placeId }) => ({
    channel: channel.filter(one => one !== DEFAULT_CHANNEL),
    segment: customer === undefined || (doc.marketSegment ?? []).length === 0 ? '' : await (segment ??= segmentOfBuyer(deps, context, customer)),
    within: placeId === undefined ? undefined : (doc.place ?? []).length > 0 ? await within(placeId) : [placeId],
  })
}
