/** The operations of the 360° view. */
import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { requirePermission } from '../../platform/auth/permission.ts'
import { fault, Refusal, refuse } from '../../platform/errors.ts'
import { inputOf } from '../../platform/http/input.ts'
import type { Services } from '../../tmf/services.ts'
import { phoneCountry } from '../identity/index.ts'
import { formIn, formOf, isType, unknownType, type PhoneCountry } from './identifier-form.ts'
import { readView, type View } from './view.ts'
import type { Asked } from './view-statement.ts'

/** Rows are those of the caller, and the statement that reads them records it too. */
const OWN = { confined: true, audit: false }

const sections = Type.Optional(Type.String({ maxLength: 1000, description: 'Sections to read, by comma; all when left out. One that does not exist is 400' }))
const ById = Type.Object({ sections }, { additionalProperties: false })
const ByIdentifier = Type.Object(
  { identifier: Type.String({ minLength: 3, maxLength: 400, description: '`<type>:<value>`: `email:…`, `phone:…` in any spelling, `customerNumber:…`, `customerNumber:<stack>:…`, `external:<system>:<id>`, `login:…`, `orderNumber:…`, `billNumber:…`, `serialNumber:…`, or the name of a characteristic such as `msisdn:…`' }), sections },
  { additionalProperties: false },
)

const askedOf = (identifier: string, country: PhoneCountry): Asked => {
  const colon = identifier.indexOf(':')
  const value = identifier.slice(colon + 1).trim()
  if (colon < 1 || value === '') throw refuse.invalid([fault('identifier', 'must be <type>:<value>, such as email:mira@example.com', identifier)])
  return formOf(identifier.slice(0, colon).trim(), value, country)
}

/** What no row can have is told before anybody is looked for. `at`: the parameter that it stands in. */
const refuseImpossible = (text: string, at: 'id' | 'identifier'): void => {
  const [, type, value] = /^\s*(email|phone)\s*:(.*)$/is.exec(text) ?? []
  if (text.includes('\0')) throw refuse.invalid([fault(at, 'must not have a NUL character')])
  if (value?.trim() === '') throw refuse.invalid([fault(at, 'must be <type>:<value>, such as email:mira@example.com', text)])
  if (value !== undefined && type?.toLowerCase() === 'phone' && !/\p{Nd}/u.test(value)) throw refuse.invalid([fault(at, 'must have a digit after phone:', text)])
}

export const viewRoutes = (app: FastifyInstance, deps: Services, view: View): void => {
  const answer = async (request: FastifyRequest, reply: FastifyReply, asked: Asked, names: string | undefined): Promise<string | FastifyReply> => {
    requirePermission(request.context, 'customer360', 'read')
    const { text } = await readView(view, deps, request.context, asked, names, 'id' in asked ? null : asked.said).catch(async (error: unknown) => {
      // Nobody is found by what is no type at all: that is told, and what there is instead.
      const type = 'id' in asked ? /^([A-Za-z]\w*):./.exec(asked.id)?.[1] : asked.type
      if (type !== undefined && error instanceof Refusal && error.status === 404 && !(await isType(deps.database, view.parts, request.context.brand, type))) throw unknownType(view.parts, type)
      throw error
    })
    const etag = `"${createHash('sha1').update(text).digest('base64url')}"`
    reply.header('etag', etag).header('cache-control', 'private, no-cache')
    if (request.headers['if-none-match'] === etag) return reply.code(304).send()
    return reply.type('application/json; charset=utf-8').send(text)
  }
  const about = `In one read, and as far as the caller may see: ${view.sections.map(section => `\`${section.name}\` (${section.description})`).join('; ')}. Each section has how many there are in all (\`total\`), the first of them (\`item\`) with where each came from and how old that is (\`source\`), and a link to the list that pages (\`href\`). Sections that need permissions which the caller has not are named in \`withheld\`.`
  const readById = inputOf(ById, { query: true })
  const readByIdentifier = inputOf(ByIdentifier, { query: true })
  app.get<{ Params: { id: string } }>(
    '/tandem/v1/customer360/:id',
    { config: OWN, schema: { tags: ['customer360'], summary: 'All about a person', description: about, params: Type.Object({ id: Type.String({ description: 'Id of an individual, an organization, a customer or another role; or an identifier, `<type>:<value>`: `external:crm2:4711`', minLength: 1, maxLength: 400 }) }), querystring: ById } },
    (request, reply) => {
      refuseImpossible(request.params.id, 'id')
      return answer(request, reply, formIn(view.parts, request.params.id, phoneCountry(deps.config, request.context.brand)) ?? { id: request.params.id }, readById(request.query).sections)
    },
  )
  app.get(
    '/tandem/v1/customer360',
    { config: OWN, schema: { tags: ['customer360'], summary: 'All about the person with an identifier', description: `${about} Who has it now, verified before told, is meant before those whose records merely say it. An identifier that several persons have is 409, which names them.`, querystring: ByIdentifier } },
    (request, reply) => {
      const query = readByIdentifier(request.query)
      refuseImpossible(query.identifier, 'identifier')
      return answer(request, reply, askedOf(query.identifier, phoneCountry(deps.config, request.context.brand)), query.sections)
    },
  )
}
