/**
 * A source says that it has a record no more: its words go. The resource stays while another source has it; otherwise it ends as its
 * declaration says. What the source said last is remembered, so that a late older record does not bring it back.
 */
import { refuse } from '../../platform/errors.ts'
import type { Transaction } from '../../platform/database/sql.ts'
import { readPeerSources } from '../provenance/peers.ts'
import { readRanks, readSources } from '../provenance/sources.ts'
import type { Resource } from '../resource.ts'
import { readMarks } from '../storage/said.ts'
import { refuseForeignWrite, removeResource, updateResource } from '../write/pipeline.ts'
import { identitiesOf, lockIdentity, noteGone, type Identity } from './identity-store.ts'
import { isOlder, type ExternalRecord } from './record.ts'
import { carryOver, keyOf, rowsOf, type Import } from './upsert.ts'

/** reduced: other sources have it still. deleted, ended: it went, or was set to its end. kept: it stays as it was. unchanged: it was withdrawn before. */
export type Withdrawal = { outcome: 'reduced' | 'deleted' | 'ended' | 'kept' | 'unchanged' | 'older'; id: string }

const endOf = (resource: Resource<any>) => resource.provenance?.end ?? (resource.operations.includes('delete') ? 'delete' : 'keep')

/** Withdraws a record; 404 when the source never had it here. */
export async function withdraw(run: Import, record: Omit<ExternalRecord, 'doc'>): Promise<Withdrawal> {
  const { kit, context, resource, permit, source } = run
  permit(context, resource.name, 'delete')
  refuseForeignWrite(resource, context)
  return await kit.database.transaction(async tx => {
    const identity = await lockIdentity(tx, context.brand, keyOf(run, record.externalId))
    if (!identity) throw refuse.notFound(`${resource.name} of ${source}`, record.externalId)
    const id = identity.resourceId
    if (isOlder(record, identity)) return { outcome: 'older', id }
    if (identity.goneAt !== null) return { outcome: 'unchanged', id }
    const living = (await identitiesOf(tx, context.brand, resource.name, [id])).filter(one => one.goneAt === null)
    const outcome = living.length > 1 ? await reduce(run, tx, record, identity) : await end(run, tx, record, identity)
    await noteGone(tx, context.brand, identity, { resource: identity.resource, resourceId: id, version: record.version ?? identity.version, seenAt: record.seenAt, at: kit.clock.now() })
    return { outcome, id }
  })
}

/** Takes the source's words out of what is shown. */
async function reduce(run: Import, tx: Transaction, record: Omit<ExternalRecord, 'doc'>, { resourceId }: Identity): Promise<'reduced'> {
  const { kit, context, resource } = run
  const before = await readSources(tx, context.brand, resource.name, [resourceId])
  const { gone } = rowsOf(run, { ...record, doc: {} }, {}, resourceId, before)
  const ranks = await readRanks(tx, context.brand)
  const peers = (await readPeerSources(tx, kit.services().parts, context.brand, resource.name, [resourceId])).get(resourceId) ?? []
  await say(run, tx, resourceId, { gone, rows: [] }, doc => carryOver(resource, doc, [...before, ...peers], [...before.filter(row => !gone.includes(row)), ...peers], ranks))
  return 'reduced'
}

async function end(run: Import, tx: Transaction, record: Omit<ExternalRecord, 'doc'>, { resourceId }: Identity): Promise<'deleted' | 'ended' | 'kept'> {
  const { kit, context, resource } = run
  const rule = endOf(resource)
  if (rule === 'keep') return 'kept'
  if (rule === 'delete') {
    await removeResource(kit, context, resource, resourceId, { by: 'server', tx })
    return 'deleted'
  }
  const before = await readSources(tx, context.brand, resource.name, [resourceId])
  const last = { ...Object.fromEntries(before.filter(row => row.source === run.source && row.externalId === record.externalId).map(row => [row.attribute, row.value])), ...rule.set }
  const { rows } = rowsOf(run, { ...record, doc: last }, last, resourceId, before)
  await say(run, tx, resourceId, { rows, gone: [] }, doc => ({ ...doc, ...rule.set }))
  return 'ended'
}

async function say(run: Import, tx: Transaction, id: string, said: Parameters<typeof updateResource>[5]['said'] & object, change: (doc: Record<string, any>) => Record<string, any>): Promise<void> {
  const { kit, context, resource } = run
  const mark = (await readMarks(tx, context.brand, resource.name, [id])).get(id)
  await updateResource(kit, context, resource, id, change, { by: 'server', sql: tx, imported: true, said: { ...said, ...(mark !== undefined && { mark }) } })
}
