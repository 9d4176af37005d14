/**
 * Carries out changes inside a transaction, by the same path as any other write: validation, checks, references, events. Things that refer to
 * each other may be made and deleted together. What is refused is told as a finding; whether the transaction is kept is its owner's decision.
 */
import { Refusal } from '../../platform/errors.ts'
import type { Transaction } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import type { AnyResource } from '../../tmf/module.ts'
import { orderRecords, pointersOf } from '../catalog/index.ts'
import type { Effect } from './change-store.ts'
import type { Finding } from './change-set-types.ts'
import { keyOf, kindNamed, KINDS, type Doc, type KindName } from './kinds.ts'

/** What is to become of one resource. */
export interface Step {
  /** The change that it comes from. */
  change?: string
  resource: KindName
  resourceId: string
  action: 'create' | 'update' | 'delete'
  /** Of a create: the whole. */
  document?: Doc
  /** Of an update. Pure. */
  next?: (doc: Doc) => Doc
  /** The revision that it rests on. */
  base?: number
}

export interface ApplyOptions {
  /** It goes back to what it was: lifecycles do not say which state may follow. */
  restored?: boolean
  /** What cannot be deleted because others refer to it goes out of use instead. */
  retire?: boolean
}

export interface Applied {
  effects: Effect[]
  findings: Finding[]
  /** What went out of use instead of being deleted. */
  retired: { resource: KindName; resourceId: string }[]
}

interface Task extends Step {
  kind: AnyResource
  id: string
  doc: Doc
  at: string
}

interface Refused {
  task: Task
  refusal: Refusal
}

type Deps = Pick<Services, 'store'>

/** Where a resource is when it is out of use, by its lifecycle. */
const OUT_OF_USE: Partial<Record<KindName, string>> = { productSpecification: 'Retired', productOfferingPrice: 'Retired', category: 'Retired', productOffering: 'Retired', catalog: 'Retired', priceList: 'retired', promotion: 'retirement' }

const isKind = (name: string): boolean => kindNamed(name) !== undefined

const findingsOf = ({ task, refusal }: Refused): Finding[] => {
  const of = (message: string, path?: string): Finding => ({
    code: refusal.code === 'revisionMismatch' || refusal.code === 'alreadyExists' ? 'conflict' : refusal.code,
    severity: 'error',
    resource: task.resource,
    id: task.resourceId,
    ...(path !== undefined && path !== '' && { path }),
    message,
    ...(task.change !== undefined && { change: task.change }),
  })
  return refusal.faults.length === 0 ? [of(refusal.message)] : refusal.faults.map(fault => of(`${fault.path} ${fault.rule}`.trim(), fault.path))
}

const conflict = (task: Step, message: string): Finding => ({ code: 'conflict', severity: 'error', resource: task.resource, id: task.resourceId, message, ...(task.change !== undefined && { change: task.change }) })

/** Tries each, and those that were refused again as long as that brings it further: what one needs, another may make. */
const settle = async (tasks: readonly Task[], attempt: (task: Task) => Promise<void>): Promise<Refused[]> => {
  for (let left = tasks; ; ) {
    const refused: Refused[] = []
    for (const task of left) {
      try {
        await attempt(task)
      } catch (error) {
        // 5xx is about this system, not about the change.
        if (!(error instanceof Refusal) || error.status >= 500) throw error
        refused.push({ task, refusal: error })
      }
    }
    if (refused.length === 0 || refused.length === left.length) return refused
    left = refused.map(one => one.task)
  }
}

const without = (kind: AnyResource, doc: Doc, targets: ReadonlySet<string>): Doc => {
  const copy = structuredClone(doc)
  for (const pointer of pointersOf(kind.references, copy, isKind)) if (targets.has(pointer.target)) pointer.remove()
  return copy
}

/** What there is of the resources that are to be changed. */
const present = async (deps: Deps, context: Context, tx: Transaction, steps: readonly Step[]): Promise<Map<string, { revision: number; doc: Doc }>> => {
  const found = new Map<string, { revision: number; doc: Doc }>()
  for (const kind of KINDS) {
    const ids = steps.filter(step => step.resource === kind.name).map(step => step.resourceId)
    for (const [id, stored] of await deps.store.getMany(context, kind, ids, { tx })) found.set(keyOf(kind.name, id), { revision: stored.revision, doc: stored.doc as Doc })
  }
  return found
}

/** Steps that do not rest on what is there now. */
const conflictsOf = (steps: readonly Step[], current: ReadonlyMap<string, { revision: number }>, restored: boolean): Finding[] =>
  steps.flatMap((step): Finding[] => {
    const now = current.get(keyOf(step.resource, step.resourceId))
    const name = keyOf(step.resource, step.resourceId)
    if (step.action === 'create') return now ? [conflict(step, `${name} exists already, with revision ${now.revision}`)] : []
    if (!now) return [conflict(step, `${name} does not exist any more`)]
    return step.base !== undefined && now.revision !== step.base ? [conflict(step, `${name} has changed: ${restored ? 'the activation left it at' : 'it was drafted on'} revision ${step.base} and it has revision ${now.revision}`)] : []
  })

/** Carries the steps out. Throws only what is no fault of theirs. */
export async function applySteps(deps: Deps, context: Context, tx: Transaction, steps: readonly Step[], options: ApplyOptions = {}): Promise<Applied> {
  const current = await present(deps, context, tx, steps)
  const findings = conflictsOf(steps, current, options.restored === true)
  const inConflict = new Set(findings.map(one => keyOf(one.resource, one.id)))
  const tasks = steps.flatMap((step): Task[] => {
    const kind = kindNamed(step.resource)
    return !kind || inConflict.has(keyOf(step.resource, step.resourceId)) ? [] : [{ ...step, kind, id: step.resourceId, doc: step.document ?? {}, at: '' }]
  })
  const revisions = new Map<string, number>()
  const done = (task: Task, revision: number): void => void revisions.set(keyOf(task.resource, task.id), revision)

  const whole: Task[] = []
  const creates: Task[] = []
  for (const { record, deferred } of orderRecords(tasks.filter(task => task.action === 'create').map(task => ({ ...task, resource: task.kind, task })), isKind)) {
    creates.push(deferred.size === 0 ? record.task : { ...record.task, doc: without(record.task.kind, record.task.doc, deferred) })
    if (deferred.size > 0) whole.push(record.task)
  }
  const create = async (task: Task): Promise<void> => {
    const { id: _, ...doc } = task.doc
    done(task, (await deps.store.create(context, task.kind, doc, { tx, id: task.id })).revision)
  }
  const update = async (task: Task): Promise<void> => {
    const next = task.next ?? (doc => doc)
    const stored = await deps.store.update(context, task.kind, task.id, doc => next(doc as Doc), { tx, ...(task.base !== undefined && { expectedRevision: task.base }), ...(options.restored === true && { restored: true }) })
    done(task, stored.revision)
  }
  const complete = async (task: Task): Promise<void> => {
    const stored = await deps.store.update(context, task.kind, task.id, doc => ({ ...(doc as Doc), ...task.doc, id: task.id }), { tx })
    done(task, stored.revision)
  }

  const first = await settle(creates, create)
  const refused = await settle([...first.map(one => one.task), ...tasks.filter(task => task.action === 'update')], task => (task.action === 'create' ? create(task) : update(task)))
  const made = whole.filter(task => revisions.has(keyOf(task.resource, task.id)))
  refused.push(...(await settle(made, complete)))
  const { left, retired } = await removeAll(deps, context, tx, tasks.filter(task => task.action === 'delete'), options)
  for (const { task, revision } of retired) done(task, revision)
  const missing = new Set([...refused.flatMap(one => (one.task.action === 'create' ? [one.task.id] : [])), ...findings.map(one => one.id)])
  // What only lacks something that was refused itself has no fault of its own.
  const own = [...refused, ...left].filter(one => one.refusal.code !== 'referenceNotFound' || one.refusal.faults.some(fault => !missing.has(fault.value ?? '')))
  findings.push(...(own.length + findings.length === 0 ? refused : own).flatMap(findingsOf))

  const effects = tasks.flatMap((task): Effect[] => {
    const key = keyOf(task.resource, task.id)
    const before = current.get(key)
    const revision = revisions.get(key)
    if (task.action !== 'delete' && (revision === undefined || revision === before?.revision)) return []
    return [{ resource: task.resource, resourceId: task.id, action: task.action, before: before?.doc, revision: task.action === 'delete' ? undefined : revision }]
  })
  return { effects, findings, retired: retired.map(({ task }) => ({ resource: task.resource, resourceId: task.id })) }
}

/** Deletes, those that are referred to after those that refer to them; what refers to each other is taken apart first. */
async function removeAll(deps: Deps, context: Context, tx: Transaction, tasks: readonly Task[], options: ApplyOptions): Promise<{ left: Refused[]; retired: { task: Task; revision: number }[] }> {
  const remove = async (task: Task): Promise<void> => {
    if (task.base !== undefined) {
      const now = await deps.store.get(context, task.kind, task.id, { tx })
      if (now && now.revision !== task.base && !apart.has(keyOf(task.resource, task.id))) throw new Refusal({ status: 412, code: 'revisionMismatch', reason: 'The resource has changed since it was read', message: `${keyOf(task.resource, task.id)} has revision ${now.revision}, not ${task.base}` })
    }
    await deps.store.remove(context, task.kind, task.id, { tx })
  }
  const apart = new Set<string>()
  let left = await settle(tasks, remove)
  const mutual = left.filter(one => one.refusal.code === 'stillReferenced').map(one => one.task)
  const targets = new Set(mutual.map(task => keyOf(task.resource, task.id)))
  let isApart = false
  for (const task of mutual) {
    const stored = await deps.store.get(context, task.kind, task.id, { tx })
    const own = new Set([...targets].filter(target => target !== keyOf(task.resource, task.id)))
    if (!stored || !pointersOf(task.kind.references, stored.doc as Doc, isKind).some(pointer => own.has(pointer.target))) continue
    apart.add(keyOf(task.resource, task.id))
    isApart = true
    await deps.store.update(context, task.kind, task.id, doc => without(task.kind, doc as Doc, own), { tx, restored: true })
  }
  if (isApart) left = await settle(left.map(one => one.task), remove)
  const retired: { task: Task; revision: number }[] = []
  if (options.retire !== true) return { left, retired }
  const kept: Refused[] = []
  for (const one of left) {
    const state = OUT_OF_USE[one.task.resource]
    const attribute = one.task.kind.lifecycle?.attribute
    if (one.refusal.code !== 'stillReferenced' || state === undefined || attribute === undefined) kept.push(one)
    else retired.push({ task: one.task, revision: (await deps.store.update(context, one.task.kind, one.task.id, doc => ({ ...(doc as Doc), [attribute]: state }), { tx, restored: true })).revision })
  }
  return { left: kept, retired }
}
