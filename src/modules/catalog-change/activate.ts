/**
 * Activates change sets, all changes of a set in one transaction with their events, now or when business time reaches the moment that was
 * asked for; and takes an activation back. The row with its state is the truth: a job only looks at it.
 */
import { Type } from 'typebox'
import { Refusal, refuse } from '../../platform/errors.ts'
import type { Transaction } from '../../platform/database/sql.ts'
import { systemContext, type Context } from '../../platform/principal.ts'
import { defineJob } from '../../tmf/module.ts'
import { applySteps, type Applied, type Step } from './apply.ts'
import type { CatalogChangeSet } from './change-set.ts'
import { effectsOf, writeEffects, type Effect } from './change-store.ts'
import type { Finding } from './change-set-types.ts'
import { kindNamed, volatileOf, type Doc } from './kinds.ts'
import { brandRules } from './setting.ts'
import { moveSet, refuseFindings, type SetChange } from './stages.ts'
import { applySet, blocking } from './validate.ts'
import type { WorkDeps } from './work.ts'

/** What stands against an activation; it takes nothing back by itself. */
class NotActivated extends Error {
  readonly findings: readonly Finding[]
  constructor(findings: readonly Finding[]) {
    super('not activated')
    this.findings = findings
  }
}

const carryOut = async (deps: WorkDeps, context: Context, tx: Transaction, set: CatalogChangeSet, by: string): Promise<SetChange> => {
  // Asked for by the brand since it was submitted.
  if (set.approvalRequired !== true && (await brandRules(deps, context.brand, tx)).approvalRequired) {
    throw new NotActivated([{ code: 'approvalMissing', severity: 'error', resource: 'catalogChangeSet', id: set.id, path: 'approval', message: 'The brand asks for the approval of a second person since this was submitted: withdraw it and submit it again' }])
  }
  const { effects, findings } = await applySet(deps, context, tx, set)
  const inTheWay = blocking(findings)
  if (inTheWay.length > 0) throw new NotActivated(inTheWay)
  await writeEffects(tx, context.brand, set.id, effects)
  return { state: 'active', activationDate: deps.clock.now().toISOString(), activatedBy: by }
}

/** Activates an approved set now. A set that is active already is answered as it is: sent twice, it is done once. */
export async function activateNow(deps: WorkDeps, context: Context, id: string): Promise<CatalogChangeSet> {
  try {
    return await moveSet(deps, context, id, ['approved', 'scheduled', 'active'], async (tx, set) => (set.state === 'active' ? undefined : carryOut(deps, context, tx, set, context.principal.id)))
  } catch (error) {
    if (error instanceof NotActivated) throw refuseFindings(error.findings, `catalogChangeSet ${id} is not activated, and nothing of it is`)
    throw error
  }
}

/** Has a set activated when business time comes to a moment. */
export async function activateLater(deps: WorkDeps, context: Context, id: string, at: Date): Promise<CatalogChangeSet> {
  const set = await moveSet(deps, context, id, ['approved', 'scheduled'], async () => ({ state: 'scheduled', activateAt: at.toISOString(), scheduledBy: context.principal.id }))
  await deps.jobs.enqueue(activateDue, { brand: context.brand, id }, { delayMs: Math.min(Math.max(0, at.getTime() - deps.clock.now().getTime()), 86_400_000), id: `catalog-change-${context.brand}-${id}-${at.getTime()}` })
  return set
}

/** What a due set is: activated, or failed with its reasons. A set that is not due, or was dealt with, is left alone. */
async function activateIfDue(deps: WorkDeps, brand: string, id: string): Promise<void> {
  const context = systemContext(brand, `catalog-change-${id}`)
  const isDue = (set: CatalogChangeSet): boolean => set.state === 'scheduled' && set.activateAt !== undefined && Date.parse(set.activateAt) <= deps.clock.now().getTime()
  const any = ['draft', 'submitted', 'approved', 'scheduled', 'failed', 'active', 'rolledBack', 'cancelled'] as const
  try {
    await moveSet(deps, context, id, any, async (tx, set) => (isDue(set) ? carryOut(deps, context, tx, set, set.scheduledBy ?? context.principal.id) : undefined))
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) return
    if (!(error instanceof NotActivated)) throw error
    deps.log.warn({ catalogChangeSet: id, findings: error.findings.length }, 'A change set could not be activated at its time')
    await moveSet(deps, context, id, any, async (_, set) => (isDue(set) ? { state: 'failed', finding: error.findings.slice(0, 500) } : undefined))
  }
}

const JobData = Type.Object({ brand: Type.String(), id: Type.String() })

export const activateDue = defineJob({
  name: 'catalog-change.activate',
  schema: JobData,
  run: ({ brand, id }, deps) => activateIfDue(deps, brand, id),
  retry: { attempts: 8, backoffMs: 500 },
  concurrency: 1,
})

/** Finds what is due, whoever was to be woken for it: after a kill, and when business time was moved. */
export const activationSweep = defineJob({
  name: 'catalog-change.sweep',
  schema: Type.Object({}),
  run: async (_, deps) => {
    const due = await deps.database.query<{ brand: string; id: string }>({ name: 'catalog-change-due', text: `SELECT brand, id FROM catalog_change_set WHERE f_state = 'scheduled' AND f_activate_at <= $1 ORDER BY f_activate_at, id LIMIT 100` }, [deps.clock.now().toISOString()])
    for (const one of due) await deps.jobs.enqueue(activateDue, one, { id: `catalog-change-${one.brand}-${one.id}-due` })
  },
  retry: { attempts: 1, backoffMs: 1000 },
  concurrency: 1,
  every: { intervalMs: 2_000, data: {} },
})

const restored = (effect: Effect): Doc => {
  const kind = kindNamed(effect.resource)
  const gone = new Set(kind ? volatileOf(kind) : [])
  return Object.fromEntries(Object.entries(effect.before ?? {}).filter(([name]) => !gone.has(name)))
}

const inverseOf = (effect: Effect): Step => {
  const { resource, resourceId } = effect
  const base = effect.revision === undefined ? {} : { base: effect.revision }
  if (effect.action === 'create') return { resource, resourceId, action: 'delete', ...base }
  if (effect.action === 'delete') return { resource, resourceId, action: 'create', document: restored(effect) }
  return { resource, resourceId, action: 'update', ...base, next: () => effect.before ?? {} }
}

/**
 * Takes an activation back: what was changed or deleted is again as it was, in new revisions; what was made is deleted, or goes out of use where
 * others refer to it already (it was sold). Refused, naming it, when something was changed since.
 */
export async function rollBack(deps: WorkDeps, context: Context, id: string): Promise<{ set: CatalogChangeSet; retired: Applied['retired'] }> {
  let retired: Applied['retired'] = []
  const set = await moveSet(deps, context, id, ['active'], async tx => {
    const applied = await applySteps(deps, context, tx, (await effectsOf(tx, context.brand, id)).map(inverseOf), { restored: true, retire: true })
    if (applied.findings.length > 0) throw refuseFindings(applied.findings, `catalogChangeSet ${id} cannot be rolled back, and nothing of it is`)
    retired = applied.retired
    return { state: 'rolledBack', rollbackDate: deps.clock.now().toISOString(), rolledBackBy: context.principal.id }
  })
  return { set, retired }
}

/** The moment of an activation: undefined for now. */
export const momentOf = (text: string | undefined, now: Date): Date | undefined => {
  if (text === undefined) return undefined
  const at = new Date(text)
  if (Number.isNaN(at.getTime())) throw refuse.invalid([{ path: 'activateAt', rule: 'must be a date and time' }])
  return at.getTime() <= now.getTime() ? undefined : at
}
