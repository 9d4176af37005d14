/** TMF701 processFlow: a journey that Tandem writes down by itself, or a flow that somebody else keeps here. */
import { randomUUID } from 'node:crypto'
import { fault, refuse } from '../../platform/errors.ts'
import { systemContext } from '../../platform/principal.ts'
import { defineResource } from '../../tmf/resource.ts'
import { customerOf, sellersOf } from '../ordering/index.ts'
import { processFlowApi } from './api.ts'
import { ProcessFlow } from './flow.schema.ts'
import { dropFacts } from './journey-store.ts'
import { taskFlow } from './task-flow.ts'

/** What Tandem itself writes down. */
export const JOURNEY = 'purchaseJourney'

/** Characteristics of this name, or one with a list, name the tasks that the flow begins with, in their order. */
const TASKS = 'taskFlowSpecification'
const MOST_TASKS = 50

const tasksOf = (flow: Pick<ProcessFlow, 'characteristic'>): string[] =>
  (flow.characteristic ?? []).flatMap(({ name, value }) => (name !== TASKS || value === undefined || value === null ? [] : (Array.isArray(value) ? value : [value]).map(String)))

export const processFlow = defineResource({
  api: processFlowApi,
  name: 'processFlow',
  type: 'ProcessFlow',
  table: 'process_flow',
  description: 'A process and where it stands. purchaseJourney is written by Tandem, from what happens to carts and orders in all channels; others are kept for who creates them, with the tasks that the characteristic taskFlowSpecification names, and are completed with the last of them.',
  schema: ProcessFlow,
  operations: ['list', 'get', 'create', 'delete'],
  create: { required: ['processFlowSpecification'], omits: ['processFlowDate', 'state', 'taskFlow', 'startDate', 'endDate', 'durationSeconds', 'stoppedAt'] },
  stamps: { onCreate: ['processFlowDate'], onWrite: ['lastUpdate'] },
  lifecycle: { attribute: 'state', states: ['active', 'hold', 'cancelled', 'completed'], initial: ['active'], moves: { active: ['hold', 'cancelled', 'completed'], hold: ['active', 'cancelled', 'completed'], cancelled: ['active', 'hold', 'completed'], completed: ['active', 'hold', 'cancelled'] }, movedBy: 'server' },
  filters: { state: 'text', processFlowSpecification: 'text', processFlowDate: 'instant', startDate: 'instant', lastUpdate: 'instant', 'stoppedAt.taskFlowSpecification': 'text', 'stoppedAt.channel': 'text' },
  references: [{ path: 'relatedParty[]', onMissing: 'record', weak: true }, { path: 'relatedEntity[]', onMissing: 'record', weak: true }],
  ownerParty: customerOf,
  sharedWith: sellersOf,
  external: false,
  prepare: (flow, { previous, by, now }) => {
    if (previous !== undefined || by === 'server') return flow
    if (flow.processFlowSpecification === JOURNEY) throw refuse.invalid([fault('processFlowSpecification', `${JOURNEY} is written by Tandem from what happens`, JOURNEY)])
    const names = tasksOf(flow)
    if (names.length > MOST_TASKS) throw refuse.invalid([fault('characteristic', `may name ${MOST_TASKS} tasks at the most`, names.length)])
    return { ...flow, startDate: now.toISOString(), ...(names.length > 0 && { taskFlow: names.map(name => refOf(flow, randomUUID(), name)) }) }
  },
  hasConsequences: flow => flow.processFlowSpecification !== JOURNEY && tasksOf(flow).length > 0,
  consequences: async (flow, { context, deps, tx }) => {
    const own = systemContext(context.brand, context.correlationId)
    for (const [index, { id, taskFlowSpecification }] of (flow.taskFlow ?? []).entries()) {
      await deps.store.create(own, taskFlow, { taskFlowSpecification: taskFlowSpecification ?? '', state: 'new', isMandatory: true, sequence: index + 1, processFlow: { id: flow.id }, ...(flow.relatedParty && { relatedParty: flow.relatedParty }), ...(flow.channel && { channel: flow.channel }) }, { tx, id })
    }
  },
  hasChangeConsequences: () => false,
  // With a flow go its tasks, and what is remembered of it.
  changeConsequences: async (doc, { previous, context, deps, tx }) => {
    if (doc !== undefined) return
    const own = systemContext(context.brand, context.correlationId)
    for (const { id } of previous.taskFlow ?? []) await deps.store.remove(own, taskFlow, id, { tx })
    await dropFacts(tx, context.brand, previous.id)
  },
  example: {
    processFlowSpecification: 'accountReview',
    channel: [{ id: 'care', name: 'Customer care' }],
    characteristic: [{ name: 'taskFlowSpecification', value: 'callCustomer' }],
    relatedEntity: [{ id: 'review-7', href: 'https://crm.example.com/review/7', role: 'review', '@referredType': 'AccountReview' }],
  },
  refusals: [{ status: 400, code: 'invalidAttribute', when: 'it is the process that Tandem writes down itself, or more than 50 tasks are named', attribute: 'processFlowSpecification' }],
})

const refOf = (flow: Pick<ProcessFlow, 'id'>, id: string, taskFlowSpecification: string): NonNullable<ProcessFlow['taskFlow']>[number] => ({ id, href: taskHref(flow.id, id), taskFlowSpecification, state: 'new', '@referredType': 'TaskFlow' })

export const taskHref = (flowId: string, id: string): string => `/tmf-api/processFlowManagement/v4/processFlow/${encodeURIComponent(flowId)}/taskFlow/${encodeURIComponent(id)}`
