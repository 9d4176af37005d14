/** Time in the simulators: steps that become due, and call-backs that are sent until they are accepted. All of it is resumed from the books. */
import { faultsOf } from './faults.ts'
import type { CallbackRow, SystemName } from './rows.ts'
import type { Floor, Stack } from './work.ts'

const firstRetryMs = 200
const longestRetryMs = 30_000
const maxTries = 40

export interface Timers {
  /** Looks at what is due and what is to be sent; called after each request and by its own timer. */
  wake(): void
  close(): Promise<void>
}

export const startTimers = (floor: Floor, stacks: Record<SystemName, Stack>): Timers => {
  const { books } = floor
  let closed = false
  let timer: NodeJS.Timeout | undefined
  /** Work items with a call-back on its way: one at a time each, so that `shipped` comes before `delivered`. */
  const sending = new Map<string, Promise<void>>()
  const tries = new Map<string, { count: number; notBefore: number }>()
  const stopping = new AbortController()

  const post = async (row: CallbackRow): Promise<boolean> => {
    if (faultsOf(books, row.system, floor.settings.seed).down) return false
    try {
      const answer = await fetch(row.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': row.key, ...(row.correlationId === undefined ? {} : { 'x-correlation-id': row.correlationId }) },
        body: JSON.stringify(row.body),
        signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(10_000)]),
      })
      await answer.arrayBuffer()
      return answer.ok
    } catch {
      // Nobody there, or not now: the row stays and is tried again.
      return false
    }
  }

  const send = async (row: CallbackRow): Promise<void> => {
    const accepted = await post(row)
    if (closed || books.get('callback', row.eventId) === undefined) return
    if (accepted) {
      tries.delete(row.eventId)
      books.write([['callback', row.eventId, row.copies > 1 ? { ...row, copies: row.copies - 1 } : null]])
      return
    }
    const count = (tries.get(row.eventId)?.count ?? 0) + 1
    if (count >= maxTries) {
      tries.delete(row.eventId)
      books.write([['callback', row.eventId, null]])
      return
    }
    tries.set(row.eventId, { count, notBefore: Date.now() + Math.min(longestRetryMs, firstRetryMs * 2 ** (count - 1)) })
  }

  const wake = (): void => {
    if (closed) return
    clearTimeout(timer)
    const now = floor.now().getTime()
    let next = Infinity
    for (const [workId, due] of books.rows('due')) {
      if (due.at > now) {
        next = Math.min(next, due.at)
        continue
      }
      const work = books.get('work', workId)
      if (!work) throw new Error(`A step is due for ${workId}, which is not in the books`)
      stacks[work.system].step(work, due.step)
      const after = books.get('due', workId)
      if (after) next = Math.min(next, after.at)
    }
    const seen = new Set<string>()
    for (const [eventId, row] of books.rows('callback')) {
      if (seen.has(row.workId)) continue
      seen.add(row.workId)
      if (sending.has(row.workId)) continue
      const notBefore = tries.get(eventId)?.notBefore ?? 0
      if (notBefore > Date.now()) {
        next = Math.min(next, notBefore)
        continue
      }
      const running = send(row).finally(() => {
        sending.delete(row.workId)
        wake()
      })
      sending.set(row.workId, running)
    }
    if (next < Infinity) timer = setTimeout(wake, Math.min(Math.max(next - Date.now(), 1), 60_000))
  }

  return {
    wake,
    close: async () => {
      closed = true
      clearTimeout(timer)
      stopping.abort()
      await Promise.all(sending.values())
    },
  }
}
