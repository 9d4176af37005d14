/** Makes the plan of an order: its tasks by the delivery rules, its products as pending, and what may start at once. */
import { randomBytes } from 'node:crypto'
import type { Transaction } from '../../platform/database/sql.ts'
import { newId } from '../../platform/ids.ts'
import type { Context } from '../../platform/principal.ts'
import type { Reaction, ResourceEvent } from '../../tmf/module.ts'
import type { Services } from '../../tmf/services.ts'
import { changeProduct, createPendingProduct, instancesOf, loadProducts } from '../inventory/index.ts'
import { failOrder, placeItems, productReasons, readOrder, rejectOrder, type PlacedItem, type ProductOrderDocument, type RejectionReason } from '../ordering/index.ts'
import { advance } from './advance.ts'
import { decompose, DecompositionFault, unitsOf, type PlannedTask } from './decomposition.ts'
import { deliveryRule } from './delivery-rule.ts'
import { insertPlan, insertTasks, type NewTask } from './delivery-store.ts'
import type { PlannedProduct } from './plan-rows.ts'
import { closePlan, openPlanOfOrder, type PlanWork } from './plan-work.ts'
import { placesOf, productOfItem } from './product-of-item.ts'
import { milestonesOf, promisedOrderEnd } from './promise.ts'
import type { DeliveryRule } from './rule-document.ts'

interface Planning {
  tx: Transaction
  context: Context
  deps: Services
}

/** The rules that name one of the specifications, by id or by name. */
const rulesFor = async ({ tx, context, deps }: Planning, items: readonly PlacedItem[]): Promise<DeliveryRule[]> => {
  const specifications = items.flatMap(({ item }) => item.product?.productSpecification ?? [])
  const ids = [...new Set(specifications.map(one => one.id))]
  const names = [...new Set(specifications.flatMap(one => one.name ?? []))]
  if (ids.length === 0) return []
  const byId = await deps.store.find(context, deliveryRule, { where: [{ path: 'productSpecification.id', value: ids }] }, { tx })
  const found = byId.map(row => row.doc as unknown as DeliveryRule)
  const covered = new Set(found.map(rule => rule.productSpecification.id))
  if (names.length === 0 || ids.every(id => covered.has(id))) return found
  const byName = await deps.store.find(context, deliveryRule, { where: [{ path: 'productSpecification.name', value: names }] }, { tx })
  return [...found, ...byName.map(row => row.doc as unknown as DeliveryRule).filter(rule => !found.some(one => one.id === rule.id))]
}

/** The products of the order's items, one for each unit; what is added gets its id here. */
const plannedProducts = (items: readonly PlacedItem[]): PlannedProduct[] =>
  items.flatMap(({ item, parent, root }) =>
    Array.from({ length: unitsOf(item) }, (_, index): PlannedProduct => ({
      productId: item.action === 'add' ? newId() : (item.product?.id ?? ''),
      itemId: item.id,
      rootItemId: root.id,
      unit: index + 1,
      action: item.action,
      ...(parent ? { parentItemId: parent.id } : {}),
      state: 'open',
    })),
  )

const taskRows = (order: ProductOrderDocument, planId: string, brand: string, items: readonly PlacedItem[], planned: readonly PlannedTask[], products: readonly PlannedProduct[], existing: Awaited<ReturnType<typeof instancesOf>>): NewTask[] => {
  const ids = new Map(planned.map(task => [task.key, newId()]))
  const byItem = new Map(items.map(placed => [placed.item.id, placed]))
  return planned.map(task => {
    const productId = products.find(one => one.itemId === task.itemId && one.unit === task.unit)?.productId ?? null
    const instance = task.itemAction === 'add' ? undefined : existing.find(one => one.productId === productId && one.system === task.target && one.type === task.targetType)
    const place = placesOf(byItem.get(task.itemId)!, byItem)?.[0]
    return {
      id: ids.get(task.key)!,
      planId,
      brand,
      orderId: order.id,
      itemId: task.itemId,
      rootItemId: task.rootItemId,
      unit: task.unit,
      productId,
      name: task.name,
      kind: task.kind,
      specification: task.specification,
      target: task.target,
      targetType: task.targetType,
      itemAction: task.itemAction,
      action: task.action,
      dependsOn: task.dependsOn.map(key => ids.get(key)!),
      state: 'pending',
      error: null,
      ponr: task.ponr,
      ponrReach: task.ponrReach,
      fee: task.fee ?? null,
      compensation: task.compensation,
      awaited: task.pending.map(({ name, taskKey, attribute }) => ({ name, taskId: ids.get(taskKey)!, attribute })),
      result: task.result,
      request: {
        targetType: task.targetType,
        action: task.action,
        itemAction: task.itemAction,
        characteristic: task.characteristic,
        specification: task.specification,
        ...(place ? { place } : {}),
        ...(order.relatedParty?.length ? { relatedParty: order.relatedParty.map(({ id, name, role }) => ({ id, ...(name ? { name } : {}), ...(role ? { role } : {}) })) } : {}),
        ...(instance ? { existingId: instance.externalId } : {}),
      },
      answer: null,
      externalId: null,
      realized: instance ? { id: instance.externalId, characteristic: {}, resource: [] } : null,
      instanceIds: instance ? [instance.id] : [],
      attempts: 0,
      maxAttempts: task.attempts,
      backoffMs: task.backoffMs,
      pollAfterMs: task.pollAfterMs,
      giveUpAfterMs: task.giveUpAfterMs,
      dueAt: null,
      leaseOwner: null,
      callbackToken: randomBytes(24).toString('base64url'),
      deadlineSeconds: task.deadlineSeconds ?? null,
      deadline: null,
      startedAt: null,
      finishedAt: null,
      waitingSince: null,
      handedTo: null,
      note: null,
    } satisfies NewTask
  })
}

/** Creates what is added, parts before the bundles that name them, and marks what ends. */
const prepareProducts = async (planning: Planning, order: ProductOrderDocument, items: readonly PlacedItem[], products: readonly PlannedProduct[]): Promise<void> => {
  const byItem = new Map(items.map(placed => [placed.item.id, placed]))
  for (const product of [...products].reverse()) {
    const placed = byItem.get(product.itemId)!
    if (product.action === 'add') {
      const parts = products.filter(one => one.parentItemId === product.itemId).map(one => ({ id: one.productId, name: byItem.get(one.itemId)?.item.product?.name ?? one.itemId }))
      await createPendingProduct(planning, product.productId, productOfItem(order, placed, byItem, parts))
    } else if (product.action === 'delete') {
      let before: string | undefined
      await changeProduct(planning, product.productId, { status: 'pendingTerminate', amend: doc => { before = doc.status; return {} } })
      // Another order came first since the products were read. Tried again, this one finds them as they are.
      if (before === 'pendingTerminate') throw new Error(`product ${product.productId} is being ended by another order`)
    }
  }
}

/** What has happened to the order's products since it came in. */
const lateReasons = async (planning: Planning, items: readonly PlacedItem[]): Promise<RejectionReason[]> => {
  const changing = items.map(({ item }) => item).filter(item => item.action === 'modify' || item.action === 'delete')
  const ids = [...new Set(changing.flatMap(item => item.product?.id ?? []))]
  if (ids.length === 0) return []
  const found = await loadProducts(planning, ids, planning.tx)
  return productReasons(changing, new Map([...found].map(([id, { doc }]) => [id, { id, status: doc.status ?? '' }])))
}

/** The diagram lets an acknowledged order be rejected; one that rested until its date is given up. */
const giveUp = async (work: PlanWork, planning: Planning, order: ProductOrderDocument, reasons: RejectionReason[]): Promise<void> => {
  const typed = reasons.map(reason => ({ '@type': 'ProductOrderRejectionReason', ...reason }))
  await (order.state === 'acknowledged' ? rejectOrder : failOrder)(planning, order.id, typed)
  work.plan.state = order.state === 'acknowledged' ? 'rejected' : 'failed'
  work.planChanged = true
}

/** Starts the work on a plan whose row is locked and has no tasks yet. */
const startPlan = async (work: PlanWork, order: ProductOrderDocument): Promise<void> => {
  const planning: Planning = { tx: work.tx, context: work.context, deps: work.deps }
  const { plan, now } = work
  const items = placeItems(order.productOrderItem)
  let planned: PlannedTask[]
  try {
    planned = decompose(order.productOrderItem, await rulesFor(planning, items))
  } catch (error) {
    if (!(error instanceof DecompositionFault)) throw error
    return await giveUp(work, planning, order, [{ code: 'notDeliverable', message: error.message }])
  }
  const late = await lateReasons(planning, items)
  if (late.length > 0) return await giveUp(work, planning, order, late)
  const products = plannedProducts(items)
  await prepareProducts(planning, order, items, products)
  const changing = products.flatMap(one => (one.action === 'modify' || one.action === 'delete' ? [one.productId] : []))
  const tasks = taskRows(order, plan.id, plan.brand, items, planned, products, await instancesOf(planning, changing))
  plan.products = products
  plan.state = 'running'
  work.planChanged = true
  work.tasks = tasks.map(task => ({ ...task, executionSeq: null, jeopardy: 'none', createdAt: now, updatedAt: now }))
  for (const { item } of items) work.items.set(item.id, 'inProgress')
  const expected = promisedOrderEnd(planned, now)
  const milestones = milestonesOf(items, planned, now)
  work.orderChanges.push(doc => ({ ...doc, milestone: milestones, ...(expected ? { expectedCompletionDate: expected } : {}) }))
  // Rows are written with what can start already started: one statement for all tasks.
  await advance(work)
  await insertTasks(work.tx, work.tasks)
  work.changed.clear()
}

/** When the work may begin: on the date that is asked for. An end that is asked for by its completion alone is not begun before that: nobody loses a line early. */
const startOf = (order: ProductOrderDocument): string | undefined => {
  const endsOnly = placeItems(order.productOrderItem).every(({ item }) => item.action === 'delete')
  return order.requestedStartDate ?? (endsOnly ? order.requestedCompletionDate : undefined)
}

const isHeldBack = (order: ProductOrderDocument, now: Date): boolean => Date.parse(startOf(order) ?? '') > now.getTime()

/** Plans an acknowledged order, or puts it off until the date that it asks for. */
export const planOrder = async ({ tx, context, deps }: Planning, orderId: string): Promise<void> => {
  const planId = newId()
  if (!(await insertPlan(tx, { id: planId, brand: context.brand, orderId, state: 'running', correlationId: context.correlationId }))) return
  const work = await openPlanOfOrder(tx, deps, context.brand, orderId)
  const order = await readOrder({ context, deps }, orderId, tx)
  if (!work || order?.state !== 'acknowledged') return
  if (isHeldBack(order, work.now)) {
    work.plan.state = 'scheduled'
    work.plan.startAt = new Date(startOf(order)!)
    work.planChanged = true
    for (const { item } of placeItems(order.productOrderItem)) work.items.set(item.id, 'pending')
  } else await startPlan(work, order)
  await closePlan(work)
}

/** What the date that is asked for now means for a plan that rests. */
const startOrPutOff = async (work: PlanWork, order: ProductOrderDocument): Promise<void> => {
  if (!isHeldBack(order, work.now)) return await startPlan(work, order)
  const startAt = new Date(startOf(order)!)
  if (work.plan.startAt?.getTime() === startAt.getTime()) return
  work.plan.startAt = startAt
  work.planChanged = true
}

/** Starts an order that rested until its date. */
export const startScheduledPlan = async (deps: Services, brand: string, orderId: string): Promise<void> => {
  await deps.database.transaction(async tx => {
    const work = await openPlanOfOrder(tx, deps, brand, orderId)
    if (work?.plan.state !== 'scheduled') return
    const order = await readOrder({ context: work.context, deps }, orderId, tx)
    if (order?.state !== 'pending') return
    await startOrPutOff(work, order)
    await closePlan(work)
  })
}

/** An order that rests may be asked for sooner or later than before. */
export const putOffReaction: Reaction = {
  name: 'delivery.put-off',
  on: ['ProductOrderAttributeValueChangeEvent'],
  run: async (event: ResourceEvent<ProductOrderDocument>, { tx, context, deps }) => {
    if (event.doc.state !== 'pending') return
    const work = await openPlanOfOrder(tx, deps, context.brand, event.resourceId)
    if (work?.plan.state !== 'scheduled') return
    const order = await readOrder({ context, deps }, event.resourceId, tx)
    if (order?.state !== 'pending') return
    await startOrPutOff(work, order)
    await closePlan(work)
  },
}

/** Every order that comes in gets its plan in the transaction that records this reaction. */
export const planOrderReaction: Reaction = {
  name: 'delivery.plan-order',
  on: ['ProductOrderCreateEvent'],
  run: async (event: ResourceEvent<ProductOrderDocument>, { tx, context, deps }) => {
    if (event.doc.state === 'acknowledged') await planOrder({ tx, context, deps }, event.resourceId)
  },
}
