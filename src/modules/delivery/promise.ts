/** What is promised: when each item of an order is delivered if every step takes as long as its rule allows. Pure. */
import type { Milestone, PlacedItem } from '../ordering/index.ts'
import type { PlannedTask } from './decomposition.ts'

/** Seconds from the start to the promised end of each task: its own and those of the longest way to it. A step without a deadline promises nothing, and takes none of the time. */
export const promisedEnds = (tasks: ReadonlyArray<Pick<PlannedTask, 'key' | 'dependsOn' | 'deadlineSeconds'>>): Map<string, number> => {
  const byKey = new Map(tasks.map(task => [task.key, task]))
  const ends = new Map<string, number>()
  const endOf = (key: string): number => {
    const known = ends.get(key)
    if (known !== undefined) return known
    const task = byKey.get(key)
    if (!task) return 0
    const end = Math.max(0, ...task.dependsOn.map(endOf)) + (task.deadlineSeconds ?? 0)
    ends.set(key, end)
    return end
  }
  for (const task of tasks) endOf(task.key)
  return ends
}

const after = (start: Date, seconds: number): string => new Date(start.getTime() + seconds * 1_000).toISOString()

/** When the whole order is promised; undefined when no rule promises anything. */
export const promisedOrderEnd = (tasks: readonly PlannedTask[], start: Date): string | undefined => {
  const seconds = Math.max(0, ...promisedEnds(tasks).values())
  return seconds > 0 ? after(start, seconds) : undefined
}

const verbs = { add: 'delivered', modify: 'changed', delete: 'ended', noChange: 'kept' } as const

/** One milestone for each item that the customer can tell apart: everything that is delivered, and each bundle. */
export const milestonesOf = (items: readonly PlacedItem[], tasks: readonly PlannedTask[], start: Date): Milestone[] => {
  const ends = promisedEnds(tasks)
  const endOf = (itemIds: ReadonlySet<string>): number => Math.max(0, ...tasks.filter(task => itemIds.has(task.itemId)).map(task => ends.get(task.key) ?? 0))
  return items.flatMap(({ item, parent }): Milestone[] => {
    if (item.action === 'noChange' || (parent && !tasks.some(task => task.itemId === item.id))) return []
    const family = new Set(items.filter(one => one.item.id === item.id || one.root.id === item.id).map(one => one.item.id))
    const seconds = endOf(family)
    const name = item.product?.name ?? item.productOffering?.name ?? `Item ${item.id}`
    return [{ '@type': 'ProductOrderMilestone', id: item.id, name: `${name} ${verbs[item.action]}`, description: `${name} is ${verbs[item.action]}`, orderItemId: item.id, status: 'planned', ...(seconds > 0 ? { promisedDate: after(start, seconds) } : {}) } as Milestone]
  })
}
