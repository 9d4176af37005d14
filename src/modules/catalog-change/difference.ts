/** What a change set makes of each resource: as it is and as it will be, and what differs, so that nobody approves patches. */
import { isDeepStrictEqual } from 'node:util'
import { refuse } from '../../platform/errors.ts'
import type { Context } from '../../platform/principal.ts'
import { applySteps } from './apply.ts'
import type { CatalogChangeSet } from './change-set.ts'
import { changesOf, effectsOf } from './change-store.ts'
import { dryRun } from './dry-run.ts'
import { keyOf, kindNamed, type Doc } from './kinds.ts'
import { refuseFindings } from './stages.ts'
import { stepOf } from './validate.ts'
import type { WorkDeps } from './work.ts'

export interface Changed {
  /** Where: `price.value`, `productOfferingPrice[1].id`. */
  path: string
  before?: unknown
  after?: unknown
}

export interface Difference {
  resource: string
  resourceId: string
  action: 'create' | 'update' | 'delete'
  before?: Doc
  after?: Doc
  changed: Changed[]
}

const isObject = (value: unknown): value is Doc => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Written by every write: it tells nobody anything. */
const VOLATILE = new Set(['lastUpdate', 'href'])

/** The innermost values that differ. A list of another length differs as a whole: what stands at which place then says little. */
export const changedIn = (before: unknown, after: unknown, path = ''): Changed[] => {
  if (isDeepStrictEqual(before, after)) return []
  if (isObject(before) && isObject(after)) return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap(name => (path === '' && VOLATILE.has(name) ? [] : changedIn(before[name], after[name], path === '' ? name : `${path}.${name}`)))
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) return before.flatMap((one, index) => changedIn(one, after[index], `${path}[${index}]`))
  return [{ path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }]
}

const differenceOf = (resource: string, resourceId: string, action: Difference['action'], before: Doc | undefined, after: Doc | undefined): Difference => ({
  resource, resourceId, action, ...(before && { before }), ...(after && { after }), changed: before && after ? changedIn(before, after) : [],
})

/** Of a draft: what its activation would do now. Of an active set, or one that was rolled back: what its activation did. */
export async function differences(deps: WorkDeps, context: Context, set: CatalogChangeSet): Promise<Difference[]> {
  const { brand } = context
  if (set.state === 'active' || set.state === 'rolledBack') {
    const found: Difference[] = []
    for (const { resource, resourceId, action, before, revision } of await effectsOf(deps.database, brand, set.id)) {
      const kind = kindNamed(resource)
      if (!kind) continue
      const then = revision === undefined || !kind.history ? undefined : await deps.store.revision(context, kind, resourceId, revision)
      const now = then === undefined && action !== 'delete' ? await deps.store.get(context, kind, resourceId) : undefined
      found.push(differenceOf(resource, resourceId, action, before, (then ?? (now?.revision === revision ? now : undefined))?.doc as Doc | undefined))
    }
    return found
  }
  return dryRun(deps, async tx => {
    const changes = await changesOf(tx, brand, set.id)
    const before = new Map<string, Doc>()
    for (const { resource, resourceId, action } of changes) {
      const kind = kindNamed(resource)
      const stored = kind && action !== 'create' ? await deps.store.get(context, kind, resourceId, { tx }) : undefined
      if (stored) before.set(keyOf(resource, resourceId), stored.doc as Doc)
    }
    const { findings } = await applySteps(deps, context, tx, changes.map(stepOf))
    if (findings.length > 0) throw refuseFindings(findings, `catalogChangeSet ${set.id} cannot be applied`)
    const found: Difference[] = []
    for (const { resource, resourceId, action } of changes) {
      const kind = kindNamed(resource)
      if (!kind) throw refuse.notFound('kind', resource)
      const after = action === 'delete' ? undefined : ((await deps.store.get(context, kind, resourceId, { tx }))?.doc as Doc | undefined)
      found.push(differenceOf(resource, resourceId, action, before.get(keyOf(resource, resourceId)), after))
    }
    return found
  })
}
