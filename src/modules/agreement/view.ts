/** Agreements in the 360° view: those in force first, with what was promised and how many products of it there are. */
import { viewList } from '../../tmf/view-section.ts'

const LIVING = `'created', 'pendingActive', 'active', 'suspended', 'pendingTerminate'`

export const agreementSection = viewList({
  name: 'agreements',
  resource: 'agreement',
  reads: ['product'],
  description: 'Agreements, those in force first, with their commitments and how many products of theirs there are; how each commitment stands is at commitmentHref',
  list: 'engagedParty.id',
  order: `(r.f_status = 'approved') DESC, r.created_at DESC, r.id DESC`,
  attributes: 'name text, "agreementType" text, version text, status text, "agreementPeriod" json, "agreementItem" json',
  item: `'name', d.name, 'agreementType', d."agreementType", 'version', d.version, 'status', d.status, 'agreementPeriod', d."agreementPeriod", 'commitmentHref', '/tandem/v1/agreement/' || r.id || '/commitment',
    'commitment', (SELECT coalesce(json_agg(c.value), '[]') FROM json_array_elements(coalesce(d."agreementItem", '[]')) AS i(value) CROSS JOIN LATERAL json_array_elements(coalesce(i.value -> 'commitment', '[]')) AS c(value)),
    'products', (SELECT count(*) FROM {product} p WHERE p.id IN (SELECT from_id FROM ref WHERE from_resource = 'product') AND p.f_status IN (${LIVING})
      AND p.f_product_offering_id IN (SELECT o.value ->> 'id' FROM json_array_elements(coalesce(d."agreementItem", '[]')) AS i(value) CROSS JOIN LATERAL json_array_elements(coalesce(i.value -> 'productOffering', '[]')) AS o(value)))`,
})
