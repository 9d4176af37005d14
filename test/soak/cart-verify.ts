/** What must be so of a cart after its races: no acknowledged change is lost, none is there twice, there is one order of just these lines, and the money held is the money due. */
import { setTimeout as sleep } from 'node:timers/promises'
import { ask, CART, linesOf, type Json, type RaceWorld } from './cart-door.ts'

const SETTLES_WITHIN_MS = 120_000

/** What those who raced were told. */
export interface Raced {
  id: string
  person: string
  /** Ids or campaigns of lines that were put in. */
  acknowledged: string[]
  /** Of lines that may be there: the answer was lost. */
  tried: string[]
  /** The last thing that was said about it. */
  note?: string
  guest?: { id: string; merged: boolean }
  /** Every order that a checkout named. */
  orders: Set<string>
}

const nameOf = (line: Json): string => String(line['addedBy']?.campaign ?? line['id'])
const quantityOf = (lines: readonly Json[]): number => lines.reduce((all, one) => all + Number(one['quantity'] ?? 1), 0)

export const verifyRace = async (world: RaceWorld, raced: Raced): Promise<void> => {
  const { id, acknowledged, tried, orders } = raced
  const wrong = (what: string, seen: unknown): Error => new Error(`cart ${id}: ${what}: ${JSON.stringify(seen)}`)
  const cart = (await ask(world, 'GET', `${CART}/${id}`)).body
  const lines = linesOf(cart)
  const names = lines.map(nameOf)
  const lost = acknowledged.filter(one => !names.includes(one))
  if (lost.length > 0 || new Set(names).size !== names.length) throw wrong(`has lost ${lost.join(' ') || 'nothing'}, or has a line twice`, names)
  if (raced.note !== undefined && cart['description'] !== raced.note) throw wrong(`has lost "${raced.note}"`, cart['description'])

  const guest = raced.guest && (await ask(world, 'GET', `${CART}/${raced.guest.id}`)).body
  const merged = guest?.['mergedInto']?.id === id
  if (raced.guest?.merged === true && !merged) throw wrong('was merged with one that knows nothing of it', guest)
  if (guest !== undefined && !merged && (guest['status'] === 'merged' || quantityOf(linesOf(guest)) !== 1)) throw wrong('was not merged, and yet the other is changed', guest)
  const strangers = names.filter(one => !acknowledged.includes(one) && !tried.includes(one))
  const own = names.length - strangers.length
  // The guest's line has become one of its own, or adds to the like of it.
  if (quantityOf(lines) !== own + (merged ? 1 : 0) || strangers.length > (merged ? 1 : 0)) throw wrong(`has ${quantityOf(lines)} things of ${own} that were put in${merged ? ' and one that was merged' : ''}`, names)

  const placed = (await ask(world, 'GET', `/tmf-api/productOrderingManagement/v4/productOrder?relatedParty.id=${raced.person}&fields=id,state,productOrderItem`)).body as unknown as Json[]
  const [order] = placed
  if (orders.size !== 1 || placed.length !== 1 || !orders.has(String(order!['id'])) || order!['state'] === 'rejected') throw wrong(`was to have exactly one order of ${[...orders].join(' ')}`, placed.map(one => [one['id'], one['state']]))
  if (quantityOf(order!['productOrderItem']) !== quantityOf(lines)) throw wrong(`has an order of other things than its ${quantityOf(lines)}`, order!['productOrderItem'])
  if (cart['productOrder']?.id !== order!['id']) throw wrong('names another order', cart['productOrder'])
  // Where nobody takes payments it is on the bill.
  if (world.brand === undefined) await verifyMoney(world, cart, wrong)
}

const verifyMoney = async ({ backEnds }: RaceWorld, cart: Json, wrong: (what: string, seen: unknown) => Error): Promise<void> => {
  const due = cart['due']?.value as number | undefined
  for (const until = Date.now() + SETTLES_WITHIN_MS; ; await sleep(100)) {
    const seen = (await ask({ door: () => backEnds }, 'GET', `/payments/authorisation?reference=${cart['id']}`)).body as unknown
    // The gateway answers wrongly at times, also to us.
    if (Array.isArray(seen)) {
      const living = (seen as Json[]).filter(one => one['state'] === 'authorised' || one['state'] === 'captured' || one['state'] === 'actionRequired')
      if (due === undefined ? living.length === 0 : living.length === 1 && living[0]!['amount'].value === due && living[0]!['state'] === 'captured') return
      if (Date.now() > until) throw wrong(`holds other money than is due, ${due ?? 'nothing'}`, seen)
    }
    if (Date.now() > until) throw wrong('the gateway does not say what it holds', seen)
  }
}
