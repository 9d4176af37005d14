/** The mobile stack: TMF641-like service orders that are acknowledged and completed later, with a number from a pool and a SIM. */
import { failsFor, faultsOf } from './faults.ts'
import { refused } from './refused.ts'
import { callbackChanges, dueIn, given, isRecord, ledgerChange, nextId, takeIn, textOf } from './work.ts'
import type { Change } from './books.ts'
import type { NamedValue, ServiceRow, WorkRow } from './rows.ts'
import type { Floor, Stack, StackRequest } from './work.ts'

const base = '/mobile/tmf-api/serviceOrdering/v4'

/** The first thousand are the UK range kept for drama (07700 900000 to 900999), further ones lie under the unassigned country code 999. */
export const poolNumber = (index: number): string => (index < 1000 ? `+447700900${String(index).padStart(3, '0')}` : `+999${String(10_000_000 + index)}`)

/** 19 digits with a check digit (Luhn), as ITU-T E.118 has it. */
const iccid = (n: number): string => {
  const digits = `8944999${String(n).padStart(11, '0')}`
  const sum = digits.split('').reverse().reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return `${digits}${(10 - (sum % 10)) % 10}`
}

const toNamed = (characteristics: Record<string, unknown>): NamedValue[] => Object.entries(characteristics).map(([name, value]) => ({ name, value }))

const fromNamed = (list: unknown): Record<string, unknown> => {
  if (list === undefined) return {}
  if (!Array.isArray(list) || list.some(entry => !isRecord(entry) || typeof entry['name'] !== 'string')) throw refused(400, 'invalidRequest', 'serviceCharacteristic must be a list of name and value')
  return Object.fromEntries((list as NamedValue[]).map(entry => [entry.name, entry.value]))
}

export const mobileStack = (floor: Floor): Stack => {
  const { books } = floor

  /** Goes round the pool, so that a number that came back rests as long as possible. */
  const freeNumber = (): [string, Change] | undefined => {
    const start = books.get('counter', 'pool') ?? 0
    for (let step = 0; step < floor.settings.pool; step++) {
      const index = (start + step) % floor.settings.pool
      const number = poolNumber(index)
      if (books.get('number', number) === undefined) return [number, ['counter', 'pool', index + 1]]
    }
    return undefined
  }

  const make = (request: StackRequest, common: Parameters<Parameters<typeof takeIn>[3]['make']>[0]): WorkRow => {
    const items = request.body['serviceOrderItem']
    const item: unknown = Array.isArray(items) ? items[0] : undefined
    if (!Array.isArray(items) || items.length !== 1 || !isRecord(item)) throw refused(400, 'invalidRequest', 'serviceOrderItem must have one item')
    const service = item['service']
    if (!isRecord(service)) throw refused(400, 'invalidRequest', 'serviceOrderItem[0].service must be an object')
    const action = textOf(item, 'action')
    if (!['add', 'modify', 'delete'].includes(action)) throw refused(400, 'invalidRequest', 'serviceOrderItem[0].action must be add, modify or delete')
    const [id, used] = nextId(floor, 'mso')
    const work: WorkRow = {
      ...common,
      id,
      kind: 'serviceOrder',
      action,
      state: 'acknowledged',
      characteristics: fromNamed(service['serviceCharacteristic']),
      item: { id: textOf(item, 'id'), serviceType: typeof service['serviceType'] === 'string' ? service['serviceType'] : 'mobileLine', ...given({ specification: service['serviceSpecification'] }) },
      ...(action === 'add' ? {} : { serviceId: textOf(service, 'id') }),
    }
    books.write([used, ['work', id, work], dueIn(floor, id, 'complete', floor.settings.mobileMs), ledgerChange(floor, work, {})])
    return work
  }

  const serviceView = (work: WorkRow, service: ServiceRow | undefined): Record<string, unknown> => {
    const realized = (service?.resources ?? []).map(resource => ({ id: resource.id, name: resource.value, '@referredType': resource.type }))
    return {
      ...given({ id: work.serviceId, serviceType: work.item?.serviceType, serviceSpecification: work.item?.specification }),
      ...(service ? { state: service.state } : {}),
      serviceCharacteristic: [...toNamed(service?.characteristics ?? work.characteristics), ...(service?.resources ?? []).map(resource => ({ name: resource.type === 'sim' ? 'iccid' : resource.type, value: resource.value }))],
      ...(realized.length > 0 ? { supportingResource: realized } : {}),
    }
  }

  const view = (work: WorkRow, service = books.get('service', work.serviceId ?? '')): Record<string, unknown> => ({
    id: work.id,
    href: `${base}/serviceOrder/${work.id}`,
    externalId: work.key,
    state: work.state,
    orderDate: work.createdAt,
    ...given({ completionDate: work.endedAt }),
    serviceOrderItem: [{ id: work.item?.id, action: work.action, state: work.state, service: serviceView(work, service) }],
    ...(work.error ? { errorMessage: [{ code: work.error.code, reason: work.error.message, message: work.error.message }] } : {}),
  })

  /** The service and number changes of an order that succeeds, or why it cannot. */
  const execute = (work: WorkRow): { service: ServiceRow; changes: Change[] } | { code: string; message: string } => {
    const asked = { ...work.characteristics, serviceType: work.item?.serviceType, action: work.action, key: work.key, reference: work.reference }
    if (failsFor(faultsOf(books, 'mobile', floor.settings.seed), asked)) return { code: 'refusedByStack', message: `${work.action} of ${work.item?.serviceType ?? 'a service'} is not possible` }
    if (work.action !== 'add') {
      const service = books.get('service', work.serviceId ?? '')
      if (!service) return { code: 'unknownService', message: `There is no service ${work.serviceId ?? ''}` }
      if (service.state !== 'active') return { code: 'refusedByStack', message: `Service ${service.id} is not active` }
      // A ceased line keeps its number out of the pool: a number that somebody else gets at once would reach the wrong person.
      return { service: work.action === 'delete' ? { ...service, state: 'terminated' } : { ...service, characteristics: { ...service.characteristics, ...work.characteristics } }, changes: [] }
    }
    const number = freeNumber()
    if (!number) return { code: 'poolExhausted', message: 'There is no free number' }
    const [id, used] = nextId(floor, 'mob')
    const [, simUsed, n] = nextId(floor, 'sim')
    const sim = iccid(n)
    const resources = [
      { id: `num-${number[0].slice(1)}`, type: 'msisdn', value: number[0] },
      { id: `sim-${sim}`, type: 'sim', value: sim },
    ]
    return { service: { id, type: work.item?.serviceType ?? 'mobileLine', state: 'active', characteristics: work.characteristics, resources }, changes: [used, simUsed, number[1], ['number', number[0], id]] }
  }

  const step = (work: WorkRow): void => {
    const result = execute(work)
    const endedAt = floor.now().toISOString()
    const before = work.action === 'add' ? undefined : books.get('service', work.serviceId ?? '')
    const failed = 'code' in result
    const ended: WorkRow = failed ? { ...work, state: 'failed', endedAt, error: result } : { ...work, state: 'completed', endedAt, serviceId: result.service.id, ...given({ before }) }
    books.write([
      ...(failed ? [] : [...result.changes, ['service', result.service.id, result.service] as const, ledgerChange(floor, ended, { executions: 1 })]),
      ['work', work.id, ended],
      ['due', work.id, null],
      ...callbackChanges(floor, ended, 'ServiceOrderStateChangeEvent', { serviceOrder: view(ended, failed ? before : result.service) }),
    ])
  }

  const cancel = (work: WorkRow): void => {
    if (work.state === 'cancelled') return
    if (work.state === 'failed') throw refused(409, 'notCancellable', `${work.id} has failed, there is nothing to cancel`)
    const cancelled: Change[] = [['work', work.id, { ...work, state: 'cancelled' }], ['due', work.id, null]]
    const unsent = books.rows('callback').filter(([, row]) => row.workId === work.id).map(([id]): Change => ['callback', id, null])
    const service = books.get('service', work.serviceId ?? '')
    if (work.state !== 'completed' || !service) {
      books.write([...cancelled, ...unsent])
      return
    }
    const undone: ServiceRow = work.before ?? { ...service, state: 'terminated' }
    const freed = work.action === 'add' ? service.resources.filter(resource => resource.type === 'msisdn').map((resource): Change => ['number', resource.value, null]) : []
    books.write([...cancelled, ...unsent, ...freed, ['service', undone.id, undone], ledgerChange(floor, work, { compensations: 1 })])
  }

  const orderOf = (id: string): WorkRow => {
    const work = books.get('work', id)
    if (work?.kind !== 'serviceOrder') throw refused(404, 'notFound', `There is no service order ${id}`)
    return work
  }

  const stack: Stack = {
    system: 'mobile',
    view: work => view(work),
    cancel,
    step,
    handle: request => {
      const prefix = base.slice('/mobile'.length)
      if (!request.path.startsWith(`${prefix}/`)) return undefined
      const [collection, id, more] = request.path.slice(prefix.length + 1).split('/')
      if (more !== undefined) return undefined
      if (request.method === 'POST' && collection === 'serviceOrder' && id === undefined) return takeIn(floor, request, stack, { status: 201, make: common => make(request, common) })
      if (request.method === 'POST' && collection === 'cancelServiceOrder' && id === undefined) {
        const order = request.body['serviceOrder']
        const work = orderOf(isRecord(order) ? textOf(order, 'id') : '')
        cancel(work)
        return { status: 201, body: { id: `cancel-${work.id}`, state: 'done', serviceOrder: { id: work.id, href: `${base}/serviceOrder/${work.id}`, state: 'cancelled' } } }
      }
      if (request.method === 'GET' && collection === 'serviceOrder' && id !== undefined) return { status: 200, body: view(orderOf(id)) }
      if (request.method === 'GET' && collection === 'serviceOrder') {
        const key = request.query.get('externalId')
        const found = books.rows('work').filter(([, work]) => work.kind === 'serviceOrder' && (key === null || work.key === key))
        return { status: 200, body: found.map(([, work]) => view(work)) }
      }
      return undefined
    },
  }
  return stack
}
