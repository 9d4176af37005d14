/**
 * The job that does the work: claims tasks that are due, talks to their targets outside any transaction, and applies what they answer.
 * Dying between the two is harmless: the lease ends, and the next worker sends the same request under the same key.
 */
import type { Static } from 'typebox'
import { defineJob } from '../../tmf/module.ts'
import type { Services } from '../../tmf/services.ts'
import { claimTasks, type ClaimedTask } from './delivery-store.ts'
import { resolveTarget, type DeliveryTargetDoc } from './delivery-target.ts'
import { callbackUrl, rememberBreaker, runtimeOf } from './runtime.ts'
import { settleTask, type Answer } from './settle.ts'
import { adapterOf } from './targets/adapters.ts'
import { TargetUnreachable, type Adapter, type Call, type Outcome, type Target } from './targets/target.ts'
import { runTasksName, runTasksSchema } from './wake.ts'

const callOf = (deps: Services, task: ClaimedTask): Call => ({
  idempotencyKey: task.id,
  workReference: `${task.orderId}/${task.itemId}/${task.unit === 1 ? '' : `${task.unit}/`}${task.name}`,
  correlationId: task.correlationId,
  callbackUrl: callbackUrl(deps, task.id, task.callbackToken),
  request: task.request,
  ...(task.externalId === null ? {} : { externalId: task.externalId }),
})

const unconfigured = (task: ClaimedTask): Outcome => ({ status: 'failed', code: 'targetUnknown', message: `no delivery target ${task.target} with a known adapter is configured`, retryable: false, untouched: true })

const ask = async (deps: Services, task: ClaimedTask, adapter: Adapter, target: Target): Promise<Outcome> => {
  const { send } = runtimeOf(deps).transport
  const call = callOf(deps, task)
  if (task.state === 'running') return await adapter.execute(target, call, send)
  if (task.state === 'waiting') {
    // A target that knows nothing of the work has lost it, or never got it: it is handed over again, under the same key.
    return (await adapter.poll(target, call, send)) ?? (await adapter.execute(target, call, send))
  }
  const begun = task.waitingSince === null ? undefined : await adapter.pollCompensation?.(target, call, send)
  return begun ?? (await adapter.compensate(target, call, send))
}

const answerOf = async (deps: Services, task: ClaimedTask): Promise<Answer> => {
  const compensation = task.state === 'compensating'
  const doc = task.targetDoc === null ? undefined : (JSON.parse(task.targetDoc) as Partial<DeliveryTargetDoc>)
  const adapter = adapterOf(doc?.adapter)
  if (!doc || !adapter) return { outcome: unconfigured(task), compensation }
  rememberBreaker(deps, doc)
  try {
    return { outcome: await ask(deps, task, adapter, await resolveTarget(deps.config, doc)), compensation }
  } catch (error) {
    if (!(error instanceof TargetUnreachable)) {
      // A secret that cannot be read, an adapter that breaks: after its attempts the task is shown to a person instead of trying for ever.
      deps.log.error({ err: error, task: task.id, target: task.target }, 'a delivery task could not be put to its target')
      return { outcome: { status: 'failed', code: 'adapterFailed', message: `the request to ${task.target} could not be made; the log says why`, retryable: true }, compensation }
    }
    // A poll that gets no answer says nothing about the work.
    if (task.state === 'waiting') return { outcome: { status: 'waiting', answer: task.answer }, compensation }
    return { outcome: { status: 'failed', code: error.code, message: error.message, retryable: true }, compensation, retryAt: error.retryAt }
  }
}

/** Runs one claimed task. What goes wrong inside is logged; its lease brings it back. */
const runTask = async (deps: Services, task: ClaimedTask): Promise<void> => {
  try {
    await settleTask(deps, task.id, await answerOf(deps, task))
  } catch (error) {
    deps.log.error({ err: error, task: task.id, order: task.orderId }, 'a delivery task could not be worked on; it comes back when its lease ends')
  }
}

/** Runs those of the tasks that are due. */
export const runTasks = async (deps: Services, taskIds: readonly string[]): Promise<void> => {
  const claimed = await claimTasks(deps.database, taskIds, runtimeOf(deps).owner, deps.clock.now())
  await Promise.all(claimed.map(task => runTask(deps, task)))
}

export const runTasksJob = defineJob({
  name: runTasksName,
  schema: runTasksSchema,
  run: async ({ taskIds }: Static<typeof runTasksSchema>, deps: Services) => await runTasks(deps, taskIds),
  retry: { attempts: 3, backoffMs: 500 },
  concurrency: 16,
})
