/** Goes on with checkouts that nobody waits for: woken by call-backs, found by the sweep when their time has come or who worked on them is dead. */
import { Type, type Static } from 'typebox'
import { defineJob, type Reaction } from '../../tmf/module.ts'
import type { Services } from '../../tmf/services.ts'
import { findDueCheckouts, nudgeCheckout, readCheckout } from './checkout-store.ts'
import type { ContractSignature } from '../contract/index.ts'
import { runCheckout } from './checkout-run.ts'

const AT_ONCE = 50

const schema = Type.Object({ id: Type.String() })

export const runCheckoutJob = defineJob({
  name: 'cart.run-checkout',
  schema,
  run: async ({ id }: Static<typeof schema>, deps: Services) => void (await runCheckout(deps, id)),
  retry: { attempts: 3, backoffMs: 500 },
  concurrency: 8,
})

export const sweepCheckoutsJob = defineJob({
  name: 'cart.sweep-checkouts',
  schema: Type.Object({}),
  run: async (_: object, deps: Services) => void (await Promise.all((await findDueCheckouts(deps.database, deps.clock.now(), AT_ONCE)).map(id => runCheckout(deps, id)))),
  retry: { attempts: 1, backoffMs: 1_000 },
  concurrency: 1,
  every: { intervalMs: 1_000, data: {} },
})

/** Losing a wake-up only delays: the sweep finds the row. */
export const wakeCheckout = (deps: Services, id: string): void => {
  deps.jobs.enqueue({ name: runCheckoutJob.name, schema }, { id }).catch((error: unknown) => {
    deps.log.warn({ err: error, checkout: id }, 'a wake-up for a checkout was lost; the sweep finds it')
  })
}

/** The checkout that waits for a signature goes on as soon as there is one, or there will be none. */
export const signatureEnded: Reaction = {
  name: 'cart.signature-ended',
  on: ['ContractSignatureStateChangeEvent'],
  run: async (event, { tx, deps, afterCommit }) => {
    const { shoppingCart } = event.doc as ContractSignature
    const row = shoppingCart && (await readCheckout(tx, event.brand, shoppingCart.id))
    if (row === undefined || row.waitingFor?.reason !== 'signature') return
    await nudgeCheckout(tx, row.id)
    afterCommit(async () => wakeCheckout(deps, row.id))
  },
}
