/** Journeys in the 360° view: those that go on first, with their steps, and where they rest. */
import { viewList } from '../../tmf/view-section.ts'

const OPEN = `r.f_state IN ('active', 'hold')`

export const journeySection = viewList({
  name: 'journeys',
  resource: 'processFlow',
  reads: ['taskFlow'],
  description: 'Purchases on their way through the channels, those that go on first: their steps, how long they took, and where they stopped',
  order: `${OPEN} DESC, r.f_last_update DESC NULLS LAST, r.id DESC`,
  keep: `${OPEN} AS open`,
  more: `'open', (SELECT count(*) FROM hit WHERE hit.open)`,
  attributes: '"processFlowSpecification" text, state text, "startDate" text, "endDate" text, "durationSeconds" numeric, channel json, "relatedEntity" json, "stoppedAt" json',
  item: `'processFlowSpecification', d."processFlowSpecification", 'state', d.state, 'startDate', d."startDate", 'endDate', d."endDate", 'durationSeconds', d."durationSeconds", 'channel', d.channel, 'relatedEntity', d."relatedEntity", 'stoppedAt', d."stoppedAt",
    'taskFlow', (SELECT json_agg(json_build_object('id', t.id, 'taskFlowSpecification', e."taskFlowSpecification", 'state', e.state, 'channel', e.channel, 'startDate', e."startDate", 'endDate', e."endDate", 'durationSeconds', e."durationSeconds", 'outcome', e.outcome) ORDER BY e.sequence)
      FROM {taskFlow} t CROSS JOIN LATERAL json_to_record(t.doc) AS e("taskFlowSpecification" text, state text, channel json, "startDate" text, "endDate" text, "durationSeconds" numeric, outcome text, sequence int) WHERE t.f_process_flow_id = r.id)`,
})
