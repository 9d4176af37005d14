/** The operations of the search for people, and those that look after it. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { requirePermission } from '../../platform/auth/permission.ts'
import { fault, refuse } from '../../platform/errors.ts'
import { inputOf } from '../../platform/http/input.ts'
import { recordFor } from '../../tmf/audit/on-behalf.ts'
import { basePath } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { phoneCountry } from '../identity/index.ts'
import { formIn, phoneKeys } from './identifier-form.ts'
import { refill } from './search-index.ts'
import { questionOf } from './search-match.ts'
import { readState } from './search-store.ts'
import { isLongEnough } from './search-text.ts'
import { searchIn, searchPeople, STEPS, type Hit, type PersonHit, type Place } from './search.ts'
import type { View } from './view.ts'

const PATH = '/tandem/v1/customerSearch'

const Query = Type.Object(
  {
    q: Type.String({ minLength: 1, maxLength: 200, description: 'A name, an address, words of both; or an e-mail address, a telephone number in any spelling, a customer, order, bill or serial number; its kind may be said before it: `customerNumber:crm2:4711`, `external:crm2:4711`' }),
    type: Type.Optional(Type.String({ maxLength: 400, description: 'Resources that hits come from, by comma: `individual,customer`; all when left out' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20, description: 'Persons on a page' })),
    after: Type.Optional(Type.String({ maxLength: 1000, description: 'Where the page before ended: its `next`' })),
  },
  { additionalProperties: false },
)

const encode = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url')

const KEY = /^-?\d{1,19}$/

/** A place as encode() gave it; anything else is a fault of the caller. */
const decode = (text: string | undefined, words: number): Place | undefined => {
  if (text === undefined) return undefined
  const wrong = refuse.invalid([fault('after', 'must be the `next` of a page of the same search', text)])
  let place: Partial<Record<string, unknown>> | null
  try {
    place = JSON.parse(Buffer.from(text, 'base64url').toString()) as typeof place
  } catch {
    throw wrong
  }
  const { step, key, score, lead, word, fresh } = place ?? {}
  const hasKey = typeof key === 'string' && KEY.test(key)
  const isStep = STEPS.includes(step as never)
  const isWord = (step === 'exact' || step === 'prefix') && hasKey && typeof word === 'string' && Number.isInteger(lead) && (lead as number) >= 0 && (lead as number) < words
  const isScore = step !== 'exact' && step !== 'prefix' && hasKey && typeof score === 'number'
  if (!isStep || !(fresh === true || isWord || isScore)) throw wrong
  return place as unknown as Place
}

/** The documents among those found, by name, for a person shown with a name. */
const nameOf = ({ hits, person }: PersonHit): string | undefined =>
  hits.find(hit => hit.field === 'name')?.value ?? [...person.entries.values()].flatMap(entry => entry.terms).find(term => term.field === 'name')?.value

export const searchRoutes = (app: FastifyInstance, deps: Services, view: View): void => {
  const { served } = view.parts
  const types = view.parts.search.map(source => source.resource)
  const hrefOf = (resource: string, id: string): string | undefined => {
    const found = served.get(resource)
    return found && `${basePath(found.api)}/${resource}/${encodeURIComponent(id)}`
  }
  const refOf = ({ resource, id }: { resource: string; id: string }) => ({ id, href: hrefOf(resource, id), '@referredType': served.get(resource)?.type ?? resource })
  const hitOf = ({ resource, id, field, value, stage, score }: Hit) => ({ stage, score, field, value, ...refOf({ resource, id }) })
  const personOf = (hit: PersonHit) => {
    // Who sees an order need not see whose it is.
    const id = hit.person.parties[0]?.id ?? hit.person.roles[0]?.id
    return { ...(id !== undefined && { id, href: `/tandem/v1/customer360/${encodeURIComponent(id)}` }), name: nameOf(hit), stage: hit.stage, score: hit.score, party: hit.person.parties.map(refOf), role: hit.person.roles.map(refOf), match: hit.hits.map(hitOf) }
  }
  const read = inputOf(Query, { query: true })
  app.get(
    PATH,
    {
      // Rows are those of the caller; who was shown is recorded below.
      config: { confined: true, audit: false },
      schema: {
        tags: ['customerSearch'],
        summary: 'Search for people',
        description: `Looks for identifiers as they are, then for whole words, then for what begins so, then for words with typos, and says of each person found why. What is less sure is on a page of its own, which \`next\` leads to and which may be empty. A person is shown once, with all parties that are the same person. What was written is found within a second. Every search is recorded with who asked and who was shown. Types: ${types.join(', ')}.`,
        querystring: Query,
      },
    },
    async (request, reply) => {
      const { context } = request
      requirePermission(context, 'customerSearch', 'read')
      const query = read(request.query)
      if (query.q.includes('\0')) throw refuse.invalid([fault('q', 'must not have a NUL character')])
      const wanted = query.type?.split(',').map(name => name.trim())
      const unknown = wanted?.filter(name => !types.includes(name)) ?? []
      if (unknown.length > 0) throw refuse.invalid(unknown.map(name => fault('type', `must be among ${types.join(', ')}`, name)))
      const country = phoneCountry(deps.config, context.brand)
      const form = formIn(view.parts, query.q, country)
      const said = questionOf(query.q)
      const question = form === undefined ? { ...said, keys: [...new Set([...said.keys, ...phoneKeys(said.text, country)])] } : { ...questionOf(form.value), form }
      if (question.keys.length === 0 || !isLongEnough(question.text)) throw refuse.invalid([fault('q', 'must have at least two letters or digits', query.q)])
      const after = decode(query.after, question.words.length)
      const limit = query.limit ?? 20
      const { persons, next } = await searchPeople(searchIn(view, deps, context, question, wanted), after, limit)
      // Nothing is shown that is not recorded.
      const ids = persons.flatMap(({ person }) => (person.parties.length > 0 ? person.parties : person.roles).map(one => one.id))
      await recordFor(deps.audit, context, { operation: 'read', resource: 'customerSearch', query: questionText(request), ids, count: persons.length }, id => id)
      const following = next && `${PATH}?${new URLSearchParams({ q: query.q, ...(query.type !== undefined && { type: query.type }), limit: String(limit), after: encode(next) }).toString()}`
      reply.header('x-result-count', persons.length).header('cache-control', 'private, no-store')
      if (following !== undefined) reply.header('link', `<${following}>; rel="next"`)
      return { person: persons.map(personOf), ...(next && { next: encode(next) }) }
    },
  )
  app.get(
    '/tandem/v1/customerSearchIndex',
    { schema: { tags: ['customerSearch'], summary: 'How far the search is', description: 'Up to which event it has read, how many are behind, and which resources are still being read from the time before.' } },
    async request => {
      requirePermission(request.context, 'customerSearchIndex', 'read')
      const rows = await readState(deps.database)
      const [first] = rows
      return {
        position: Number(first?.position ?? 0),
        behind: Math.max(0, Number(first?.last ?? 0) - Number(first?.position ?? 0)),
        resource: rows.flatMap(row => (row.resource === null ? [] : [{ name: row.resource, state: row.done_at === null ? 'filling' : 'done' }])),
      }
    },
  )
  app.post(
    '/tandem/v1/customerSearchIndex/rebuild',
    { schema: { tags: ['customerSearch'], summary: 'Make the search anew', description: 'Reads every row again, of all brands, while the search goes on answering. It goes on where it was after a restart; asking again begins again.' } },
    async (request, reply) => {
      requirePermission(request.context, 'customerSearchIndex', 'update')
      // It concerns all brands.
      if (!request.context.principal.brands.includes('*') && request.context.principal.kind !== 'open') throw refuse.forbidden('The caller may not act for all brands')
      await refill(deps)
      return reply.code(202).send({ state: 'filling' })
    },
  )
}

const questionText = (request: FastifyRequest): string => request.url.slice(request.url.indexOf('?') + 1)
