/** What becomes of the parts of a bundle that is exchanged for another: those that it has too stay, others become what takes their place, go, or come. Pure. */
import type { LoadedOffering } from '../catalog/index.ts'

export interface PresentPart {
  id: string
  offering: LoadedOffering | undefined
}

export interface Exchange {
  /** By the id of the product: the same offering stays. */
  kept: { part: string; offering: LoadedOffering }[]
  changed: { part: string; offering: LoadedOffering }[]
  ended: string[]
  added: LoadedOffering[]
}

type Child = LoadedOffering['children'][number]

const STEP = /^(up|down)grade|^replace|^migrat|^substitut/i

/** Whether a product of one offering can become one of another. */
const leadsTo = (from: LoadedOffering | undefined, to: LoadedOffering): boolean =>
  from !== undefined &&
  ((from.specification !== undefined && from.specification.pin.id === to.specification?.pin.id) || (from.doc.productOfferingRelationship ?? []).some(one => one.id === to.pin.id && STEP.test(one.relationshipType ?? '')))

/** `chosen`: offerings that the customer takes of the other bundle beside what it has by default. */
export const exchangeParts = (present: LoadedOffering | undefined, target: LoadedOffering, parts: readonly PresentPart[], chosen: readonly string[]): Exchange => {
  const counts = new Map<string, number>()
  const countOf = (id: string): number => counts.get(id) ?? 0
  const hasRoom = ({ offering, upper }: Child): boolean =>
    countOf(offering.pin.id) < upper && target.groups.every(group => !group.members.includes(offering.pin.id) || group.members.reduce((sum, id) => sum + countOf(id), 0) < group.upper)
  const take = ({ offering }: Child): LoadedOffering => {
    counts.set(offering.pin.id, countOf(offering.pin.id) + 1)
    return offering
  }
  const result: Exchange = { kept: [], changed: [], ended: [], added: [] }
  const open: PresentPart[] = []
  // What is chosen has its room before what is there: who chooses another takes it in place of that.
  const wanted: Child[] = []
  for (const id of chosen) {
    const child = target.children.find(one => one.offering.pin.id === id)
    if (child === undefined || parts.some(part => part.offering?.pin.id === id) || wanted.includes(child) || !hasRoom(child)) continue
    wanted.push(child)
    take(child)
  }
  for (const part of parts) {
    const same = target.children.find(child => child.offering.pin.id === part.offering?.pin.id)
    if (same && hasRoom(same)) result.kept.push({ part: part.id, offering: take(same) })
    else open.push(part)
  }
  const isWanted = (child: Child): boolean => countOf(child.offering.pin.id) < Math.max(child.lower, Math.min(child.preset, child.upper))
  for (const part of open) {
    const place = wanted.findIndex(child => leadsTo(part.offering, child.offering))
    if (place >= 0) {
      result.changed.push({ part: part.id, offering: wanted.splice(place, 1)[0]!.offering })
      continue
    }
    const fits = target.children.filter(child => hasRoom(child) && leadsTo(part.offering, child.offering))
    const next = fits.find(isWanted) ?? fits[0]
    if (next) result.changed.push({ part: part.id, offering: take(next) })
    else result.ended.push(part.id)
  }
  result.added.push(...wanted.map(child => child.offering))
  for (const child of target.children) {
    // What the customer could have had before and has not is not brought along unasked.
    const declined = present?.children.some(one => one.offering.pin.id === child.offering.pin.id) === true && !parts.some(part => part.offering?.pin.id === child.offering.pin.id)
    const least = declined ? child.lower : Math.max(child.lower, Math.min(child.preset, child.upper))
    while (countOf(child.offering.pin.id) < least && hasRoom(child)) result.added.push(take(child))
  }
  return result
}
