/** Follows a changed billing cycle specification: the accounts that name it have its cycle from their next bill on. */
import { billingCycleSpecification, cycleTerms } from '../account/index.ts'
import type { AccountWork } from './accounts.ts'
import { cyclesBehind, moveCycles } from './account-store.ts'
import { brandBilling } from './billing-setting.ts'
import { nextCycleDate } from '../../platform/calendar.ts'

export const followCycle = async (specificationId: string, { tx, context, deps }: AccountWork): Promise<void> => {
  // As it is now: an event that comes late changes nothing back.
  const specification = await deps.store.get(context, billingCycleSpecification, specificationId, { tx })
  if (!specification) return
  const { day, months = 1, paymentDueDays = (await brandBilling(deps, context, tx)).paymentDueDays } = cycleTerms(specification.doc)
  // Accounts of one cycle stand at few dates, so a million of them move in a few statements. Those that a bill run moved meanwhile are found again.
  for (;;) {
    const groups = await cyclesBehind(tx, context.brand, specificationId, { day: day ?? null, months, paymentDueDays })
    if (groups.length === 0) return
    const moves = groups.map(group => {
      const cycleDay = day ?? group.cycleDay
      const isSame = cycleDay === group.cycleDay && months === group.cycleMonths
      return { ...group, to: { cycleDay, nextCycleDate: isSame ? group.nextCycleDate : nextCycleDate(group.lastCycleDate, cycleDay, months) } }
    })
    await moveCycles(tx, context.brand, specificationId, { months, paymentDueDays }, moves)
  }
}
