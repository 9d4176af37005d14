/** The orders of a soak: a customer each, placed with an idempotency key again and again until Tandem has said yes. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from './random.ts'

export interface PlacedOrder {
  number: number
  offering: string
  individualId: string
  customerId: string
  orderId: string
  /** A cancellation was asked for, and its task. */
  cancelTask?: string
}

const GIVE_UP_AFTER_MS = 120_000

/** Where Tandem answers: one place, or the next of several at each call. */
export type Door = string | (() => string)

const through = (door: Door, path: string): Door => (typeof door === 'string' ? door + path : () => door() + path)

/** Repeats a create with one key through kills and restarts: a connection that breaks, a 503 and a time-out all mean "again". */
export async function insist(door: Door, key: string, body: unknown, headers: Record<string, string> = {}): Promise<Record<string, any>> {
  const until = Date.now() + GIVE_UP_AFTER_MS
  let url = ''
  let last = ''
  while (Date.now() < until) {
    url = typeof door === 'string' ? door : door()
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key, ...headers },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(10_000),
      })
      const text = await answer.text()
      if (answer.status === 201) return JSON.parse(text) as Record<string, any>
      if (answer.status !== 503) throw new Error(`POST ${url}: ${answer.status} ${text}`)
      last = text
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('POST ')) throw error
      last = String(error)
    }
    await sleep(100)
  }
  throw new Error(`POST ${url} did not succeed in ${GIVE_UP_AFTER_MS / 1000} s: ${last}`)
}

/** Fixed network, mobile call-backs, warehouse, and a bundle over all three. */
const OFFERINGS = ['fibre-500', 'mobile-m', 'phone-aura-9', 'home-trio'] as const

export interface OrderPlan {
  number: number
  offering: string
  cancel: boolean
  cancelAfterMs: number
}

export const planOrders = (random: Random, count: number): OrderPlan[] =>
  Array.from({ length: count }, (_, number) => ({ number, offering: random.pick(OFFERINGS), cancel: random.next() < 0.15, cancelAfterMs: random.between(0, 1500) }))

export async function placeOrder(door: Door, plan: OrderPlan): Promise<PlacedOrder> {
  const { number, offering } = plan
  const person = await insist(through(door, '/tmf-api/party/v4/individual'), `person-${number}`, { givenName: 'Soak', familyName: `Tester ${number}` })
  const customer = await insist(through(door, '/tmf-api/customerManagement/v4/customer'), `customer-${number}`, { name: `Soak Tester ${number}`, engagedParty: { id: person.id, '@referredType': 'Individual' } })
  const order = await insist(through(door, '/tmf-api/productOrderingManagement/v4/productOrder'), `order-${number}`, {
    externalId: `soak-${number}`,
    relatedParty: [{ id: customer.id, role: 'customer', '@referredType': 'Customer' }],
    productOrderItem: [{ id: '1', action: 'add', quantity: 1, productOffering: { id: offering } }],
  })
  if (order.state === 'rejected') throw new Error(`Order ${number} (${offering}) was rejected: ${JSON.stringify(order.rejectionReason)}`)
  const placed: PlacedOrder = { number, offering, individualId: person.id, customerId: customer.id, orderId: order.id }
  if (plan.cancel) {
    await sleep(plan.cancelAfterMs)
    const task = await insistOrRefused(through(door, '/tmf-api/productOrderingManagement/v4/cancelProductOrder'), `cancel-${number}`, { productOrder: { id: order.id, '@referredType': 'ProductOrder' }, cancellationReason: 'soak' })
    if (task) placed.cancelTask = task.id
  }
  return placed
}

/** An order that has ended meanwhile cannot be cancelled: 400 or 409 is a right answer then. */
async function insistOrRefused(door: Door, key: string, body: unknown): Promise<Record<string, any> | undefined> {
  try {
    return await insist(door, key, body)
  } catch (error) {
    if (error instanceof Error && /: (400|409) /.test(error.message)) return undefined
    throw error
  }
}
