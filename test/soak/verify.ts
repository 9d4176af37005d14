/** What must hold after the kills: each order ended right, no back end did anything twice, and the bills are those that were foretold. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { PlacedOrder } from './orders.ts'

type Json = Record<string, any>

const ORDERS = '/tmf-api/productOrderingManagement/v4'
const FINAL = ['completed', 'cancelled', 'failed', 'partial', 'rejected']

const OUTAGE_MS = 30_000

/** A server that says it cannot answer now is asked again, as a client would: the database may be gone for a moment. */
const read = async (url: string): Promise<any> => {
  for (const until = Date.now() + OUTAGE_MS; ; await sleep(250)) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(20_000) })
    if (answer.ok) return await answer.json()
    const text = await answer.text()
    if (answer.status !== 503 || Date.now() > until) throw new Error(`GET ${url}: ${answer.status} ${text}`)
  }
}

const send = async (url: string, body: unknown): Promise<Json> => {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), signal: AbortSignal.timeout(30_000) })
  if (!answer.ok) throw new Error(`POST ${url}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as Json
}

const expectThat = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(what)
}

/** Waits until every order has ended. A plan that hangs is a failure that names its tasks. */
export async function waitForOrders(url: string, placed: readonly PlacedOrder[], seconds: number): Promise<Map<string, Json>> {
  const ended = new Map<string, Json>()
  const until = Date.now() + seconds * 1000
  while (ended.size < placed.length) {
    for (const { orderId } of placed) {
      if (ended.has(orderId)) continue
      const order = (await read(`${url}${ORDERS}/productOrder/${orderId}`)) as Json
      if (FINAL.includes(order.state)) ended.set(orderId, order)
    }
    if (ended.size === placed.length) break
    if (Date.now() > until) {
      const open = placed.filter(p => !ended.has(p.orderId))
      const plans = await Promise.all(open.slice(0, 3).map(async p => JSON.stringify(await read(`${url}/tandem/v1/deliveryPlan?productOrder=${p.orderId}`))))
      throw new Error(`${open.length} orders have not ended after ${seconds} s, such as ${plans.join('\n').slice(0, 4000)}`)
    }
    await sleep(250)
  }
  return ended
}

/** Every order once, in a right state, with what it was for and nothing else standing at the back ends. */
export async function verifyDelivery(url: string, backEnds: string, placed: readonly PlacedOrder[], ended: ReadonlyMap<string, Json>): Promise<{ completed: number; cancelled: number }> {
  const listed = (await read(`${url}${ORDERS}/productOrder?externalId.regex=${encodeURIComponent('^soak-')}&fields=externalId&limit=1000`)) as Json[]
  expectThat(listed.length === placed.length, `${placed.length} orders were placed and ${listed.length} are stored`)
  expectThat(new Set(listed.map(o => o.externalId)).size === placed.length, 'an order is stored twice')

  const summary = await read(`${backEnds}/books/summary`)
  expectThat(summary.executedTwice.length === 0, `executed twice: ${JSON.stringify(summary.executedTwice)}`)
  expectThat(summary.compensatedTwice.length === 0, `compensated twice: ${JSON.stringify(summary.compensatedTwice)}`)

  const standing = new Map<string, number>()
  const accounts = new Map<string, Json[]>()
  for (const system of ['fixed', 'mobile', 'warehouse']) {
    for (const row of (await read(`${backEnds}/books/${system}`)) as Json[]) {
      // A return is how a parcel that had left is undone: the shipment is compensated by it, the return itself stays.
      if (row.action === 'return') continue
      const order = String(row.reference ?? '').split('/')[0]!
      standing.set(order, (standing.get(order) ?? 0) + row.executions - row.compensations)
      accounts.set(order, [...(accounts.get(order) ?? []), row])
    }
  }
  const perOffering = new Map<string, string>()
  let completed = 0
  let cancelled = 0
  for (const order of placed) {
    const { state } = ended.get(order.orderId)!
    expectThat(state === 'completed' || (state === 'cancelled' && order.cancelTask !== undefined), `order ${order.number} (${order.offering}) ended ${state}`)
    if (order.cancelTask) {
      const task = await read(`${url}${ORDERS}/cancelProductOrder/${order.cancelTask}`)
      expectThat((task.state === 'done') === (state === 'cancelled'), `the cancellation of order ${order.number} is ${task.state} and the order ${state}`)
    }
    const products = (await read(`${url}/tmf-api/productInventory/v4/product?productOrderItem.productOrderId=${order.orderId}`)) as Json[]
    const active = products.filter(p => p.status === 'active').length
    if (state === 'cancelled') {
      cancelled++
      expectThat(active === 0, `order ${order.number} is cancelled and has ${active} active products`)
      if ((standing.get(order.orderId) ?? 0) !== 0) {
        const plan = await read(`${url}/tandem/v1/deliveryPlan?productOrder=${order.orderId}`)
        throw new Error(`order ${order.number} (${order.offering}) is cancelled and ${standing.get(order.orderId)} things still stand at the back ends: ${JSON.stringify(accounts.get(order.orderId))}; its plan: ${JSON.stringify(plan)}`)
      }
      continue
    }
    completed++
    expectThat(active > 0 && active === products.length, `order ${order.number} is completed with ${active} of ${products.length} products active`)
    const outcome = `${active} products, ${standing.get(order.orderId) ?? 0} executions`
    const before = perOffering.get(order.offering) ?? outcome
    expectThat(before === outcome, `two orders of ${order.offering} have different outcomes: ${before}; ${outcome}`)
    perOffering.set(order.offering, outcome)
  }
  return { completed, cancelled }
}

/** The bills of the next cycle, as they are foretold. */
export async function foretell(url: string): Promise<Json[]> {
  const now = new Date((await read(`${url}/tandem/v1/clock`)).now)
  const next = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, now.getUTCDate()))
  const answer = await send(`${url}/tandem/v1/billRun`, { dryRun: true, cycleDate: next.toISOString().slice(0, 10) })
  expectThat(answer.truncated !== true, 'the dry run was cut short')
  return answer.bill as Json[]
}

export const letAMonthPass = async (url: string): Promise<void> => {
  await send(`${url}/tandem/v1/clock`, { advance: 'P1M' })
}

export const startBilling = async (url: string): Promise<void> => {
  await send(`${url}/tandem/v1/billRun`, {})
}

const figure = (bill: Json): string => JSON.stringify([bill.billNo, bill.billDate, bill.taxExcludedAmount, bill.taxIncludedAmount, bill.amountDue])

/** The bills that were made are those that were foretold, to the number and the cent; and every customer with products has one. */
export async function verifyBills(url: string, placed: readonly PlacedOrder[], ended: ReadonlyMap<string, Json>, foretold: readonly Json[], seconds: number): Promise<number> {
  const until = Date.now() + seconds * 1000
  let bills: Json[] = []
  for (;;) {
    bills = (await read(`${url}/tmf-api/customerBillManagement/v4/customerBill?limit=1000`)) as Json[]
    if (bills.length >= foretold.length) break
    if (Date.now() > until) throw new Error(`${foretold.length} bills were foretold, ${bills.length} are there after ${seconds} s`)
    await sleep(250)
  }
  const made = new Map(bills.map(bill => [bill.id, figure(bill)]))
  expectThat(bills.length === foretold.length, `${foretold.length} bills were foretold and ${bills.length} were made`)
  for (const bill of foretold) expectThat(made.get(bill.id) === figure(bill), `bill ${bill.id} was foretold as ${figure(bill)} and is ${made.get(bill.id)}`)

  const perOffering = new Map<string, string>()
  for (const order of placed) {
    if (ended.get(order.orderId)!.state !== 'completed') continue
    const own = bills.filter(bill => bill.relatedParty?.some((party: Json) => party.id === order.customerId))
    expectThat(own.length === 1, `the customer of order ${order.number} has ${own.length} bills`)
    const amount = JSON.stringify(own[0]!.taxIncludedAmount)
    const before = perOffering.get(order.offering) ?? amount
    expectThat(before === amount, `${order.offering} is billed ${before} to one customer and ${amount} to another`)
    perOffering.set(order.offering, amount)
  }
  return bills.length
}
