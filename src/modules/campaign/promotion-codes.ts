/** Whether the codes of a campaign do anything: for as long as it makes offers, for a part of that time, or not at all. */
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { promotionsOf } from '../promotion/index.ts'

interface Coded {
  promotionCode?: string[]
  validFor?: { startDateTime?: string; endDateTime?: string }
}

export interface Notice {
  code: string
  message: string
  attribute: string
}

type Promoted = Awaited<ReturnType<typeof promotionsOf>>[number]

const from = (one: Promoted): number => Date.parse(one.validFor?.startDateTime ?? '1970-01-01T00:00:00Z')
const until = (one: Promoted): number => (one.validFor?.endDateTime === undefined ? Infinity : Date.parse(one.validFor.endDateTime))
const iso = (ms: number): string => new Date(ms).toISOString()

/**
 * What is to be known of the codes. Throws 400 for a code of no promotion, and 409 where the campaign is to become active and a promotion is
 * over or not released: nobody would get what it promises.
 */
export const noticesOf = async (deps: Services, context: Context, { promotionCode = [], validFor }: Coded, { activates, now }: { activates: boolean; now: Date }): Promise<Notice[]> => {
  const unknown: Fault[] = []
  const without: Fault[] = []
  const messages: string[] = []
  const notices: Notice[] = []
  const begin = Math.max(now.getTime(), Date.parse(validFor?.startDateTime ?? iso(now.getTime())))
  const end = Date.parse(validFor?.endDateTime ?? iso(now.getTime()))
  for (const [index, code] of promotionCode.entries()) {
    const attribute = `promotionCode[${index}]`
    const all = await promotionsOf(deps, context, code)
    if (all.length === 0) {
      unknown.push(fault(attribute, 'is a code of no promotion', code))
      continue
    }
    const released = all.filter(one => one.lifecycleStatus === 'release')
    const living = released.filter(one => until(one) > begin)
    const say = (which: string, message: string): number => notices.push({ code: which, message: `${code}: ${message}`, attribute })
    if (living.length === 0) {
      const message = released.length === 0 ? 'its promotion is not released' : `its promotion ended at ${iso(Math.max(...released.map(until)))}`
      if (activates) {
        without.push(fault(attribute, message, code))
        messages.push(`${code}: ${message}`)
      } else say('promotionNotInForce', message)
      continue
    }
    const [first, last] = [Math.min(...living.map(from)), Math.max(...living.map(until))]
    if (first > begin) say('promotionBeginsLater', `its promotion begins at ${iso(first)}: offers that are made before that are promised without it`)
    if (last < end) say('promotionEndsEarlier', `its promotion ends at ${iso(last)}, before the campaign does: offers that are made after that are promised without it; those made before keep their price`)
  }
  if (unknown.length > 0) throw refuse.invalid(unknown)
  if (without.length > 0) throw refuse.conflict('promotionNotInForce', messages.join('; '), without)
  return notices
}
