/** A span for each request, named by its route's pattern; installed only when there are traces. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { correlationOf } from '../http/context.ts'
import { TRACEPARENT_HEADER } from './traceparent.ts'
import type { OpenSpan, Tracing } from './tracing.ts'

/** Install it before the context, so that refusals of callers that are not known are seen too. */
export const installRequestSpans = (app: FastifyInstance, tracing: Tracing): void => {
  const spans = new WeakMap<FastifyRequest, OpenSpan>()
  app.addHook('onRequest', (request, _reply, done) => {
    // Probes and documents would bury the rest.
    if (request.routeOptions.config.public === true || request.url === '/metrics') return done()
    const route = request.is404 ? 'unmatched' : (request.routeOptions.url ?? 'unmatched')
    const traceparent = request.headers[TRACEPARENT_HEADER]
    const span = tracing.open(`${request.method} ${route}`, {
      kind: 'server',
      correlationId: correlationOf(request),
      traceparent: typeof traceparent === 'string' ? traceparent : undefined,
      attributes: { 'http.request.method': request.method, 'http.route': route },
    })
    spans.set(request, span)
    span.within(done)
  })
  // A body arrives in the socket's own turn, outside of what ran before it.
  app.addHook('preValidation', (request, _reply, done) => {
    const span = spans.get(request)
    if (span) span.within(done)
    else done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    const { statusCode } = reply
    const { brand, channel } = request.context ?? {}
    spans.get(request)?.end({ 'http.response.status_code': statusCode, 'tandem.brand': brand, 'tandem.channel': channel }, statusCode >= 500 ? { code: String(statusCode) } : undefined)
    done()
  })
}
