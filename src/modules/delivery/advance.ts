/**
 * What follows when something of a plan has changed: tasks whose turn has come, products that are delivered, the order's items with them,
 * and the end of the plan. Called last in every change of a plan; doing it twice changes nothing.
 */
import { changeProduct, endInstances, type ProductDoc } from '../inventory/index.ts'
import { placeItems, readOrder, type ItemState, type OrderItem, type ProductOrderDocument } from '../ordering/index.ts'
import type { PlannedProduct, TaskRow } from './plan-rows.ts'
import { touch, type PlanWork } from './plan-work.ts'
import { changedProduct, datedTerms, endedProduct } from './product-of-item.ts'
import { completeRequest, instancesOfTask, productCharacteristics } from './realized.ts'
import { progressUndo, underUndo } from './undo.ts'

const isDone = (task: TaskRow): boolean => task.state === 'completed' || task.state === 'skipped'
const isActive = (task: TaskRow): boolean => ['ready', 'running', 'waiting', 'compensating'].includes(task.state)
const hasEnded = (task: TaskRow): boolean => isDone(task) || task.state === 'compensated' || task.state === 'compensationFailed'

const readyTasks = (work: PlanWork): void => {
  const byId = new Map(work.tasks.map(task => [task.id, task]))
  for (const task of work.tasks) {
    if (task.state !== 'pending' || underUndo(work.plan, task.itemId)) continue
    if (!task.dependsOn.every(id => { const before = byId.get(id); return before === undefined || isDone(before) })) continue
    touch(work, task)
    task.state = 'ready'
    task.request = completeRequest(task, work.tasks)
    task.dueAt = new Date()
    if (task.deadlineSeconds !== null) task.deadline = new Date(work.now.getTime() + task.deadlineSeconds * 1_000)
    work.wake.add(task.id)
  }
}

const tasksOf = (work: PlanWork, product: PlannedProduct): TaskRow[] => work.tasks.filter(task => task.itemId === product.itemId && task.unit === product.unit)

const isDelivered = (work: PlanWork, product: PlannedProduct): boolean =>
  tasksOf(work, product).every(isDone) && work.plan.products.every(part => part.parentItemId !== product.itemId || part.state !== 'open')

const orderItem = async ({ context, deps, plan, tx }: PlanWork, product: PlannedProduct): Promise<{ order?: ProductOrderDocument; item?: OrderItem }> => {
  const order = await readOrder({ context, deps }, plan.orderId, tx)
  const item = order && placeItems(order.productOrderItem).find(one => one.item.id === product.itemId)?.item
  return { ...(order && { order }), ...(item && { item }) }
}

/** Parts that come into a bundle by the order and those that leave it, those that were given up left out. */
const partsOf = (work: PlanWork, bundle: PlannedProduct, order: ProductOrderDocument): { added: { id: string; name: string }[]; gone: string[] } => {
  const inside = work.plan.products.filter(one => one.parentItemId === bundle.itemId && one.state !== 'undone')
  const names = new Map(placeItems(order.productOrderItem).map(({ item }) => [item.id, item.product?.name ?? item.productOffering?.name ?? item.id]))
  return { added: inside.flatMap(one => (one.action === 'add' ? [{ id: one.productId, name: names.get(one.itemId) ?? one.itemId }] : [])), gone: inside.flatMap(one => (one.action === 'delete' ? [one.productId] : [])) }
}

const deliver = async (work: PlanWork, product: PlannedProduct): Promise<void> => {
  const { tx, context, deps, now } = work
  const inventory = { tx, context, deps }
  const tasks = tasksOf(work, product)
  if (product.action === 'add') {
    await changeProduct(inventory, product.productId, { status: 'active', characteristic: productCharacteristics(tasks), realizedBy: tasks.flatMap(instancesOfTask), doc: { startDate: now.toISOString() }, amend: doc => (doc.productTerm?.length ? { productTerm: datedTerms(doc.productTerm, now) } : {}) })
  } else if (product.action === 'modify') {
    const { order, item } = await orderItem(work, product)
    let before: Record<string, unknown> = {}
    await changeProduct(inventory, product.productId, {
      characteristic: productCharacteristics(tasks),
      realizedBy: tasks.flatMap(instancesOfTask),
      amend: doc => {
        const change = item && order ? changedProduct(doc, order, item, now, partsOf(work, product, order)) : {}
        before = Object.fromEntries([...Object.keys(change), 'productCharacteristic'].map(name => [name, doc[name as keyof ProductDoc] ?? null]))
        return change
      },
    })
    product.before = before
  } else if (product.action === 'delete') {
    const { item } = await orderItem(work, product)
    await changeProduct(inventory, product.productId, { status: 'terminated', doc: { terminationDate: now.toISOString() }, amend: doc => (item ? endedProduct(doc, item) : {}) })
    await endInstances(inventory, product.productId, now)
  }
  product.state = 'done'
  work.planChanged = true
}

/** A milestone is reached when all products of its item are delivered. */
const reachMilestones = (work: PlanWork, itemIds: ReadonlySet<string>): void => {
  const reached = [...itemIds].filter(id => work.plan.products.every(product => product.itemId !== id || product.state === 'done'))
  if (reached.length === 0) return
  const date = work.now.toISOString()
  work.orderChanges.push(order =>
    order.milestone?.some(one => reached.includes(one.orderItemId) && one.status === 'planned')
      ? { ...order, milestone: order.milestone.map(one => (reached.includes(one.orderItemId) && one.status === 'planned' ? { ...one, status: 'achieved', milestoneDate: date } : one)) }
      : order,
  )
}

const deliverProducts = async (work: PlanWork): Promise<void> => {
  const items = new Set<string>()
  const planEnded = work.tasks.every(hasEnded) && work.plan.undo === null
  // Parts first: the delivery of a bundle's last part delivers the bundle, whatever the order of the list.
  for (let again = true; again; ) {
    again = false
    for (const product of work.plan.products) {
      if (product.state !== 'open' || underUndo(work.plan, product.itemId) || !isDelivered(work, product)) continue
      // A product that ended cannot be brought back, so it ends when nothing can call the order back any more.
      if (product.action === 'delete' && !planEnded) continue
      await deliver(work, product)
      items.add(product.itemId)
      again = true
    }
  }
  if (items.size > 0) reachMilestones(work, items)
}

/** Items that wait for a person are held; so is everything else once nothing moves any more. */
const holdItems = (work: PlanWork): void => {
  const failed = new Set(work.tasks.filter(task => task.state === 'failed' && !underUndo(work.plan, task.itemId)).map(task => task.itemId))
  const isBlocked = failed.size > 0 && !work.tasks.some(isActive)
  for (const product of work.plan.products) {
    if (product.state === 'undone' || underUndo(work.plan, product.itemId)) continue
    const held = isBlocked || failed.has(product.itemId)
    if (held === (product.held ?? false)) continue
    product.held = held
    work.planChanged = true
    work.items.set(product.itemId, held ? 'held' : 'inProgress')
  }
  const state = isBlocked ? 'held' : 'running'
  if (work.plan.state !== state) {
    work.plan.state = state
    work.planChanged = true
  }
}

/** Items are completed together, when nothing of the order can be called back any more: completed is final. */
const finishPlan = (work: PlanWork): boolean => {
  if (work.plan.undo !== null || !work.tasks.every(hasEnded)) return false
  for (const product of work.plan.products) if (product.state !== 'undone') work.items.set(product.itemId, 'completed' satisfies ItemState)
  return true
}

export const advance = async (work: PlanWork): Promise<void> => {
  if (!['running', 'held'].includes(work.plan.state)) return
  readyTasks(work)
  await deliverProducts(work)
  await progressUndo(work)
  if (work.plan.undo === null) {
    readyTasks(work)
    await deliverProducts(work)
  }
  if (!finishPlan(work)) holdItems(work)
}
