/** Says which errors of Fastify, PostgreSQL, Prisma and sockets are the caller's fault or a passing weakness, and how they are answered. */
import { hasNoSocket } from '../database/away.ts'
import { Refusal, refuse } from '../errors.ts'
import { faultsOfSchemaErrors, type SchemaError } from './validation-faults.ts'

interface Foreign {
  code?: unknown
  message?: unknown
  statusCode?: unknown
  cause?: unknown
  validation?: unknown
  validationContext?: unknown
  errors?: unknown
}

const badRequest = (code: string, reason: string, message?: string, status = 400): Refusal =>
  new Refusal({ status, code, reason, ...(message === undefined ? {} : { message }) })

/** Fastify's own codes that a request can cause. All others are mistakes in our code and stay a 500. */
const FASTIFY: Readonly<Record<string, (error: Foreign) => Refusal>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: () => badRequest('bodyTooLarge', 'The request body is larger than the server accepts', undefined, 413),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () => badRequest('unsupportedMediaType', 'The media type of the request body is not supported', 'Send application/json, or for a PATCH one of application/merge-patch+json, application/json-patch+json, application/json-patch-query+json', 415),
  FST_ERR_CTP_EMPTY_TYPE: () => badRequest('unsupportedMediaType', 'The media type of the request body is not supported', undefined, 415),
  FST_ERR_CTP_INVALID_TYPE: () => badRequest('unsupportedMediaType', 'The media type of the request body is not supported', undefined, 415),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () => badRequest('malformedRequest', 'The request body does not have the length that its header says'),
  FST_ERR_CTP_EMPTY_JSON_BODY: () => badRequest('malformedJson', 'The request body is not valid JSON', 'The request body is empty'),
  FST_ERR_CTP_INVALID_JSON_BODY: () => badRequest('malformedJson', 'The request body is not valid JSON'),
  FST_ERR_BAD_URL: () => badRequest('malformedUrl', 'The path is not a valid URL path'),
  FST_ERR_INVALID_URL: () => badRequest('malformedUrl', 'The path is not a valid URL path'),
  FST_ERR_MAX_PARAM_LENGTH: () => badRequest('pathTooLong', 'A part of the path is longer than the server accepts', undefined, 414),
  FST_ERR_NOT_FOUND: () => badRequest('unknownRoute', 'There is nothing at this path', undefined, 404),
  FST_ERR_HANDLER_TIMEOUT: () => refuse.unavailable('The request took too long'),
  FST_UNDER_PRESSURE: () => refuse.unavailable('The server has more work than it can do now'),
}

const CONTEXT_WORDS: Readonly<Record<string, string>> = { querystring: 'query parameter', params: 'path parameter', headers: 'header' }

/** SQLSTATEs that a value of the caller's causes: text or numbers that PostgreSQL cannot hold or index. */
const CALLERS: Readonly<Record<string, string>> = {
  '22021': 'A text holds a character that cannot be stored',
  '22P05': 'A text holds a character that cannot be stored',
  '22003': 'A number is out of the range that can be stored',
  '54000': 'A value is too long to be indexed',
  '2201B': 'A pattern is not a regular expression that can be run',
}

/** SQLSTATEs that pass: no connection, too many of them, a shutdown or failover, a lock or statement that took too long, a race lost for good. */
const PASSING = /^(08...|53...|57P0[1-5]|57014|55P03|25006|40001|40P01|25P0[34])$/
const PASSING_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2034', 'P2037'])
/** pg and pg-pool throw these without a code. */
const PASSING_MESSAGES = /^(timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|Query read timeout|Cannot use a pool after calling end)/

/** The error and what it was caused by, nearest first; AggregateErrors (one per address tried) are opened. */
function* chain(error: unknown): Generator<Foreign> {
  let next = error
  for (let depth = 0; depth < 6 && next !== null && typeof next === 'object'; depth += 1) {
    yield next
    const { cause, errors } = next as Foreign
    next = cause ?? (Array.isArray(errors) ? errors[0] : undefined)
  }
}

/** What an outside error means to the caller; undefined when it is unexpected. `data` is the part of the request that was validated. */
export const asRefusal = (error: unknown, data?: unknown): Refusal | undefined => {
  for (const link of chain(error)) {
    if (link instanceof Refusal) return link
    if (Array.isArray(link.validation)) {
      const where = CONTEXT_WORDS[String(link.validationContext)]
      const faults = faultsOfSchemaErrors(link.validation as SchemaError[], data)
      return refuse.invalid(where === undefined ? faults : faults.map(one => ({ ...one, rule: `(${where}) ${one.rule}` })))
    }
    const code = typeof link.code === 'string' ? link.code : ''
    const known = FASTIFY[code]
    if (known !== undefined) return known(link)
    // The caller went away while sending: Fastify marks the socket's error with 400.
    if (code === 'ECONNRESET' && link.statusCode === 400) return badRequest('requestAborted', 'The request ended before its body was complete')
    const callers = CALLERS[code]
    if (callers !== undefined) return new Refusal({ status: 400, code: 'valueNotStorable', reason: callers, cause: error })
    if (PASSING.test(code) || PASSING_CODES.has(code) || hasNoSocket(link) || (code === '' && PASSING_MESSAGES.test(String(link.message)))) {
      return new Refusal({
        status: 503,
        code: 'unavailable',
        reason: 'The service cannot answer now',
        internal: `${code} ${String(link.message)}`.trim(),
        headers: { 'retry-after': '2' },
        cause: error,
      })
    }
  }
  return undefined
}
