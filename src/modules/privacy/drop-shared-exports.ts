/** An export of two records that were one person is nobody's any more when they are found to be two: it tells each about the other. */
import type { Reaction } from '../../tmf/module.ts'
import { clusterOf } from '../identity/index.ts'
import { dropExport, exportsSince } from './export-store.ts'
import { recordPrivacy } from './privacy-record.ts'

interface Undone {
  state?: string
  creationDate?: string
  survivor?: { id: string }
  merged?: { id: string }
}

export const dropSharedExports: Reaction = {
  name: 'privacy.drop-shared-exports',
  on: ['PartyMergeStateChangeEvent'],
  run: async ({ brand, doc }, { tx, context, deps }) => {
    const { state, survivor, merged, creationDate } = doc as Undone
    if (state !== 'undone' || survivor === undefined || merged === undefined || creationDate === undefined) return
    const parties = [...(await clusterOf(tx, { brand }, survivor.id)), ...(await clusterOf(tx, { brand }, merged.id))]
    for (const { id, party_id: partyId } of await exportsSince(tx, brand, parties, new Date(creationDate))) {
      if (await dropExport(tx, brand, id)) await recordPrivacy(tx, context, deps.clock.now(), { operation: 'export.erase', partyId, subjectId: id })
    }
  },
}
