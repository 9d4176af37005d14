/**
 * Follows what happens to carts and orders: each event is remembered once, by one statement, and soon after a job writes the journey anew from
 * all that is remembered of it. So an event that is repeated or replayed changes nothing, one that comes late stands where it belongs, and
 * what happens in one go is written once.
 */
import { Type } from 'typebox'
import { v5 } from 'uuid'
import { newId } from '../../platform/ids.ts'
import { systemContext } from '../../platform/principal.ts'
import { defineJob, type Reaction } from '../../tmf/module.ts'
import type { Services } from '../../tmf/services.ts'
import { shoppingCart, takeOversOf, type ShoppingCart } from '../cart/index.ts'
import type { ProductOrderDocument } from '../ordering/index.ts'
import { factOfCart, factOfOrder, factOfTakeOver, type Fact } from './fact.ts'
import { findDue, flowOf, insertFact, putOff, readFacts, takeDue, type DueFlow } from './journey-store.ts'
import { NAMESPACE, writeJourney, type Work } from './write-journey.ts'

/** The journey that begins with a cart, or with an order that came without one. */
const flowIdOf = (brand: string, subject: Fact['subject'], id: string): string => v5(`${brand} ${subject} ${id}`, NAMESPACE)

/** The cart that became an order says so in the order's own transaction. */
const flowOfOrder = async ({ tx, context, deps }: Work, orderId: string): Promise<string> => {
  const known = await flowOf(tx, context.brand, 'order', orderId)
  if (known !== undefined) return known
  const [cart] = await deps.store.find(context, shoppingCart, { where: [{ path: 'productOrder.id', value: orderId }], limit: 1 }, { tx })
  return cart === undefined ? flowIdOf(context.brand, 'order', orderId) : flowIdOf(context.brand, 'cart', cart.id)
}

export const followCarts: Reaction = {
  name: 'journey.follow-carts',
  on: ['ShoppingCartCreateEvent', 'ShoppingCartAttributeValueChangeEvent', 'ShoppingCartStateChangeEvent', 'ShoppingCartDeleteEvent'],
  run: async (event, { tx, context }) => {
    const fact = factOfCart(event as Parameters<typeof factOfCart>[0])
    await insertFact(tx, context.brand, flowIdOf(context.brand, 'cart', (event.doc as ShoppingCart).id), fact)
  },
}

export const followOrders: Reaction = {
  name: 'journey.follow-orders',
  on: ['ProductOrderCreateEvent', 'ProductOrderAttributeValueChangeEvent', 'ProductOrderStateChangeEvent'],
  run: async (event, work) => {
    const { id } = event.doc as ProductOrderDocument
    await insertFact(work.tx, work.context.brand, await flowOfOrder(work, id), factOfOrder(event as Parameters<typeof factOfOrder>[0]))
  },
}

const AT_ONCE = 200

const writeDue = async (deps: Services, due: DueFlow): Promise<void> => {
  const context = systemContext(due.brand, newId())
  try {
    await deps.database.transaction(async tx => {
      if (!(await takeDue(tx, due))) return
      const known = await readFacts(tx, due.brand, due.flow_id)
      const facts = [...known, ...(await takeOversOf(tx, due.brand, [...new Set(known.flatMap(fact => (fact.subject === 'cart' ? fact.subjectId : [])))])).map(factOfTakeOver)]
      if (facts.length > 0) await writeJourney({ tx, context, deps }, due.flow_id, facts)
    })
  } catch (error) {
    deps.log.error({ err: error, processFlow: due.flow_id }, 'a journey could not be written; it is tried again in a minute')
    await putOff(deps.database, due)
  }
}

export const writeJourneysJob = defineJob({
  name: 'journey.write',
  schema: Type.Object({}),
  run: async (_: object, deps: Services) => {
    for (;;) {
      const due = await findDue(deps.database, AT_ONCE)
      for (const one of due) await writeDue(deps, one)
      if (due.length < AT_ONCE) return
    }
  },
  retry: { attempts: 1, backoffMs: 1_000 },
  concurrency: 1,
  every: { intervalMs: 1_000, data: {} },
})
