/** What a change of one product is made of: the facts that rules hear, the lines that an order takes, what is kept and lost, open instalments. Pure. */
import { localDate } from '../../platform/calendar.ts'
import type { LoadedOffering } from '../catalog/index.ts'
import { remainderAt, type Instalment } from '../financing/index.ts'
import type { OrderItem } from '../ordering/index.ts'
import type { PriceLine } from '../pricing/index.ts'
import type { ComputedFee } from './fees.ts'
import type { Facts, RuleRef, Verdict } from './hear-rules.ts'
import type { InLifeAction } from './in-life-rule.ts'
import type { Terms } from './option-terms.ts'
import type { ChangeLine, InLifeOption, Retained, Wish } from './option-types.ts'
import { categoriesOf, monthsLeftAt, type Subject } from './subject.ts'

export const factsOf = (subject: Subject, action: InLifeAction, target: LoadedOffering | undefined, channel: string): Facts => {
  const { doc, offering, whole: present } = subject
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

export const feeLine = (fee: ComputedFee, rule: RuleRef | undefined): PriceLine => ({
  name: fee.name,
  priceType: fee.kind === 'terminationFee' ? 'penalty' : 'oneTime',
  price: { ...(fee.taxRate !== undefined && { taxRate: fee.taxRate }), ...(fee.taxIncluded ? { taxIncludedAmount: fee.amount.toJSON() } : { dutyFreeAmount: fee.amount.toJSON() }) },
  '@type': 'FeePrice',
  '@baseType': 'OrderPrice',
  ...(fee.taxCategory !== undefined && { taxCategory: fee.taxCategory }),
  derivation: { ...(rule && { rule }), why: fee.why },
})

/** What a number is called. */
export const NUMBER = /msisdn|phone|number/i

export const retained = (subject: Subject, action: InLifeAction, verdict: Verdict, device: InLifeOption['device'], part: boolean): Pick<InLifeOption, 'kept' | 'lost'> => {
  const of = part ? { product: { id: subject.id, name: subject.doc.name ?? subject.id } } : {}
  const kept: Retained[] = []
  const lost: Retained[] = []
  const put = (keeps: boolean, what: Retained['what'], detail: string): void => void (keeps ? kept : lost).push({ what, detail, ...of })
  if (action === 'add') return { kept, lost }
  const stays = action !== 'remove'
  const number = (subject.doc.productCharacteristic ?? []).find(one => NUMBER.test(one.name))?.value
  if (subject.parts.length === 0 || number !== undefined) put(stays && verdict.keeps.number, 'number', typeof number === 'string' ? number : 'the number and access that it has')
  for (const one of subject.present.discounts) put(stays && verdict.keeps.discount, 'discount', one.name)
  const { term } = subject.present
  if (term !== undefined && term.endsAt > subject.now) put(stays && verdict.keeps.term, 'term', `${term.months} months until ${localDate(term.endsAt, subject.zone)}`)
  if (action === 'move' || action === 'renew') put(verdict.keeps.price, 'price', 'the price as it was sold')
  for (const one of device) put(one.becomes === 'keepPaying', 'device', `${one.financingPlan.name ?? one.financingPlan.id}: ${one.remainder.value} ${one.remainder.unit} still owed`)
  return { kept, lost }
}

export const devicesOf = (plans: Subject['plans'], action: InLifeAction, verdict: Verdict, wish: Wish, at: Date): InLifeOption['device'] =>
  action === 'add'
    ? []
    : plans.map(({ id, doc }) => ({
        financingPlan: { id, ...(doc.name !== undefined && { name: doc.name }) },
        remainder: remainderAt(doc.amountFinanced ?? { unit: '', value: 0 }, (doc.instalment ?? []) as Instalment[], at).remainder,
        becomes: verdict.device === 'choice' ? (wish.device ?? 'keepPaying') : verdict.device,
        choice: verdict.device === 'choice',
      }))

/** The items that it is, as an order takes them. */
export const itemsOf = (lines: readonly ChangeLine[], within = ''): OrderItem[] =>
  lines.map(
    (line, index): OrderItem => ({
      id: `${within}${index + 1}`,
      action: line.action,
      // It is answered here: the order does not ask what it would be.
      inLife: { action: line.action },
      ...(line.action === 'add' && { quantity: 1 }),
      product: line.product as NonNullable<OrderItem['product']>,
      ...(line.productOffering && { productOffering: line.productOffering }),
      ...(line.itemTerm && { itemTerm: line.itemTerm }),
      itemPrice: [...line.price, ...line.fee],
      ...(line.parts && line.parts.length > 0 && { productOrderItem: itemsOf(line.parts, `${within}${index + 1}.`) }),
    }),
  )

export const linesOf = (subject: Subject, action: InLifeAction, target: LoadedOffering | undefined, verdict: Verdict, places: readonly Record<string, unknown>[], terms: Terms, fee: PriceLine[]): ChangeLine[] => {
  const adjustment = verdict.keeps.discount && !verdict.keeps.price && action !== 'add' ? subject.present.discounts.map(one => one.adjustment) : []
  const offering = target === undefined ? undefined : { id: target.pin.id, ...(target.doc.name !== undefined && { name: target.doc.name }) }
  const common = { adjustment, oneTimeCharges: verdict.oneTimeCharges, price: [], ...(terms.itemTerm && { itemTerm: terms.itemTerm }) }
  const place = places.length > 0 ? { place: places } : {}
  if (action === 'remove') return [{ action: 'delete', product: { id: subject.id }, adjustment: [], fee, oneTimeCharges: false, price: [] }]
  if (action === 'add') {
    const beside = { productRelationship: [{ relationshipType: 'reliesOn', product: { id: subject.id, ...(subject.doc.name !== undefined && { name: subject.doc.name }) } }] }
    return [{ ...common, action: 'add', product: { ...place, ...beside }, ...(offering && { productOffering: offering }), fee }]
  }
  if (action === 'move' && !verdict.keeps.number) {
    return [
      { action: 'delete', product: { id: subject.id }, adjustment: [], fee, oneTimeCharges: false, price: [] },
      { ...common, action: 'add', product: { ...place }, ...(offering && { productOffering: offering }), fee: [] },
    ]
  }
  return [{ ...common, action: 'modify', product: { id: subject.id, ...place }, ...(offering && !verdict.keeps.price && { productOffering: offering }), fee }]
}
