/** TMF701 taskFlow: one step of a flow. Steps of journeys tell what happened; those of other flows are moved by who works on them. */
import { refuse } from '../../platform/errors.ts'
import { systemContext } from '../../platform/principal.ts'
import { defineResource } from '../../tmf/resource.ts'
import { customerOf, sellersOf } from '../ordering/index.ts'
import { processFlowApi } from './api.ts'
import { settleFlow } from './settle-flow.ts'
import { TaskFlow } from './flow.schema.ts'

const ENDED: readonly string[] = ['cancelled', 'completed']

export const taskFlow = defineResource({
  api: processFlowApi,
  name: 'taskFlow',
  type: 'TaskFlow',
  table: 'task_flow',
  description: 'A step of a flow: which one, in which channel, who sold, when it began and ended, how long it took. Those of all flows are at /taskFlow, to find where journeys stop.',
  schema: TaskFlow,
  operations: ['list', 'get', 'patch'],
  within: { resource: 'processFlow', by: 'processFlow.id' },
  update: { immutable: ['processFlow', 'taskFlowSpecification', 'isObserved'] },
  serverSet: ['startDate', 'endDate', 'durationSeconds', 'waitSeconds', 'sequence'],
  // What was written down may have been put right by what came late: Tandem moves it any way.
  lifecycle: {
    attribute: 'state',
    states: ['new', 'active', 'hold', 'cancelled', 'completed'],
    initial: ['new', 'active', 'hold', 'cancelled', 'completed'],
    moves: { new: ['active', 'hold', 'cancelled', 'completed'], active: ['new', 'hold', 'cancelled', 'completed'], hold: ['new', 'active', 'cancelled', 'completed'], cancelled: ['active', 'hold', 'completed'], completed: ['active', 'hold', 'cancelled'] },
    movedBy: 'client',
  },
  filters: { 'processFlow.id': 'text', state: 'text', taskFlowSpecification: 'text', sequence: 'integer', startDate: 'instant', endDate: 'instant', durationSeconds: 'number' },
  references: [{ path: 'processFlow', to: 'processFlow', weak: true }, { path: 'relatedParty[]', onMissing: 'record', weak: true }, { path: 'relatedEntity[]', onMissing: 'record', weak: true }],
  ownerParty: customerOf,
  sharedWith: sellersOf,
  external: false,
  prepare: (task, { previous, by, now }) => {
    if (previous !== undefined && by === 'client' && previous.isObserved === true) throw refuse.conflict('taskObserved', `taskFlow ${task.id} tells what happened in a journey: it cannot be changed`)
    const placed = task.processFlow === undefined ? task : { ...task, href: `/tmf-api/processFlowManagement/v4/processFlow/${encodeURIComponent(task.processFlow.id)}/taskFlow/${encodeURIComponent(task.id)}` }
    if (by === 'server' || previous === undefined || previous.state === placed.state) return placed
    const startDate = placed.startDate ?? (placed.state === 'new' ? undefined : now.toISOString())
    const endDate = ENDED.includes(placed.state ?? '') ? now.toISOString() : undefined
    const { endDate: _ended, durationSeconds: _took, informationRequired: asked, ...rest } = placed
    return { ...rest, ...(asked && endDate === undefined && { informationRequired: asked }), ...(startDate !== undefined && { startDate }), ...(endDate !== undefined && startDate !== undefined && { endDate, durationSeconds: Math.max(0, (Date.parse(endDate) - Date.parse(startDate)) / 1_000) }) }
  },
  // Once for each thing that is asked for; what was answered is taken out.
  furtherEvent: { kind: 'informationRequired', when: (task, previous) => (task.informationRequired ?? []).some(one => !previous.informationRequired?.some(had => had.name === one.name)) },
  hasChangeConsequences: (task, previous) => task.isObserved !== true && task.state !== previous.state,
  changeConsequences: async (task, { context, deps, tx }) => {
    if (task?.processFlow !== undefined) await settleFlow({ context: systemContext(context.brand, context.correlationId), deps, tx }, task.processFlow.id)
  },
  example: { taskFlowSpecification: 'callCustomer', completionMethod: 'manual', isMandatory: true, priority: 1, channel: [{ id: 'care', name: 'Customer care' }], processFlow: { id: 'flow-7' } },
  refusals: [{ status: 409, code: 'taskObserved', when: 'it is a step of a journey, which tells what happened', attribute: 'state' }],
})
