/** What targets made, as instances of the inventory and as values for later tasks and for products. Pure. */
import type { RealizedInstance } from '../inventory/index.ts'
import type { TaskRow } from './plan-rows.ts'
import type { DeliveryRequest, Realized } from './targets/target.ts'

/** A value of an answer by name: a characteristic, or the value of the resource of that type (a number, a port). */
export const realizedValue = (realized: Realized | null, name: string): unknown =>
  realized === null ? undefined : (realized.characteristic[name] ?? realized.resource.find(one => one.type === name)?.value)

/** The request with the values that earlier tasks answered. */
export const completeRequest = (task: Pick<TaskRow, 'request' | 'awaited'>, tasks: readonly TaskRow[]): DeliveryRequest => {
  if (task.awaited.length === 0) return task.request
  const characteristic = { ...task.request.characteristic }
  for (const { name, taskId, attribute } of task.awaited) {
    const value = realizedValue(tasks.find(other => other.id === taskId)?.realized ?? null, attribute)
    if (value !== undefined) characteristic[name] = value
  }
  return { ...task.request, characteristic }
}

/** What the product keeps of the answers of its tasks. */
export const productCharacteristics = (tasks: readonly TaskRow[]): Array<{ name: string; value: unknown }> =>
  tasks.flatMap(task => task.result.flatMap(({ name, toCharacteristic }) => {
    const value = realizedValue(task.realized, name)
    return value === undefined ? [] : [{ name: toCharacteristic, value }]
  }))

/** How many instances a completed task stands for: the service or resource itself, and each resource that it runs on. */
export const instanceCount = (realized: Realized): number => 1 + realized.resource.length

/** The instances of a completed task; `instanceIds` has an id for each. */
export const instancesOfTask = (task: TaskRow): RealizedInstance[] => {
  if (!task.realized) return []
  const [own, ...others] = task.instanceIds
  if (own === undefined) return []
  return [
    {
      kind: task.kind,
      id: own,
      system: task.target,
      type: task.targetType,
      externalId: task.realized.id ?? task.externalId ?? task.id,
      name: task.specification.name,
      ...(task.kind === 'resource' ? { value: task.realized.id ?? task.externalId ?? task.id } : {}),
      specification: task.specification,
      characteristic: Object.entries(task.realized.characteristic).map(([name, value]) => ({ name, value })),
    },
    ...task.realized.resource.flatMap((one, index): RealizedInstance[] => {
      const id = others[index]
      return id === undefined ? [] : [{ kind: 'resource', id, system: task.target, type: one.type, externalId: one.id, name: one.type, value: one.value, characteristic: [] }]
    }),
  ]
}
