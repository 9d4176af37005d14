/**
 * How every error becomes an answer: the TMF630 Error body, with `details` as Tandem's documented extension that lists every fault.
 * Whatever is not known to be the caller's fault or a passing weakness is a 500 that reveals nothing.
 */
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import { Refusal, type Fault } from '../errors.ts'
import { asRefusal } from './foreign-errors.ts'

/** TMF630 Error. `status` is text, as the definitions have it. */
export interface ErrorBody {
  '@type': 'Error'
  code: string
  reason: string
  message: string
  status: string
  referenceError?: string
  /** Extension: every fault of the request, not only the first. */
  details?: Fault[]
}

const UNEXPECTED: ErrorBody = {
  '@type': 'Error',
  code: 'internalError',
  reason: 'The server failed unexpectedly',
  message: 'The server failed unexpectedly; the x-request-id header of this answer finds it in the log',
  status: '500',
}

/** A message lists each fault too; a body with a thousand of them must not be repeated in full. */
const LONGEST_MESSAGE = 2000

export const errorBody = (refusal: Refusal): ErrorBody => ({
  '@type': 'Error',
  code: refusal.code,
  reason: refusal.reason,
  message: refusal.message.length > LONGEST_MESSAGE ? `${refusal.message.slice(0, LONGEST_MESSAGE)}…` : refusal.message,
  status: String(refusal.status),
  ...(refusal.faults.length > 0 ? { details: refusal.faults } : {}),
})

/** The media type is set by hand: the reply may already have been typed as something else (an export, a stream). */
const answer = (request: FastifyRequest, reply: FastifyReply, status: number, body: ErrorBody, headers: Record<string, string> = {}): FastifyReply =>
  reply.code(status).headers(headers).header('x-request-id', request.id).type('application/json; charset=utf-8').serializer(JSON.stringify).send(body)

const validated = (error: unknown, request: FastifyRequest): unknown => {
  switch ((error as { validationContext?: string }).validationContext) {
    case 'body':
      return request.body
    case 'querystring':
      return request.query
    case 'params':
      return request.params
    default:
      return undefined
  }
}

const handleError = (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  const refusal = asRefusal(error, validated(error, request))
  if (refusal === undefined) {
    request.log.error({ err: error }, 'unexpected error')
    return answer(request, reply, 500, UNEXPECTED)
  }
  if (refusal.status >= 500) request.log.warn({ err: refusal.cause ?? refusal, code: refusal.code, internal: refusal.internal }, 'answered as unavailable')
  else if (refusal.internal !== undefined) request.log.info({ code: refusal.code, internal: refusal.internal }, 'refused')
  return answer(request, reply, refusal.status, errorBody(refusal), refusal.headers)
}

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

const handleUnknownRoute = (app: FastifyInstance) => (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  const path = request.url.split('?', 1)[0] ?? request.url
  // findRoute is matched against the real path, parameters included (hasRoute only knows patterns).
  const allowed = METHODS.filter(method => app.findRoute({ method, url: path }) !== null)
  if (allowed.length > 0 && !allowed.includes(request.method as HTTPMethods)) {
    const refusal = new Refusal({
      status: 405,
      code: 'methodNotAllowed',
      reason: 'The method is not allowed at this path',
      message: `${request.method} is not allowed here; allowed: ${allowed.join(', ')}`,
      headers: { allow: allowed.join(', ') },
    })
    return answer(request, reply, refusal.status, errorBody(refusal), refusal.headers)
  }
  const shown = path.length > 200 ? `${path.slice(0, 200)}…` : path
  const refusal = new Refusal({ status: 404, code: 'unknownRoute', reason: 'There is nothing at this path', message: `There is nothing at ${shown}` })
  return answer(request, reply, refusal.status, errorBody(refusal))
}

/** Installs the error and not-found handlers; call it on the root before anything is registered. */
export const installErrorHandlers = (app: FastifyInstance): void => {
  app.setErrorHandler(handleError)
  app.setNotFoundHandler(handleUnknownRoute(app))
}

/** For Fastify's option `frameworkErrors`: a path that cannot be decoded never reaches a route or a hook. */
export const handleFrameworkError = (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
  void handleError(error, request, reply)
}

/** For Fastify's option `clientErrorHandler`: bytes that are not HTTP have no request to answer, so the socket is written to. */
export const handleClientError = (error: NodeJS.ErrnoException, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy()
    return
  }
  const [status, code] = error.code === 'HPE_HEADER_OVERFLOW' ? [431, 'headersTooLarge'] : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? [408, 'requestTimeout'] : [400, 'malformedRequest']
  const reason = STATUS_CODES[status as number] ?? 'Bad Request'
  const body = JSON.stringify({ '@type': 'Error', code, reason, message: reason, status: String(status) })
  socket.end(`HTTP/1.1 ${String(status)} ${reason}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${String(Buffer.byteLength(body))}\r\nConnection: close\r\n\r\n${body}`)
}
