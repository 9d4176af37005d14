/**
 * One line for each request, when it is answered: who did what, how it ended, how long it took. Never a body, never a query, and of the path
 * what Tandem has made up itself: people are asked for by their address or number there.
 */
import { LogController, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Logger } from 'pino'

/** For Fastify's option `logController`: its own two lines for each request are not written; errors after the headers still are. */
export class RequestLogController extends LogController {
  override incomingRequest(): void {
    // The line at the end says all of it.
  }

  override requestCompleted(error: Error | null | undefined, request: FastifyRequest, reply: FastifyReply): void {
    if (error) request.log.warn({ err: error, status: reply.statusCode }, 'the answer could not be sent')
  }

  override routeNotFound(): void {
    // Answered and logged like any other request.
  }
}

const OWN_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** The pattern of the route, with the ids in it that Tandem gave; other systems' ids and whatever else is asked for stay a name. */
const pathOf = (request: FastifyRequest): string => {
  const route = request.is404 ? undefined : request.routeOptions.url
  if (route === undefined) return 'unmatched'
  const params = (request.params ?? {}) as Readonly<Record<string, unknown>>
  return route.replaceAll(/:(\w+)/g, (pattern, name: string) => {
    const value = params[name]
    return typeof value === 'string' && OWN_ID.test(value) ? value : pattern
  })
}

export const installRequestLog = (app: FastifyInstance): void => {
  app.addHook('onResponse', (request, reply, done) => {
    const { statusCode: status } = reply
    // Probes come every few seconds, documents are read by browsers: they would bury the rest.
    const level = status >= 500 ? 'warn' : request.routeOptions.config.public === true ? 'debug' : 'info'
    if ((request.log as Logger).isLevelEnabled(level)) {
      const { principal, brand, channel, correlationId } = request.context ?? {}
      request.log[level](
        {
          method: request.method,
          path: pathOf(request),
          route: request.is404 ? undefined : request.routeOptions.url,
          status,
          ms: Math.round(reply.elapsedTime * 10) / 10,
          principal: principal?.id,
          brand,
          channel,
          correlationId,
        },
        'request',
      )
    }
    done()
  })
}
