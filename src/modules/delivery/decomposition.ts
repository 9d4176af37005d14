/**
 * From an order and the delivery rules to the graph of what is to be done: which tasks, at which target, after which others.
 * What does not depend on anything may run at once. Pure.
 */
import { placeItems, relationDirection, type OrderItem, type PlacedItem } from '../ordering/index.ts'
import { stepDefaults, type CharacteristicMapping, type Compensation, type DeliveryRule, type DeliveryStep, type Ponr, type PonrReach } from './rule-document.ts'

export interface PlannedTask {
  /** `<item id>/<step name>`, from the second unit of an item on `<item id>#2/<step name>`: unique in the order. */
  key: string
  itemId: string
  rootItemId: string
  /** Which of the item's quantity it delivers, from 1: each is a product of its own. */
  unit: number
  name: string
  kind: 'service' | 'resource'
  specification: { id?: string; name: string }
  target: string
  targetType: string
  itemAction: 'add' | 'modify' | 'delete'
  /** The target's word for the action. */
  action: string
  /** What is known now. */
  characteristic: Record<string, unknown>
  /** What earlier steps will answer. */
  pending: Array<{ name: string; taskKey: string; attribute: string }>
  result: Array<{ name: string; toCharacteristic: string }>
  /** Keys of the tasks that come first. */
  dependsOn: string[]
  ponr: Ponr
  ponrReach: PonrReach
  fee?: { unit: string; value: number }
  compensation: Compensation
  deadlineSeconds?: number
  attempts: number
  backoffMs: number
  pollAfterMs: number
  giveUpAfterMs: number
}

/** The rules do not give a plan for this order; the message says which one is wrong. */
export class DecompositionFault extends Error {
  override readonly name = 'DecompositionFault'
}

const keyOf = (itemId: string, unit: number, step: string): string => `${itemId}${unit === 1 ? '' : `#${unit}`}/${step}`

/** How many products an item stands for. A change or an end is about the one that it names. */
export const unitsOf = (item: Pick<OrderItem, 'action' | 'quantity'>): number => (item.action === 'add' ? Math.max(1, item.quantity ?? 1) : 1)

const specificationMatches = (item: OrderItem, wanted: { id?: string; name?: string }): boolean => {
  const have = item.product?.productSpecification
  return have !== undefined && (wanted.id === undefined ? wanted.name !== undefined && have.name === wanted.name : have.id === wanted.id)
}

/** The rule for an item: one that names its specification's id goes before one that names it by name. */
export const ruleFor = (item: OrderItem, rules: readonly DeliveryRule[]): DeliveryRule | undefined => {
  const fitting = rules.filter(rule => specificationMatches(item, rule.productSpecification))
  return fitting.find(rule => rule.productSpecification.id !== undefined) ?? fitting[0]
}

const mapCharacteristics = (item: OrderItem, unit: number, mappings: readonly CharacteristicMapping[], steps: ReadonlySet<string>): Pick<PlannedTask, 'characteristic' | 'pending'> => {
  const ordered = new Map((item.product?.productCharacteristic ?? []).map(one => [one.name, one.value]))
  const characteristic: Record<string, unknown> = {}
  const pending: PlannedTask['pending'] = []
  for (const mapping of mappings) {
    const own = mapping.fromCharacteristic === undefined ? undefined : ordered.get(mapping.fromCharacteristic)
    if (own !== undefined) characteristic[mapping.name] = own
    else if (mapping.fromStep !== undefined) {
      const [step = '', attribute = ''] = mapping.fromStep.split('.', 2)
      // A step that this action does not need answers nothing; the constant stands in for it.
      if (steps.has(step)) pending.push({ name: mapping.name, taskKey: keyOf(item.id, unit, step), attribute })
      if (mapping.value !== undefined) characteristic[mapping.name] = mapping.value
    } else if (mapping.value !== undefined) characteristic[mapping.name] = mapping.value
  }
  return { characteristic, pending }
}

const plan = (placed: PlacedItem, unit: number, step: DeliveryStep, itemAction: 'add' | 'modify' | 'delete', action: string, steps: ReadonlySet<string>): PlannedTask => ({
  key: keyOf(placed.item.id, unit, step.name),
  itemId: placed.item.id,
  rootItemId: placed.root.id,
  unit,
  name: step.name,
  kind: step.kind,
  specification: step.specification,
  target: step.target,
  targetType: step.targetType,
  itemAction,
  action,
  ...mapCharacteristics(placed.item, unit, step.characteristic ?? [], steps),
  result: step.result ?? [],
  dependsOn: [],
  ponr: step.pointOfNoReturn ?? 'none',
  ponrReach: step.pointOfNoReturnReach ?? 'item',
  ...(step.cancellationFee ? { fee: step.cancellationFee } : {}),
  compensation: step.compensation ?? 'undo',
  ...(step.deadlineSeconds === undefined ? {} : { deadlineSeconds: step.deadlineSeconds }),
  attempts: step.attempts ?? stepDefaults.attempts,
  backoffMs: step.backoffMs ?? stepDefaults.backoffMs,
  pollAfterMs: step.pollAfterMs ?? stepDefaults.pollAfterMs,
  giveUpAfterMs: step.giveUpAfterMs ?? stepDefaults.giveUpAfterMs,
})

/** Ids of an item and of everything that is a part of it. */
const family = (id: string, items: readonly PlacedItem[]): Set<string> => {
  const ids = new Set([id])
  // Parents come before their children in `items` only when nested; a bundle by relationship may be in any order.
  for (let before = -1; before !== ids.size; ) {
    before = ids.size
    for (const { item, parent } of items) if (parent && ids.has(parent.id)) ids.add(item.id)
  }
  return ids
}

/** Keys on a circle of the graph, or undefined (Kahn's algorithm: what is never free lies on one, or behind one). */
export const tasksInCircle = (tasks: ReadonlyArray<Pick<PlannedTask, 'key' | 'dependsOn'>>): string[] | undefined => {
  const open = new Map(tasks.map(task => [task.key, task.dependsOn.length]))
  const after = new Map<string, string[]>()
  for (const task of tasks) for (const before of task.dependsOn) after.set(before, [...(after.get(before) ?? []), task.key])
  const free = tasks.filter(task => task.dependsOn.length === 0).map(task => task.key)
  for (let key = free.pop(); key !== undefined; key = free.pop()) {
    open.delete(key)
    for (const next of after.get(key) ?? []) {
      const left = open.get(next)! - 1
      open.set(next, left)
      if (left === 0) free.push(next)
    }
  }
  return open.size === 0 ? undefined : [...open.keys()]
}

/**
 * The tasks of an order. An item whose specification has no rule, or whose action needs no step, gives none: its product simply becomes
 * active. A cease runs its steps in the reverse order of the provision. Throws DecompositionFault where the rules contradict themselves.
 */
export const decompose = (items: readonly OrderItem[], rules: readonly DeliveryRule[]): PlannedTask[] => {
  const placed = placeItems(items)
  const tasks: PlannedTask[] = []
  const after: Array<{ task: PlannedTask; specifications: readonly string[] }> = []
  for (const place of placed) {
    const { item } = place
    const rule = item.action === 'noChange' ? undefined : ruleFor(item, rules)
    if (!rule || item.action === 'noChange') continue
    const itemAction = item.action
    const needed = rule.step.flatMap(step => (step.action[itemAction] === undefined ? [] : [{ step, action: step.action[itemAction] }]))
    // Ends run backwards: what an earlier step answers is not there yet, and the existing service has it.
    const names = new Set(itemAction === 'delete' ? [] : needed.map(({ step }) => step.name))
    for (let unit = 1; unit <= unitsOf(item); unit++) {
      const own = new Map(needed.map(({ step, action }) => [step.name, plan(place, unit, step, itemAction, action, names)]))
      for (const { step } of needed) {
        for (const before of step.dependsOn ?? []) {
          if (!rule.step.some(other => other.name === before)) throw new DecompositionFault(`delivery rule ${rule.name}: step ${step.name} depends on ${before}, which it does not have`)
          const [first, second] = itemAction === 'delete' ? [own.get(step.name), own.get(before)] : [own.get(before), own.get(step.name)]
          if (first && second) second.dependsOn.push(first.key)
        }
        const task = own.get(step.name)
        if (task && step.afterSpecification?.length) after.push({ task, specifications: step.afterSpecification })
      }
      for (const task of own.values()) {
        // A value that another step answers is a dependency, said or not.
        for (const { taskKey } of task.pending) if (!task.dependsOn.includes(taskKey)) task.dependsOn.push(taskKey)
        tasks.push(task)
      }
    }
  }
  const waitFor = (task: PlannedTask, itemIds: ReadonlySet<string>): void => {
    for (const other of tasks) if (itemIds.has(other.itemId) && other.itemId !== task.itemId && !task.dependsOn.includes(other.key)) task.dependsOn.push(other.key)
  }
  /** What was built on another is taken down before it. */
  const goBefore = (task: PlannedTask, itemIds: ReadonlySet<string>): void => {
    for (const other of tasks) if (itemIds.has(other.itemId) && other.itemId !== task.itemId && other.itemAction === 'delete' && !other.dependsOn.includes(task.key)) other.dependsOn.push(task.key)
  }
  for (const { task, specifications } of after) {
    const first = placed.filter(({ item }) => item.id !== task.itemId && specifications.some(one => specificationMatches(item, { id: one }) || specificationMatches(item, { name: one })))
    const itemIds = new Set(first.map(({ item }) => item.id))
    if (task.itemAction === 'delete') goBefore(task, itemIds)
    else waitFor(task, itemIds)
  }
  for (const { item } of placed) {
    for (const relation of item.productOrderItemRelationship ?? []) {
      if (relation.id === undefined || relationDirection(relation.relationshipType) !== 'after') continue
      const own = family(item.id, placed)
      const first = new Set([...family(relation.id, placed)].filter(id => !own.has(id)))
      for (const task of tasks) if (own.has(task.itemId)) waitFor(task, first)
    }
  }
  const circle = tasksInCircle(tasks)
  if (circle) throw new DecompositionFault(`the delivery rules make tasks wait for each other in a circle: ${circle.slice(0, 10).join(', ')}`)
  return tasks
}
