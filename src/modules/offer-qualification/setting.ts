/** Within what a qualification is answered: who asks and what he has, where, through which channel, and the rules that hold now. */
import { actingParty, type Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { loadOfferings, type LoadedOffering } from '../catalog/index.ts'
import { customerOf, partyOf } from '../customer/index.ts'
import { product, type ProductDoc } from '../inventory/index.ts'
import { needingLine, rulesOf, surveyPlace, type CompiledRule, type Survey } from '../serviceability/index.ts'

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
  party: Party | undefined
  /** What the customer has and has not ended. */
  products: readonly ProductDoc[]
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
  const said = characteristic['marketSegment'] ?? characteristic['segment']
  return {
    ids: [...new Set([ref.id, ...(customer === undefined ? [] : [customer.id]), ...(party === undefined ? [] : [party.id])])],
    party: {
      id: ref.id,
      name: customer?.doc.name ?? party?.name ?? '',
      status: customer?.doc.status ?? '',
      kind: party?.kind ?? '',
      segment: typeof said === 'string' ? said : party?.kind === 'organization' ? 'business' : party?.kind === 'individual' ? 'residential' : '',
      characteristic,
    },
  }
}

export interface Asking {
  relatedParty?: readonly PartyRef[]
  channel?: { id: string; name?: string }
  /** Date that it is wanted for. */
  at?: Date
}

export const settingOf = async (deps: Services, context: Context, now: Date, asking: Asking): Promise<Setting> => {
  const named = asking.relatedParty?.find(party => BUYER.includes((party.role ?? '').toLowerCase())) ?? (asking.relatedParty?.length === 1 ? asking.relatedParty[0] : undefined)
  const own = actingParty(context)
  const ref = named ?? (own === undefined ? undefined : { id: own })
  const known = ref === undefined ? undefined : await partyFacts(deps, context, ref)
  const products = known === undefined ? [] : (await deps.store.find(context, product, { where: [{ path: 'relatedParty.id', value: known.ids }, { path: 'status', value: LIVING }], limit: MOST_PRODUCTS })).map(one => one.doc)
  const at = asking.at !== undefined && asking.at > now ? asking.at : now
  const surveys = new Map<string, Promise<Survey>>()
  const needs = new Map<string, Promise<string[]>>()
  return {
    deps, context, now, products,
    channel: asking.channel?.name ?? asking.channel?.id ?? context.channel,
    party: known?.party,
    productOfferings: await loadOfferings(deps, context, products.flatMap(one => one.productOffering?.id ?? [])),
    rules: await rulesOf(deps, context.brand, 'commercial', at),
    surveyOf: place => {
      const key = JSON.stringify(place)
      let survey = surveys.get(key)
      if (survey === undefined) surveys.set(key, (survey = surveyPlace(deps, context, place, at, now)))
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
