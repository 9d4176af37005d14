/** Reads what a question is about: the product as its customer has it, with its offering, its account's calendar, open instalments and a change under way. */
import { dayOfMonth, localDate, nextCycleDate, startOfDay } from '../../platform/calendar.ts'
import type { Context } from '../../platform/principal.ts'
import type { Stored } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { billingAccount, cycleOf, payerOf, type BillingAccount } from '../account/index.ts'
import { loadOfferings, type LoadedOffering } from '../catalog/index.ts'
import { customerOf as customerRole } from '../customer/index.ts'
import { openPlansOf, type FinancingPlan } from '../financing/index.ts'
import { bundlesAround, partIdsOf, partyOf, product, type ProductDoc } from '../inventory/index.ts'
import type { ChangeUnderWay } from './change-store.ts'
import { changeUnderWay } from './claim.ts'
import type { Bound } from './fees.ts'
import { monthsUntil, presentOf, wholeOf, type Present, type PresentTerm } from './present.ts'

type Party = NonNullable<ProductDoc['relatedParty']>[number]

export interface Subject {
  id: string
  doc: ProductDoc
  offering: LoadedOffering | undefined
  category: string[]
  /** Whose it is. */
  party: Party | undefined
  /** Id of the TMF629 customer, for prices. */
  customerId: string | undefined
  zone: string
  present: Present
  /** Of a bundle: with what its parts cost, and the longest term among them where it has none itself. Else the same as `present`. */
  whole: Present
  /** Its own term, else that of the bundle that it is a part of. */
  term: PresentTerm | undefined
  /** Living parts of the bundle that it is. */
  parts: Subject[]
  /** The bundle that it is a living part of. */
  bundle: { id: string; name: string; change: ChangeUnderWay | undefined } | undefined
  plans: Stored<FinancingPlan>[]
  change: ChangeUnderWay | undefined
  /** First instant of the next billing period. */
  nextPeriod: Date
  now: Date
}

export const categoriesOf = (offering: LoadedOffering | undefined): string[] => (offering?.doc.category ?? []).flatMap(one => one.id ?? [])

/** The account that it is billed on: the one it names, else one of who pays. */
const accountOf = async (deps: Services, context: Context, doc: ProductDoc): Promise<Partial<BillingAccount> | undefined> => {
  const named = doc.billingAccount?.id
  if (named !== undefined) return (await deps.store.get(context, billingAccount, named))?.doc
  const payer = payerOf(doc.relatedParty)?.id
  if (payer === undefined) return undefined
  return (await deps.store.find(context, billingAccount, { where: [{ path: 'relatedParty.id', value: payer }], sort: 'lastModified', limit: 1 }))[0]?.doc
}

const DEEPEST = 3

/** The parts that a customer still has, each as a subject of its own. */
const partsOf = async (deps: Services, context: Context, doc: ProductDoc, level: number, bound: PresentTerm | undefined): Promise<Subject[]> => {
  const ids = partIdsOf(doc)
  if (ids.length === 0 || level >= DEEPEST) return []
  const parts = await Promise.all(ids.map(id => readSubject(deps, context, id, level + 1, bound)))
  return parts.flatMap(part => (part !== undefined && ['active', 'suspended'].includes(part.doc.status ?? '') ? [part] : []))
}

const bundleOf = async (deps: Services, context: Context, productId: string, now: Date, zone: string): Promise<{ bundle: Subject['bundle']; bound?: PresentTerm | undefined }> => {
  const found = (await bundlesAround({ context, deps }, [productId])).get(productId)
  if (found === undefined) return { bundle: undefined }
  return { bundle: { id: found.id, name: found.doc.name ?? found.id, change: await changeUnderWay(deps, context, found.id) }, bound: presentOf(found.doc, now, zone).term }
}

export const readSubject = async (deps: Services, context: Context, productId: string, level = 0, boundBy?: PresentTerm): Promise<Subject | undefined> => {
  const found = await deps.store.get(context, product, productId)
  if (found === undefined) return undefined
  const { doc } = found
  const now = deps.clock.now()
  const account = await accountOf(deps, context, doc)
  const zone = account?.timeZone ?? 'UTC'
  const cycle = account === undefined ? {} : await cycleOf(deps, context, account)
  const today = localDate(now, zone)
  const began = localDate(new Date(doc.startDate ?? now), zone)
  const offeringId = doc.productOffering?.id
  const offering = offeringId === undefined ? undefined : (await loadOfferings(deps, context, [offeringId])).get(offeringId)
  const party = doc.relatedParty?.find(one => one.id === partyOf(doc))
  const customer = party === undefined ? undefined : await customerRole(deps, context, party['@referredType'] === 'Party' ? { id: party.id } : party)
  const present = presentOf(doc, now, zone)
  const around = level === 0 ? await bundleOf(deps, context, productId, now, zone) : { bundle: undefined, bound: boundBy }
  const term = present.term ?? around.bound
  const parts = await partsOf(deps, context, doc, level, term)
  const whole = wholeOf(present, parts.map(part => part.whole))
  const plans = new Map([...(await openPlansOf({ deps, context }, productId)), ...parts.flatMap(part => part.plans)].map(plan => [plan.id, plan]))
  return {
    id: productId,
    doc,
    offering,
    category: categoriesOf(offering),
    party,
    customerId: customer?.id,
    zone,
    present,
    whole: { ...whole, term: term ?? whole.term },
    term,
    parts,
    bundle: around.bundle,
    plans: [...plans.values()],
    change: (await changeUnderWay(deps, context, productId)) ?? parts.find(part => part.change !== undefined)?.change,
    nextPeriod: startOfDay(nextCycleDate(today, cycle.day ?? dayOfMonth(began), 1), zone),
    now,
  }
}

/** When a change can be at the earliest. */
export const effectiveFrom = ({ whole: present, nextPeriod, now }: Subject, takesEffect: 'now' | 'endOfBillingPeriod' | 'endOfTerm'): Date => {
  if (takesEffect === 'endOfBillingPeriod') return nextPeriod
  return takesEffect === 'endOfTerm' && present.term !== undefined && present.term.endsAt > now ? present.term.endsAt : now
}

/** Months of the term that are left at an instant, those begun counted. */
export const monthsLeftAt = ({ whole: present, zone }: Subject, at: Date): number => (present.term === undefined ? 0 : monthsUntil(localDate(at, zone), present.term.end))

/** What of it is bound for how long at an instant: of a bundle each part by its own term, or by that of the bundle. */
export const boundAt = (subject: Subject, at: Date): Bound[] => [
  { monthly: subject.present.monthly, monthsLeft: subject.term === undefined ? 0 : monthsUntil(localDate(at, subject.zone), subject.term.end) },
  ...subject.parts.flatMap(part => boundAt(part, at)),
]
