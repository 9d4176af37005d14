/** One change of a product at a time: who takes it, who has it. A change whose order has ended is over, also before anybody has tidied it up. */
import type { Transaction } from '../../platform/database/sql.ts'
import { systemContext, type Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { isFinal, readOrder } from '../ordering/index.ts'
import { insertChange, readChange, takeOver, type ChangeUnderWay } from './change-store.ts'

const isOver = async (deps: Services, context: Context, orderId: string, tx?: Transaction): Promise<boolean> => {
  const order = await readOrder({ context: systemContext(context.brand, context.correlationId), deps }, orderId, tx)
  return order === undefined || isFinal(order.state)
}

/** Takes a product for an order, in the transaction that makes it. Answers the change that is under way, when there is another one. */
export const claimProduct = async (deps: Services, context: Context, tx: Transaction, change: ChangeUnderWay): Promise<ChangeUnderWay | undefined> => {
  const other = await insertChange(tx, context.brand, change)
  if (other === undefined) return undefined
  if (!(await isOver(deps, context, other.orderId, tx))) return other
  await takeOver(tx, context.brand, change)
  return undefined
}

/** The change of a product that is under way. */
export const changeUnderWay = async (deps: Services, context: Context, productId: string): Promise<ChangeUnderWay | undefined> => {
  const found = await readChange(deps.database, context.brand, productId)
  return found === undefined || (await isOver(deps, context, found.orderId)) ? undefined : found
}
