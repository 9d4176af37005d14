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

interface Asked {
  channel: readonly string[]
  customer?: PartyReference | undefined
  placeId?: string | undefined
}

/** What these offerings ask for of who buys where. A buyer who does not say through which channel may use any: only who asks what is on sale is told. */
export const marketOf = async (deps: Services, context: Context, offerings: Iterable<LoadedOffering>, { channel, customer, placeId }: Asked): Promise<Market> => {
  const all = [...offerings]
  const asksFor = (attribute: 'marketSegment' | 'place'): boolean => all.some(one => (one.doc[attribute] ?? []).length > 0)
  const segment = async (): Promise<string> => {
    if (customer === undefined || !asksFor('marketSegment')) return ''
    const [role, party] = [await customerOf(deps, context, customer), await partyOf(deps, context, customer)]
    return segmentOf(Object.fromEntries((role?.doc.characteristic ?? []).map(one => [one.name, one.value])), party?.kind)
  }
  const within = placeId !== undefined && asksFor('place') ? (await areasAt(deps, context, placeId)).within : placeId === undefined ? undefined : [placeId]
  return { channel: channel.filter(one => one !== DEFAULT_CHANNEL), segment: await segment(), within }
}
