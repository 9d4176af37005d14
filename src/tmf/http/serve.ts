/** Mounts every API: one scope for each base path, with its routes, its /hub and its own OpenAPI document; one page lists them all. */
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import type { Kit } from '../kit.ts'
import { basePath, type Api, type Resource } from '../resource.ts'
import { installAuditOfRequests } from '../audit/requests.ts'
import { isConfined } from '../../platform/principal.ts'
import { refuse } from '../../platform/errors.ts'
import { addComponents } from './documents.ts'
import { serveParts } from './parts.ts'
import { serveResource, type Permit } from './routes.ts'

export interface ServeOptions {
  kit: Kit
  permit: Permit
  /** Mounts POST /hub and DELETE /hub/{id} of an API in its scope. */
  mountHub: (scope: FastifyInstance, api: Api) => void | Promise<void>
  /** Routes beyond TM Forum's, with full paths below /tandem/v1. */
  ownRoutes: readonly ((scope: FastifyInstance) => void | Promise<void>)[]
  /** Release of this build, for the document of Tandem's own operations. */
  release: string
}

export interface ApiDocument {
  /** `TMF620-product-catalog.v4.json` */
  file: string
  title: string
  /** Path at which it is served. */
  path: string
  render: () => Record<string, unknown>
}

const OWN_PREFIX = '/tandem/v1'

/** Fastify neither validates nor serialises by schema here: schemas are the document, the kit validates by itself. */
function documentOnly(scope: FastifyInstance): void {
  scope.setValidatorCompiler(() => () => true)
  scope.setSerializerCompiler(() => data => JSON.stringify(data))
}

async function describe(scope: FastifyInstance, info: { title: string; description: string; version: string }): Promise<void> {
  await scope.register(swagger, {
    openapi: {
      openapi: '3.0.3',
      info,
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', description: 'An access token of the identity provider, or an API key' },
        },
      },
      security: [{}, { bearer: [] }],
    },
    hideUntagged: true,
    exposeHeadRoutes: false,
    refResolver: { buildLocalReference: (json, _base, _fragment, i) => (typeof json.$id === 'string' ? json.$id : `def-${i}`) },
  })
}

/** Tandem's own operations are for those who see all of a brand, unless they say that they keep to the rows of a confined caller. */
function installConfinement(scope: FastifyInstance): void {
  scope.addHook('preHandler', (request, _reply, done) => {
    const { confined = false, public: isPublic = false } = request.routeOptions.config
    if (confined || isPublic || !isConfined(request.context.principal)) done()
    else done(refuse.forbidden('The operation concerns all of a brand; the caller is confined to some parties\' rows'))
  })
}

function serveDocument(scope: FastifyInstance, path: string): void {
  scope.get(path, { schema: { hide: true }, config: { public: true } }, async (_request, reply) => reply.type('application/json; charset=utf-8').send(JSON.stringify(scope.swagger())))
}

/** The page must stand in a scope that has a document; it lists those of all scopes. Anybody may read it, as the documents. */
async function serveDocsPage(scope: FastifyInstance, documents: readonly ApiDocument[]): Promise<void> {
  scope.addHook('onRoute', route => {
    if (route.url.startsWith('/docs')) route.config = { ...route.config, public: true }
  })
  // Who comes without a path, with a browser, is shown what there is.
  scope.get('/', { schema: { hide: true }, config: { public: true } }, async (_request, reply) => reply.redirect('/docs'))
  await scope.register(swaggerUi, {
    routePrefix: '/docs',
    uiConfig: { urls: documents.map(({ title, path }) => ({ name: title, url: path })), tryItOutEnabled: true, docExpansion: 'list', persistAuthorization: true } as Record<string, unknown>,
    theme: { title: 'Tandem: API documents' },
  })
}

/** Mounts all APIs; the documents can be rendered once the app is ready. */
export async function serveApis(app: FastifyInstance, options: ServeOptions): Promise<ApiDocument[]> {
  const documents: ApiDocument[] = []
  const byApi = new Map<Api, Resource<any>[]>()
  for (const resource of options.kit.resources) if (resource.api.number !== undefined) byApi.set(resource.api, [...(byApi.get(resource.api) ?? []), resource])
  const own = options.kit.resources.filter(resource => resource.api.number === undefined)

  for (const [api, resources] of byApi) {
    for (const prefix of [basePath(api), ...(api.aliases ?? [])]) {
      await app.register(
        async scope => {
          documentOnly(scope)
          const published = prefix === basePath(api)
          if (published) await describe(scope, { title: api.title, description: api.description, version: api.release })
          addComponents(scope, resources)
          for (const resource of resources) {
            serveResource(scope, options.kit, resource, options.permit)
            serveParts(scope, options.kit, resource, options.permit)
          }
          await options.mountHub(scope, api)
          if (!published) return
          serveDocument(scope, '/openapi.json')
          documents.push({ file: `TMF${api.number}-${api.slug}.${api.version}.json`, title: `TMF${api.number} ${api.title}`, path: `${prefix}/openapi.json`, render: () => scope.swagger() as unknown as Record<string, unknown> })
        },
        { prefix },
      )
    }
  }

  await app.register(async scope => {
    documentOnly(scope)
    await describe(scope, { title: 'Tandem operations', description: "What Tandem offers beyond TM Forum's APIs: its own resources and the work of operators.", version: options.release })
    addComponents(scope, own)
    await scope.register(
      async below => {
        for (const resource of own) serveResource(below, options.kit, resource, options.permit)
        if (own[0]) await options.mountHub(below, own[0].api)
      },
      { prefix: OWN_PREFIX },
    )
    await scope.register(async below => {
      installConfinement(below)
      installAuditOfRequests(below, options.kit.audit)
      for (const mount of options.ownRoutes) await mount(below)
    })
    serveDocument(scope, `${OWN_PREFIX}/openapi.json`)
    documents.push({ file: 'tandem-operations.v1.json', title: 'Tandem operations', path: `${OWN_PREFIX}/openapi.json`, render: () => scope.swagger() as unknown as Record<string, unknown> })
    await serveDocsPage(scope, documents)
  })

  return documents
}
