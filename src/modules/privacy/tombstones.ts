/** Keeps a forgotten person from coming back with the next load of a system that still has the records. */
import type { Transaction } from '../../platform/database/sql.ts'
import { hashesOf, insertErased, type Known } from '../../tmf/external/erased.ts'
import type { Services } from '../../tmf/services.ts'
import type { ErasureRow } from './erasure-store.ts'
import { holdingsOf, runHolding } from './held.ts'

interface Identity {
  source: string
  type: string
  external_id: string
}

/** What other systems call the records that go or lose what is personal, also those that they have withdrawn. */
const recordsOf = (tx: Transaction, row: ErasureRow): Promise<Identity[]> =>
  tx.query<Identity>(
    `SELECT x.source, x.type, x.external_id FROM personal_data_erasure_item i JOIN external_identity x ON x.brand = i.brand AND x.resource = i.resource AND x.resource_id = i.item_id
     WHERE i.brand = $1 AND i.erasure_id = $2 AND i.action IN ('erase', 'redact')`,
    [row.brand, row.id],
  )

/** Before anything goes, because it is all in what goes. What an attempt before this one has kept stays. */
export const keepTombstones = async (deps: Services, tx: Transaction, row: ErasureRow): Promise<void> => {
  const records: Known[] = (await recordsOf(tx, row)).map(({ source, type, external_id: externalId }) => ({ record: { source, type, externalId } }))
  const identifiers: Known[] = []
  for (const { tombstoneSql } of holdingsOf(deps).state) {
    if (tombstoneSql === undefined) continue
    for (const identifier of await runHolding<{ scope: string; value: string }>(tx, tombstoneSql, row.brand, row.subjects.subjects, [])) identifiers.push({ identifier })
  }
  const known = [...records, ...identifiers]
  const hashes = await hashesOf({ database: deps.database, secretsKey: deps.config.secretsKey }, row.brand, known)
  await insertErased(tx, row.brand, row.id, deps.clock.now(), known.map((one, place) => ({ hash: hashes[place]!, kind: 'record' in one ? 'record' : 'identifier' })))
}
