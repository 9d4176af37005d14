/** Reads everything that a sale needs to know about offerings in one round trip. */
import type { Sql } from '../../platform/database/sql.ts'

export type PartKind = 'productOffering' | 'productSpecification' | 'productOfferingPrice'

export interface Part {
  kind: PartKind
  id: string
  revision: number
  /** JSON text of the resource. */
  doc: string
}

/**
 * The offerings, what their bundles contain, and every specification and price that these name, each once. Follows the kit's
 * reference edges, which hold exactly the local references; UNION drops what was met before, so that a cycle ends too.
 */
export async function readOfferingParts(sql: Sql, brand: string, ids: readonly string[]): Promise<Part[]> {
  return await sql.query<Part>(
    {
      name: 'catalog_offering_parts',
      text: `WITH RECURSIVE part (kind, id) AS (
          SELECT 'productOffering', unnest($2::text[])
        UNION
          SELECT e.to_resource, e.to_id
          FROM part p
          JOIN reference_edge e ON e.brand = $1 AND e.from_resource = p.kind AND e.from_id = p.id
          WHERE e.path IN ('bundledProductOffering[]', 'productSpecification', 'productOfferingPrice[]', 'popRelationship[]', 'bundledPopRelationship[]')
            AND e.to_resource IN ('productOffering', 'productSpecification', 'productOfferingPrice')
        )
        SELECT p.kind, d.id, d.revision, d.doc::text AS doc FROM part p JOIN product_offering d ON d.brand = $1 AND d.id = p.id WHERE p.kind = 'productOffering'
        UNION ALL
        SELECT p.kind, d.id, d.revision, d.doc::text FROM part p JOIN product_specification d ON d.brand = $1 AND d.id = p.id WHERE p.kind = 'productSpecification'
        UNION ALL
        SELECT p.kind, d.id, d.revision, d.doc::text FROM part p JOIN product_offering_price d ON d.brand = $1 AND d.id = p.id WHERE p.kind = 'productOfferingPrice'`,
    },
    [brand, [...new Set(ids)]],
  )
}
