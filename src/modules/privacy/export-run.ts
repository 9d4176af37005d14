/** Carries out exports: one document a request, in pieces, under a lease that another process takes over when this one dies. */
import { Type } from 'typebox'
import { systemContext } from '../../platform/principal.ts'
import { defineJob } from '../../tmf/module.ts'
import type { Services } from '../../tmf/services.ts'
import { clusterOf } from '../identity/index.ts'
import { exportTexts } from './export-document.ts'
import { claimExport, completeExport, expireExports, releaseExport, waitingExports, writePiece } from './export-store.ts'
import { recordPrivacy } from './privacy-record.ts'

/** How long the document can be fetched. */
export const AVAILABLE_DAYS = 14
const MOST_ATTEMPTS = 5
const PIECE_BYTES = 256 * 1024
const DAY_MS = 86_400_000

export const runExport = async (deps: Services, brand: string, id: string): Promise<void> => {
  const row = await claimExport(deps.database, brand, id)
  if (!row) return
  try {
    const parties = await clusterOf(deps.database, { brand }, row.party_id)
    const contents: Record<string, number> = {}
    let [seq, bytes, pending] = [0, 0, '']
    const flush = async (): Promise<boolean> => {
      bytes += Buffer.byteLength(pending)
      const held = await writePiece(deps.database, row, seq++, pending)
      pending = ''
      return held
    }
    const head = { id, party: row.party_id, brand, requestedAt: row.requested_at.toISOString() }
    for await (const text of exportTexts(deps, deps.database, head, parties, (name, records) => void (contents[name] = records))) {
      pending += text
      // Another process has it, or it was erased meanwhile.
      if (pending.length >= PIECE_BYTES && !(await flush())) return
    }
    if (!(await flush())) return
    const at = deps.clock.now()
    await deps.database.transaction(async tx => {
      const done = await completeExport(tx, row, { at, until: new Date(at.getTime() + AVAILABLE_DAYS * DAY_MS), contents, pieces: seq, bytes })
      if (done) await recordPrivacy(tx, systemContext(brand, row.correlation_id), at, { operation: 'export.complete', partyId: row.party_id, subjectId: id, detail: { bytes } })
    })
  } catch (error) {
    deps.log.warn({ err: error, export: id }, 'an export of personal data did not succeed')
    await releaseExport(deps.database, row, MOST_ATTEMPTS, error instanceof Error ? error.name : 'Error')
  }
}

export const exportJob = defineJob({
  name: 'privacy.export',
  schema: Type.Object({ brand: Type.String(), id: Type.String() }),
  run: ({ brand, id }, deps) => runExport(deps, brand, id),
  retry: { attempts: 3, backoffMs: 1_000 },
  concurrency: 1,
})

export const exportSweepJob = defineJob({
  name: 'privacy.export-sweep',
  schema: Type.Object({}),
  run: async (_data, deps) => {
    for (const { brand, id } of await waitingExports(deps.database, 20)) await runExport(deps, brand, id)
    const expired = await expireExports(deps.database, deps.clock.now())
    if (expired > 0) deps.log.info({ expired }, 'exports of personal data were taken away: their time is over')
  },
  retry: { attempts: 1, backoffMs: 1_000 },
  concurrency: 1,
  every: { intervalMs: 2_000, data: {} },
})
