/** Coordinates that are on earth and yet lead nowhere: whether they would lead somewhere the other way round. */
import type { Sql } from '../../platform/database/sql.ts'
import { anyNear, objectionTo, swapped, type Point } from '../place/index.ts'
import { hasCoverageAt } from './coverage-at-place-store.ts'
import { cellChain } from './place.ts'
import type { Reason, Verdict } from './qualification.ts'

/** Nothing is known around the point, but there is coverage or an address where it lies the other way round. */
const looksSwapped = async (sql: Sql, brand: string, point: Point): Promise<boolean> => {
  const other = swapped(point)
  if (point.latitude === point.longitude || objectionTo(other) !== undefined) return false
  const [isNear, isNearOther, isCovered] = await Promise.all([anyNear(sql, brand, point), anyNear(sql, brand, other), hasCoverageAt(sql, brand, cellChain({ point: other }))])
  return !isNear && (isNearOther || isCovered)
}

/** What is said where the coordinates look swapped. */
export const swapReason = async (sql: Sql, brand: string, point: Point): Promise<Reason | undefined> => {
  if (!(await looksSwapped(sql, brand, point))) return undefined
  const { latitude, longitude } = point
  return { code: 'coordinatesLookSwapped', label: `Nothing is known at latitude ${latitude}, longitude ${longitude}, but there is at latitude ${longitude}, longitude ${latitude}: they look swapped` }
}

/** The verdict, with that as a further reason where there is nothing at all at the place; only then it is looked for. */
export const withSwapReason = async (sql: Sql, brand: string, point: Point | undefined, verdict: Verdict, find: typeof swapReason = swapReason): Promise<Verdict> => {
  if (point === undefined || !verdict.reasons.some(reason => reason.code === 'noCoverage')) return verdict
  const reason = await find(sql, brand, point)
  return reason === undefined ? verdict : { ...verdict, reasons: [...verdict.reasons, reason] }
}
