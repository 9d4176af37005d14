/** Everything that is wrong with a catalog, as it is or as a change set would leave it; each finding names what it is about. */
import { setImmediate as letOthers } from 'node:timers/promises'
import type { Transaction } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import { mergePatch } from '../../tmf/write/patch.ts'
import { applySteps, type Step } from './apply.ts'
import { changesOf, MOST_CHANGES, type DraftChange, type Effect } from './change-store.ts'
import type { CatalogChangeSet } from './change-set.ts'
import type { Finding } from './change-set-types.ts'
import { currencyFindings } from './currency-findings.ts'
import { cycleFindings } from './cycle-findings.ts'
import { dryRun } from './dry-run.ts'
import { overlaid, readGraph, type Graph } from './graph.ts'
import type { Doc } from './kinds.ts'
import { testFindings } from './price-tests.ts'
import { referenceFindings } from './reference-findings.ts'
import { relationshipFindings } from './relationship-findings.ts'
import { ruleFindings } from './rule-findings.ts'
import { saleFindings } from './sale-findings.ts'
import { brandRules } from './setting.ts'
import type { WorkDeps } from './work.ts'

const SEVERITY = { error: 0, warning: 1 } as const
const identity = (one: Finding): string => [one.code, one.resource, one.id, one.path ?? '', one.message].join('\n')

/** Errors first, then by what they are about. */
const sorted = (findings: readonly Finding[]): Finding[] =>
  findings.toSorted((a, b) => SEVERITY[a.severity] - SEVERITY[b.severity] || (identity(a) < identity(b) ? -1 : 1)).filter((one, index, all) => index === 0 || identity(one) !== identity(all[index - 1]!))

/** What is wrong with a graph. Others have their turn between two checks. */
export async function graphFindings(graph: Graph): Promise<Finding[]> {
  const found: Finding[] = []
  for (const check of [referenceFindings, cycleFindings, saleFindings, relationshipFindings, ruleFindings, currencyFindings]) {
    found.push(...check(graph))
    await letOthers()
  }
  return sorted(found)
}

const graphIn = async (deps: WorkDeps, tx: Transaction, brand: string): Promise<Graph> => readGraph(deps, tx, brand, (await brandRules(deps, brand, tx)).currency)

/** The catalog as it is. */
export const validateLive = (deps: WorkDeps, brand: string): Promise<Finding[]> => dryRun(deps, async tx => graphFindings(await graphIn(deps, tx, brand)))

export const stepOf = (change: DraftChange): Step => ({
  change: change.id,
  resource: change.resource,
  resourceId: change.resourceId,
  action: change.action,
  ...(change.action === 'create' && { document: change.document ?? {} }),
  ...(change.action === 'update' && { next: (doc: Doc) => mergePatch(doc, change.document ?? {}) as Doc }),
  ...(change.baseRevision !== undefined && { base: change.baseRevision }),
})

const tooMany: (id: string) => Finding = id => ({ code: 'tooManyChanges', severity: 'error', resource: 'catalogChangeSet', id, message: `A change set has at most ${MOST_CHANGES} changes` })

/** The catalog's own checks name a missing reference and a ring as well, where they meet them first. */
const saidOtherwise = (one: Finding, told: readonly Finding[]): boolean =>
  told.some(other => (other.code === 'danglingReference' && one.code === 'referenceNotFound' && other.resource === one.resource && other.id === one.id) || (other.code.startsWith('cyclic') && one.resource === other.resource && one.path === other.path && other.message.includes(`${one.id})`)))

/**
 * Makes the catalog of a transaction what the set would leave, and tells what is wrong with it then. What the catalog has without the changes
 * too is marked: it is told, and keeps nothing from being activated. The tests of the set are tried as well.
 */
export async function applySet(deps: WorkDeps, context: Context, tx: Transaction, set: CatalogChangeSet): Promise<{ effects: Effect[]; findings: Finding[] }> {
  const changes = await changesOf(tx, context.brand, set.id)
  if (changes.length > MOST_CHANGES) return { effects: [], findings: [tooMany(set.id)] }
  const steps = changes.map(stepOf)
  const graph = await graphIn(deps, tx, context.brand)
  const before = new Set((await graphFindings(graph)).map(identity))
  const { effects, findings } = await applySteps(deps, context, tx, steps)
  // Where something was refused, the catalog is looked at as it was meant: half of the changes would tell of faults that nobody made.
  const after = await graphFindings(await (findings.length === 0 ? graphIn(deps, tx, context.brand) : overlaid(graph, steps)))
  const about = new Map(changes.map(one => [`${one.resource} ${one.resourceId}`, one.id]))
  const told = after.map((one): Finding => {
    const change = about.get(`${one.resource} ${one.id}`)
    return { ...one, ...(change !== undefined && { change }), ...(before.has(identity(one)) && { existing: true }) }
  })
  const tests = findings.length === 0 ? await testFindings(deps, context, tx, set) : []
  return { effects, findings: sorted([...findings.filter(one => !saidOtherwise(one, told)), ...told, ...tests]) }
}

/** The catalog as the set would leave it; nothing is left. */
export const validateSet = async (deps: WorkDeps, context: Context, set: CatalogChangeSet): Promise<Finding[]> => (await dryRun(deps, tx => applySet(deps, context, tx, set))).findings

/** What keeps a set from being submitted. */
export const blocking = (findings: readonly Finding[]): Finding[] => findings.filter(one => one.severity === 'error' && one.existing !== true)
