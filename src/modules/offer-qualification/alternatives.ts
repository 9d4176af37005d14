/** What could be had instead of an offering: the same one later, what replaces it, and its neighbours in the catalog, the best fit first. */
import { loadOfferings, productOffering, type LoadedOffering } from '../catalog/index.ts'
import { judge, valuesOf, type Judgement, type Wanted } from './judge.ts'
import type { Setting } from './setting.ts'

export interface Alternative {
  offering: LoadedOffering
  /** From when, where not at once. */
  from: Date | undefined
  distance: number
}

const MOST_CANDIDATES = 60
const MOST_ALTERNATIVES = 5
const DAY_MS = 86_400_000

const LEADS_TO = /^(replacedBy|substitut|upgrade|downgrade|migrat|recommend)/i

/** Offerings of the same categories, or of the same kind where it has none, and those that it leads to. */
const candidates = async (offering: LoadedOffering, { deps, context }: Setting): Promise<Map<string, LoadedOffering>> => {
  const named = (offering.doc.productOfferingRelationship ?? []).flatMap(one => (one.id !== undefined && LEADS_TO.test(one.relationshipType ?? '') ? [one.id] : []))
  const categories = (offering.doc.category ?? []).flatMap(one => one.id ?? [])
  const where = categories.length > 0 ? [{ path: 'category.id', value: categories }] : offering.specification === undefined ? undefined : [{ path: 'productSpecification.id', value: offering.specification.pin.id }]
  const neighbours = where === undefined ? [] : await deps.store.find(context, productOffering, { where: [...where, { path: 'lifecycleStatus', value: 'Launched' }], sort: 'name,id', limit: MOST_CANDIDATES })
  return await loadOfferings(deps, context, [...new Set([...named, ...neighbours.map(one => one.id)])].filter(id => id !== offering.pin.id))
}

const numberAt = (values: ReadonlyMap<string, unknown>, name: string): number | undefined => {
  const value = Number(values.get(name) ?? Number.NaN)
  return Number.isFinite(value) ? value : undefined
}

/** How far another offering is from the one asked for, 0 at best: what it lacks of the speed, a little for what it has beyond, 0.3 for another technology, for a wait 0.1 and a year's part. */
const distanceOf = (asked: LoadedOffering, other: LoadedOffering, wanted: Wanted, waitDays: number): number => {
  const [mine, theirs] = [new Map(valuesOf(asked, wanted.characteristics).map(one => [one.name, one.value])), new Map(valuesOf(other, []).map(one => [one.name, one.value]))]
  const [want, have] = [numberAt(mine, 'downloadSpeed'), numberAt(theirs, 'downloadSpeed')]
  const speed = want === undefined || want <= 0 ? 0 : have === undefined ? 1 : have < want ? (want - have) / want : Math.min(0.2, (have - want) / want / 10)
  return speed + (mine.get('technology') !== theirs.get('technology') ? 0.3 : 0) + (asked.specification?.pin.id === other.specification?.pin.id ? 0 : 0.05) + (waitDays > 0 ? 0.1 + Math.min(1, waitDays / 365) : 0)
}

/** Only what the customer may buy and can have counts; the same offering only when it can be had later as it is. */
export const alternativesTo = async (offering: LoadedOffering, wanted: Wanted, judgement: Judgement, setting: Setting): Promise<Alternative[]> => {
  if (wanted.action !== 'add' && wanted.action !== 'modify') return []
  const found: Alternative[] = []
  const days = (from: Date): number => (from.getTime() - setting.now.getTime()) / DAY_MS
  if (judgement.commercial.length === 0 && judgement.availableFrom !== undefined) found.push({ offering, from: judgement.availableFrom, distance: 0.1 + Math.min(1, days(judgement.availableFrom) / 365) })
  // Asked without the buyer's choices: they are the other offering's.
  const plain: Wanted = { ...wanted, characteristics: [] }
  for (const other of (await candidates(offering, setting)).values()) {
    const verdict = await judge(other, plain, setting)
    if (verdict.commercial.length > 0) continue
    if (verdict.technical.length === 0) found.push({ offering: other, from: undefined, distance: distanceOf(offering, other, wanted, 0) })
    else if (verdict.availableFrom !== undefined) found.push({ offering: other, from: verdict.availableFrom, distance: distanceOf(offering, other, wanted, days(verdict.availableFrom)) })
  }
  return found.sort((a, b) => a.distance - b.distance || (a.offering.pin.id < b.offering.pin.id ? -1 : 1)).slice(0, MOST_ALTERNATIVES)
}
