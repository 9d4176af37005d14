/**
 * Groups to choose from inside a bundle ("two to seven of these channel packs"): shaped as bundledGroupProductOffering of the fifth version of
 * TMF620, which the fourth has not. A group counts what is chosen of its offerings in all, of those in groups inside it too. Pure.
 */
import type { BundledGroupProductOffering, BundledSubgroupProductOffering } from './offering-types.ts'
import { childLimits, type BundleChild, type ChildLimits } from './bundle-limits.ts'

export type Group = BundledGroupProductOffering | BundledSubgroupProductOffering

export interface Grouped {
  bundledProductOffering?: readonly BundleChild[]
  bundledGroupProductOffering?: readonly BundledGroupProductOffering[]
}

export interface ChoiceGroup {
  /** Unique in its bundle: the name where no id was given. */
  id: string
  name: string
  /** Fewest and most that may be chosen of its offerings in all, for each bundle. */
  lower: number
  upper: number
  /** Ids of its offerings, with those of the groups inside it. */
  members: readonly string[]
  /** The group that it is inside of. */
  within?: string
}

export const groupsInside = (group: Group): readonly BundledSubgroupProductOffering[] => ('bundledGroupProductOffering' in group ? ((group as BundledGroupProductOffering).bundledGroupProductOffering ?? []) : [])
export const groupIdOf = (group: Group): string => group.id ?? group.name
export const childrenIn = (group: Group): BundleChild[] => [...(group.bundledProductOffering ?? []), ...groupsInside(group).flatMap(childrenIn)]

/** What is in groups may be left out unless its limits say otherwise: that one of them is taken is what the group says. */
export const groupedLimits = (child: BundleChild): ChildLimits => {
  const option = child.bundledProductOfferingOption
  return childLimits({ ...child, bundledProductOfferingOption: { ...option, numberRelOfferLowerLimit: option?.numberRelOfferLowerLimit ?? 0 } })
}

/** All children of a bundle with their limits: those that it names itself, then those in its groups. */
export const childrenOf = (offering: Grouped): { child: BundleChild; limits: ChildLimits }[] => [
  ...(offering.bundledProductOffering ?? []).map(child => ({ child, limits: childLimits(child) })),
  ...(offering.bundledGroupProductOffering ?? []).flatMap(childrenIn).map(child => ({ child, limits: groupedLimits(child) })),
]

/** Ids of all children, in groups or not. */
export const childIdsOf = (offering: Grouped): string[] => childrenOf(offering).flatMap(({ child }) => child.id ?? [])

/** The groups of a bundle, each before those inside it. */
export const groupsOf = (offering: Grouped): ChoiceGroup[] => {
  const of = (group: Group, within?: string): ChoiceGroup[] => {
    const option = group.bundledGroupProductOfferingOption
    const mine: ChoiceGroup = {
      id: groupIdOf(group), name: group.name, lower: option?.numberRelOfferLowerLimit ?? 0, upper: option?.numberRelOfferUpperLimit ?? Number.MAX_SAFE_INTEGER,
      members: childrenIn(group).flatMap(child => child.id ?? []), ...(within !== undefined && { within }),
    }
    return [mine, ...groupsInside(group).flatMap(one => of(one, mine.id))]
  }
  return (offering.bundledGroupProductOffering ?? []).flatMap(group => of(group))
}

/** Most that can be chosen of a group, given how often each offering can be had: groups inside it let through no more than their own limit. */
export const mostOf = (group: ChoiceGroup, groups: readonly ChoiceGroup[], upperOf: (offeringId: string) => number): number => {
  const below = groups.filter(one => one.within === group.id)
  const own = group.members.filter(id => !below.some(one => one.members.includes(id)))
  return Math.min(group.upper, own.reduce((sum, id) => sum + upperOf(id), 0) + below.reduce((sum, one) => sum + mostOf(one, groups, upperOf), 0))
}

/** Groups of which too few or too many are chosen, with how many are. `times`: how many bundles there are. */
export const groupsOutOfLimits = (groups: readonly ChoiceGroup[], countOf: (offeringId: string) => number, times = 1): { group: ChoiceGroup; count: number; lower: number; upper: number }[] =>
  groups.flatMap(group => {
    const count = group.members.reduce((sum, id) => sum + countOf(id), 0)
    const [lower, upper] = [group.lower * times, group.upper === Number.MAX_SAFE_INTEGER ? group.upper : group.upper * times]
    return count >= lower && count <= upper ? [] : [{ group, count, lower, upper }]
  })

/** "2 to 7", "at least 2", "exactly 1". */
export const rangeInWords = ({ lower, upper }: { lower: number; upper: number }): string => (upper === Number.MAX_SAFE_INTEGER ? `at least ${lower}` : lower === upper ? `exactly ${lower}` : `${lower} to ${upper}`)

/** Children with the paths at which they stand, in groups or not. */
export const placedChildren = (offering: Grouped): { child: BundleChild; path: string }[] => {
  const at = (children: readonly BundleChild[] | undefined, path: string) => (children ?? []).map((child, index) => ({ child, path: `${path}bundledProductOffering[${index}]` }))
  const of = (groups: readonly Group[] | undefined, path: string): { child: BundleChild; path: string }[] =>
    (groups ?? []).flatMap((group, index) => {
      const here = `${path}bundledGroupProductOffering[${index}].`
      return [...at(group.bundledProductOffering, here), ...of(groupsInside(group), here)]
    })
  return [...at(offering.bundledProductOffering, ''), ...of(offering.bundledGroupProductOffering, '')]
}
