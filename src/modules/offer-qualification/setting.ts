/** Within what a qualification is answered: who asks and what he has, where, through which channel, and the rules that hold now. */
import { actingParty, type Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { loadOfferings, productOffering, type LoadedOffering } from '../catalog/index.ts'
import { customerOf, partyOf } from '../customer/index.ts'
import { product, type ProductDoc } from '../inventory/index.ts'
import { segmentOf } from './market.ts'
import { needingLine, rulesOf, surveyPlace, type CompiledRule, type OwnPorts, type Survey } from '../serviceability/index.ts'

export interface Party {
  id: string
  name: string
  status: string
  /** business or residential, unless the customer says otherwise; empty when nobody is named. */
  segment: string
  kind: string
  characteristic: Record<string, unknown>
}

export interface Setting {
  deps: Services
  context: Context
  now: Date
  channel: string
  /** The question names a channel that nobody sells through. */
  isChannelUnknown: boolean
  party: Party | undefined
  /** What the customer has and has not ended. */
  products: readonly ProductDoc[]
  /** Products that the question names, where it does not say whose: by id. */
  named: ReadonlyMap<string, ProductDoc>
  /** Offerings of these products, for what they exclude. */
  productOfferings: ReadonlyMap<string, LoadedOffering>
  rules: readonly CompiledRule[]
  /** What can be had at a place of the question, read once each. */
  surveyOf: (place: Readonly<Record<string, unknown>>) => Promise<Survey>
  /** Which kinds of service need a line. */
  needsLine: (specificationIds: readonly string[]) => Promise<string[]>
}

const BUYER = ['customer', 'buyer', 'owner', 'user', 'subscriber', 'requester']
const LIVING = ['created', 'pendingActive', 'active', 'suspended']
const MOST_PRODUCTS = 200

export interface PartyRef {
  id: string
  role?: string
  '@referredType'?: string
}

const partyFacts = async (deps: Services, context: Context, ref: PartyRef): Promise<{ party: Party; ids: string[] }> => {
  const [customer, party] = [await customerOf(deps, context, ref), await partyOf(deps, context, ref)]
  const characteristic = Object.fromEntries((customer?.doc.characteristic ?? []).map(one => [one.name, one.value]))
  return {
    ids: [...new Set([ref.id, ...(customer === undefined ? [] : [customer.id]), ...(party === undefined ? [] : [party.id])])],
    party: {
      id: ref.id,
      name: customer?.doc.name ?? party?.name ?? '',
      status: customer?.doc.status ?? '',
      kind: party?.kind ?? '',
      segment: segmentOf(characteristic, party?.kind),
      characteristic,
    },
  }
}

export interface Asking {
  relatedParty?: readonly PartyRef[]
  channel?: { id: string; name?: string }
  /** Products that its items are about. */
  productIds?: readonly string[]
  /** Date that it is wanted for. */
  at?: Date
  /** Which of the ports held are held for this very question. */
  ownPorts?: OwnPorts
}

/** Channels that there are everywhere; others are known by the offerings that are sold through them, and by who calls through them. */
const USUAL_CHANNELS = ['web', 'app', 'store', 'care', 'partner', 'agent', 'system', 'api']

const isUnknownChannel = async (deps: Services, context: Context, channel: NonNullable<Asking['channel']>): Promise<boolean> => {
  const names = [channel.id, ...(channel.name === undefined ? [] : [channel.name])]
  const usual = new Set([...USUAL_CHANNELS, context.channel].map(one => one.toLowerCase()))
  if (names.some(name => usual.has(name.toLowerCase()))) return false
  for (const path of ['channel.id', 'channel.name']) if ((await deps.store.find(context, productOffering, { where: [{ path, value: names }], limit: 1 })).length > 0) return false
  return true
}

export const settingOf = async (deps: Services, context: Context, now: Date, asking: Asking): Promise<Setting> => {
  const named = asking.relatedParty?.find(party => BUYER.includes((party.role ?? '').toLowerCase())) ?? (asking.relatedParty?.length === 1 ? asking.relatedParty[0] : undefined)
  const own = actingParty(context)
  const ref = named ?? (own === undefined ? undefined : { id: own })
  const known = ref === undefined ? undefined : await partyFacts(deps, context, ref)
  const products = known === undefined ? [] : (await deps.store.find(context, product, { where: [{ path: 'relatedParty.id', value: known.ids }, { path: 'status', value: LIVING }], limit: MOST_PRODUCTS })).map(one => one.doc)
  const isChannelUnknown = asking.channel !== undefined && (await isUnknownChannel(deps, context, asking.channel))
  const about = known === undefined ? [...(await deps.store.getMany(context, product, asking.productIds ?? [])).values()].map(one => one.doc) : []
  const at = asking.at !== undefined && asking.at > now ? asking.at : now
  const surveys = new Map<string, Promise<Survey>>()
  const needs = new Map<string, Promise<string[]>>()
  return {
    deps, context, now, products, isChannelUnknown,
    named: new Map(about.map(one => [one.id, one])),
    channel: asking.channel?.name ?? asking.channel?.id ?? context.channel,
    party: known?.party,
    productOfferings: await loadOfferings(deps, context, [...products, ...about].flatMap(one => one.productOffering?.id ?? [])),
    rules: await rulesOf(deps, context.brand, 'commercial', at),
    surveyOf: place => {
      const key = JSON.stringify(place)
      let survey = surveys.get(key)
      if (survey === undefined) surveys.set(key, (survey = surveyPlace(deps, context, place, at, now, 'place', asking.ownPorts)))
      return survey
    },
    needsLine: ids => {
      const key = ids.join(' ')
      let found = needs.get(key)
      if (found === undefined) needs.set(key, (found = needingLine(deps, context.brand, ids)))
      return found
    },
  }
}
