/** The extensions module: schemas of extensions, registered and served from here. The kit (tmf/extensions) enforces them. */
import type { FastifyInstance, FastifySchema } from 'fastify'
import { requirePermission } from '../../platform/auth/permission.ts'
import { refuse } from '../../platform/errors.ts'
import { errorAnswers } from '../../tmf/events/hub-routes.ts'
import { defineModule } from '../../tmf/module.ts'
import type { Services } from '../../tmf/services.ts'
import { extensionSchema } from './extension-schema.ts'

const text = (description: string) => ({ type: 'string', description })

const READ = (operationId: string, params: Record<string, unknown>) =>
  ({
    operationId,
    summary: 'Reads the JSON Schema of a registered extension',
    description: 'The address that @schemaLocation names. Without a version: the newest.',
    tags: ['extensionSchema'],
    params: { type: 'object', required: Object.keys(params), properties: params },
    response: { 200: { description: 'The schema as it was registered (application/schema+json)', type: 'object', additionalProperties: true }, ...errorAnswers(401, 403, 404, 500, 503) },
  }) as FastifySchema

const routes = (app: FastifyInstance, deps: Services): void => {
  const params = { name: text('Name of the extension'), version: text('Its version') }
  for (const url of ['/tandem/v1/schema/:name', '/tandem/v1/schema/:name/:version']) {
    const isVersioned = url.endsWith(':version')
    app.get(url, { config: { confined: true, audit: false }, schema: READ(isVersioned ? 'readSchemaVersion' : 'readSchema', isVersioned ? params : { name: params.name }) }, async (request, reply) => {
      requirePermission(request.context, extensionSchema.name, 'read')
      const { name, version } = request.params as { name: string; version?: string }
      const [found] = await deps.store.find(request.context, extensionSchema, { where: [{ path: 'name', value: name }, ...(version === undefined ? [] : [{ path: 'version', value: version }])], sort: '-id', limit: 1 })
      if (found === undefined) throw refuse.notFound('schema', version === undefined ? name : `${name} ${version}`)
      return reply.type('application/schema+json; charset=utf-8').send(JSON.stringify(found.doc.schema))
    })
  }
}

export const extensionsModule = defineModule({ name: 'extensions', dependsOn: [], resources: [extensionSchema], routes })
