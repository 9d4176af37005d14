/** The fixed-network stack: its own REST, every order is done when it answers. */
import { availability } from './availability.ts'
import { failsFor, faultsOf } from './faults.ts'
import { refused } from './refused.ts'
import { isRecord, ledgerChange, nextId, takeIn, textOf } from './work.ts'
import type { Change } from './books.ts'
import type { ResourceRow, ServiceRow, WorkRow } from './rows.ts'
import type { Floor, Stack, StackRequest } from './work.ts'

const resourceTypes: Record<string, { type: string; stem: string; value: (n: number) => string }> = {
  broadband: { type: 'ontPort', stem: 'ont', value: n => `OLT-${1 + (n >> 10)}/${1 + ((n >> 6) & 15)}/${n & 63}` },
  iptv: { type: 'iptvProfile', stem: 'tvp', value: n => `IPTV-${10_000 + n}` },
  voice: { type: 'sipAccount', stem: 'sip', value: n => `sip:${n}@voice.example.net` },
}
const otherResource = { type: 'networkProfile', stem: 'net', value: (n: number) => `PROFILE-${n}` }

export const fixedStack = (floor: Floor): Stack => {
  const { books } = floor

  const serviceOf = (id: string): ServiceRow => {
    const service = books.get('service', id)
    if (!service) throw refused(404, 'unknownService', `There is no service ${id}`)
    return service
  }

  const make = (request: StackRequest, common: Parameters<Parameters<typeof takeIn>[3]['make']>[0]): WorkRow => {
    const { body } = request
    const serviceType = textOf(body, 'serviceType')
    const action = textOf(body, 'action')
    const characteristics = body['characteristics'] ?? {}
    if (!isRecord(characteristics)) throw refused(400, 'invalidRequest', 'characteristics must be an object')
    if (!['provision', 'change', 'cease'].includes(action)) throw refused(400, 'invalidRequest', 'action must be provision, change or cease')
    const asked = { ...characteristics, serviceType, action, key: common.key, reference: common.reference }
    if (failsFor(faultsOf(books, 'fixed', floor.settings.seed), asked)) throw refused(422, 'refusedByStack', `${action} of ${serviceType} is not possible on this line`)

    const [orderId, orderUsed] = nextId(floor, 'fix')
    const now = floor.now().toISOString()
    const changes: Change[] = [orderUsed]
    let before: ServiceRow | undefined
    let service: ServiceRow
    if (action === 'provision') {
      const [serviceId, serviceUsed] = nextId(floor, 'svc')
      const kind = resourceTypes[serviceType] ?? otherResource
      const [resourceId, resourceUsed, n] = nextId(floor, kind.stem)
      const resource: ResourceRow = { id: resourceId, type: kind.type, value: kind.value(n) }
      changes.push(serviceUsed, resourceUsed)
      service = { id: serviceId, type: serviceType, state: 'active', characteristics, ...(body['place'] === undefined ? {} : { place: body['place'] }), resources: [resource] }
    } else {
      before = serviceOf(textOf(body, 'serviceId'))
      if (before.state !== 'active') throw refused(422, 'refusedByStack', `Service ${before.id} is not active`)
      service = action === 'cease' ? { ...before, state: 'terminated' } : { ...before, characteristics: { ...before.characteristics, ...characteristics }, ...(body['place'] === undefined ? {} : { place: body['place'] }) }
    }
    const work: WorkRow = {
      ...common,
      id: orderId,
      kind: 'fixedOrder',
      action,
      state: 'completed',
      endedAt: now,
      characteristics,
      serviceId: service.id,
      ...(before ? { before } : {}),
    }
    books.write([...changes, ['service', service.id, service], ['work', orderId, work], ledgerChange(floor, work, { executions: 1 })])
    return work
  }

  const view = (work: WorkRow): unknown => {
    const { resources, ...service } = serviceOf(work.serviceId ?? '')
    return { orderId: work.id, key: work.key, state: work.state, action: work.action, completedAt: work.endedAt, service, resources }
  }

  const cancel = (work: WorkRow): void => {
    if (work.state === 'cancelled') return
    const undone: ServiceRow = work.before ?? { ...serviceOf(work.serviceId ?? ''), state: 'terminated' }
    books.write([['service', undone.id, undone], ['work', work.id, { ...work, state: 'cancelled' }], ledgerChange(floor, work, { compensations: 1 })])
  }

  const orderOf = (id: string): WorkRow => {
    const work = books.get('work', id)
    if (work?.kind !== 'fixedOrder') throw refused(404, 'notFound', `There is no order ${id}`)
    return work
  }

  const stack: Stack = {
    system: 'fixed',
    view,
    cancel,
    step: work => {
      throw new Error(`Fixed order ${work.id} has nothing left to do`)
    },
    handle: request => {
      const [, collection, id, task] = request.path.split('/')
      if (request.method === 'POST' && collection === 'orders' && id === undefined) return takeIn(floor, request, stack, { status: 200, make: common => make(request, common) })
      if (request.method === 'POST' && collection === 'orders' && id !== undefined && task === 'cancel') {
        cancel(orderOf(id))
        return { status: 200, body: view(orderOf(id)) }
      }
      if (request.method === 'GET' && collection === 'orders' && id !== undefined && task === undefined) return { status: 200, body: view(orderOf(id)) }
      if (request.method === 'GET' && collection === 'services' && id !== undefined && task === undefined) return { status: 200, body: serviceOf(id) }
      if (request.method === 'GET' && collection === 'availability' && id === undefined) return availability(request.query)
      return undefined
    },
  }
  return stack
}
