/** What the sales rules say of a selection, as they say it of the same in a cart or quote: eligibility, compatibility, what has to come with it, limits, credit. */
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import type { Choice, LoadedOffering, SelectionAnswer } from '../catalog/index.ts'
import { buyerOf, hasGuards, type Buyer, judgeSale, type SaleFinding, type SaleItem, type SaleQuestion } from '../sales-rule/index.ts'
import { customerRefIn, type Asked } from './read-selection.ts'

interface Circumstances extends Asked {
  contextCharacteristic?: readonly { name?: string; value?: unknown }[]
}

export interface RuleVerdict {
  itemId: string
  code: string
  message: string
  /** What keeps nobody from buying: a deposit that the checkout asks for. */
  isNote: boolean
  /** Offerings of which one would put it right. */
  addition: readonly string[]
}

const verdictOf = ({ itemId, code, message, deposit, addition }: SaleFinding): RuleVerdict => ({
  itemId,
  code,
  message: deposit === undefined ? message : `${message} (a deposit of ${deposit.value} ${deposit.unit} is asked for)`,
  isNote: deposit !== undefined,
  addition: addition ?? [],
})

/** Who buys: what is read of them is read once, however often the rules are asked. */
const askedOnce = (buyer: Buyer): Buyer => {
  const counts = new Map<string, ReturnType<Buyer['had']>>()
  return {
    ...buyer,
    had: (rule, item) => {
      const key = `${rule.id} ${item.place ?? ''}`
      const known = counts.get(key) ?? buyer.had(rule, item)
      counts.set(key, known)
      return known
    },
  }
}

/** The selection as a sale. */
const questionOf = (deps: Services, context: Context, task: Circumstances, answer: SelectionAnswer, offerings: ReadonlyMap<string, LoadedOffering>, now: Date): SaleQuestion => {
  const customer = customerRefIn(task)
  const currency = task.contextCharacteristic?.find(one => one.name === 'currency')?.value
  return {
    item: answer.item.filter(one => offerings.has(one.offeringId)).map(one => ({
      id: one.id, offeringId: one.offeringId, action: 'add', quantity: one.quantity,
      characteristic: Object.fromEntries(one.characteristic.map(value => [value.name, value.value])),
      ...(one.partOf !== undefined && { partOf: one.partOf }),
    })),
    ...(customer && { customer }),
    ...(task.channel?.id !== undefined && { channel: task.channel.id }),
    ...(typeof currency === 'string' && { currency }),
    at: now,
    offerings,
    buyer: askedOnce(buyerOf(deps, context, { customer, at: now, without: new Set() })),
  }
}

export interface Ruled {
  verdicts: RuleVerdict[]
  /** What can be chosen, with what the rules say of that too. */
  choice: Choice[]
}

/** `options`: what is not selected is asked about as well. */
export const ruleVerdicts = async (deps: Services, context: Context, task: Circumstances, answer: SelectionAnswer, offerings: ReadonlyMap<string, LoadedOffering>, now: Date, options = false): Promise<Ruled> => {
  const question = questionOf(deps, context, task, answer, offerings, now)
  if (question.item.length === 0 || !(await hasGuards(deps, context.brand))) return { verdicts: [], choice: answer.choice }
  const findings = await judgeSale(deps, context, question)
  const left = { options: MOST_OPTIONS }
  const choice: Choice[] = []
  for (const one of answer.choice) choice.push(options ? await withOptionsRuled(one, undefined, { deps, context, question, known: new Set(findings.map(keyOf)), left }) : one)
  return { verdicts: findings.map(verdictOf), choice }
}

/** More options than a page shows; the others are asked about when they are chosen. */
const MOST_OPTIONS = 200
const OPTION = 'option'

interface Asking {
  deps: Services
  context: Context
  question: SaleQuestion
  /** Objections that there are without any option. */
  known: ReadonlySet<string>
  left: { options: number }
}

const keyOf = ({ itemId, rule }: SaleFinding): string => `${itemId} ${rule.id}`

/** Whether it stands against choosing: what has to come with it can still come, a deposit can be paid, and what is not known yet may become so. */
const excludes = ({ rule, deposit, unknown }: SaleFinding): boolean => rule.kind !== 'requiredAddition' && deposit === undefined && unknown === undefined

/** The choice, and those inside it: what would be refused if it were selected beside the rest is excluded, with the reason. */
const withOptionsRuled = async (choice: Choice, partOf: string | undefined, asking: Asking): Promise<Choice> => {
  const child: Choice[] = []
  for (const one of choice.child) child.push(await withOptionsRuled(one, choice.itemId, asking))
  const { deps, context, question, known, left } = asking
  // What is inside of something that is not selected is chosen after that.
  if (choice.itemId !== undefined || choice.state === 'excluded' || question.offerings?.has(choice.offeringId) !== true || left.options <= 0) return { ...choice, child }
  left.options -= 1
  const option: SaleItem = { id: OPTION, offeringId: choice.offeringId, action: 'add', quantity: Math.max(1, choice.lower ?? 1), characteristic: Object.fromEntries(choice.characteristic.flatMap(one => (one.chosen.length > 0 ? [[one.name, one.chosen[0]]] : []))), ...(partOf !== undefined && { partOf }) }
  const added = (await judgeSale(deps, context, { ...question, item: [...question.item, option] })).filter(one => !known.has(keyOf(one)))
  const against = added.filter(excludes)
  const reasons = (findings: readonly SaleFinding[]): Choice['reason'] => findings.map(verdictOf).map(({ code, message }) => ({ code, message }))
  const notes = added.filter(one => one.itemId === OPTION && !excludes(one))
  return { ...choice, child, ...(against.length > 0 && { state: 'excluded' as const }), ...(added.length > 0 && { reason: [...reasons(against), ...choice.reason, ...reasons(notes)] }) }
}

/** The choice, and those inside it, with what the rules say of each. */
export const withVerdicts = (choice: Choice, verdicts: readonly RuleVerdict[]): Choice => {
  const own = verdicts.filter(one => one.itemId === choice.itemId)
  return {
    ...choice,
    ...(own.length > 0 && { reason: [...choice.reason, ...own.map(({ code, message }) => ({ code, message }))] }),
    child: choice.child.map(child => withVerdicts(child, verdicts)),
  }
}
