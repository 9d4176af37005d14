/** What this module holds on people: what they did not want to be offered. */
import type { PersonalHolding } from '../../tmf/contributions.ts'

const OWN = `brand = $1 AND (party_id = ANY($2::text[]) OR subject IN (SELECT 'party/' || id FROM unnest($2::text[]) AS id) OR subject = ANY($3::text[]))`

export const refusalHolding: PersonalHolding = {
  name: 'salesAdviceRefusal',
  purpose: 'What the person does not want to be offered, so that nobody offers it again at once.',
  onErasure: 'erase',
  tables: ['sales_advice_refusal'],
  exportSql: `SELECT json_build_object('productOffering', offering_id, 'channel', channel, 'at', refused_at, 'until', expires_at) AS doc FROM sales_advice_refusal WHERE ${OWN} ORDER BY refused_at`,
  eraseSql: `DELETE FROM sales_advice_refusal WHERE ${OWN}`,
}
