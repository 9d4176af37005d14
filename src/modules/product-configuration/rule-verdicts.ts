/** What the sales rules say of a selection, as they say it of the same in a cart or quote: eligibility, compatibility, what has to come with it, limits, credit. */
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import type { Choice, LoadedOffering, SelectionAnswer } from '../catalog/index.ts'
import { hasGuards, judgeSale, type SaleFinding } from '../sales-rule/index.ts'
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

export const ruleVerdicts = async (deps: Services, context: Context, task: Circumstances, answer: SelectionAnswer, offerings: ReadonlyMap<string, LoadedOffering>, now: Date): Promise<RuleVerdict[]> => {
  const item = answer.item.filter(one => offerings.has(one.offeringId))
  if (item.length === 0 || !(await hasGuards(deps, context.brand))) return []
  const customer = customerRefIn(task)
  const currency = task.contextCharacteristic?.find(one => one.name === 'currency')?.value
  const findings = await judgeSale(deps, context, {
    item: item.map(one => ({
      id: one.id, offeringId: one.offeringId, action: 'add', quantity: one.quantity,
      characteristic: Object.fromEntries(one.characteristic.map(value => [value.name, value.value])),
      ...(one.partOf !== undefined && { partOf: one.partOf }),
    })),
    ...(customer && { customer }),
    ...(task.channel?.id !== undefined && { channel: task.channel.id }),
    ...(typeof currency === 'string' && { currency }),
    at: now,
    offerings,
  })
  return findings.map(verdictOf)
}

/** The choice, and those inside it, with what the rules say of each. */
export const withVerdicts = (choice: Choice, verdicts: readonly RuleVerdict[]): Choice => {
  const own = verdicts.filter(one => one.itemId === choice.itemId)
  return {
    ...choice,
    ...(own.length > 0 && { reason: [...choice.reason, ...own.map(({ code, message }) => ({ code, message }))] as Choice['reason'] }),
    child: choice.child.map(child => withVerdicts(child, verdicts)),
  }
}
