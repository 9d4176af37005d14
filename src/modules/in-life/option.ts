/**
 * One thing that may become of a product: when, at what cost, with what kept, by which rule, and the order items that it would be. Prices are the
 * price engine's, reasons those of an order of the same: nothing is decided twice in two ways.
 */
import { exact, jsonNumber, money, sum, type Money, type MoneyJson } from '../../platform/money.ts'
import type { Context } from '../../platform/principal.ts'
import { Refusal } from '../../platform/errors.ts'
import type { Services } from '../../tmf/services.ts'
import type { LoadedOffering } from '../catalog/index.ts'
import { remainderAt, type Instalment } from '../financing/index.ts'
import { examineOrder, type OrderItem, type ProductOrderDocument } from '../ordering/index.ts'
import { monthsOf, priceItems, priceLineOf, type Adjustment, type PricedComponent, type PriceLine } from '../pricing/index.ts'
import { FeeCurrency, feesOf, type ComputedFee } from './fees.ts'
import { hearRules, type Facts, type HeardRule, type RuleRef, type Verdict } from './hear-rules.ts'
import type { CompiledRule, InLifeAction } from './in-life-rule.ts'
import { monthlyOf, type Monthly } from './present.ts'
import { categoriesOf, effectiveFrom, monthsLeftAt, type Subject } from './subject.ts'
import { localDate } from '../../platform/calendar.ts'

/** What may be said with the question. */
export interface Wish {
  place?: Record<string, unknown>
  effectiveDate?: Date
  device?: 'keepPaying' | 'payOff'
  /** An order of it is being looked at already: only what the rules say is asked. */
  isOrdered?: boolean
}

export interface Reason {
  code: string
  message: string
  rule?: RuleRef
}

export interface OneTimeCost {
  kind: 'terminationFee' | 'fee' | 'oneTimeCharge' | 'deposit' | 'devicePayOff'
  name: string
  taxExcluded?: MoneyJson
  taxIncluded: MoneyJson
  why: string
  rule?: RuleRef
}

export interface Retained {
  what: 'number' | 'discount' | 'term' | 'price' | 'device'
  detail: string
}

/** What an order takes of it: a line of a cart, an item of an order. */
export interface ChangeLine {
  action: 'add' | 'modify' | 'delete'
  product: Record<string, unknown> & { id?: string }
  productOffering?: { id: string; name?: string }
  itemTerm?: Record<string, unknown>[]
  adjustment: Adjustment[]
  /** Fees that are charged with it. */
  fee: PriceLine[]
  oneTimeCharges: boolean
}

export interface InLifeOption {
  id: string
  action: InLifeAction
  name: string
  productOffering?: { id: string; name?: string }
  possible: boolean
  reason: Reason[]
  takesEffect: 'now' | 'endOfBillingPeriod' | 'endOfTerm'
  effectiveDate: string
  term?: { present?: { months: number; end: string; monthsLeft: number }; new?: { months: number; startsAnew: boolean; end?: string } }
  oneTimeCost: OneTimeCost[]
  oneTimeTotal?: MoneyJson
  monthly: { present?: Monthly; new?: Monthly; difference?: MoneyJson }
  itemPrice: PriceLine[]
  kept: Retained[]
  lost: Retained[]
  device: { financingPlan: { id: string; name?: string }; remainder: MoneyJson; becomes: 'keepPaying' | 'payOff'; choice: boolean }[]
  rule: HeardRule[]
  failedCondition?: { rule: RuleRef; message: string }[]
}

export interface BuiltOption {
  option: InLifeOption
  lines: ChangeLine[]
  /** Plans that the change pays off. */
  payOff: string[]
}

const nameOf = (offering: LoadedOffering | undefined): string | undefined => offering?.doc.name ?? offering?.pin.id

const VERBS: Readonly<Record<InLifeAction, (target: string) => string>> = {
  upgrade: target => `Change up to ${target}`,
  downgrade: target => `Change down to ${target}`,
  add: target => `Add ${target}`,
  remove: target => `End ${target}`,
  renew: target => `Renew ${target}`,
  move: target => `Move ${target}`,
}

const factsOf = (subject: Subject, action: InLifeAction, target: LoadedOffering | undefined, channel: string): Facts => {
  const { doc, offering, present } = subject
  const specification = doc.productSpecification?.id ?? offering?.specification?.pin.id ?? ''
  const left = monthsLeftAt(subject, subject.now)
  const had = doc.startDate === undefined ? 0 : Math.floor((subject.now.getTime() - new Date(doc.startDate).getTime()) / (86_400_000 * 30.4375))
  return {
    product: {
      id: subject.id, offering: doc.productOffering?.id ?? '', specification, category: subject.category, status: doc.status ?? '',
      monthsHad: had, termMonths: present.term?.months ?? 0, termMonthsLeft: left, inTerm: left > 0, openPlans: subject.plans.length, monthly: present.monthly?.taxIncluded.value ?? 0,
    },
    option: { action, offering: target?.pin.id ?? '', specification: target?.specification?.pin.id ?? '', category: categoriesOf(target), sameSpecification: target?.specification?.pin.id === specification },
    customer: { id: subject.party?.id ?? '' },
    channel,
    now: subject.now,
  }
}

const priceOf = async (deps: Services, context: Context, subject: Subject, target: LoadedOffering, line: Pick<ChangeLine, 'adjustment' | 'oneTimeCharges'>, term: { amount: number; units: string } | undefined, places: readonly Record<string, unknown>[]) => {
  const placeId = places.map(one => one['id']).find(one => typeof one === 'string')
  const { currency } = subject.present
  return await priceItems(deps, context, {
    item: [{ id: '1', offeringId: target.pin.id, quantity: 1, adjustment: line.adjustment, ...(term && { term }), ...(!line.oneTimeCharges && { omit: ['oneTime', 'deposit'] }) }],
    ...(currency !== undefined && { currency }),
    ...(subject.customerId !== undefined && { customerId: subject.customerId }),
    ...(placeId !== undefined && { place: { id: placeId } }),
  })
}

/** Recurring charges by the month, with tax. */
const monthlyOfComponents = (components: readonly PricedComponent[]): Monthly | undefined => {
  const recurring = components.flatMap(one => {
    const months = one.kind === 'recurring' && one.recurring ? monthsOf({ amount: one.recurring.count, units: one.recurring.unit }) : undefined
    return months === undefined ? [] : [{ excluded: money(one.taxExcludedAmount, one.currency).over(months), included: money(one.taxIncludedAmount, one.currency).over(months) }]
  })
  const first = recurring[0]
  if (first === undefined) return undefined
  return monthlyOf(sum(recurring.map(one => one.excluded), first.excluded.currency), sum(recurring.map(one => one.included), first.included.currency))
}

const feeLine = (fee: ComputedFee, rule: RuleRef | undefined): PriceLine => ({
  name: fee.name,
  priceType: fee.kind === 'terminationFee' ? 'penalty' : 'oneTime',
  price: { ...(fee.taxRate !== undefined && { taxRate: fee.taxRate }), ...(fee.taxIncluded ? { taxIncludedAmount: fee.amount.toJSON() } : { dutyFreeAmount: fee.amount.toJSON() }) },
  '@type': 'FeePrice',
  '@baseType': 'OrderPrice',
  ...(fee.taxCategory !== undefined && { taxCategory: fee.taxCategory }),
  derivation: { ...(rule && { rule }), why: fee.why },
})

const grossOf = (fee: ComputedFee): { excluded: Money; included: Money } => {
  const factor = exact(fee.taxRate ?? 0).dividedBy(100).plus(1)
  return fee.taxIncluded ? { excluded: fee.amount.over(factor).rounded(), included: fee.amount } : { excluded: fee.amount, included: fee.amount.times(factor).rounded() }
}

type Term = { amount: number; units: string }

const ownTerm = (offering: LoadedOffering | undefined): { name?: string; term: Term } | undefined => {
  const terms = (offering?.doc.productOfferingTerm ?? []).flatMap(one => (one.duration?.amount === undefined ? [] : [{ ...(one.name !== undefined && { name: one.name }), term: { amount: one.duration.amount, units: one.duration.units ?? 'month' } }]))
  return terms.length === 1 ? terms[0] : undefined
}

interface Terms {
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
  return [{ ...(term.name !== undefined && { name: term.name }), duration: { amount: term.months, units: 'month' }, validFor: { ...(start !== undefined && { startDateTime: start }), endDateTime: term.endsAt.toISOString() }, '@type': 'DatedTerm', '@baseType': 'OrderTerm' }]
}

/** The term that goes on, or the one that begins. */
const termsOf = (subject: Subject, action: InLifeAction, target: LoadedOffering | undefined, verdict: Verdict, monthsLeft: number): Terms => {
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
  return { itemTerm: [{ name: own?.name ?? term?.name ?? `${months} months`, duration: { amount: next.amount, units: next.units } }], pricing: next, shown: { ...shown, new: { months, startsAnew: true } }, missing: false }
}

const retained = (subject: Subject, action: InLifeAction, verdict: Verdict, device: InLifeOption['device']): Pick<InLifeOption, 'kept' | 'lost'> => {
  const kept: Retained[] = []
  const lost: Retained[] = []
  const put = (keeps: boolean, what: Retained['what'], detail: string): void => void (keeps ? kept : lost).push({ what, detail })
  if (action === 'add') return { kept, lost }
  const stays = action !== 'remove'
  const number = (subject.doc.productCharacteristic ?? []).find(one => /msisdn|phone|number/i.test(one.name))?.value
  put(stays && verdict.keeps.number, 'number', typeof number === 'string' ? number : 'the number and access that it has')
  for (const one of subject.present.discounts) put(stays && verdict.keeps.discount, 'discount', one.name)
  const { term } = subject.present
  if (term !== undefined && term.endsAt > subject.now) put(stays && verdict.keeps.term, 'term', `${term.months} months until ${localDate(term.endsAt, subject.zone)}`)
  if (action === 'move' || action === 'renew') put(verdict.keeps.price, 'price', 'the price as it was sold')
  for (const one of device) put(one.becomes === 'keepPaying', 'device', `${one.financingPlan.name ?? one.financingPlan.id}: ${one.remainder.value} ${one.remainder.unit} still owed`)
  return { kept, lost }
}

const devicesOf = (subject: Subject, action: InLifeAction, verdict: Verdict, wish: Wish, at: Date): InLifeOption['device'] =>
  action === 'add'
    ? []
    : subject.plans.map(({ id, doc }) => ({
        financingPlan: { id, ...(doc.name !== undefined && { name: doc.name }) },
        remainder: remainderAt(doc.amountFinanced ?? { unit: '', value: 0 }, (doc.instalment ?? []) as Instalment[], at).remainder,
        becomes: verdict.device === 'choice' ? (wish.device ?? 'keepPaying') : verdict.device,
        choice: verdict.device === 'choice',
      }))

/** The items that it is, as an order takes them. */
export const itemsOf = (lines: readonly ChangeLine[], price: readonly PriceLine[]): OrderItem[] =>
  lines.map(
    (line, index): OrderItem => ({
      id: String(index + 1),
      action: line.action,
      // It is answered here: the order does not ask what it would be.
      inLife: { action: line.action },
      ...(line.action === 'add' && { quantity: 1 }),
      product: line.product as NonNullable<OrderItem['product']>,
      ...(line.productOffering && { productOffering: line.productOffering }),
      ...(line.itemTerm && { itemTerm: line.itemTerm }),
      itemPrice: [...(line.productOffering && line.action !== 'delete' ? price : []), ...line.fee],
    }),
  )

const linesOf = (subject: Subject, action: InLifeAction, target: LoadedOffering | undefined, verdict: Verdict, places: readonly Record<string, unknown>[], terms: Terms, fee: PriceLine[]): ChangeLine[] => {
  const adjustment = verdict.keeps.discount && !verdict.keeps.price && action !== 'add' ? subject.present.discounts.map(one => one.adjustment) : []
  const offering = target === undefined ? undefined : { id: target.pin.id, ...(target.doc.name !== undefined && { name: target.doc.name }) }
  const common = { adjustment, oneTimeCharges: verdict.oneTimeCharges, ...(terms.itemTerm && { itemTerm: terms.itemTerm }) }
  const place = places.length > 0 ? { place: places } : {}
  if (action === 'remove') return [{ action: 'delete', product: { id: subject.id }, adjustment: [], fee, oneTimeCharges: false }]
  if (action === 'add') {
    const beside = { productRelationship: [{ relationshipType: 'reliesOn', product: { id: subject.id, ...(subject.doc.name !== undefined && { name: subject.doc.name }) } }] }
    return [{ ...common, action: 'add', product: { ...place, ...beside }, ...(offering && { productOffering: offering }), fee }]
  }
  if (action === 'move' && !verdict.keeps.number) {
    return [
      { action: 'delete', product: { id: subject.id }, adjustment: [], fee, oneTimeCharges: false },
      { ...common, action: 'add', product: { ...place }, ...(offering && { productOffering: offering }), fee: [] },
    ]
  }
  return [{ ...common, action: 'modify', product: { id: subject.id, ...place }, ...(offering && !verdict.keeps.price && { productOffering: offering }), fee }]
}

const orderReasons = async (deps: Services, context: Context, subject: Subject, items: OrderItem[]): Promise<Reason[]> => {
  const draft = { id: '', state: 'acknowledged', relatedParty: subject.doc.relatedParty ?? [], productOrderItem: items } as unknown as ProductOrderDocument
  try {
    return ((await examineOrder(deps, context, draft)).rejectionReason ?? []).map(({ code, message }) => ({ code, message }))
  } catch (error) {
    if (!(error instanceof Refusal) || error.status >= 500) throw error
    return [{ code: error.code, message: error.message }]
  }
}

const wishReasons = (subject: Subject, action: InLifeAction, verdict: Verdict, wish: Wish, earliest: Date, terms: Terms): Reason[] => [
  ...verdict.refusals,
  ...(subject.change && action !== 'add' ? [{ code: 'changeUnderWay', message: `order ${subject.change.orderId} changes it already (${subject.change.action}, ${subject.change.effectiveAt.toISOString()})` }] : []),
  ...(action === 'move' && wish.place === undefined ? [{ code: 'placeNeeded', message: 'say where it moves to (place)' }] : []),
  ...(wish.effectiveDate !== undefined && wish.effectiveDate.getTime() < earliest.getTime() - 60_000 ? [{ code: 'effectiveDateTooEarly', message: `the earliest is ${earliest.toISOString()}` }] : []),
  ...(wish.device !== undefined && subject.plans.length > 0 && action !== 'add' && verdict.device !== 'choice' && verdict.device !== wish.device ? [{ code: 'deviceNotChoosable', message: `open instalments ${verdict.device === 'payOff' ? 'have to be paid off' : 'go on'}` }] : []),
  ...(terms.missing ? [{ code: 'noTerm', message: 'it has no term, and no rule says which one it would get' }] : []),
]

/** What one thing would be. `target` is what the product becomes, or what is added. */
export const buildOption = async (deps: Services, context: Context, subject: Subject, rules: readonly CompiledRule[], action: InLifeAction, target: LoadedOffering | undefined, wish: Wish): Promise<BuiltOption> => {
  const verdict = hearRules(rules, factsOf(subject, action, target, context.channel))
  const earliest = effectiveFrom(subject, verdict.takesEffect)
  const at = wish.effectiveDate !== undefined && wish.effectiveDate > earliest ? wish.effectiveDate : earliest
  const monthsLeft = monthsLeftAt(subject, at)
  const terms = termsOf(subject, action, target, verdict, monthsLeft)
  const reason = wishReasons(subject, action, verdict, wish, earliest, terms)
  let fees: ComputedFee[] = []
  try {
    fees = feesOf(action === 'add' ? verdict.fee.filter(one => one.kind === 'fee') : verdict.fee, { present: subject.present, monthsLeft })
  } catch (error) {
    if (!(error instanceof FeeCurrency)) throw error
    reason.push({ code: 'currencyMix', message: error.message })
  }
  const places = action === 'move' && wish.place ? [wish.place] : action === 'remove' ? [] : ((subject.doc.place ?? []) as Record<string, unknown>[])
  const lines = linesOf(subject, action, target, verdict, places, terms, fees.map(fee => feeLine(fee, verdict.feeRule)))
  const sold = lines.find(line => line.productOffering !== undefined && line.action !== 'delete')
  const answer = sold === undefined || target === undefined ? undefined : await priceOf(deps, context, subject, target, sold, terms.pricing, places)
  for (const one of answer?.fault ?? []) reason.push({ code: one.code, message: one.message })
  const components = answer?.line.flatMap(line => line.component) ?? []
  const itemPrice = components.map(priceLineOf)
  // What has no price, or no place to go to, is not asked about further.
  if (wish.isOrdered !== true && !reason.some(one => one.code === 'placeNeeded') && (answer?.fault ?? []).length === 0) reason.push(...(await orderReasons(deps, context, subject, itemsOf(lines, itemPrice))))

  const device = devicesOf(subject, action, verdict, wish, at)
  const payOff = device.filter(one => one.becomes === 'payOff' && one.remainder.value > 0)
  const oneTimeCost: OneTimeCost[] = [
    ...fees.map((fee): OneTimeCost => {
      const { excluded, included } = grossOf(fee)
      return { kind: fee.kind, name: fee.name, taxExcluded: excluded.toJSON(), taxIncluded: included.toJSON(), why: fee.why, ...(verdict.feeRule && { rule: verdict.feeRule }) }
    }),
    ...components.flatMap((one): OneTimeCost[] =>
      one.kind === 'oneTime' || one.kind === 'deposit'
        ? [{ kind: one.kind === 'deposit' ? 'deposit' : 'oneTimeCharge', name: one.name, taxExcluded: money(one.taxExcludedAmount, one.currency).toJSON(), taxIncluded: money(one.taxIncludedAmount, one.currency).toJSON(), why: 'what the offering charges once' }]
        : [],
    ),
    ...payOff.map((one): OneTimeCost => ({ kind: 'devicePayOff', name: `Remainder of ${one.financingPlan.name ?? one.financingPlan.id}`, taxIncluded: one.remainder, why: 'instalments that are not due yet, without their interest' })),
  ]
  const currency = subject.present.currency ?? oneTimeCost[0]?.taxIncluded.unit
  const now = action === 'add' ? undefined : subject.present.monthly
  const next = action === 'remove' ? undefined : verdict.keeps.price && sold === undefined ? subject.present.monthly : monthlyOfComponents(components)
  const difference = currency === undefined ? undefined : { unit: currency, value: jsonNumber(exact(next?.taxIncluded.value ?? 0).minus(now?.taxIncluded.value ?? 0)) }
  const label = action === 'add' || action === 'upgrade' || action === 'downgrade' ? (nameOf(target) ?? '') : (subject.doc.name ?? nameOf(subject.offering) ?? subject.id)
  const option: InLifeOption = {
    id: [action, ...(target && action !== 'remove' && action !== 'move' ? [target.pin.id] : [])].join(':'),
    action,
    name: VERBS[action](label),
    ...(target && action !== 'remove' && { productOffering: { id: target.pin.id, ...(target.doc.name !== undefined && { name: target.doc.name }) } }),
    possible: reason.length === 0,
    reason,
    takesEffect: verdict.takesEffect,
    effectiveDate: at.toISOString(),
    ...((terms.shown.present ?? terms.shown.new) !== undefined && { term: terms.shown }),
    oneTimeCost,
    ...(oneTimeCost.length > 0 && currency !== undefined && { oneTimeTotal: sum(oneTimeCost.filter(one => one.taxIncluded.unit === currency).map(one => money(one.taxIncluded.value, currency)), currency).toJSON() }),
    monthly: { ...(now && { present: now }), ...(next && { new: next }), ...(difference && { difference }) },
    itemPrice,
    ...retained(subject, action, verdict, device),
    device,
    rule: verdict.rule,
    ...(verdict.failedCondition.length > 0 && { failedCondition: verdict.failedCondition }),
  }
  return { option, lines, payOff: payOff.map(one => one.financingPlan.id) }
}
