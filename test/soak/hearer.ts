/** A listener that holds what it hears to the promise: each event at least once, and of each resource nothing after what came later. */
import type pg from 'pg'
import { startListener } from '../tmf/events/listener.ts'
import type { Random } from './random.ts'

export interface Hearer {
  url: string
  /** Subscribes it through one process to an API's events. */
  subscribe: (base: string, api: string) => Promise<void>
  /** Compares what came with the event table's rows of these resources, of which none was written before it subscribed. */
  verify: (sql: pg.Pool, resources: readonly string[]) => Promise<{ heard: number; repeated: number }>
  close: () => Promise<void>
}

/** `failureRate`: how often it refuses an event, which then must come again before later ones of its resource. */
export async function startHearer(random: Random, failureRate: number): Promise<Hearer> {
  const listener = await startListener()
  listener.answer = () => (random.next() < failureRate ? 503 : 204)
  return {
    url: listener.url,
    async subscribe(base, api) {
      const answer = await fetch(`${base}/tmf-api/${api}/hub`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ callback: listener.url }) })
      if (answer.status !== 201) throw new Error(`POST ${api}/hub: ${answer.status} ${await answer.text()}`)
    },
    async verify(sql, resources) {
      const { rows } = await sql.query<{ event_id: string; position: string; key: string }>(
        "select event_id, position, brand || ' ' || resource || ' ' || resource_id as key from event where resource = any($1) order by position",
        [resources],
      )
      const events = new Map(rows.map(row => [row.event_id, { position: Number(row.position), key: row.key }]))
      const taken = new Set(listener.taken.map(received => received.event.eventId as string))
      const missing = rows.filter(row => !taken.has(row.event_id))
      if (missing.length > 0) throw new Error(`${missing.length} of ${rows.length} events were not heard, such as ${JSON.stringify(missing.slice(0, 3))}`)
      const last = new Map<string, number>()
      for (const { event, headers } of listener.asked) {
        const known = events.get(event.eventId as string)
        if (!known) continue
        if (headers['x-tandem-delivery'] !== String(known.position)) throw new Error(`Event ${event.eventId} came as ${String(headers['x-tandem-delivery'])} and has position ${known.position}`)
        if (known.position < (last.get(known.key) ?? 0)) throw new Error(`${known.key}: ${known.position} came after ${last.get(known.key)}`)
        last.set(known.key, known.position)
      }
      return { heard: taken.size, repeated: listener.asked.length - taken.size }
    },
    close: () => listener.close(),
  }
}
