/** Reads a hub's query: `eventType=…`, the list filters on the payload, and `fields`. */
import { Refusal, fault, refuse } from '../../platform/errors.ts'
import { attributeAt } from '../attributes.ts'
import { parseListQuery, type ParsedCondition } from '../filter/parse.ts'
import { pairsOf } from '../filter/path-syntax.ts'
import { usesPattern } from '../filter/predicate.ts'
import type { AttributeLookup } from '../filter/values.ts'
import type { Resource } from '../resource.ts'
import { filterable } from '../secrets.ts'
import { eventTypesOf } from './event.ts'
import type { DocumentCondition } from './match.ts'

/** What a listener wants of one resource. */
export interface Interest {
  eventTypes: ReadonlySet<string>
  conditions: readonly DocumentCondition[]
  fields?: readonly string[]
}

/** By resource name; a resource that is not there is of no interest. */
export type HubFilter = ReadonlyMap<string, Interest>

/** Names in the query that are not filters on a payload. */
const NOT_FOR_HUBS = ['offset', 'limit', 'sort', 'after']
const LIMITS = { defaultLimit: 1, maxLimit: 1, maxOffset: 1 }

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw refuse.invalid([fault('query', 'has a percent sign that begins no character', text)])
  }
}

/** `event.productOffering.name`, `productOffering.name` and `name` all mean the attribute. */
const withoutPrefix = (name: string, resource: Resource<any>): string => {
  const inner = name.startsWith('event.') ? name.slice('event.'.length) : name
  return inner.startsWith(`${resource.name}.`) ? inner.slice(resource.name.length + 1) : inner
}

const splitQuery = (query: string): { eventTypes: string[]; rest: [string, string][] } => {
  const eventTypes: string[] = []
  const rest: [string, string][] = []
  for (const pair of pairsOf(query.replace(/^\?/, ''))) {
    const at = pair.indexOf('=')
    const name = decode(at < 0 ? pair : pair.slice(0, at))
    const value = at < 0 ? '' : pair.slice(at + 1)
    if (name === 'eventType') eventTypes.push(...decode(value).split(',').map(type => type.trim()).filter(Boolean))
    else if (NOT_FOR_HUBS.includes(name)) throw refuse.invalid([fault('query', `must not have ${name}: a listener gets every event that matches`)])
    else rest.push([name, value])
  }
  return { eventTypes, rest }
}

const inMemory = (condition: ParsedCondition): DocumentCondition => (condition.op === 'where' ? { op: 'where', where: condition.where } : { path: condition.path, op: condition.op, values: condition.values })

const interestIn = (resource: Resource<any>, asked: ReadonlySet<string>, rest: readonly [string, string][], lookup: AttributeLookup | undefined): Interest => {
  const raw = rest
    .map(([name, value]) => [name === 'fields' ? name : withoutPrefix(name, resource), name === 'fields' ? value.split(',').map(field => withoutPrefix(field, resource)).join(',') : value])
    .map(([name, value]) => `${encodeURIComponent(name!)}=${value}`)
    .join('&')
  // What leaves the house holds no secret, so there is none to compare with.
  const { conditions, fields } = parseListQuery(resource, raw, LIMITS, filterable(resource, lookup ?? (path => attributeAt(resource.schema, path)), true))
  const pattern = conditions.find(condition => (condition.op === 'where' ? usesPattern(condition.where) : condition.op === 'regex'))
  if (pattern) throw refuse.invalid([fault(`query.${pattern.path}`, 'cannot be compared by regex in a subscription')])
  return {
    eventTypes: asked.size > 0 ? asked : new Set(eventTypesOf(resource)),
    conditions: conditions.map(inMemory),
    ...(fields && { fields }),
  }
}

/** The attributes of a resource, those of registered extensions among them. */
export type Lookups = (resource: Resource<any>) => AttributeLookup

/** The query, read for the resources of an API. Throws a Refusal (400) that names what no resource of the API knows. */
export const parseHubQuery = (query: string, resources: readonly Resource<any>[], lookups?: Lookups): HubFilter => {
  const { eventTypes, rest } = splitQuery(query)
  const known = new Set(resources.flatMap(eventTypesOf))
  const unknown = eventTypes.filter(type => !known.has(type))
  if (unknown.length > 0) throw refuse.invalid(unknown.map(type => fault('query.eventType', `must be one of ${[...known].join(', ')}`, type)))
  const filter = new Map<string, Interest>()
  let refusal: Refusal | undefined
  for (const resource of resources) {
    const types = new Set(eventTypesOf(resource).filter(type => eventTypes.includes(type)))
    if (eventTypes.length > 0 && types.size === 0) continue
    try {
      filter.set(resource.name, interestIn(resource, types, rest, lookups?.(resource)))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      refusal ??= error
    }
  }
  // A filter that fits one resource of the API is a subscription to that one; one that fits none is a mistake.
  if (filter.size === 0 && refusal) throw refusal
  return filter
}
