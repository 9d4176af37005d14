/** What orders do with reservations, inside their own transactions: take them, settle them when delivered, release them when cancelled. */
import type { Transaction } from '../../platform/database/sql.ts'
import { refuse } from '../../platform/errors.ts'
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { capacityReservation } from './capacity-reservation.ts'

export interface CapacityWork {
  tx: Transaction
  context: Context
  deps: Pick<Services, 'store' | 'clock'>
}

export interface TakenBy {
  id: string
  itemId: string
}

/** Ports that orders take in the transaction that reserves them: what has just been written there need not be looked for. */
const takenWithin = new WeakMap<Transaction, Map<string, TakenBy>>()

const isTakenWithin = (tx: Transaction | undefined, id: string, by: TakenBy | undefined): boolean => {
  const taken = tx && takenWithin.get(tx)?.get(id)
  return taken !== undefined && taken.id === by?.id && taken.itemId === by.itemId
}

/** Reserves a port for an order that is made in the same transaction; a 409 where there is none. `ask` is what a capacityReservation is asked. */
export const reserveFor = async ({ tx, context, deps }: CapacityWork, id: string, ask: Readonly<Record<string, unknown>>, by: TakenBy): Promise<void> => {
  await deps.store.create(context, capacityReservation, { ...ask, state: 'taken', order: { id: by.id, itemId: by.itemId } } as never, { id, tx })
  takenWithin.set(tx, (takenWithin.get(tx) ?? new Map<string, TakenBy>()).set(id, by))
}

/** Why a reservation cannot be taken by this order item; undefined when it can. */
export const whyNotTaken = async (deps: Pick<Services, 'store' | 'clock'>, context: Context, id: string, by?: TakenBy, tx?: Transaction): Promise<string | undefined> => {
  if (isTakenWithin(tx, id, by)) return undefined
  const found = (await deps.store.get(context, capacityReservation, id, tx && { tx }))?.doc
  if (found === undefined) return `capacityReservation ${id.slice(0, 80)} does not exist`
  if (found.state === 'taken' && by !== undefined && found.order?.id === by.id && found.order.itemId === by.itemId) return undefined
  if (found.state !== 'reserved') return `capacityReservation ${id} is ${found.state ?? ''}`
  return found.expirationDate !== undefined && new Date(found.expirationDate) <= deps.clock.now() ? `capacityReservation ${id} expired at ${found.expirationDate}` : undefined
}

/** The order takes the port. A second time changes nothing; a reservation that is no longer held is a 409. */
export const takeReservation = async ({ tx, context, deps }: CapacityWork, id: string, by: TakenBy): Promise<void> => {
  if (isTakenWithin(tx, id, by)) return
  const now = deps.clock.now()
  await deps.store.update(
    context,
    capacityReservation,
    id,
    doc => {
      if (doc.state === 'taken' && doc.order?.id === by.id && doc.order.itemId === by.itemId) return doc
      if (doc.state !== 'reserved' || doc.expirationDate === undefined || new Date(doc.expirationDate) <= now) throw refuse.conflict('reservationNotHeld', `capacityReservation ${id} is ${doc.state === 'reserved' ? 'expired' : (doc.state ?? '')}`)
      return { ...doc, state: 'taken' as const, order: { id: by.id, itemId: by.itemId } }
    },
    { tx },
  )
}

/** Gives the port back: the order, or its item, was cancelled or failed. Nothing happens when it has it no more. */
export const releaseReservation = async ({ tx, context, deps }: CapacityWork, id: string, orderId: string): Promise<void> => {
  if ((await deps.store.get(context, capacityReservation, id, { tx })) === undefined) return
  await deps.store.update(context, capacityReservation, id, doc => (doc.state === 'taken' && doc.order?.id === orderId && doc.settledDate === undefined ? { ...doc, state: 'released' as const } : doc), { tx })
}

/** What these order items had delivered is no longer there, or elsewhere: its ports are given back. */
export const returnPorts = async ({ tx, context, deps }: CapacityWork, items: readonly TakenBy[]): Promise<void> => {
  if (items.length === 0) return
  const found = await deps.store.find(context, capacityReservation, { where: [{ path: 'order.id', value: [...new Set(items.map(one => one.id))] }, { path: 'state', value: 'taken' }], limit: 100 }, { tx })
  for (const { id, doc } of found) {
    if (!items.some(one => one.id === doc.order?.id && one.itemId === doc.order.itemId)) continue
    await deps.store.update(context, capacityReservation, id, now => (now.state === 'taken' && now.settledDate !== undefined ? { ...now, state: 'released' as const } : now), { tx })
  }
}

/** The line is delivered: its port counts until the source of coverage knows that it is in use. */
export const settleReservation = async ({ tx, context, deps }: CapacityWork, id: string, orderId: string): Promise<void> => {
  if ((await deps.store.get(context, capacityReservation, id, { tx })) === undefined) return
  const now = deps.clock.now().toISOString()
  await deps.store.update(context, capacityReservation, id, doc => (doc.state === 'taken' && doc.order?.id === orderId && doc.settledDate === undefined ? { ...doc, settledDate: now } : doc), { tx })
}
