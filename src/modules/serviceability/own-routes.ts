/** What the own operations of this module have in common: how they are documented, how their parameters are read. */
import type { FastifyRequest } from 'fastify'
import { Type, type TSchema } from 'typebox'
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import { faultsOfParameters } from '../../platform/text.ts'

const MAX_PAGE = 1000

const ErrorBody = Type.Object(
  { code: Type.String(), reason: Type.String(), message: Type.Optional(Type.String()), status: Type.Optional(Type.String()) },
  { description: 'What was wrong' },
)
export const documented = (summary: string, success: Record<number, TSchema>, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  tags: ['coverage'],
  summary,
  ...more,
  response: { ...success, 400: ErrorBody, 401: ErrorBody, 403: ErrorBody, 404: ErrorBody, 409: ErrorBody, 500: ErrorBody },
})

export const idParams = Type.Object({ id: Type.String({ description: 'Identifier' }) })
export const nothing = Type.Null({ description: 'Done' })

type Query = Readonly<Record<string, string | string[] | undefined>>

/** Query values as text; an unknown name or a text that cannot be stored is refused, never ignored. */
export const readQuery = (request: FastifyRequest, known: readonly string[]): Record<string, string | undefined> => {
  const query = request.query as Query
  const faults: Fault[] = faultsOfParameters(query)
  for (const name of Object.keys(query)) if (!known.includes(name)) faults.push(fault(name, `is not a parameter here; those are ${known.join(', ')}`))
  for (const name of known) if (Array.isArray(query[name])) faults.push(fault(name, 'may be given once only'))
  if (faults.length > 0) throw refuse.invalid(faults)
  return Object.fromEntries(known.map(name => [name, query[name] as string | undefined]))
}

export const limitOf = (given: string | undefined): number => {
  if (given === undefined) return 100
  const limit = Number(given)
  if (!Number.isInteger(limit) || limit < 1) throw refuse.invalid([fault('limit', 'must be a whole number from 1', given)])
  return Math.min(limit, MAX_PAGE)
}

export const idOf = (request: FastifyRequest): string => {
  const { id } = request.params as { id: string }
  const faults = faultsOfParameters({ id })
  if (faults.length > 0) throw refuse.invalid(faults)
  return id
}

export const text = (description: string): TSchema => Type.Optional(Type.String({ description }))
export const page = { after: text('Identifier of the last row of the page before'), limit: Type.Optional(Type.Integer({ description: `Rows in a page, 100 when left out, at most ${MAX_PAGE}` })) }
