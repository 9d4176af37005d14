/** The term that goes on with a change, or the one that begins with it. Pure. */
import { addMonths, localDate, startOfDay } from '../../platform/calendar.ts'
import type { LoadedOffering } from '../catalog/index.ts'
import { monthsOf } from '../pricing/index.ts'
import type { Verdict } from './hear-rules.ts'
import type { InLifeAction } from './in-life-rule.ts'
import type { InLifeOption } from './option-types.ts'
import type { Subject } from './subject.ts'

export type Term = { amount: number; units: string }

export const ownTerm = (offering: LoadedOffering | undefined): { name?: string; term: Term } | undefined => {
  const terms = (offering?.doc.productOfferingTerm ?? []).flatMap(one => (one.duration?.amount === undefined ? [] : [{ ...(one.name !== undefined && { name: one.name }), term: { amount: one.duration.amount, units: one.duration.units ?? 'month' } }]))
  return terms.length === 1 ? terms[0] : undefined
}

export interface Terms {
  itemTerm?: Record<string, unknown>[]
  pricing?: Term
  shown: NonNullable<InLifeOption['term']>
  missing: boolean
}

/** The term that the product has, with its dates. */
export const keptTerm = ({ present: { term }, doc }: Subject): Record<string, unknown>[] | undefined => {
  if (term === undefined) return undefined
  const stored = doc.productTerm?.find(one => one.duration?.amount !== undefined)
  const start = stored?.validFor?.startDateTime ?? doc.startDate
  return [{ ...(term.name !== undefined && { name: term.name }), duration: { amount: term.months, units: 'month' }, validFor: { ...(start !== undefined && { startDateTime: start }), endDateTime: stored?.validFor?.endDateTime ?? term.endsAt.toISOString() }, '@type': 'DatedTerm', '@baseType': 'OrderTerm' }]
}

/** The term that goes on, or the one that begins. */
export const termsOf = (subject: Subject, action: InLifeAction, target: LoadedOffering | undefined, verdict: Verdict, monthsLeft: number, at: Date): Terms => {
  const { term } = subject.present
  const shown: Terms['shown'] = term === undefined ? {} : { present: { months: term.months, end: term.endsAt.toISOString(), monthsLeft } }
  if (action === 'remove') return { shown, missing: false }
  if (action !== 'add' && verdict.keeps.term && term !== undefined && verdict.newTerm === undefined) {
    const itemTerm = keptTerm(subject) ?? []
    return { itemTerm, pricing: { amount: term.months, units: 'month' }, shown: { ...shown, new: { months: term.months, startsAnew: false, end: term.endsAt.toISOString() } }, missing: false }
  }
  const own = ownTerm(target)
  const next = verdict.newTerm ?? own?.term ?? (action === 'renew' && term !== undefined ? { amount: term.months, units: 'month' } : undefined)
  if (next === undefined) return { shown, missing: action === 'renew' }
  const months = monthsOf(next) ?? next.amount
  return { itemTerm: [{ name: own?.name ?? term?.name ?? `${months} months`, duration: { amount: next.amount, units: next.units } }], pricing: next, shown: { ...shown, new: { months, startsAnew: true, ...(monthsOf(next) !== undefined && { end: startOfDay(addMonths(localDate(at, subject.zone), months), subject.zone).toISOString() }) } }, missing: false }
}
