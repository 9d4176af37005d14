/** The question that a page asks for every visitor: what can be had at one place. The same answer as a qualification gives, kept nowhere. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { requirePermission } from '../../platform/auth/permission.ts'
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import type { Services } from '../../tmf/services.ts'
import { answerTo } from './ask.ts'
import { documented, readQuery, text } from './own-routes.ts'
import { expiryOf, type Coverage, type Verdict } from './qualification.ts'
import { rememberedCoverageAt } from './remembered-places.ts'
import { readService } from './requirement.ts'

const PATH = '/tandem/v1/serviceability'
const WISHES = ['technology', 'downloadSpeed', 'uploadSpeed', 'latencyClass', 'marketSegment', 'provider'] as const
const PLACE = ['addressId', 'cell', 'latitude', 'longitude'] as const

const Line = Type.Object(
  {
    provider: Type.String({ description: 'Who delivers' }),
    technology: Type.String({ description: 'fibre, cable, copper …' }),
    maxDownload: Type.Optional(Type.Number({ description: 'Mbit/s down' })),
    maxUpload: Type.Optional(Type.Number({ description: 'Mbit/s up' })),
    latencyClass: Type.String({ description: 'low or standard' }),
    source: Type.String({ description: 'Where this is known from' }),
    asOf: Type.String({ format: 'date-time', description: 'Of when' }),
    heard: Type.Optional(Type.String({ description: 'asked or cached: of a source that is asked live' })),
    availableFrom: Type.Optional(Type.String({ format: 'date-time', description: 'Of a proposal: from when' })),
  },
  { description: 'A line' },
)
const Answer = Type.Object(
  {
    qualificationResult: Type.String({ description: 'qualified, alternate or unqualified' }),
    line: Type.Array(Line, { description: 'What can be had, the best first' }),
    alternative: Type.Array(Line, { description: 'What could be had instead, the best fit first' }),
    reason: Type.Array(Type.Object({ code: Type.String({ description: 'Stable code' }), label: Type.String({ description: 'In words' }) }, { description: 'A reason' }), { description: 'Why not' }),
    sourceAsked: Type.Optional(Type.Array(Type.Unknown(), { description: 'What became of the sources that are asked live' })),
    expirationDate: Type.String({ format: 'date-time', description: 'Until when it can be relied on' }),
  },
  { description: 'What can be had at a place' },
)

const shownLine = ({ provider, technology, maxDownload, maxUpload, latencyClass, source, asOf, heard }: Coverage): Record<string, unknown> => ({ provider, technology, maxDownload, maxUpload, latencyClass, source, asOf, heard })

const shown = (verdict: Verdict, now: Date): Record<string, unknown> => ({
  qualificationResult: verdict.result,
  line: verdict.lines.map(shownLine),
  alternative: verdict.proposals.map(({ line, availableFrom }) => ({ ...shownLine(line), availableFrom })),
  reason: verdict.reasons.map(({ code, label }) => ({ code, label })),
  sourceAsked: verdict.asked,
  expirationDate: expiryOf(verdict, now),
})

/** Faults of a document that was made of the parameters, under the names of these. */
const renamed = (one: Fault, wishes: readonly string[], latitude: string | undefined): Fault => {
  const wish = /serviceCharacteristic\[(\d+)\]/.exec(one.path)
  if (wish !== null) return { ...one, path: wishes[Number(wish[1])] ?? one.path }
  if (one.path.includes('h3Cell')) return { ...one, path: 'cell' }
  return { ...one, path: Math.abs(Number(latitude)) <= 90 ? 'longitude' : 'latitude' }
}

export const checkRoutes = (app: FastifyInstance, deps: Services): void => {
  const querystring = Type.Object({
    addressId: text('Address'), latitude: text('With longitude: a point, in degrees'), longitude: text('With latitude'), cell: text('H3 cell'),
    technology: text('Technology that is wished'), downloadSpeed: text('Mbit/s down at least; "1 Gbit/s" is understood'), uploadSpeed: text('Mbit/s up at least'),
    latencyClass: text('low or standard'), marketSegment: text('business or residential'), provider: text('Provider that is wished'), serviceSpecification: text('Kind of service, whose own need counts too'),
  })
  // Reference data of the brand, and nothing personal: asked on every page view.
  const config = { confined: true, audit: false }
  app.get(PATH, { config, schema: documented('What can be had at a place, answered at once and kept nowhere', { 200: Answer }, { querystring }) }, async (request, reply) => {
    requirePermission(request.context, 'serviceability', 'read')
    const query = readQuery(request, [...PLACE, ...WISHES, 'serviceSpecification'])
    const { addressId, cell, latitude, longitude } = query
    const wishes = WISHES.filter(name => query[name] !== undefined)
    const place = { ...(addressId !== undefined && { id: addressId }), ...(cell !== undefined && { h3Cell: cell }), ...(latitude !== undefined && { latitude }), ...(longitude !== undefined && { longitude }) }
    if ((latitude === undefined) !== (longitude === undefined)) throw refuse.invalid([fault(latitude === undefined ? 'latitude' : 'longitude', `is missing: it belongs to the ${latitude === undefined ? 'longitude' : 'latitude'} that is given`)])
    const asked = readService({ place: [place], serviceCharacteristic: wishes.map(name => ({ name, value: query[name] })) }, 'place')
    if (asked.faults.length > 0) throw refuse.invalid(asked.faults.map(one => renamed(one, wishes, latitude)))
    if (Object.keys(place).length === 0) throw refuse.invalid([{ path: 'latitude', rule: 'and longitude, or addressId, or cell must be given' }])
    const now = deps.clock.now()
    return reply.send(shown(await answerTo(deps, request.context, asked, query['serviceSpecification'], now, undefined, { look: rememberedCoverageAt }), now))
  })
}
