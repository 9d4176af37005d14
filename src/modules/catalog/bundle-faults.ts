/** What can be wrong with a bundle, its children and its groups to choose from, that its schema lets pass. Pure. */
import { fault, type Fault } from '../../platform/errors.ts'
import { limitFaults } from './bundle-limits.ts'
import { childrenIn, groupedLimits, groupIdOf, groupsInside, groupsOf, mostOf, placedChildren, type Group, type Grouped } from './choice-groups.ts'

/** A bundle: each child named once, not the bundle itself, 0 ≤ lower ≤ default ≤ upper, and isBundle telling the truth. */
export function bundleFaults(offering: Grouped & { id?: string; isBundle?: boolean; lifecycleStatus?: string }): Fault[] {
  const children = placedChildren(offering)
  const faults: Fault[] = []
  if (offering.isBundle === false && children.length > 0) faults.push(fault('isBundle', `must be true for an offering that has ${(offering.bundledProductOffering ?? []).length > 0 ? 'bundledProductOffering' : 'bundledGroupProductOffering'}`, false))
  if (offering.isBundle === true && children.length === 0 && offering.lifecycleStatus === 'Launched') {
    faults.push(fault('bundledProductOffering', 'is required for a bundle that is on sale'))
  }
  const seen = new Set<string>()
  for (const { child, path } of children) {
    if (child.id === undefined) faults.push(fault(`${path}.id`, 'is required'))
    else if (child.id === offering.id) faults.push(fault(`${path}.id`, 'must not be the bundle itself', child.id))
    else if (seen.has(child.id)) faults.push(fault(`${path}.id`, 'is in the bundle already (use the limits for several)', child.id))
    if (child.id !== undefined) seen.add(child.id)
    faults.push(...limitFaults(child.bundledProductOfferingOption, `${path}.bundledProductOfferingOption`))
  }
  return [...faults, ...groupFaults(offering)]
}

/** Groups: named differently, with something in them, with limits that their offerings can meet. What children have in common is checked with the others. */
const groupFaults = (offering: Grouped): Fault[] => {
  const seen = new Set<string>()
  const all = groupsOf(offering)
  // Which group is inside which is told by their names.
  const areNamed = new Set(all.map(one => one.id)).size === all.length
  const of = (group: Group, path: string): Fault[] => {
    const faults: Fault[] = []
    const id = groupIdOf(group)
    if (seen.has(id)) faults.push(fault(group.id === undefined ? `${path}.name` : `${path}.id`, 'is the name of another group of this bundle', id))
    seen.add(id)
    const children = childrenIn(group)
    if (children.length === 0) faults.push(fault(`${path}.bundledProductOffering`, 'must not be empty: a group has something to choose from'))
    const { numberRelOfferLowerLimit: lower = 0, numberRelOfferUpperLimit: upper = Number.MAX_SAFE_INTEGER } = group.bundledGroupProductOfferingOption ?? {}
    const option = `${path}.bundledGroupProductOfferingOption`
    faults.push(...limitFaults(group.bundledGroupProductOfferingOption, option))
    const limits = new Map(children.map(child => [child.id ?? '', groupedLimits(child)]))
    const atLeast = [...limits.values()].reduce((sum, one) => sum + Math.max(one.lower, one.preset), 0)
    const mine = areNamed ? all.find(one => one.id === id) : undefined
    const most = mine === undefined ? Infinity : mostOf({ ...mine, upper: Number.MAX_SAFE_INTEGER }, all, child => limits.get(child)?.upper ?? 0)
    if (children.length > 0 && most < lower) faults.push(fault(`${option}.numberRelOfferLowerLimit`, `must not be more than can be had of its offerings in all (${most})`, lower))
    if (atLeast > upper) faults.push(fault(`${option}.numberRelOfferUpperLimit`, `must not be less than its offerings are taken at least or by default (${atLeast})`, upper))
    return [...faults, ...groupsInside(group).flatMap((one, index) => of(one, `${path}.bundledGroupProductOffering[${index}]`))]
  }
  return (offering.bundledGroupProductOffering ?? []).flatMap((group, index) => of(group, `bundledGroupProductOffering[${index}]`))
}
