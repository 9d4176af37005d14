/** The operators' routes on stuck work, below /tandem/v1, documented. */
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify'
import { fault, refuse } from '../../platform/errors.ts'
import type { Permit } from '../http/routes.ts'
import { errorAnswers } from './hub-routes.ts'
import type { Operations, Page } from './operations.ts'

const TAGS = ['stuck work']
const MAX_LIMIT = 1_000

const text = (description: string) => ({ type: 'string', description })
const ID = { type: 'object', required: ['id'], properties: { id: text('Identifier as the list gives it') } }
const PAGE = {
  type: 'object',
  properties: {
    offset: { type: 'integer', minimum: 0, description: 'How many to skip' },
    limit: { type: 'integer', minimum: 1, maximum: MAX_LIMIT, description: 'How many to give at the most (100 unless told)' },
  },
}
const LIST_HEADERS = { 'X-Total-Count': { type: 'integer', description: 'How many there are' }, 'X-Result-Count': { type: 'integer', description: 'How many this answer holds' } }

const listSchema = (operationId: string, summary: string, properties: Record<string, unknown>): FastifySchema =>
  ({
    operationId,
    summary,
    tags: TAGS,
    querystring: PAGE,
    response: { 200: { description: 'The newest first', headers: LIST_HEADERS, type: 'array', items: { type: 'object', properties } }, ...errorAnswers(400, 401, 403, 500, 503) },
  }) as FastifySchema

const actionSchema = (operationId: string, summary: string, done: string): FastifySchema =>
  ({ operationId, summary, tags: TAGS, params: ID, response: { 204: { description: done, type: 'null' }, ...errorAnswers(401, 403, 404, 500, 503) } }) as FastifySchema

const wholeNumber = (name: string, value: unknown, fallback: number, least: number, most: number): number => {
  if (value === undefined) return fallback
  const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN
  if (!(number >= least && number <= most)) throw refuse.invalid([fault(name, `must be a whole number from ${least} to ${most}`, value)])
  return number
}

const pageOf = (request: FastifyRequest): Page => {
  const query = request.query as Record<string, unknown>
  return { limit: wholeNumber('limit', query['limit'], 100, 1, MAX_LIMIT), offset: wholeNumber('offset', query['offset'], 0, 0, 1_000_000) }
}

const idOf = (request: FastifyRequest): string => {
  const { id } = request.params as { id: string }
  if (id.includes('\0')) throw refuse.notFound('Work', id.replaceAll('\0', ''))
  return id
}

const answerList = (reply: FastifyReply, { items, total }: { items: unknown[]; total: number }): FastifyReply => reply.header('x-total-count', total).header('x-result-count', items.length).send(items)

export const mountOperations = (scope: FastifyInstance, operations: Operations, permit: Permit): void => {
  scope.get(
    '/tandem/v1/deadLetter',
    {
      schema: listSchema('listDeadLetters', 'Lists jobs and reactions whose attempts are used up', {
        id: text('Identifier, for replay and discard'),
        kind: { type: 'string', enum: ['job', 'reaction'], description: 'A job, or a reaction to an event' },
        name: text('Name of the job or reaction'),
        data: { type: 'object', description: 'What it was to work on' },
        error: text('What the last attempt failed with'),
        attempts: { type: 'integer', description: 'How often it was tried' },
        failedAt: { type: 'string', format: 'date-time', description: 'When the last attempt failed' },
      }),
    },
    async (request, reply) => {
      permit(request.context, 'deadLetter', 'read')
      return answerList(reply, await operations.listStuck(pageOf(request)))
    },
  )
  scope.post('/tandem/v1/deadLetter/:id/replay', { schema: actionSchema('replayDeadLetter', 'Runs stuck work again, with all its attempts', 'It is due again and off the list') }, async (request, reply) => {
    permit(request.context, 'deadLetter', 'update')
    await operations.replay(idOf(request))
    return reply.code(204).send()
  })
  scope.delete('/tandem/v1/deadLetter/:id', { schema: actionSchema('discardDeadLetter', 'Gives stuck work up', 'It is off the list and will not run') }, async (request, reply) => {
    permit(request.context, 'deadLetter', 'delete')
    await operations.discard(idOf(request))
    return reply.code(204).send()
  })
  scope.get(
    '/tandem/v1/pausedHub',
    {
      schema: listSchema('listPausedHubs', 'Lists listeners that are paused because they kept failing', {
        id: text('Identifier, to resume it'),
        api: text('Base path of the API that it is subscribed to'),
        brand: text('Brand of its events'),
        principal: text('Who subscribed it'),
        callback: text('Where its events go'),
        query: text('Which events it gets'),
        failures: { type: 'integer', description: 'Failures in a row' },
        error: text('What it failed with last'),
        pausedAt: { type: 'string', format: 'date-time', description: 'Since when' },
        waiting: { type: 'integer', description: 'Events that wait for it' },
      }),
    },
    async (request, reply) => {
      permit(request.context, 'pausedHub', 'read')
      return answerList(reply, await operations.listPaused(pageOf(request)))
    },
  )
  scope.post('/tandem/v1/pausedHub/:id/resume', { schema: actionSchema('resumeHub', 'Lets a paused listener have its events', 'What waited for it is on its way') }, async (request, reply) => {
    permit(request.context, 'pausedHub', 'update')
    await operations.resume(idOf(request))
    return reply.code(204).send()
  })
}
