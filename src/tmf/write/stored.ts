/** A row as the rest of Tandem sees it: the resource with its revision. */
import type { Stored } from '../resource.ts'
import type { Row } from '../storage/reader.ts'

export const storedOf = (row: Row): Stored<any> => ({
  id: row.id,
  revision: row.revision,
  brand: row.brand,
  ownerParty: row.owner_party ?? undefined,
  doc: JSON.parse(row.doc),
  createdAt: new Date(row.created_at),
  updatedAt: new Date(row.updated_at),
})
