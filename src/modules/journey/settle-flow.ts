/** What becomes of a flow of somebody else when one of its tasks moves: it is completed with its last mandatory task, and goes on when one is taken up again. */
import type { Transaction } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'

interface Work {
  context: Context
  deps: Services
  tx: Transaction
}

interface FlowDoc {
  id: string
  state?: string
  startDate?: string
  taskFlow?: { id: string; state?: string }[]
}

/** The resources are asked for by name: a flow knows its tasks, and tasks their flow. */
export const settleFlow = async ({ context, deps, tx }: Work, flowId: string): Promise<void> => {
  const [flows, tasks] = [deps.store.resource('processFlow'), deps.store.resource('taskFlow')]
  if (!flows || !tasks) return
  const now = deps.clock.now().toISOString()
  // The flow's row first: of two tasks that end at once the second sees the first.
  await tx.query({ name: 'flow_lock', text: 'SELECT 1 FROM process_flow WHERE brand = $1 AND id = $2 FOR UPDATE' }, [context.brand, flowId])
  const found = (await deps.store.find(context, tasks, { where: [{ path: 'processFlow.id', value: flowId }], sort: 'sequence', limit: 200 }, { tx })).map(({ doc }) => doc as { id: string; state?: string; isMandatory?: boolean })
  const states = new Map(found.map(task => [task.id, task.state]))
  const isOver = found.every(task => task.isMandatory === false || task.state === 'completed' || task.state === 'cancelled')
  await deps.store.update(
    context,
    flows,
    flowId,
    doc => {
      const { endDate: _ended, durationSeconds: _took, ...flow } = doc as unknown as FlowDoc & { endDate?: string; durationSeconds?: number }
      const taskFlow = (flow.taskFlow ?? []).map(task => ({ ...task, ...(states.has(task.id) && { state: states.get(task.id) }) }))
      const ended = isOver ? { state: 'completed', endDate: now, ...(flow.startDate !== undefined && { durationSeconds: Math.max(0, (Date.parse(now) - Date.parse(flow.startDate)) / 1_000) }) } : { state: found.some(task => task.state === 'hold') ? 'hold' : 'active' }
      return { ...flow, taskFlow, ...ended } as never
    },
    { tx },
  )
}
