/**
 * One thing that may become of a product: when, at what cost, with what kept, by which rule, and the order items that it would be. Prices are the
 * price engine's, reasons those of an order of the same: nothing is decided twice in two ways.
 */
import { exact, jsonNumber, money, sum } from '../../platform/money.ts'
import type { Context } from '../../platform/principal.ts'
import { Refusal } from '../../platform/errors.ts'
import type { Services } from '../../tmf/services.ts'
import type { LoadedOffering } from '../catalog/index.ts'
import { examineOrder, type OrderItem, type ProductOrderDocument } from '../ordering/index.ts'
import { feeAmounts, monthsOf, priceItems, priceLineOf, type PricedComponent, type PriceLine } from '../pricing/index.ts'
import { hearAsPart, planParts, type PlannedPart } from './bundle-parts.ts'
import { devicesOf, factsOf, feeLine, itemsOf, linesOf, retained } from './change-lines.ts'
import { FeeCurrency, feesOf, type ComputedFee } from './fees.ts'
import { hearRules, type HeardRule, type Verdict } from './hear-rules.ts'
import type { CompiledRule, InLifeAction } from './in-life-rule.ts'
import { termsOf, type Terms } from './option-terms.ts'
import type { BuiltOption, ChangeLine, InLifeOption, OneTimeCost, OptionPart, Reason, Wish } from './option-types.ts'
import { monthlyOf, type Monthly } from './present.ts'
import { boundAt, effectiveFrom, monthsLeftAt, type Subject } from './subject.ts'

const nameOf = (offering: LoadedOffering | undefined): string | undefined => offering?.doc.name ?? offering?.pin.id

const VERBS: Readonly<Record<InLifeAction, (target: string) => string>> = {
  upgrade: target => `Change up to ${target}`,
  downgrade: target => `Change down to ${target}`,
  add: target => `Add ${target}`,
  remove: target => `End ${target}`,
  renew: target => `Renew ${target}`,
  move: target => `Move ${target}`,
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
  ...(subject.bundle?.change && action === 'remove' ? [{ code: 'changeUnderWay', message: `order ${subject.bundle.change.orderId} changes its bundle already (${subject.bundle.change.action}, ${subject.bundle.change.effectiveAt.toISOString()})` }] : []),
  ...(action === 'add' && wish.replaces !== undefined ? [subject.parts.find(part => part.id === wish.replaces), subject] : []).flatMap(one => (one?.change ? [{ code: 'changeUnderWay', message: `order ${one.change.orderId} changes ${one.doc.name ?? one.id} already (${one.change.action}, ${one.change.effectiveAt.toISOString()})` }] : [])),
  ...(action === 'move' && wish.place === undefined ? [{ code: 'placeNeeded', message: 'say where it moves to (place)' }] : []),
  ...(wish.effectiveDate !== undefined && wish.effectiveDate.getTime() < earliest.getTime() - 60_000 ? [{ code: 'effectiveDateTooEarly', message: `the earliest is ${earliest.toISOString()}` }] : []),
  ...(wish.device !== undefined && subject.plans.length > 0 && action !== 'add' && verdict.device !== 'choice' && verdict.device !== wish.device ? [{ code: 'deviceNotChoosable', message: `open instalments ${verdict.device === 'payOff' ? 'have to be paid off' : 'go on'}` }] : []),
  ...(terms.missing ? [{ code: 'noTerm', message: 'it has no term, and no rule says which one it would get' }] : []),
]

/** A product, or a part of one, with what its change is. */
interface Piece extends PlannedPart {
  isPart: boolean
  terms: Terms
  fees: ComputedFee[]
  lines: ChangeLine[]
  device: InLifeOption['device']
}

const bare = { adjustment: [], fee: [], oneTimeCharges: false, price: [] }

const placesOf = ({ doc }: Subject): Record<string, unknown>[] => (doc.place ?? []) as Record<string, unknown>[]

/** Where it is from then on. What comes into a bundle is where the bundle is, or its first part that is anywhere. */
const placesFor = ({ becomes, subject, action }: PlannedPart, wish: Wish): Record<string, unknown>[] => {
  if (action === 'remove') return []
  if (action === 'move') return wish.place && becomes !== 'kept' ? [wish.place] : []
  if (becomes !== 'added') return placesOf(subject)
  return [subject, ...subject.parts].map(placesOf).find(found => found.length > 0) ?? []
}

const feesFor = ({ subject, action, verdict }: PlannedPart, at: Date, reason: Reason[]): ComputedFee[] => {
  try {
    return feesOf(action === 'add' ? verdict.fee.filter(one => one.kind === 'fee') : verdict.fee, { present: subject.whole, monthsLeft: monthsLeftAt(subject, at), bound: boundAt(subject, at) })
  } catch (error) {
    if (!(error instanceof FeeCurrency)) throw error
    reason.push({ code: 'currencyMix', message: error.message })
    return []
  }
}

/** A part of a bundle as the lines of an order have it. */
const partPiece = (part: PlannedPart, wish: Wish, at: Date, reason: Reason[]): Piece => {
  const { subject, action, target, verdict, becomes } = part
  const left = monthsLeftAt(subject, at)
  const own = becomes === 'kept' && action !== 'upgrade' && action !== 'downgrade'
  const stays: ChangeLine = { ...bare, action: 'noChange', product: { id: subject.id } }
  const terms = becomes === 'added' ? termsOf({ ...subject, present: { ...subject.present, term: undefined } }, action, target, verdict, left, at) : termsOf(subject, action, target, verdict, left, at)
  const fees = own ? [] : feesFor(part, at, reason)
  const lines = own ? [stays] : linesOf(subject, action, target, verdict, placesFor(part, wish), terms, fees.map(fee => feeLine(fee, verdict.feeRule)))
  const { billingAccount } = subject.doc
  return {
    ...part, isPart: true, terms, fees,
    // What comes in belongs to its bundle, and is paid as that is.
    lines: becomes === 'added' ? lines.map(({ product: { productRelationship: _reliesOn, ...product }, ...line }) => ({ ...line, product: { ...product, ...(billingAccount && { billingAccount }) } })) : lines,
    device: devicesOf(becomes === 'added' ? [] : subject.plans, action, verdict, wish, at),
  }
}

/** The line of the bundle itself, around those of its parts. */
const aroundParts = (subject: Subject, action: InLifeAction, lines: readonly ChangeLine[], parts: readonly Piece[]): ChangeLine[] => {
  const inside = parts.flatMap(one => one.lines)
  // What comes into it is not beside it, and what leaves it leaves the rest as it is.
  if (action === 'add' && inside.length > 0) return [{ ...bare, action: 'modify', product: { id: subject.id }, parts: inside }]
  if (action === 'remove' && subject.bundle) return [{ ...bare, action: 'modify', product: { id: subject.bundle.id }, parts: [...lines] }]
  return lines.map((line, index) => (index === 0 && inside.length > 0 ? { ...line, parts: inside } : line))
}

interface Sold {
  piece: Piece
  line: ChangeLine
  key: string
}

/** Prices of everything that is sold anew, in one question, each put on its line. */
const priced = async (deps: Services, context: Context, subject: Subject, pieces: readonly Piece[]) => {
  const sold = pieces.flatMap((piece, index) => piece.lines.flatMap((line, number): Sold[] => (line.productOffering === undefined || line.action === 'delete' || piece.target === undefined ? [] : [{ piece, line, key: piece.isPart ? `1.${index}.${number}` : '1' }])))
  const component = new Map<Piece, PricedComponent[]>()
  if (sold.length === 0) return { component, fault: [] }
  const { currency } = subject.whole
  const placeId = pieces.flatMap(piece => piece.lines.flatMap(line => (line.product['place'] ?? []) as { id?: string }[])).map(one => one.id).find(one => typeof one === 'string')
  const answer = await priceItems(deps, context, {
    item: sold.map(({ piece, line, key }) => ({ id: key, offeringId: piece.target!.pin.id, quantity: 1, adjustment: line.adjustment, ...(piece.terms.pricing && { term: piece.terms.pricing }), ...(piece.isPart && { partOf: '1' }), ...(!line.oneTimeCharges && { omit: ['oneTime', 'deposit'] as const }) })),
    ...(currency !== undefined && { currency }),
    ...(subject.customerId !== undefined && { customerId: subject.customerId }),
    ...(placeId !== undefined && { place: { id: placeId } }),
  })
  for (const { piece, line, key } of sold) {
    const own = answer.line.find(one => one.id === key)?.component ?? []
    line.price = own.map(priceLineOf)
    component.set(piece, own)
  }
  return { component, fault: answer.fault.map(({ code, message }) => ({ code, message })) }
}

/** What lines cost a month before discounts. */
const listMonthlyOf = (lines: readonly PriceLine[]): number => lines.filter(line => line.priceType === 'recurring').reduce((all, line) => all + Number((line['derivation'] as { unitAmount?: string } | undefined)?.unitAmount ?? 0), 0)

/** A part that costs in the other bundle what it costs now stays as it was sold. */
const leaveAsSold = (pieces: readonly Piece[], component: Map<Piece, PricedComponent[]>): void => {
  for (const piece of pieces) {
    const line = piece.lines[0]
    if (piece.becomes !== 'kept' || line?.productOffering === undefined || piece.fees.length > 0 || !piece.subject.present.listMonthly.equals(listMonthlyOf(line.price))) continue
    piece.lines = [{ ...bare, action: 'noChange', product: { id: piece.subject.id } }]
    component.delete(piece)
  }
}

const monthlyAfter = (piece: Piece, component: ReadonlyMap<Piece, PricedComponent[]>): Monthly | undefined => {
  const own = component.get(piece)
  if (own !== undefined) return monthlyOfComponents(own)
  return piece.action === 'remove' || piece.becomes === 'added' ? undefined : piece.subject.present.monthly
}

const added = (all: readonly (Monthly | undefined)[]): Monthly | undefined => {
  const known = all.flatMap(one => one ?? [])
  const first = known[0]
  return first && monthlyOf(sum(known.map(one => money(one.taxExcluded.value, one.taxExcluded.unit)), first.taxExcluded.unit), sum(known.map(one => money(one.taxIncluded.value, one.taxIncluded.unit)), first.taxIncluded.unit))
}

/** The part of a bundle that something is for. */
const partOf = ({ subject, target, becomes }: PlannedPart, isPart: boolean): Pick<OneTimeCost, 'product'> =>
  isPart ? { product: { ...(becomes !== 'added' && { id: subject.id }), name: (becomes === 'added' ? nameOf(target) : subject.doc.name) ?? subject.id } } : {}

const feeCost = (fee: ComputedFee, { verdict: { feeRule } }: PlannedPart, of: Pick<OneTimeCost, 'product'>): OneTimeCost => {
  const { excluded, included } = feeAmounts(feeLine(fee, feeRule).price)!
  return { kind: fee.kind, name: fee.name, taxExcluded: excluded.toJSON(), taxIncluded: included.toJSON(), why: fee.why, ...(feeRule && { rule: feeRule }), ...of }
}

/** What is done without asking the rules costs nothing by them, and can be at once. */
const spare = (verdict: Verdict, { waiver }: Wish): Verdict => (waiver === undefined ? verdict : { ...verdict, fee: [], refusals: [], takesEffect: 'now' })

/** What the rules would have asked for. */
const sparedOf = (reason: string, all: readonly PlannedPart[], at: Date, whole: Subject) => {
  const fees = all.flatMap(one => feesFor(one, at, []).map(fee => ({ fee, one })))
  return {
    fee: fees.map(({ fee, one }) => feeLine(fee, one.verdict.feeRule)),
    shown: { reason, oneTimeCost: fees.map(({ fee, one }) => feeCost(fee, one, partOf(one, one.subject.id !== whole.id || one.becomes === 'added'))), refusal: all.flatMap(one => one.verdict.refusals) },
  }
}

const costsOf = (piece: Piece, component: ReadonlyMap<Piece, PricedComponent[]>): OneTimeCost[] => {
  const of = partOf(piece, piece.isPart)
  return [
    ...piece.fees.map(fee => feeCost(fee, piece, of)),
    ...(component.get(piece) ?? []).flatMap((one): OneTimeCost[] =>
      one.kind === 'oneTime' || one.kind === 'deposit'
        ? [{ kind: one.kind === 'deposit' ? 'deposit' : 'oneTimeCharge', name: one.name, taxExcluded: money(one.taxExcludedAmount, one.currency).toJSON(), taxIncluded: money(one.taxIncludedAmount, one.currency).toJSON(), why: 'what the offering charges once', ...of }]
        : [],
    ),
  ]
}

const shownPart = (piece: Piece, component: ReadonlyMap<Piece, PricedComponent[]>): OptionPart => {
  const { becomes, subject, target, terms } = piece
  const next = monthlyAfter(piece, component)
  const sold = becomes === 'ended' ? undefined : target
  return {
    becomes,
    ...(becomes !== 'added' && { product: { id: subject.id, name: subject.doc.name ?? subject.id } }),
    ...(sold && { productOffering: { id: sold.pin.id, ...(sold.doc.name !== undefined && { name: sold.doc.name }) } }),
    ...((terms.shown.present ?? terms.shown.new) !== undefined && { term: terms.shown }),
    monthly: { ...(becomes !== 'added' && subject.present.monthly && { present: subject.present.monthly }), ...(next && { new: next }) },
  }
}

/** Each rule once, with all that it said. */
const ruleOnce = (heard: readonly HeardRule[]): HeardRule[] => [...new Set(heard.map(one => one.id))].map(id => ({ ...heard.find(one => one.id === id)!, said: [...new Set(heard.filter(one => one.id === id).flatMap(one => one.said))] }))

/** What one thing would be. `target` is what the product becomes, or what is added. */
export const buildOption = async (deps: Services, context: Context, subject: Subject, rules: readonly CompiledRule[], action: InLifeAction, target: LoadedOffering | undefined, wish: Wish): Promise<BuiltOption> => {
  const heard = wish.isPart === true ? hearAsPart(rules, subject, action, target, context.channel) : hearRules(rules, factsOf(subject, action, target, context.channel))
  // A bundle has no number of its own: which part keeps its own is said of the part.
  const ruled = subject.parts.length > 0 ? { ...heard, keeps: { ...heard.keeps, number: true } } : heard
  const verdict = spare(ruled, wish)
  const rulesOfParts = planParts(subject, rules, action, target, context.channel, wish)
  const planned = rulesOfParts.map(part => ({ ...part, verdict: spare(part.verdict, wish) }))
  const earliest = [effectiveFrom(subject, verdict.takesEffect), ...planned.map(part => effectiveFrom(part.subject, part.verdict.takesEffect))].toSorted((a, b) => b.getTime() - a.getTime())[0]!
  const at = wish.effectiveDate !== undefined && wish.effectiveDate > earliest ? wish.effectiveDate : earliest
  const takesEffect = [verdict, ...planned.map(part => part.verdict)].map(one => one.takesEffect).find(one => one !== 'now') ?? 'now'
  const monthsLeft = monthsLeftAt(subject, at)
  const isPartsTerm = subject.present.term === undefined && planned.some(part => part.becomes === 'renewed')
  const terms: Terms = isPartsTerm ? { shown: {}, missing: false } : termsOf(subject, action, target, verdict, monthsLeft, at)
  const reason = wishReasons(subject, action, verdict, wish, earliest, terms)
  const parts = planned.map(part => partPiece(part, wish, at, reason))
  const addsInside = action === 'add' && parts.length > 0
  const own: PlannedPart = { becomes: 'kept', subject, action, target, verdict }
  const fees = addsInside ? [] : feesFor(own, at, reason)
  const gone = parts.filter(part => part.becomes === 'ended' && action !== 'remove').flatMap(part => part.subject.plans.map(plan => plan.id))
  const places = action === 'move' && wish.place ? [wish.place] : action === 'remove' ? [] : placesOf(subject)
  const whole: Piece = {
    ...own, isPart: false, terms, fees,
    lines: addsInside ? [] : linesOf(subject, action, target, verdict, places, terms, fees.map(fee => feeLine(fee, verdict.feeRule))),
    device: devicesOf(subject.plans.filter(plan => !gone.includes(plan.id)), action, verdict, wish, at),
  }
  const pieces = [whole, ...parts]
  const { component, fault } = await priced(deps, context, subject, pieces)
  leaveAsSold(parts, component)
  const lines = aroundParts(subject, wish.isOrdered === true ? 'move' : action, whole.lines, parts)
  for (const one of parts) for (const refusal of one.verdict.refusals) if (!reason.some(had => had.rule?.id === refusal.rule.id && had.code === refusal.code)) reason.push(refusal)
  reason.push(...fault)
  // What has no price, or no place to go to, is not asked about further.
  if (wish.isOrdered !== true && !reason.some(one => one.code === 'placeNeeded') && fault.length === 0) reason.push(...(await orderReasons(deps, context, subject, itemsOf(lines))))

  const device = [...whole.device, ...parts.filter(part => part.becomes === 'ended' && action !== 'remove').flatMap(part => part.device)]
  const payOff = device.filter(one => one.becomes === 'payOff' && one.remainder.value > 0)
  const waived = wish.waiver === undefined ? undefined : sparedOf(wish.waiver, [...(addsInside ? [] : [{ ...own, verdict: ruled }]), ...rulesOfParts], at, subject)
  const oneTimeCost: OneTimeCost[] = [
    ...pieces.flatMap(piece => costsOf(piece, component)),
    ...payOff.map((one): OneTimeCost => ({ kind: 'devicePayOff', name: `Remainder of ${one.financingPlan.name ?? one.financingPlan.id}`, taxIncluded: one.remainder, why: 'instalments that are not due yet, without their interest' })),
  ]
  // Of an order that is looked at, its own items say what becomes of the parts.
  const unplanned = parts.length === 0 ? subject.parts : []
  const itemPrice = pieces.flatMap(piece => piece.lines.flatMap(line => line.price))
  const currency = subject.whole.currency ?? oneTimeCost[0]?.taxIncluded.unit
  // What takes the place of a part is held against that; everything else that comes stands for itself.
  const replaced = addsInside ? parts.find(part => part.becomes === 'ended')?.subject : undefined
  const now = action === 'add' ? replaced?.whole.monthly : subject.whole.monthly
  const next = action === 'remove' ? undefined : action === 'add' ? added(pieces.map(piece => (component.has(piece) ? monthlyAfter(piece, component) : undefined))) : added([...pieces.map(piece => monthlyAfter(piece, component)), ...unplanned.map(part => part.whole.monthly)])
  const difference = currency === undefined ? undefined : { unit: currency, value: jsonNumber(exact(next?.taxIncluded.value ?? 0).minus(now?.taxIncluded.value ?? 0)) }
  const label = action === 'add' || action === 'upgrade' || action === 'downgrade' ? (nameOf(target) ?? '') : (subject.doc.name ?? nameOf(subject.offering) ?? subject.id)
  const shown = [retained(subject, addsInside ? 'add' : action, verdict, device, false), ...parts.filter(part => part.becomes !== 'added').map(part => retained(part.subject, part.action, part.verdict, [], true))]
  const heardRules = ruleOnce(pieces.flatMap(piece => piece.verdict.rule))
  const failed = [...new Map(pieces.flatMap(piece => piece.verdict.failedCondition).map(one => [one.rule.id, one])).values()]
  const option: InLifeOption = {
    id: [action, ...(target && action !== 'remove' && action !== 'move' ? [target.pin.id] : []), ...(replaced ? [replaced.id] : [])].join(':'),
    action,
    name: replaced ? `${VERBS[action](label)} in place of ${replaced.doc.name ?? replaced.id}` : VERBS[action](label),
    ...(target && action !== 'remove' && { productOffering: { id: target.pin.id, ...(target.doc.name !== undefined && { name: target.doc.name }) } }),
    possible: reason.length === 0,
    reason,
    takesEffect,
    effectiveDate: at.toISOString(),
    ...((terms.shown.present ?? terms.shown.new) !== undefined && { term: terms.shown }),
    oneTimeCost,
    ...(oneTimeCost.length > 0 && currency !== undefined && { oneTimeTotal: sum(oneTimeCost.filter(one => one.taxIncluded.unit === currency).map(one => money(one.taxIncluded.value, currency)), currency).toJSON() }),
    monthly: { ...(now && { present: now }), ...(next && { new: next }), ...(difference && { difference }) },
    itemPrice,
    ...(parts.length > 0 && { part: parts.map(part => shownPart(part, component)) }),
    kept: shown.flatMap(one => one.kept),
    lost: shown.flatMap(one => one.lost),
    device,
    rule: heardRules,
    ...(waived && { waived: waived.shown }),
    ...(failed.length > 0 && { failedCondition: failed }),
  }
  const staying = [...parts.filter(part => part.becomes !== 'ended' && part.becomes !== 'added' && !component.has(part)).map(part => part.subject.present), ...unplanned.map(part => part.whole)].reduce((all, one) => all.plus(one.listMonthly), exact(0))
  return { option, lines, payOff: payOff.map(one => one.financingPlan.id), ...(waived && { waived: { fee: waived.fee, refusal: waived.shown.refusal } }), listMonthly: Number(staying.toString()) + listMonthlyOf(itemPrice) }
}
