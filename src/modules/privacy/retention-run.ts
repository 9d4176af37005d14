/** Carries out retention rules in batches, and lets go of what an erasure had to keep once its time is over. In business time. */
import { Type } from 'typebox'
import type { Transaction } from '../../platform/database/sql.ts'
import { newId } from '../../platform/ids.ts'
import { systemContext, type Context } from '../../platform/principal.ts'
import { defineJob, type AnyResource } from '../../tmf/module.ts'
import type { Services } from '../../tmf/services.ts'
import { overdueItems, readErasure, removeItems } from './erasure-store.ts'
import { applyItems } from './erasure-run.ts'
import { holdingsOf, runHolding } from './held.ts'
import { retentionRule, type RetentionRule } from './retention-rule.ts'

const DAY_MS = 86_400_000
const PAGE = 200
/** Rows of one rule in one run: the rest is for the next. */
const MOST = 10_000
const NO_MARKS = { strong: [], names: [] }

/** Deletes from append-only tables are let through in this transaction. */
const allowDeletes = async (tx: Transaction): Promise<void> => {
  await tx.query(`SELECT set_config('tandem.retention', 'on', true)`)
}

/** Thrown to take a rehearsal back. */
class Rehearsed extends Error {
  readonly rows: number
  constructor(rows: number) {
    super('rehearsed')
    this.rows = rows
  }
}

const alreadyRedacted = async (deps: Services, brand: string, resource: string, ids: readonly string[]): Promise<Set<string>> =>
  new Set((await deps.database.query<{ id: string }>('SELECT resource_id AS id FROM retained_redacted WHERE brand = $1 AND resource = $2 AND resource_id = ANY($3::text[])', [brand, resource, ids])).map(row => row.id))

/** The rows that a rule is about, a page at a time. */
async function* due(deps: Services, context: Context, resource: AnyResource, rule: RetentionRule, now: Date): AsyncGenerator<string[]> {
  const living = holdingsOf(deps).byResource.get(resource.name)?.living
  const before = new Date(now.getTime() - (rule.days ?? 0) * DAY_MS).toISOString()
  for (let last = ''; ; ) {
    const where = [
      ...(rule.condition ?? []).map(({ attribute, value }) => ({ path: attribute, value })),
      { path: rule.countedFrom ?? '', op: 'lt' as const, value: before },
      ...(last === '' ? [] : [{ path: 'id', op: 'gt' as const, value: last }]),
    ]
    const rows = await deps.store.find(context, resource, { where, sort: 'id', limit: PAGE })
    const ids = rows.filter(row => living?.(row.doc) === undefined).map(row => row.id)
    const done = rule.action === 'redact' ? await alreadyRedacted(deps, context.brand, resource.name, ids) : new Set<string>()
    const open = ids.filter(id => !done.has(id))
    if (open.length > 0) yield open
    if (rows.length < PAGE) return
    last = rows.at(-1)!.id
  }
}

const runResource = async (deps: Services, context: Context, resource: AnyResource, rule: RetentionRule, now: Date, dryRun: boolean): Promise<number> => {
  const { brand } = context
  const action = rule.action ?? 'redact'
  let rows = 0
  for await (const ids of due(deps, context, resource, rule, now)) {
    rows += ids.length
    if (dryRun) continue
    await deps.database.transaction(async tx => {
      await applyItems(deps, tx, context, ids.map(id => ({ resource: resource.name, item_id: id, action })), [], NO_MARKS)
      if (action === 'redact') await tx.query('INSERT INTO retained_redacted (brand, resource, resource_id, redacted_at) SELECT $1, $2, unnest($3::text[]), $4 ON CONFLICT DO NOTHING', [brand, resource.name, ids, now])
    })
    if (rows >= MOST) break
  }
  return rows
}

const runState = async (deps: Services, brand: string, expireSql: string, before: Date, dryRun: boolean): Promise<number> => {
  let rows = 0
  for (let count = PAGE; count === PAGE && rows < MOST; rows += count) {
    try {
      count = await deps.database.transaction(async tx => {
        await allowDeletes(tx)
        const gone = await tx.query(expireSql, [brand, before, dryRun ? MOST : PAGE])
        if (dryRun) throw new Rehearsed(gone.length)
        return gone.length
      })
    } catch (error) {
      if (error instanceof Rehearsed) return error.rows
      throw error
    }
  }
  return rows
}

/** Carries out one rule. Answers how many rows it dealt with, or would deal with. */
export const runRule = async (deps: Services, context: Context, rule: RetentionRule, dryRun: boolean): Promise<number> => {
  const now = deps.clock.now()
  const resource = deps.parts.resources.find(one => one.name === rule.holding)
  if (resource !== undefined) return runResource(deps, context, resource, rule, now, dryRun)
  const expireSql = holdingsOf(deps).state.find(one => one.name === rule.holding)?.expireSql
  if (expireSql === undefined) return 0
  return runState(deps, context.brand, expireSql, new Date(now.getTime() - (rule.days ?? 0) * DAY_MS), dryRun)
}

/** Runs a rule and writes down that it ran. A run that found nothing leaves no row. */
export const runRecorded = async (deps: Services, brand: string, rule: RetentionRule): Promise<number> => {
  const context = systemContext(brand, newId())
  const startedAt = deps.clock.now()
  const note = (rows: number, error: string | null) =>
    deps.database.query('INSERT INTO retention_run (brand, id, rule_id, action, rows, started_at, finished_at, error) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)', [brand, newId(), rule.id, rule.action ?? 'redact', rows, startedAt, deps.clock.now(), error])
  try {
    const rows = await runRule(deps, context, rule, false)
    if (rows > 0) await note(rows, null)
    return rows
  } catch (error) {
    deps.log.warn({ error: (error as Error).name, code: (error as { code?: unknown }).code, rule: rule.id }, 'a retention rule could not be carried out')
    await note(0, (error as Error).name)
    return 0
  }
}

/** What erasures had to keep, and law no longer wants. Answers how many rows went. */
export const releaseKept = async (deps: Services): Promise<number> => {
  const now = deps.clock.now()
  let released = 0
  for (let count = PAGE; count === PAGE; released += count) {
    count = await deps.database.transaction(async tx => {
      await allowDeletes(tx)
      const items = await overdueItems(tx, now, PAGE)
      for (const brand of new Set(items.map(item => item.brand))) {
        const own = items.filter(item => item.brand === brand)
        const context = systemContext(brand, newId())
        for (const resource of new Set(own.map(item => item.resource))) {
          await applyItems(deps, tx, context, own.filter(item => item.resource === resource).map(item => ({ ...item, action: 'erase' as const })), [], NO_MARKS)
        }
        const keys = own.map(item => `${item.resource}/${item.item_id}`)
        for (const { name, eraseSql, onErasure } of holdingsOf(deps).state) {
          if (onErasure !== 'keep' || eraseSql === undefined) continue
          await runHolding(tx, eraseSql, brand, [], keys)
          for (const item of own.filter(one => one.resource === name)) await runHolding(tx, eraseSql, brand, (await readErasure(tx, brand, item.erasure_id))?.subjects.subjects ?? [], [])
        }
      }
      await removeItems(tx, items)
      return items.length
    })
  }
  return released
}

export const retentionJob = defineJob({
  name: 'privacy.retention',
  schema: Type.Object({}),
  run: async (_data, deps) => {
    const brands = await deps.database.query<{ brand: string }>('SELECT DISTINCT brand FROM retention_rule')
    for (const { brand } of brands) {
      const rules = await deps.store.find(systemContext(brand, newId()), retentionRule, { where: [{ path: 'status', value: 'active' }], limit: 1000 })
      for (const { doc } of rules) await runRecorded(deps, brand, doc)
    }
    const released = await releaseKept(deps)
    if (released > 0) deps.log.info({ released }, 'what erasures had to keep is gone: its time is over')
  },
  retry: { attempts: 1, backoffMs: 1_000 },
  concurrency: 1,
  every: { intervalMs: 300_000, data: {} },
})
