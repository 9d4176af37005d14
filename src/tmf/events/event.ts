/** What an event is outside its row: the types that a resource has, the message that listeners get, the event that reactions see. */
import { select } from '../http/fields.ts'
import { withoutTagged } from '../masking.ts'
import type { AnyResource, ResourceEvent } from '../module.ts'
import { basePath, type Api, type Resource } from '../resource.ts'

export type EventKind = 'create' | 'attributeValueChange' | 'stateChange' | 'delete' | 'informationRequired'

const SUFFIX: Readonly<Record<EventKind, string>> = { create: 'CreateEvent', attributeValueChange: 'AttributeValueChangeEvent', stateChange: 'StateChangeEvent', delete: 'DeleteEvent', informationRequired: 'InformationRequiredEvent' }

/** `ProductOfferingCreateEvent`; TMF670 and TMF683 call a state a status. */
export const eventTypeOf = (resource: Resource<any>, kind: EventKind): string =>
  `${resource.type}${kind === 'stateChange' && resource.lifecycle?.changeEvent !== undefined ? resource.lifecycle.changeEvent : SUFFIX[kind]}`

/** Event types that a resource can emit, as its definition names them. */
export const eventTypesOf = (resource: Resource<any>): string[] =>
  [...(resource.events ?? (['create', 'attributeValueChange', ...(resource.lifecycle ? (['stateChange'] as const) : []), 'delete'] as const)), ...(resource.furtherEvent ? [resource.furtherEvent.kind] : [])].map(kind => eventTypeOf(resource, kind))

/** What hubs of an API are stored under: its own path, also when it was asked by another one. */
export const hubApi = (api: Api): string => basePath(api)

/** An event row as this folder's statements read it; `doc` is the document's text. */
export interface EventRow {
  event_id: string
  event_type: string
  event_time: Date
  correlation_id: string
  channel?: string | null
  brand: string
  resource: string
  resource_id: string
  revision: number
  doc: string
}

export const resourceEvent = (row: EventRow): ResourceEvent => ({
  eventId: row.event_id,
  eventType: row.event_type,
  eventTime: row.event_time,
  correlationId: row.correlation_id,
  ...(row.channel && { channel: row.channel }),
  brand: row.brand,
  resource: row.resource,
  resourceId: row.resource_id,
  revision: row.revision,
  doc: JSON.parse(row.doc) as Record<string, unknown>,
})

/** The event as somebody may see it: secrets (by their tags) are never in it, what says something about people only in the whole one. */
export const seenAs = (event: ResourceEvent, resource: AnyResource, sight: 'masked' | 'whole'): ResourceEvent => ({
  ...event,
  doc: withoutTagged(resource.schema, event.doc, sight === 'whole' ? ['secret'] : ['secret', 'personal']),
})

/** A stored message for somebody who may not see what says something about people. */
export const maskedMessage = (text: string, resource: AnyResource): string => {
  const message = JSON.parse(text) as { event: Record<string, Record<string, unknown>> }
  return JSON.stringify({ ...message, event: { [resource.name]: withoutTagged(resource.schema, message.event[resource.name] ?? {}, ['personal']) } })
}

/** The message that leaves the house (TMF630: event notification), made of an event as its reader may see it. */
export const eventPayload = (event: ReturnType<typeof seenAs>, api: Api, fields?: readonly string[]): Record<string, unknown> => {
  const time = event.eventTime.toISOString()
  return {
    eventId: event.eventId,
    eventTime: time,
    eventType: event.eventType,
    correlationId: event.correlationId,
    domain: api.name,
    title: event.eventType,
    timeOccurred: time,
    event: { [event.resource]: fields ? select(event.doc, fields) : event.doc },
  }
}
