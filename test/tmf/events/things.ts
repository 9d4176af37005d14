/** A resource for tests of the event machinery, and events about it that no write has to come before. */
import { Type } from 'typebox'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Callers } from '../../../src/platform/auth/callers.ts'
import type { Sql } from '../../../src/platform/database/sql.ts'
import { newId } from '../../../src/platform/ids.ts'
import { defineApi, defineResource } from '../../../src/tmf/resource.ts'

/** Everybody is who they were, and may what they might. */
export const callers: Callers = {
  identify: request => request.context.principal,
  renew: async request => request.context,
  standing: async ({ principal, brand }) => ({ principal, brand, channel: 'system', correlationId: 'test' }),
}

export const thingApi = defineApi({ number: 999, name: 'thingManagement', version: 'v4', release: '4.0.0', title: 'Things', description: 'Things for tests.', slug: 'thing' })

export const thing = defineResource({
  api: thingApi,
  name: 'thing',
  type: 'Thing',
  // Any table with the columns of a resource.
  table: 'category',
  description: 'A thing.',
  schema: Type.Object({
    id: Type.Optional(Type.String()),
    href: Type.Optional(Type.String()),
    name: Type.Optional(Type.String()),
    weight: Type.Optional(Type.Number()),
    madeOn: Type.Optional(Type.String({ format: 'date-time' })),
    relatedParty: Type.Optional(Type.Array(Type.Object({ id: Type.Optional(Type.String()), role: Type.Optional(Type.String()) }))),
  }),
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  filters: { name: 'text' },
  example: { name: 'Stone' },
})

export interface NewEvent {
  resourceId: string
  revision?: number
  eventType?: string
  doc?: Record<string, unknown>
  brand?: string
  ownerParty?: string
  resource?: string
}

/** Writes an event as a resource's write does; answers its seq. */
export const insertEvent = async (sql: Sql, event: NewEvent): Promise<string> => {
  const [row] = await sql.query<{ seq: string }>(
    `INSERT INTO event (event_id, event_type, event_time, correlation_id, brand, owner_party, resource, resource_id, revision, doc)
     VALUES ($1, $2, now(), 'test', $3, $4, $5, $6, $7, $8::json) RETURNING seq`,
    [
      newId(),
      event.eventType ?? 'ThingCreateEvent',
      event.brand ?? 'default',
      event.ownerParty ?? null,
      event.resource ?? 'thing',
      event.resourceId,
      event.revision ?? 1,
      JSON.stringify({ id: event.resourceId, ...event.doc }),
    ],
  )
  return row!.seq
}

export const eventually = async (what: () => Promise<boolean> | boolean, ms = 10_000): Promise<void> => {
  const deadline = Date.now() + ms
  while (!(await what())) {
    if (Date.now() > deadline) throw new Error(`Not within ${ms} ms: ${String(what)}`)
    await sleep(10)
  }
}
