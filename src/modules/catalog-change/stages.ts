/** The way of a change set from draft to approved: who may do what next, and what has to be true for it. */
import { Refusal, fault, refuse } from '../../platform/errors.ts'
import type { Transaction } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import { catalogChangeSet, type CatalogChangeSet, type SetState } from './change-set.ts'
import { changesOf, lockSet } from './change-store.ts'
import type { Finding } from './change-set-types.ts'
import { dryRunIn } from './dry-run.ts'
import { brandRules } from './setting.ts'
import { applySet, blocking } from './validate.ts'
import type { WorkDeps } from './work.ts'

/** 409 that names everything in the way: the resource, the attribute, and why. */
export const refuseFindings = (findings: readonly Finding[], message: string): Refusal => {
  const conflicts = findings.filter(one => one.code === 'conflict')
  return refuse.conflict(conflicts.length > 0 ? 'changedMeanwhile' : 'catalogInvalid', `${message}: ${findings.slice(0, 20).map(one => one.message).join('; ')}`, findings.slice(0, 200).map(one => fault(`${one.resource}/${one.id}${one.path === undefined ? '' : `/${one.path}`}`, one.message)))
}

/** Attributes of a set that change; undefined takes one away. */
export type SetChange = { [Name in keyof CatalogChangeSet]?: CatalogChangeSet[Name] | undefined }

/** Moves a set while nobody else does: `move` sees it as it is, and answers what changes. 404 and 409 where it cannot. */
export async function moveSet(deps: WorkDeps, context: Context, id: string, from: readonly SetState[], move: (tx: Transaction, set: CatalogChangeSet) => Promise<SetChange | undefined>): Promise<CatalogChangeSet> {
  return deps.database.transaction(async tx => {
    await lockSet(tx, context.brand, id)
    const set = (await deps.store.get(context, catalogChangeSet, id, { tx }))?.doc
    if (!set) throw refuse.notFound('catalogChangeSet', id)
    if (!from.includes(set.state ?? 'draft')) throw refuse.conflict('stateMoveNotAllowed', `catalogChangeSet ${id} is ${set.state ?? 'draft'}; this is for one that is ${from.join(' or ')}`, [fault('state', `must be ${from.join(' or ')}`, set.state)])
    const change = await move(tx, set)
    if (!change) return set
    const next = Object.fromEntries(Object.entries({ ...set, ...change }).filter(([, value]) => value !== undefined)) as CatalogChangeSet
    return (await deps.store.update(context, catalogChangeSet, id, () => next, { tx })).doc
  })
}

/** Submits a draft: it is validated as a whole, and approved at once where the brand asks for no second person. */
export const submitSet = (deps: WorkDeps, context: Context, id: string): Promise<CatalogChangeSet> =>
  moveSet(deps, context, id, ['draft'], async (tx, set) => {
    if ((await changesOf(tx, context.brand, id)).length === 0) throw refuse.conflict('emptyChangeSet', `catalogChangeSet ${id} has no changes`)
    const inTheWay = blocking((await dryRunIn(tx, () => applySet(deps, context, tx, set))).findings)
    if (inTheWay.length > 0) throw refuseFindings(inTheWay, `catalogChangeSet ${id} cannot be submitted`)
    const { approvalRequired } = await brandRules(deps, context.brand, tx)
    return { state: approvalRequired ? 'submitted' : 'approved', submittedBy: context.principal.id, submissionDate: deps.clock.now().toISOString(), approvalRequired, finding: undefined }
  })

/** Everybody who has a hand in a set. */
const handsIn = async (tx: Transaction, brand: string, set: CatalogChangeSet): Promise<Set<string>> =>
  new Set([set.createdBy, set.submittedBy, ...(await changesOf(tx, brand, set.id)).flatMap(change => change.changedBy ?? [])].filter(one => one !== undefined))

const decide = (outcome: 'approved' | 'rejected') => (deps: WorkDeps, context: Context, id: string, note: string | undefined): Promise<CatalogChangeSet> =>
  moveSet(deps, context, id, ['submitted'], async (tx, set) => {
    const by = context.principal.id
    if (outcome === 'approved' && (await handsIn(tx, context.brand, set)).has(by)) {
      throw new Refusal({ status: 403, code: 'secondPersonNeeded', reason: 'Somebody else has to do this', message: `${by} wrote or submitted part of catalogChangeSet ${id}; approval is for somebody who did not` })
    }
    return {
      state: outcome === 'approved' ? 'approved' : 'draft',
      approval: [...(set.approval ?? []), { by, at: deps.clock.now().toISOString(), outcome, ...(note !== undefined && { note }) }].slice(-100),
      ...(outcome === 'rejected' && NOT_SUBMITTED),
    }
  })

const NOT_SUBMITTED = { submittedBy: undefined, submissionDate: undefined, approvalRequired: undefined, activateAt: undefined, scheduledBy: undefined }

export const approveSet = decide('approved')
export const rejectSet = decide('rejected')

/** Back to a draft, from wherever it has come to before its activation. Whatever was approved counts no more. */
export const withdrawSet = (deps: WorkDeps, context: Context, id: string): Promise<CatalogChangeSet> =>
  moveSet(deps, context, id, ['submitted', 'approved', 'scheduled', 'failed'], async () => ({ state: 'draft', ...NOT_SUBMITTED }))

/** Ends a set that nobody wants. */
export const cancelSet = (deps: WorkDeps, context: Context, id: string): Promise<CatalogChangeSet> =>
  moveSet(deps, context, id, ['draft', 'submitted', 'approved', 'scheduled', 'failed'], async () => ({ state: 'cancelled', activateAt: undefined }))
