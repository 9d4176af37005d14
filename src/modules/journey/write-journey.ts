/** Writes a journey down as it is by all that is remembered of it: its flow and its steps, those that are other than they were. */
import { isDeepStrictEqual } from 'node:util'
import { v5 } from 'uuid'
import type { Transaction } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import { hrefOf } from '../../tmf/kit.ts'
import type { Services } from '../../tmf/services.ts'
import { shoppingCart } from '../cart/index.ts'
import { productOrder } from '../ordering/index.ts'
import type { Fact, Party } from './fact.ts'
import type { ProcessFlow, TaskFlow } from './flow.schema.ts'
import { JOURNEY, processFlow, taskHref } from './process-flow.ts'
import { journeyOf, secondsBetween, type Entity, type Journey, type Step } from './steps.ts'
import { taskFlow } from './task-flow.ts'

/** Any constant: ids of journeys and their steps follow from what they are about. */
export const NAMESPACE = '0e7a7f6c-8d0b-4c39-9a15-701f4c1d5b2e'

export interface Work {
  tx: Transaction
  context: Context
  deps: Services
}

const entityOf = (entity: Entity): Entity & { href?: string } => {
  const href = entity['@referredType'] === shoppingCart.type ? hrefOf(shoppingCart, entity.id) : entity['@referredType'] === productOrder.type ? hrefOf(productOrder, entity.id) : undefined
  return { ...entity, ...(href !== undefined && { href }) }
}

const channelsOf = (names: readonly string[]): { id: string; name: string }[] => names.map(name => ({ id: name, name }))

const taskId = (flowId: string, step: Step): string => v5(`${flowId} ${step.key}`, NAMESPACE)

const ENDED: readonly string[] = ['completed', 'cancelled']

const taskOf = (flowId: string, step: Step, index: number, customer: Party | undefined, before: string | undefined): TaskFlow => {
  const id = taskId(flowId, step)
  const party = [...(customer ? [customer] : []), ...step.party]
  return {
    id,
    href: taskHref(flowId, id),
    taskFlowSpecification: step.place,
    completionMethod: step.place === 'delivery' || step.place === 'milestone' ? 'automatic' : 'manual',
    isMandatory: step.place !== 'qualification' && step.place !== 'cancellation',
    state: step.state,
    sequence: index + 1,
    ...(step.name !== undefined && { characteristic: [{ name: 'milestone', value: step.name }] }),
    ...(step.channel !== undefined && { channel: channelsOf([step.channel]) }),
    ...(party.length > 0 && { relatedParty: party.map(one => ({ ...one })) }),
    relatedEntity: step.entity.map(entityOf),
    ...(before !== undefined && { taskFlowRelationship: [{ relationshipType: 'follows', taskFlow: { id: before, href: taskHref(flowId, before) } }] }),
    processFlow: { id: flowId, href: hrefOf(processFlow, flowId) },
    isObserved: true,
    ...(step.start !== undefined && { startDate: step.start }),
    ...(step.last !== undefined && ENDED.includes(step.state) && { endDate: step.last }),
    ...(step.start !== undefined && step.last !== undefined && { durationSeconds: secondsBetween(step.start, step.last) }),
    ...(step.waited !== undefined && { waitSeconds: step.waited }),
    ...(step.outcome !== undefined && { outcome: step.outcome }),
    '@type': taskFlow.type,
  }
}

const flowDocument = (flowId: string, journey: Journey, tasks: readonly TaskFlow[]): Partial<ProcessFlow> => ({
  processFlowSpecification: JOURNEY,
  state: journey.state,
  startDate: journey.start,
  ...(ENDED.includes(journey.state) && { endDate: journey.last }),
  durationSeconds: secondsBetween(journey.start, journey.last),
  ...(journey.channel.length > 0 && { channel: channelsOf(journey.channel) }),
  ...(journey.party.length > 0 && { relatedParty: journey.party.map(party => ({ ...party })) }),
  relatedEntity: journey.entity.map(entityOf),
  taskFlow: tasks.map(({ id, taskFlowSpecification, state }) => ({ id, href: taskHref(flowId, id), ...(taskFlowSpecification !== undefined && { taskFlowSpecification }), ...(state !== undefined && { state }), '@referredType': taskFlow.type })),
  ...(journey.stoppedAt && { stoppedAt: journey.stoppedAt }),
})

/** What of the flow is computed; the rest (when it was made, its address) stays. */
const KEPT = ['id', 'href', 'processFlowDate', 'lastUpdate', '@type'] as const

const kept = (doc: ProcessFlow): Partial<ProcessFlow> => Object.fromEntries(KEPT.flatMap(name => (doc[name] === undefined ? [] : [[name, doc[name]]])))

const writeTasks = async ({ tx, context, deps }: Work, tasks: readonly TaskFlow[], before: readonly string[]): Promise<void> => {
  const stored = await deps.store.getMany(context, taskFlow, [...new Set([...tasks.map(task => task.id), ...before])], { tx })
  for (const task of tasks) {
    const was = stored.get(task.id)
    if (was === undefined) await deps.store.create(context, taskFlow, task, { tx, id: task.id })
    else if (!isDeepStrictEqual(was.doc, task)) await deps.store.update(context, taskFlow, task.id, () => ({ ...task }), { tx })
  }
  const now = new Set(tasks.map(task => task.id))
  for (const id of before) if (!now.has(id) && stored.has(id)) await deps.store.remove(context, taskFlow, id, { tx })
}

/** The journey as it is after this. The flow's row first: its tasks refer to it. */
export const writeJourney = async (work: Work, flowId: string, facts: readonly Fact[]): Promise<void> => {
  const { tx, context, deps } = work
  const journey = journeyOf(facts)
  const customer = journey.party.find(party => party.role === 'customer')
  const tasks = journey.step.map((step, index) => taskOf(flowId, step, index, customer, journey.step[index - 1] && taskId(flowId, journey.step[index - 1]!)))
  const doc = flowDocument(flowId, journey, tasks)
  const stored = await deps.store.get(context, processFlow, flowId, { tx })
  if (stored === undefined) await deps.store.create(context, processFlow, doc, { tx, id: flowId })
  else if (!isDeepStrictEqual(stored.doc, { ...kept(stored.doc), ...doc })) await deps.store.update(context, processFlow, flowId, flow => ({ ...kept(flow), ...doc }) as ProcessFlow, { tx })
  await writeTasks(work, tasks, (stored?.doc.taskFlow ?? []).map(task => task.id))
}
