/** What journeys hold on people: which channels they used, when, and for what; by the ids of carts, orders and parties. */
import type { PersonalHolding } from '../../tmf/contributions.ts'

/** Ids of the flows among $3. */
const FLOWS = `(SELECT substr(k, length('processFlow/') + 1) AS id FROM unnest($3::text[]) AS k WHERE k LIKE 'processFlow/%')`

export const journeyHoldings: readonly PersonalHolding[] = [
  { name: 'processFlow', purpose: 'To see how a purchase went over all channels and where it stopped, so that the next channel can go on and what goes wrong can be mended.', onErasure: 'erase' },
  { name: 'taskFlow', purpose: 'The steps of a purchase: in which channel, with whom, when and how long.', onErasure: 'erase' },
  {
    name: 'journeyFact',
    purpose: 'What the steps of a purchase are computed from.',
    onErasure: 'erase',
    tables: ['journey_fact', 'journey_due'],
    exportSql: `SELECT f.fact::json AS doc FROM journey_fact f WHERE f.brand = $1 AND f.flow_id IN (SELECT id FROM ${FLOWS} c)`,
    eraseSql: `WITH held AS (SELECT id FROM ${FLOWS} c), due AS (DELETE FROM journey_due d USING held WHERE d.brand = $1 AND d.flow_id = held.id) DELETE FROM journey_fact f USING held WHERE f.brand = $1 AND f.flow_id = held.id`,
  },
]
