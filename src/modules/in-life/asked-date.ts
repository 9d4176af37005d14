/** The date that a question of in-life sales names: one on which something can still be done, and which somebody can mean. */
import { fault, refuse } from '../../platform/errors.ts'

/** Terms are of a few years; what is later is a slip of the pen. */
const MOST_YEARS = 10
/** Clocks of callers are not ours to the second. */
const TOLERANCE_MS = 60_000

/** Answers the instant; refuses one that is none, that has passed, or that lies further ahead than any term (400). */
export const readEffectiveDate = (text: string | undefined, now: Date): Date | undefined => {
  if (text === undefined) return undefined
  const at = new Date(text)
  const latest = new Date(now)
  latest.setUTCFullYear(latest.getUTCFullYear() + MOST_YEARS)
  const wrong = (reason: string): Error => refuse.invalid([fault('effectiveDate', reason, text)])
  if (Number.isNaN(at.getTime())) throw wrong('must be a date-time')
  if (at.getTime() < now.getTime() - TOLERANCE_MS) throw wrong(`must not be in the past; it is ${now.toISOString()}`)
  if (at > latest) throw wrong(`must be within ${MOST_YEARS} years, until ${latest.toISOString()}`)
  return at
}
