/** Which of some offerings can be had by somebody at a place, beside what is bought with them: what advice must not offer is told here. */
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { loadOfferings } from '../catalog/index.ts'
import { judge, type Reason } from './judge.ts'
import { settingOf, type PartyRef } from './setting.ts'

export interface Offered {
  /** Whatever the asker calls it. */
  key: string
  offeringId: string
  /** The product that it would take the place of. */
  productId?: string
}

export interface Around {
  customer?: PartyRef
  channel?: string
  place?: Readonly<Record<string, unknown>>
  /** Offerings that are bought with it. */
  others: readonly string[]
}

export interface WhyNot {
  reasons: Reason[]
  /** Whether it needs a line, and nobody said where. */
  needsPlace: boolean
}

/** Why each of them cannot be had; without reasons it can. */
export const whyNotOffered = async (deps: Services, context: Context, offered: readonly Offered[], { customer, channel, place, others }: Around): Promise<Map<string, WhyNot>> => {
  if (offered.length === 0) return new Map()
  const own = channel === undefined ? context : { ...context, channel }
  const [setting, offerings] = await Promise.all([
    settingOf(deps, own, deps.clock.now(), { ...(customer && { relatedParty: [{ ...customer, role: 'customer' }] }), productIds: offered.flatMap(one => one.productId ?? []) }),
    loadOfferings(deps, own, [...new Set([...offered.map(one => one.offeringId), ...others])]),
  ])
  const beside = others.flatMap(id => offerings.get(id) ?? [])
  const found = new Map<string, WhyNot>()
  for (const { key, offeringId, productId } of offered) {
    const offering = offerings.get(offeringId)
    if (!offering) {
      found.set(key, { reasons: [{ code: 'offeringUnknown', label: `Offering ${offeringId.slice(0, 80)} does not exist` }], needsPlace: false })
      continue
    }
    const { commercial, technical } = await judge(offering, { action: productId === undefined ? 'add' : 'modify', ...(productId !== undefined && { productId }), characteristics: [], place, others: beside }, setting)
    found.set(key, { reasons: [...commercial, ...technical.filter(one => one.code !== 'placeMissing')], needsPlace: technical.some(one => one.code === 'placeMissing') })
  }
  return found
}
