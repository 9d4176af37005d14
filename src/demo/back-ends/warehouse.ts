/** The warehouse: TMF700-like shipments that are picked, shipped and delivered, and returns. Stock never goes below zero. */
import { failsFor, faultsOf } from './faults.ts'
import { refused } from './refused.ts'
import { callbackChanges, dueIn, given, isRecord, ledgerChange, nextId, takeIn, textOf } from './work.ts'
import { ledgerKey } from './books.ts'
import type { Change } from './books.ts'
import type { ShipmentItem, StockRow, WorkRow } from './rows.ts'
import type { Floor, Reply, Stack, StackRequest } from './work.ts'

const carrier = 'Gannet Parcels'

const readItems = (body: Record<string, unknown>): ShipmentItem[] => {
  const items = body['shipmentItem']
  if (!Array.isArray(items) || items.length === 0 || items.length > 50) throw refused(400, 'invalidRequest', 'shipmentItem must be a list of 1 to 50 items')
  return items.map((item: unknown, index) => {
    if (!isRecord(item)) throw refused(400, 'invalidRequest', `shipmentItem[${index}] must be an object`)
    const quantity = Number(item['quantity'] ?? 1)
    if (!Number.isInteger(quantity) || quantity < 1 || quantity > 1000) throw refused(400, 'invalidRequest', `shipmentItem[${index}].quantity must be a whole number from 1`)
    return { id: typeof item['id'] === 'string' ? item['id'] : String(index + 1), sku: textOf(item, 'sku'), quantity }
  })
}

export const warehouseStack = (floor: Floor): Stack => {
  const { books } = floor
  const stockOf = (sku: string): StockRow => books.get('stock', sku) ?? { sku, onHand: floor.settings.stock, reserved: 0, shipped: 0 }

  /** The stock rows after adding `sign` times the items to their parts. */
  const stockChanges = (items: readonly ShipmentItem[], parts: Partial<Record<'onHand' | 'reserved' | 'shipped', 1 | -1>>): Change[] => {
    const rows = new Map<string, StockRow>()
    for (const item of items) {
      const row = rows.get(item.sku) ?? stockOf(item.sku)
      rows.set(item.sku, { sku: item.sku, onHand: row.onHand + item.quantity * (parts.onHand ?? 0), reserved: row.reserved + item.quantity * (parts.reserved ?? 0), shipped: row.shipped + item.quantity * (parts.shipped ?? 0) })
    }
    for (const row of rows.values()) if (row.onHand < 0) throw refused(422, 'outOfStock', `There is not enough of ${row.sku}`)
    return [...rows].map(([sku, row]): Change => ['stock', sku, row])
  }

  /** What is held for the order that a shipment is for, item by item as far as it goes: the shipment takes that first. */
  const takenOver = (reference: string | undefined, items: readonly ShipmentItem[]): { left: ShipmentItem[]; changes: Change[] } => {
    const order = reference?.split('/')[0]
    const left = items.map(item => ({ ...item }))
    const changes: Change[] = []
    for (const [id, work] of books.rows('work')) {
      if (work.kind !== 'reservation' || work.state !== 'reserved' || order === undefined || work.reservation?.order !== order) continue
      let taken = false
      const rest = work.reservation.items.flatMap(held => {
        const item = left.find(one => one.sku === held.sku && one.quantity > 0)
        const count = Math.min(held.quantity, item?.quantity ?? 0)
        if (item === undefined || count === 0) return [held]
        item.quantity -= count
        taken = true
        return held.quantity > count ? [{ ...held, quantity: held.quantity - count }] : []
      })
      if (taken) changes.push(['work', id, { ...work, ...(rest.length === 0 ? { state: 'consumed' as const } : {}), reservation: { ...work.reservation, items: rest } }])
    }
    return { left: left.filter(item => item.quantity > 0), changes }
  }

  /** Holds goods for an order that is about to come. */
  const makeReservation = (request: StackRequest, common: Parameters<Parameters<typeof takeIn>[3]['make']>[0]): WorkRow => {
    const items = readItems({ shipmentItem: request.body['item'] })
    const [id, used] = nextId(floor, 'rsv')
    const order = request.body['order']
    const work: WorkRow = { ...common, id, kind: 'reservation', action: 'reserve', state: 'reserved', characteristics: {}, reservation: { items, ...(typeof order === 'string' ? { order } : {}) } }
    books.write([used, ...stockChanges(items, { onHand: -1, reserved: 1 }), ['work', id, work], ledgerChange(floor, work, { executions: 1 })])
    return work
  }

  const make = (request: StackRequest, common: Parameters<Parameters<typeof takeIn>[3]['make']>[0]): WorkRow => {
    const items = readItems(request.body)
    const faults = faultsOf(books, 'warehouse', floor.settings.seed)
    for (const item of items) if (failsFor(faults, { sku: item.sku, action: 'ship', key: common.key, reference: common.reference })) throw refused(422, 'refusedByStack', `${item.sku} cannot be shipped`)
    const { left, changes } = takenOver(common.reference, items)
    const [id, used] = nextId(floor, 'shp')
    const placeTo = request.body['placeTo']
    const work: WorkRow = { ...common, id, kind: 'shipment', action: 'ship', state: 'acknowledged', characteristics: {}, shipment: { items, ...given({ placeTo }) } }
    books.write([used, ...changes, ...stockChanges(left, { onHand: -1, reserved: 1 }), ['work', id, work], dueIn(floor, id, 'ship', floor.settings.pickMs), ledgerChange(floor, work, { executions: 1 })])
    return work
  }

  const view = (work: WorkRow): Record<string, unknown> => {
    if (work.kind === 'return') return { id: work.id, href: `/warehouse/return/${work.id}`, state: work.state, shipment: { id: work.shipmentId }, returnLabel: `LABEL-${work.id}`, ...given({ receivedDate: work.endedAt }) }
    if (work.kind === 'reservation') return { id: work.id, href: `/warehouse/reservation/${work.id}`, state: work.state, item: work.reservation?.items, ...given({ order: work.reservation?.order }) }
    const shipment = work.shipment
    return {
      id: work.id,
      href: `/warehouse/shipment/${work.id}`,
      externalId: work.key,
      state: work.state,
      shipmentItem: shipment?.items,
      ...given({ placeTo: shipment?.placeTo, trackingNumber: shipment?.trackingNumber, shippedDate: shipment?.shippedAt, deliveredDate: shipment?.deliveredAt }),
      ...(shipment?.trackingNumber === undefined ? {} : { carrier }),
    }
  }

  const announce = (work: WorkRow): Change[] =>
    work.kind === 'return' ? callbackChanges(floor, work, 'ReturnStateChangeEvent', { return: view(work) }) : callbackChanges(floor, work, 'ShipmentStateChangeEvent', { shipment: view(work) })

  const step = (work: WorkRow, what: 'complete' | 'ship' | 'deliver' | 'receive'): void => {
    const now = floor.now().toISOString()
    const shipment = work.shipment ?? { items: [] }
    if (what === 'ship') {
      const number = work.id.slice('shp-'.length)
      const items = shipment.items.map(item => ({ ...item, serialNumber: Array.from({ length: item.quantity }, (_, index) => `SN-${number}-${item.id}-${index + 1}`) }))
      const shipped: WorkRow = { ...work, state: 'shipped', shipment: { ...shipment, items, trackingNumber: `TRK${number}`, shippedAt: now } }
      books.write([['work', work.id, shipped], ...stockChanges(items, { reserved: -1, shipped: 1 }), dueIn(floor, work.id, 'deliver', floor.settings.transitMs), ...announce(shipped)])
    } else if (what === 'deliver') {
      const delivered: WorkRow = { ...work, state: 'delivered', endedAt: now, shipment: { ...shipment, deliveredAt: now } }
      books.write([['work', work.id, delivered], ['due', work.id, null], ...announce(delivered)])
    } else {
      const items = books.get('work', work.shipmentId ?? '')?.shipment?.items ?? []
      const received: WorkRow = { ...work, state: 'received', endedAt: now }
      books.write([['work', work.id, received], ['due', work.id, null], ...stockChanges(items, { onHand: 1, shipped: -1 }), ...announce(received)])
    }
  }

  const cancel = (work: WorkRow): void => {
    if (work.state === 'cancelled') return
    if (work.kind === 'return') throw refused(409, 'notCancellable', 'A return cannot be cancelled')
    if (work.kind === 'reservation') {
      if (work.state !== 'reserved') return
      books.write([['work', work.id, { ...work, state: 'cancelled' }], ...stockChanges(work.reservation?.items ?? [], { onHand: 1, reserved: -1 }), ledgerChange(floor, work, { compensations: 1 })])
      return
    }
    if (work.state !== 'acknowledged') throw refused(409, 'alreadyShipped', `${work.id} has left the warehouse`)
    books.write([['work', work.id, { ...work, state: 'cancelled' }], ['due', work.id, null], ...stockChanges(work.shipment?.items ?? [], { onHand: 1, reserved: -1 }), ledgerChange(floor, work, { compensations: 1 })])
  }

  const workOf = (kind: 'shipment' | 'return', id: string): WorkRow => {
    const work = books.get('work', id)
    if (work?.kind !== kind) throw refused(404, 'notFound', `There is no ${kind} ${id}`)
    return work
  }

  const makeReturn = (request: StackRequest, common: Parameters<Parameters<typeof takeIn>[3]['make']>[0]): WorkRow => {
    const about = request.body['shipment']
    const shipment = workOf('shipment', isRecord(about) ? textOf(about, 'id') : '')
    if (shipment.state !== 'shipped' && shipment.state !== 'delivered') throw refused(409, 'notCancellable', `${shipment.id} has not left the warehouse`)
    if ((books.get('ledger', ledgerKey('warehouse', shipment.key))?.compensations ?? 0) > 0) throw refused(409, 'notCancellable', `${shipment.id} is on its way back already`)
    const [id, used] = nextId(floor, 'ret')
    const work: WorkRow = { ...common, id, kind: 'return', action: 'return', state: 'acknowledged', characteristics: {}, shipmentId: shipment.id }
    books.write([used, ['work', id, work], dueIn(floor, id, 'receive', floor.settings.transitMs), ledgerChange(floor, work, { executions: 1 }), ledgerChange(floor, shipment, { compensations: 1 })])
    return work
  }

  const tracking = (work: WorkRow): Reply => {
    const { trackingNumber, shippedAt, deliveredAt } = work.shipment ?? {}
    if (trackingNumber === undefined || shippedAt === undefined) throw refused(404, 'notFound', `${work.id} has not left the warehouse`)
    const checkpoint = [{ at: shippedAt, state: 'shipped', location: 'Warehouse Westward' }, ...(deliveredAt === undefined ? [] : [{ at: deliveredAt, state: 'delivered', location: 'Doggerhaven' }])]
    return { status: 200, body: { trackingNumber, carrier, state: work.state, checkpoint } }
  }

  const setStock = (sku: string, body: Record<string, unknown>): Reply => {
    const onHand = body['onHand']
    if (typeof onHand !== 'number' || !Number.isInteger(onHand) || onHand < 0) throw refused(400, 'invalidRequest', 'onHand must be a whole number from 0')
    const row = { ...stockOf(sku), onHand }
    books.write([['stock', sku, row]])
    return { status: 200, body: row }
  }

  const stack: Stack = {
    system: 'warehouse',
    view,
    cancel,
    step,
    handle: request => {
      const [, collection, id, task] = request.path.split('/')
      const route = `${request.method} ${collection ?? ''}${id === undefined ? '' : '/:id'}${task === undefined ? '' : `/${task}`}`
      switch (route) {
        case 'POST shipment':
          return takeIn(floor, request, stack, { status: 201, make: common => make(request, common) })
        case 'POST reservation':
          return takeIn(floor, request, stack, { status: 201, make: common => makeReservation(request, common) })
        case 'POST return':
          return takeIn(floor, request, stack, { status: 201, make: common => makeReturn(request, common) })
        case 'POST shipment/:id/cancel':
          cancel(workOf('shipment', id ?? ''))
          return { status: 200, body: view(workOf('shipment', id ?? '')) }
        case 'GET shipment/:id':
          return { status: 200, body: view(workOf('shipment', id ?? '')) }
        case 'GET shipment/:id/tracking':
          return tracking(workOf('shipment', id ?? ''))
        case 'GET return/:id':
          return { status: 200, body: view(workOf('return', id ?? '')) }
        case 'GET stock':
          return { status: 200, body: books.rows('stock').map(([, row]) => row) }
        case 'PUT stock/:id':
          return setStock(decodeURIComponent(id ?? ''), request.body)
        default:
          return undefined
      }
    },
  }
  return stack
}
