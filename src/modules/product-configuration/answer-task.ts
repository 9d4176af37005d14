/** Answers both TMF760 tasks: the configurator's word on the items, with prices where something is shown to choose. */
import type { Context } from '../../platform/principal.ts'
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import type { Services } from '../../tmf/services.ts'
import { applyFix, type LoadedOffering, type SelectedItem, type SelectionAnswer } from '../catalog/index.ts'
import { priceItems, priceLineOf, type PriceLine } from '../pricing/index.ts'
import type { CheckProductConfigurationItem, ProductConfiguration, QueryProductConfigurationItem } from './configuration-types.ts'
import { askConfigurator, attributeOf, customerIn, itemsIn, withNamesHad, type TaskItem } from './read-selection.ts'
import { ruleVerdicts, withVerdicts, type RuleVerdict } from './rule-verdicts.ts'
import { shownChoice, shownFix, shownReasons } from './show-choice.ts'
import type { CheckProductConfiguration, QueryProductConfiguration } from './task.schema.ts'

interface Given {
  id: string
  productConfiguration?: ProductConfiguration
}

/** Items inside items stand beside them: all are one selection. */
const flat = <T extends Given>(items: readonly T[], inside: (item: T) => readonly T[] | undefined, path: string): { item: T; path: string }[] =>
  items.flatMap((item, index) => [{ item, path: `${path}[${index}]` }, ...flat(inside(item) ?? [], inside, `${path}[${index}]`)])

const selectionIn = (items: readonly { item: Given; path: string }[]): TaskItem[] => {
  const faults: Fault[] = []
  const seen = new Set<string>()
  const selected = items.flatMap(({ item, path }) => {
    if (seen.has(item.id)) faults.push(fault(`${path}.id`, 'is used by another item', item.id))
    seen.add(item.id)
    return item.productConfiguration === undefined ? [] : itemsIn(item.productConfiguration, item.id, `${path}.productConfiguration`, faults)
  })
  if (faults.length > 0) throw refuse.invalid(faults)
  return selected
}

/** Whether something is about an item of the task: about what is selected in it. */
const isAbout = (id: string) => (one: { itemId: string }): boolean => one.itemId === id || one.itemId.startsWith(`${id}/`) || one.itemId.startsWith(`${id}.`)

interface Judged {
  state: 'approved' | 'rejected'
  stateReason?: ReturnType<typeof shownReasons>
  proposedChange?: ReturnType<typeof shownFix>
}

/** What the rules want added, as a change: of several offerings the first, with all of them in words. */
const additions = (verdicts: readonly RuleVerdict[], offerings: ReadonlyMap<string, LoadedOffering>): ReturnType<typeof shownFix> =>
  verdicts.flatMap(({ addition }) => (addition[0] === undefined ? [] : [{ '@type': 'ProposedChange', action: 'add' as const, description: `Add ${addition.map(id => offerings.get(id)?.doc.name ?? id).join(' or ')}`, offeringId: addition[0], quantity: 1 }]))

/** An item by the configurator's findings and the rules' verdicts. */
const judgedItem = (id: string, answer: SelectionAnswer, verdicts: readonly RuleVerdict[], offerings: ReadonlyMap<string, LoadedOffering>, asked: readonly TaskItem[]): Judged => {
  const found = answer.finding.filter(isAbout(id)).map(one => ({ ...one, attribute: attributeOf(one, asked) }))
  const ruled = verdicts.filter(isAbout(id))
  const against = ruled.filter(one => !one.isNote)
  const reasons = [...found, ...ruled]
  const changes = [...(found.length > 0 ? shownFix(answer.fix) : []), ...additions(against, offerings)]
  return {
    state: found.length + against.length === 0 ? 'approved' : 'rejected',
    ...(reasons.length > 0 && { stateReason: shownReasons(reasons) }),
    ...(changes.length > 0 && { proposedChange: changes }),
  }
}

const pricesOf = async (deps: Services, context: Context, task: CheckProductConfiguration | QueryProductConfiguration, answer: SelectionAnswer, offerings: ReadonlyMap<string, LoadedOffering>, now: Date): Promise<Map<string, PriceLine[]>> => {
  const customerId = customerIn(task)
  const currency = task.contextCharacteristic?.find(one => one.name === 'currency')?.value
  const item = answer.item.filter(one => offerings.has(one.offeringId)).map(one => ({ id: one.id, offeringId: one.offeringId, quantity: one.quantity, characteristic: Object.fromEntries(one.characteristic.map(value => [value.name, value.value])), ...(one.partOf !== undefined && { partOf: one.partOf }) }))
  if (item.length === 0) return new Map()
  const priced = await priceItems(deps, context, { item, at: now, ...(customerId !== undefined && { customerId }), ...(task.channel?.id !== undefined && { channel: task.channel.id }), ...(typeof currency === 'string' && { currency }) })
  return new Map(priced.line.map(line => [line.id, line.component.map(priceLineOf)]))
}

export const answerQuery = async (task: QueryProductConfiguration, deps: Services, context: Context, now: Date): Promise<QueryProductConfiguration> => {
  const items = flat(task.requestProductConfigurationItem ?? [], one => one.queryProductConfigurationItem, 'requestProductConfigurationItem')
  const selection = await withNamesHad(deps, context, selectionIn(items))
  const { answer, offerings } = await askConfigurator(deps, context, task, selection, now, 'required')
  const priced = await pricesOf(deps, context, task, answer, offerings, now)
  const { verdicts, choice: choices } = await ruleVerdicts(deps, context, task, answer, offerings, now, true)
  const computed = items.map(({ item }): QueryProductConfigurationItem => {
    const choice = choices.find(one => one.itemId === item.id)
    return {
      '@type': 'QueryProductConfigurationItem',
      id: item.id,
      ...(item.contextItem && { contextItem: item.contextItem }),
      ...judgedItem(item.id, answer, verdicts, offerings, selection),
      ...(choice && { productConfiguration: shownChoice(withVerdicts(choice, verdicts), offerings, priced) }),
    }
  })
  // What has to be there beside what was asked about.
  const missing = choices.filter(one => one.itemId === undefined).map((choice): QueryProductConfigurationItem => ({ '@type': 'QueryProductConfigurationItem', id: `required-${choice.offeringId}`, state: 'rejected', stateReason: choice.reason.map(({ code, message }) => ({ '@type': 'StateReason', code, label: message })), productConfiguration: shownChoice(choice, offerings, priced) }))
  return { ...task, computedProductConfigurationItem: [...computed, ...missing], state: 'done' }
}

export const answerCheck = async (task: CheckProductConfiguration, deps: Services, context: Context, now: Date): Promise<CheckProductConfiguration> => {
  const given = task.checkProductConfigurationItem ?? []
  const selection = await withNamesHad(deps, context, selectionIn(flat(given, one => one.productConfigurationItem, 'checkProductConfigurationItem')))
  const { answer, offerings } = await askConfigurator(deps, context, task, selection, now, 'empty')
  const { verdicts } = await ruleVerdicts(deps, context, task, answer, offerings, now)
  const mended = task.provideAlternatives === true && answer.fix.length > 0 ? await askConfigurator(deps, context, task, answer.fix.reduce<SelectedItem[]>((items, fix) => applyFix(items, fix), answer.item), now, 'empty') : undefined
  const priced = mended && (await pricesOf(deps, context, task, mended.answer, mended.offerings, now))
  const afterwards = mended === undefined ? [] : (await ruleVerdicts(deps, context, task, mended.answer, mended.offerings, now)).verdicts
  const judged = (item: CheckProductConfigurationItem): CheckProductConfigurationItem => {
    const { state: _state, stateReason: _reason, alternateProductConfigurationProposal: _proposal, proposedChange: _change, ...asked } = item
    const choices = !answer.finding.some(isAbout(item.id)) || mended === undefined ? [] : mended.answer.choice.filter(one => one.itemId === item.id || (one.itemId !== undefined && !answer.item.some(other => other.id === one.itemId)))
    return {
      ...asked,
      '@type': item['@type'] ?? 'CheckProductConfigurationItem',
      ...judgedItem(item.id, answer, verdicts, offerings, selection),
      ...(choices.length > 0 && mended && { alternateProductConfigurationProposal: choices.map(choice => shownChoice(withVerdicts(choice, afterwards), mended.offerings, priced ?? new Map())) }),
      ...(item.productConfigurationItem && { productConfigurationItem: item.productConfigurationItem.map(judged) }),
    }
  }
  return { ...task, checkProductConfigurationItem: given.map(judged), state: 'done' }
}
