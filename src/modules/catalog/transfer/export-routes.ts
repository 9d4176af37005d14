/** Where an export's file can be fetched, besides the URL that it was put at. */
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { requirePermission } from '../../../platform/auth/permission.ts'
import { refuse } from '../../../platform/errors.ts'
import type { Services } from '../../../tmf/services.ts'
import { exportJob } from '../export-job.ts'
import { formatOf, mediaTypeOf } from './collections.ts'
import { readPieces } from './export-store.ts'

export function exportRoutes(app: FastifyInstance, deps: Services): void {
  app.get<{ Params: { id: string } }>(
    '/tandem/v1/exportJob/:id/content',
    {
      schema: {
        tags: ['exportJob'],
        summary: 'Fetch what an export job wrote',
        description: 'The exported file: an object with a list for each collection, or a resource a line where contentType says so. 409 until the job is finished.',
        params: Type.Object({ id: Type.String({ description: 'Id of the export job' }) }),
      },
    },
    async (request, reply) => {
      const { context } = request
      requirePermission(context, 'exportJob', 'read')
      const job = await deps.store.get(context, exportJob, request.params.id)
      if (!job) throw refuse.notFound('exportJob', request.params.id)
      const { status, contentType } = job.doc
      const pieces = readPieces(deps.database, context.brand, job.id)
      const first = status === 'Succeeded' || status === 'Failed' ? await pieces.next() : undefined
      // A job that failed while its file was put elsewhere still has the file; one that failed before has none.
      if (!first || first.done === true) throw refuse.conflict('noContent', `exportJob ${job.id} is ${status ?? 'without a status'} and has no content`)
      reply.type(`${mediaTypeOf(formatOf(contentType) ?? 'json')}; charset=utf-8`)
      const text = async function* (): AsyncGenerator<string> {
        yield first.value
        yield* pieces
      }
      return reply.send(Readable.from(text(), { objectMode: false }))
    },
  )
}
