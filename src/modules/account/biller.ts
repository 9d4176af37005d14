/** Who puts charges that no product carries onto bills. The module that bills registers itself; a provider that bills elsewhere runs without one. */
import type { Transaction } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'

export interface OneCharge {
  name: string
  /** With tax. */
  amount: { unit: string; value: number }
  taxCategory: string
  /** Percent; the table of rates counts before it. */
  taxRate: number
}

export interface ChargesOf {
  /** What they are for, and what makes them one: the id of an order. Asked again for the same, nothing happens. */
  reference: { id: string; name: string }
  billingAccount?: { id: string } | undefined
  /** Who pays, where no account is named. */
  relatedParty: { id: string; name?: string; href?: string; role?: string; '@referredType'?: string }[] | undefined
  charge: readonly OneCharge[]
}

export interface BillingWork {
  tx: Transaction
  context: Context
  deps: Services
}

export interface Biller {
  /** Puts them on the bill, in the caller's transaction. Answers why that cannot be; undefined when they are. */
  chargeOnce: (work: BillingWork, charges: ChargesOf) => Promise<string | undefined>
  /** Takes them back: what is on a bill already is given back by the next one. */
  dropCharges: (tx: Transaction, context: Context, id: string) => Promise<void>
}

const billers = new WeakMap<object, Biller>()

export const billBy = (deps: Pick<Services, 'database'>, biller: Biller): void => void billers.set(deps.database, biller)

/** undefined where bills are made elsewhere. */
export const billerOf = (deps: Pick<Services, 'database'>): Biller | undefined => billers.get(deps.database)
