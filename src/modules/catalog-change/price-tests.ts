/** Prices with the changes of a set applied: what would a customer pay, and whether it is what the set's tests expect. */
import { exact } from '../../platform/money.ts'
import type { Transaction } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import { priceItemsIn, requestFor, type PricingAnswer, type PricingRequest } from '../pricing/index.ts'
import type { CatalogChangeSet } from './change-set.ts'
import type { Finding, PriceCase, PriceTest } from './change-set-types.ts'
import type { WorkDeps } from './work.ts'

/** The request of the price engine; `at` is when the set is to be activated where the case names no time. */
export const requestOf = (given: PriceCase, at: Date): PricingRequest => ({ at, ...requestFor(given) })

/** When the set would be in force: the moment that was asked for, if it lies ahead. */
export const activationTime = (set: Pick<CatalogChangeSet, 'activateAt'>, now: Date): Date => {
  const asked = set.activateAt === undefined ? 0 : Date.parse(set.activateAt)
  return asked > now.getTime() ? new Date(asked) : now
}

/** What an expected total is not; undefined when it is so. */
const difference = (expected: PriceTest['expect'][number], answer: PricingAnswer): string | undefined => {
  const totals = answer.total.filter(one => one.kind === expected.kind && one.currency === expected.currency)
  const what = `${expected.kind} total in ${expected.currency}`
  for (const name of ['taxIncludedAmount', 'taxExcludedAmount'] as const) {
    const wanted = expected[name]
    if (wanted === undefined) continue
    const sum = totals.reduce((all, one) => all.plus(exact(one[name])), exact(0))
    if (!sum.equals(exact(wanted))) return `${name} of the ${what} is ${sum.toString()}, not ${wanted}`
  }
  return undefined
}

/** Tries the tests of a set inside the transaction that has its changes. */
export async function testFindings(deps: WorkDeps, context: Context, tx: Transaction, set: CatalogChangeSet): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const [index, test] of (set.test ?? []).entries()) {
    const answer = await priceItemsIn(tx, deps, context, requestOf(test.price, activationTime(set, deps.clock.now())))
    const of = (path: string, message: string): Finding => ({ code: 'testFailed', severity: 'error', resource: 'catalogChangeSet', id: set.id, path, message: `${test.name}: ${message}` })
    findings.push(...answer.fault.map(one => of(`test[${index}].price`, one.message)))
    for (const [at, expected] of test.expect.entries()) {
      const message = difference(expected, answer)
      if (message !== undefined) findings.push(of(`test[${index}].expect[${at}]`, message))
    }
  }
  return findings
}
