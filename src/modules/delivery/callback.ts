/** Call-backs of target systems. Each task has an unguessable address of its own; what comes there twice, or too late, changes nothing. */
import { timingSafeEqual } from 'node:crypto'
import { fault, refuse } from '../../platform/errors.ts'
import type { Services } from '../../tmf/services.ts'
import { readTask } from './delivery-store.ts'
import { deliveryTarget } from './delivery-target.ts'
import { systemContext } from '../../platform/principal.ts'
import { settleTask } from './settle.ts'
import { adapterOf } from './targets/adapters.ts'

const sameToken = (given: string, expected: string): boolean => {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** Takes a call-back in. Answers the task's state after it; an unknown task and a wrong token cannot be told apart (404). */
export const takeCallback = async (deps: Services, taskId: string, token: string, body: unknown): Promise<{ taskId: string; state: string }> => {
  const task = await readTask(deps.database, taskId)
  if (!task || !sameToken(token, task.callbackToken)) throw refuse.notFound('call-back', taskId)
  const [target] = await deps.store.find(systemContext(task.brand, task.correlationId), deliveryTarget, { where: [{ path: 'system', value: task.target }], limit: 1 })
  const adapter = adapterOf(target?.doc.adapter)
  const parsed = adapter?.parseCallback(body)
  if (!adapter || !parsed) throw refuse.invalid([fault('', `is not a call-back that ${task.target} sends`)])
  // A call-back that is not what was promised is not believed; the sender tries again, and we ask it in the end.
  if (parsed.outcome.status === 'failed' && parsed.outcome.code === 'wrongAnswer') throw refuse.invalid([fault('', parsed.outcome.message)])
  const state = await settleTask(deps, taskId, parsed)
  return { taskId, state: state ?? task.state }
}
