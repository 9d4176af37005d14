/** GET /events: the live stream of all APIs, and of each one below its base path, documented. */
import type { FastifyInstance, FastifySchema } from 'fastify'
import type { AnyResource } from '../module.ts'
import { errorAnswers } from './hub-routes.ts'
import type { Streams } from './streams.ts'

const text = (description: string) => ({ type: 'string', description })

const schemaOf = (of: string, operationId: string, tag: string): FastifySchema =>
  ({
    operationId,
    summary: `Streams the events of ${of} as they happen`,
    description:
      'Server-sent events. Each message has the position of its event as `id` and, as `data`, the same JSON that listeners get, in the order in which the events were committed. ' +
      'A client that comes back says with Last-Event-ID which one it got last, which EventSource does by itself: nothing is lost or repeated. Without it the stream begins with what happens next. ' +
      'The caller gets what it may read at that moment: of its rows, and what says something about people only with the permission personalData:read. ' +
      'Before the server ends a stream it sends a message of the type `end` whose data is {code, reason}: `unauthenticated` or `forbidden` when the access has ended, `closing` when the process stops, `positionGone` when the reader is further behind than the log reaches. ' +
      'A reader that does not take what it is sent is cut off. Comments and bare ids come when nothing happens.',
    tags: [tag],
    querystring: {
      type: 'object',
      properties: {
        after: text('Position after which to begin, for the first request; Last-Event-ID goes before it'),
        eventType: text('Only events of these types, comma-separated'),
        fields: text('Attributes of the resource to give, comma-separated, dots for deeper ones'),
      },
      additionalProperties: text('Any other name filters by an attribute of the resource, as lists do'),
    },
    headers: { type: 'object', properties: { 'Last-Event-ID': text('Position of the last event that the client got') } },
    response: {
      200: { description: 'The stream', content: { 'text/event-stream': { schema: { type: 'string', example: 'id: 4711\ndata: {"eventType":"ProductOrderCreateEvent","event":{"productOrder":{}}}\n\n' } } } },
      ...errorAnswers(400, 401, 403, 406, 410, 500, 503),
    },
  }) as FastifySchema

export interface MountStream {
  /** `/events`, below the prefix that the scope has. */
  url?: string
  of: string
  operationId: string
  tag: string
}

export const mountStream = (scope: FastifyInstance, streams: Streams, resources: readonly AnyResource[], { url = '/events', of, operationId, tag }: MountStream): void => {
  // `confined`: what a confined caller sees is decided for each event.
  scope.get(url, { schema: schemaOf(of, operationId, tag), config: { confined: true }, exposeHeadRoute: false }, async (request, reply) => {
    await streams.open(request, reply, resources)
    return reply
  })
}
