/** What a product may become, and what may be added to it: by the relations of the catalog, by category and kind, and by what rules name beside. */
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { loadOfferings, productOffering, type LoadedOffering } from '../catalog/index.ts'
import type { CompiledRule, InLifeAction } from './in-life-rule.ts'
import { isAbout } from './hear-rules.ts'
import type { Subject } from './subject.ts'

const MOST = 25

/** How the catalog relates an offering to what is there. */
export type Relation = 'upgradesTo' | 'downgradesTo' | 'replacedBy' | 'sameKind' | 'named'

export interface Candidate {
  offering: LoadedOffering
  relation: Relation
}

const relationOf = (type: string | undefined): Relation | 'adds' | undefined => {
  if (/^upgrade/i.test(type ?? '')) return 'upgradesTo'
  if (/^downgrade/i.test(type ?? '')) return 'downgradesTo'
  if (/^(replace|migrat|substitut)/i.test(type ?? '')) return 'replacedBy'
  return /^(recommend|option|addOn|crossSell|upsell)/i.test(type ?? '') ? 'adds' : undefined
}

/** How the catalog relates two offerings, whichever of them says so. */
export const relationBetween = (present: LoadedOffering | undefined, target: LoadedOffering): Relation => {
  for (const { id, relationshipType } of present?.doc.productOfferingRelationship ?? []) {
    const told = id === target.pin.id ? relationOf(relationshipType) : undefined
    if (told !== undefined && told !== 'adds') return told
  }
  return (target.doc.productOfferingRelationship ?? []).some(one => one.id === present?.pin.id && relationOf(one.relationshipType) === 'upgradesTo') ? 'downgradesTo' : 'sameKind'
}

const idsOf = async (deps: Services, context: Context, where: readonly { path: string; value: unknown }[]): Promise<string[]> =>
  (await deps.store.find(context, productOffering, { where: [...where, { path: 'lifecycleStatus', value: 'Launched' }], sort: 'name', limit: 100 })).map(one => one.id)

/** Offerings that rules name for an action on what the customer has. */
const named = async (deps: Services, context: Context, subject: Subject, rules: readonly CompiledRule[], action: InLifeAction): Promise<string[]> => {
  const about = rules.filter(rule => rule.doc.candidate !== undefined && isAbout(rule, action, { offering: subject.doc.productOffering?.id ?? '', category: subject.category }))
  const offerings = about.flatMap(({ doc }) => (doc.candidate?.productOffering ?? []).map(one => one.id))
  const categories = [...new Set(about.flatMap(({ doc }) => (doc.candidate?.category ?? []).map(one => one.id)))]
  return [...offerings, ...(categories.length === 0 ? [] : await idsOf(deps, context, [{ path: 'category.id', value: categories }]))]
}

const isBundled = (offering: LoadedOffering): boolean => offering.doc.isBundle === true || offering.children.length > 0

/** Bundles are of one kind where they are of none; what they are made of says what they are. */
const isSameKind = (a: LoadedOffering, b: LoadedOffering): boolean => (a.specification === undefined ? isBundled(a) && b.specification === undefined : a.specification.pin.id === b.specification?.pin.id)

/** Offerings to change to. Only those are named that an order would take: of the same kind, or where the catalog leads. */
export const changesFor = async (deps: Services, context: Context, subject: Subject, rules: readonly CompiledRule[]): Promise<Candidate[]> => {
  const present = subject.offering
  if (present === undefined) return []
  const found = new Map<string, Relation>()
  for (const { id, relationshipType } of present.doc.productOfferingRelationship ?? []) {
    const relation = relationOf(relationshipType)
    if (id !== undefined && relation !== undefined && relation !== 'adds') found.set(id, relation)
  }
  // What leads to the present one is a step back to.
  for (const row of await deps.store.find(context, productOffering, { where: [{ path: 'productOfferingRelationship.id', value: present.pin.id }, { path: 'lifecycleStatus', value: 'Launched' }], limit: 50 })) {
    const leads = (row.doc.productOfferingRelationship ?? []).some(one => one.id === present.pin.id && relationOf(one.relationshipType) === 'upgradesTo')
    if (leads && !found.has(row.id)) found.set(row.id, 'downgradesTo')
  }
  for (const action of ['upgrade', 'downgrade'] as const) for (const id of await named(deps, context, subject, rules, action)) if (!found.has(id)) found.set(id, 'named')
  if (subject.category.length > 0) for (const id of await idsOf(deps, context, [{ path: 'category.id', value: subject.category }])) if (!found.has(id)) found.set(id, 'sameKind')
  found.delete(present.pin.id)
  const led = new Set((present.doc.productOfferingRelationship ?? []).flatMap(one => one.id ?? []))
  const loaded = await loadOfferings(deps, context, [...found.keys()])
  return [...found]
    .flatMap(([id, relation]) => {
      const offering = loaded.get(id)
      if (offering === undefined || isBundled(offering) !== isBundled(present)) return []
      return isSameKind(present, offering) || (led.has(id) && relation !== 'downgradesTo') ? [{ offering, relation }] : []
    })
    .slice(0, MOST)
}

/** Offerings to have beside it. */
export const additionsFor = async (deps: Services, context: Context, subject: Subject, rules: readonly CompiledRule[]): Promise<Candidate[]> => {
  const related = (subject.offering?.doc.productOfferingRelationship ?? []).flatMap(one => (one.id !== undefined && relationOf(one.relationshipType) === 'adds' ? [one.id] : []))
  // What the bundle may have inside, and has not as often as it may.
  const inside = (subject.offering?.children ?? []).flatMap(({ offering, upper }) => (subject.parts.filter(part => part.doc.productOffering?.id === offering.pin.id).length < upper ? [offering.pin.id] : []))
  const ids = [...new Set([...inside, ...related, ...(await named(deps, context, subject, rules, 'add'))])].slice(0, MOST)
  const loaded = await loadOfferings(deps, context, ids)
  return ids.flatMap(id => {
    const offering = loaded.get(id)
    return offering === undefined ? [] : [{ offering, relation: 'named' as const }]
  })
}
