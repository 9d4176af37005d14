/** One line for each request, when it is answered: who did what, how it ended, how long it took. Never a body, never a query. */
import { LogController, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { withoutCardNumbers } from '../card-number.ts'

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

const LONGEST_PATH = 300

export const installRequestLog = (app: FastifyInstance): void => {
  app.addHook('onResponse', (request, reply, done) => {
    const { statusCode: status } = reply
    // Probes come every few seconds, documents are read by browsers: they would bury the rest.
    const level = status >= 500 ? 'warn' : request.routeOptions.config.public === true ? 'debug' : 'info'
    if ((request.log as Logger).isLevelEnabled(level)) {
      const query = request.url.indexOf('?')
      const { principal, brand, channel, correlationId } = request.context ?? {}
      request.log[level](
        {
          method: request.method,
          path: withoutCardNumbers(request.url.slice(0, query < 0 ? LONGEST_PATH : Math.min(query, LONGEST_PATH))),
          route: request.routeOptions.url,
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
