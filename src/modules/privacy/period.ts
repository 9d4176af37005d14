/** Spans of time that documents carry. */
import { fault, type Fault } from '../../platform/errors.ts'

/** A span must not end before it begins. */
export const periodFaults = (period: { startDateTime?: string; endDateTime?: string } | undefined, path: string): Fault[] => {
  if (period?.startDateTime === undefined || period.endDateTime === undefined) return []
  return new Date(period.endDateTime) < new Date(period.startDateTime) ? [fault(`${path}.endDateTime`, 'must not be before startDateTime', period.endDateTime)] : []
}
