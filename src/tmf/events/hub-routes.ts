/** POST /hub and DELETE /hub/{id} of an API, documented; mounted below its base path. */
import type { FastifyInstance, FastifySchema } from 'fastify'
import type { Callers } from '../../platform/auth/callers.ts'
import type { Context } from '../../platform/principal.ts'
import type { Permit } from '../http/routes.ts'
import { basePath, type Api } from '../resource.ts'
import type { Hub } from './hub.ts'

const ERRORS: Readonly<Record<number, string>> = {
  400: 'The body, its callback or its query is not valid; every fault is listed and names its attribute',
  401: 'The caller is not known',
  403: 'The caller may not do this',
  404: 'The caller has no such subscription',
  406: 'The caller does not take an answer of this form',
  409: 'The caller is subscribed with this callback and query already',
  410: 'The events that follow this position are no longer in the log',
  413: 'The body is too large',
  415: 'The body is not JSON',
  500: 'The server failed unexpectedly',
  503: 'The service cannot answer now; Retry-After tells when to come again',
}

/** Answers with the shared Error body. `Error` is a component that the scope has. */
export const errorAnswers = (...statuses: number[]): Record<number, unknown> => Object.fromEntries(statuses.map(status => [status, { description: ERRORS[status], $ref: 'Error#' }]))

const SUBSCRIPTION = {
  type: 'object',
  required: ['id', 'callback'],
  properties: {
    id: { type: 'string', description: 'Identifier of the subscription, for DELETE /hub/{id}' },
    callback: { type: 'string', description: 'Where events are sent' },
    query: { type: 'string', description: 'Which events are sent' },
  },
}

const REGISTER = {
  operationId: 'registerListener',
  summary: 'Subscribes a listener to events',
  description:
    'Events are sent by POST to the callback: at least once, in order for each resource, again with growing pauses until the listener answers 2xx. ' +
    'A listener that keeps failing is paused until an operator resumes it; its events wait. What it is sent is what its registrant may read at that moment: of rows and resources, and ' +
    'what says something about people only with the permission personalData:read. It is paused when the access of its registrant ends. The header x-tandem-delivery is the same for each attempt at an event.',
  tags: ['events subscription'],
  consumes: ['application/json'],
  body: {
    type: 'object',
    required: ['callback'],
    properties: {
      callback: { type: 'string', description: 'http or https URL of the listener; private addresses only where configuration allows the host' },
      query: {
        type: 'string',
        description: 'eventType=… (several by comma), filters on the payload as a list takes them (filter= with JSONPath too), and fields=…; everything when left out. Names may be written with the prefix event.<resource>.',
      },
      secret: { type: 'string', minLength: 16, maxLength: 200, writeOnly: true, description: 'Signs deliveries: header x-tandem-signature is sha256= and the HMAC-SHA256 of the body in hex' },
    },
    example: { callback: 'https://listener.example.com/events', query: '' },
  },
  response: {
    201: { description: 'Subscribed', headers: { Location: { type: 'string', description: 'Address of the subscription' } }, ...SUBSCRIPTION },
    ...errorAnswers(400, 401, 403, 409, 413, 415, 500, 503),
  },
} as FastifySchema

/** What the fifth version of the definitions has beside that: every object says its class. */
const CLASS = {
  '@type': { type: 'string', description: 'Class of this object' },
  '@baseType': { type: 'string', description: 'Class that @type extends' },
  '@schemaLocation': { type: 'string', description: 'Where the JSON Schema of an extension can be fetched' },
}

const { body: BODY, response: ANSWERS } = REGISTER as { body: { properties: object; example: object }; response: Record<number, object> }

const REGISTER_V5 = {
  ...REGISTER,
  body: { type: 'object', required: ['callback'], allOf: [{ type: 'object', required: ['@type'], properties: CLASS }, { type: 'object', properties: BODY.properties }], example: { '@type': 'Hub', ...BODY.example } },
  response: { ...ANSWERS, 201: { ...ANSWERS[201], properties: { ...SUBSCRIPTION.properties, ...CLASS, href: { type: 'string', description: 'Address of the subscription' } } } },
} as FastifySchema

const UNREGISTER = {
  operationId: 'unregisterListener',
  summary: 'Ends a subscription',
  tags: ['events subscription'],
  params: { type: 'object', required: ['id'], properties: { id: { type: 'string', description: 'Identifier of the subscription' } } },
  response: { 204: { description: 'It is gone, with what waited for it', type: 'null' }, ...errorAnswers(400, 401, 403, 404, 500, 503) },
} as FastifySchema

/** Mounts both in a scope that is prefixed with one of the API's base paths. */
export const mountHub = (scope: FastifyInstance, api: Api, hub: Hub, permit: Permit, callers: Pick<Callers, 'identify'>): void => {
  const contextFor = (context: Context, action: 'create' | 'delete'): Context => {
    permit(context, 'hub', action)
    return context
  }
  const isV5 = api.version === 'v5'
  scope.post('/hub', { schema: isV5 ? REGISTER_V5 : REGISTER }, async (request, reply) => {
    const subscription = await hub.register(contextFor(request.context, 'create'), api, request.body, await callers.identify(request))
    const href = `${basePath(api)}/hub/${subscription.id}`
    return reply.code(201).header('location', href).send(isV5 ? { ...subscription, href, '@type': 'Hub' } : subscription)
  })
  scope.delete('/hub/:id', { schema: UNREGISTER }, async (request, reply) => {
    await hub.remove(contextFor(request.context, 'delete'), api, (request.params as { id: string }).id)
    return reply.code(204).send()
  })
}
