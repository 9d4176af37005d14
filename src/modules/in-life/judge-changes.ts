/**
 * What in-life rules say of changes that were written into a cart or an order without asking before: the answer that inLifeOption would have
 * given. A product that no rule is about is nobody's business here.
 */
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { loadOfferings, type LoadedOffering } from '../catalog/index.ts'
import type { ChangeJudge, ChangeVerdict, WrittenChange } from '../ordering/index.ts'
import { relationBetween } from './candidates.ts'
import { isAbout } from './hear-rules.ts'
import { ACTIONS, rulesOf, type CompiledRule, type InLifeAction } from './in-life-rule.ts'
import { buildOption } from './option.ts'
import { keptTerm } from './option-terms.ts'
import type { BuiltOption, ChangeLine } from './option-types.ts'
import { directionOf } from './options.ts'
import { readSubject, type Subject } from './subject.ts'

/** Reasons that are ours to give; all others the order finds by itself. */
const OWN = ['changeUnderWay', 'effectiveDateTooEarly', 'currencyMix']

const isAboutIt = (rule: CompiledRule, { doc, category }: Subject): boolean => ACTIONS.some(action => isAbout(rule, action, { offering: doc.productOffering?.id ?? '', category }))

type Build = (action: InLifeAction, target: LoadedOffering | undefined) => Promise<BuiltOption>

/** What a change is, in the words of in-life sales; a move to another place may be an upgrade as well. */
const optionsOf = async (change: WrittenChange, subject: Subject, target: LoadedOffering | undefined, build: Build): Promise<BuiltOption[]> => {
  if (change.action === 'delete') return [await build('remove', subject.offering)]
  const found: BuiltOption[] = []
  if (target !== undefined && target.pin.id !== subject.doc.productOffering?.id) {
    const up = await build('upgrade', target)
    found.push(directionOf(subject, { offering: target, relation: relationBetween(subject.offering, target) }, up.listMonthly) === 'upgrade' ? up : await build('downgrade', target))
  } else if (target !== undefined && change.hasTerm) found.push(await build('renew', target))
  if (change.place !== undefined && !(subject.doc.place ?? []).some(one => one.id === change.place?.['id'])) found.push(await build('move', subject.offering))
  return found
}

/** The parts of a bundle that ends go with it unsaid: what that costs is charged with the bundle. */
const feesWithin = (line: ChangeLine): ChangeLine['fee'] => [...line.fee, ...(line.parts ?? []).flatMap(feesWithin)]

/** What the option would keep: discounts at the new price, or the price itself; and whether it ends and begins anew, as a move does that loses the number. */
const keptOf = (built: readonly BuiltOption[]): Pick<ChangeVerdict, 'adjustment' | 'keepsPrice' | 'oneTimeCharges' | 'replacedBy'> => {
  const lines = built.flatMap(one => one.lines)
  const sold = lines.find(line => line.action === 'modify' && line.productOffering !== undefined)
  const added = lines.find(line => line.action === 'add' && line.productOffering !== undefined)
  if (sold === undefined && added?.productOffering) return { replacedBy: { productOffering: { id: added.productOffering.id }, ...(added.itemTerm && { itemTerm: added.itemTerm }) }, adjustment: added.adjustment, oneTimeCharges: added.oneTimeCharges }
  if (sold) return { adjustment: sold.adjustment, oneTimeCharges: sold.oneTimeCharges }
  return lines.length > 0 ? { keepsPrice: true } : {}
}

const verdictOf = (change: WrittenChange, subject: Subject, built: readonly BuiltOption[]): ChangeVerdict => {
  const options = built.map(one => one.option)
  const reasons = options.flatMap(option => option.reason.filter(({ code, rule }) => rule !== undefined || (OWN.includes(code) && !(code === 'effectiveDateTooEarly' && option.takesEffect === 'now'))))
  const later = options.filter(one => one.takesEffect !== 'now').map(one => one.effectiveDate).sort().at(-1)
  const [first] = options
  const { possible: _possible, reason: _reason, itemPrice: _price, ...agreed } = first ?? { possible: true, reason: [], itemPrice: [] }
  const itemTerm = built.flatMap(one => one.lines.flatMap(line => (line.productOffering ? (line.itemTerm ?? []) : []))).slice(0, 1)
  const term = itemTerm.length > 0 ? itemTerm : keptTerm(subject)
  return {
    reasons: [...new Map(reasons.map(({ code, message }) => [`${code} ${message}`, { code, message }])).values()],
    fee: built.flatMap(one => one.lines.flatMap(feesWithin)),
    payOff: [...new Set(built.flatMap(one => one.payOff))],
    ...(later !== undefined && { later }),
    ...(first && { agreed: { ...agreed, '@type': 'AgreedChange', '@baseType': 'Change' } }),
    ...(change.action === 'modify' && term && { itemTerm: term }),
    ...(change.action === 'modify' && keptOf(built)),
  }
}

export const judgeChanges: ChangeJudge = async (deps: Services, context: Context, changes) => {
  const verdicts = new Map<string, ChangeVerdict>()
  const rules = await rulesOf(deps, context.brand, deps.clock.now())
  if (rules.length === 0) return verdicts
  for (const change of changes) {
    const subject = await readSubject(deps, context, change.productId)
    if (subject === undefined || !rules.some(rule => isAboutIt(rule, subject))) continue
    const target = change.offeringId === undefined ? undefined : (await loadOfferings(deps, context, [change.offeringId])).get(change.offeringId)
    const wish = { isOrdered: true, ...(change.isPart === true && { isPart: true }), ...(change.place && { place: change.place }), ...(change.at && { effectiveDate: change.at }) } as const
    const built = await optionsOf(change, subject, target, (action, to) => buildOption(deps, context, subject, rules, action, to, wish))
    if (built.length > 0 || target !== undefined) verdicts.set(change.itemId, verdictOf(change, subject, built))
  }
  return verdicts
}
