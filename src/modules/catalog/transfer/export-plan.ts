/** What an export job is about: its path and query, read as collections with conditions. */
import { parseListQuery } from '../../../tmf/filter/parse.ts'
import type { AnyResource } from '../../../tmf/module.ts'
import type { Condition, FilterCondition } from '../../../tmf/services.ts'
import { collectionOfPath, collections } from './collections.ts'

/** The collections that a job exports, each with the conditions of its query. Throws a Refusal for a path or query that does not fit. */
export function exportPlan(path: string | undefined, query: string | undefined): { resource: AnyResource; where: (Condition | FilterCondition)[] }[] {
  const only = collectionOfPath(path)
  return (only ? [only] : collections).map(resource => ({
    resource,
    where: parseListQuery(resource, (query ?? '').replace(/^\?/, ''), { defaultLimit: 1, maxLimit: 1, maxOffset: 0 }).conditions.map(one => (one.op === 'where' ? { where: one.where } : { path: one.path, op: one.op, value: one.values })),
  }))
}
