/** Ports that are held for whoever asks: what is reserved for a question must not stand against asking it again. */
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { capacityReservation } from './capacity-reservation.ts'
import type { OwnPorts } from './capacity-store.ts'

/** By what a reservation is known as one's own. */
export interface HeldFor {
  /** It was made from this answer; from whichever of its items when none is named. */
  qualification?: { id: string; itemId?: string }
  /** It is named. */
  reservationIds?: readonly string[]
}

/** The ports of these reservations, of those that the caller may see. Asked only where something is held at all. */
export const portsHeldFor = (deps: Pick<Services, 'store'>, context: Context, { qualification, reservationIds = [] }: HeldFor): OwnPorts | undefined => {
  if (qualification === undefined && reservationIds.length === 0) return undefined
  return async placeIds => {
    const here = [{ path: 'line.placeId', value: [...placeIds] }, { path: 'state', value: ['reserved', 'taken'] }]
    const made = qualification === undefined ? [] : await deps.store.find(context, capacityReservation, { where: [...here, { path: 'qualification.id', value: qualification.id }] })
    const named = reservationIds.length === 0 ? [] : await deps.store.getMany(context, capacityReservation, reservationIds)
    const own = new Map([
      // One that names no item is of a qualification that had one.
      ...made.filter(({ doc }) => qualification?.itemId === undefined || (doc.qualification?.itemId ?? qualification.itemId) === qualification.itemId).map(({ doc }) => [doc.id, doc] as const),
      ...[...named.values()].map(({ doc }) => [doc.id, doc] as const),
    ])
    return [...own.values()].flatMap(({ state, line, settledDate }) => ((state === 'reserved' || state === 'taken') && line !== undefined ? [{ ...line, ...(settledDate !== undefined && { settledAt: new Date(settledDate) }) }] : []))
  }
}
