/** Operations on business time: read it, and outside production move it. */
import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { requireOperator, requirePermission } from './auth/permission.ts'
import { addDuration, type SharedClock } from './clock.ts'
import { fault, refuse } from './errors.ts'
import { inputOf } from './http/input.ts'

const ClockState = Type.Object({
  now: Type.String({ format: 'date-time', description: 'Business time' }),
  offsetMs: Type.Integer({ description: 'Milliseconds that business time is ahead of real time' }),
  movable: Type.Boolean({ description: 'Whether it can be moved: not in production' }),
})

const ClockMove = Type.Object(
  {
    advance: Type.Optional(Type.String({ description: 'ISO 8601 duration to move forward by; months and days are calendar ones in UTC', examples: ['P1M', 'P1DT12H'], maxLength: 40 })),
    to: Type.Optional(Type.String({ format: 'date-time', description: 'Instant to move forward to' })),
  },
  { additionalProperties: false, examples: [{ advance: 'P1M' }] },
)

const readMove = inputOf(ClockMove)

const targetOf = (body: unknown, now: Date): Date => {
  const { advance, to } = readMove(body)
  if ((advance === undefined) === (to === undefined)) throw refuse.invalid([fault('', 'must have either advance or to')])
  if (to !== undefined) return new Date(to)
  const target = addDuration(now, advance as string)
  if (target === undefined) throw refuse.invalid([fault('advance', 'must be an ISO 8601 duration such as P1M or PT12H', advance)])
  return target
}

/** GET and POST /tandem/v1/clock. */
export const clockRoutes = (clock: SharedClock) => (scope: FastifyInstance): void => {
  const state = () => ({ now: clock.now().toISOString(), offsetMs: clock.offsetMs, movable: clock.movable })
  const tags = ['operations']
  scope.get('/tandem/v1/clock', { config: { confined: true, audit: false }, schema: { tags, summary: 'Read business time', response: { 200: ClockState } } }, request => {
    requirePermission(request.context, 'operations', 'read')
    return state()
  })
  scope.post('/tandem/v1/clock', {
    schema: {
      tags,
      summary: 'Move business time forward',
      description: 'Moves the business clock of all processes on this database. What falls due until then (bills, timers, expiries) is worked on as if the time had passed. Refused in production (403) and backwards (409).',
      body: ClockMove,
      response: { 200: ClockState },
    },
  }, async request => {
    requireOperator(request.context, 'operations', 'update')
    await clock.move({ to: targetOf(request.body, clock.now()) })
    return state()
  })
}
