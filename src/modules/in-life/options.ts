/** What can be done with a product: every option with its answer, and one of them for who means to buy it. */
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { loadOfferings } from '../catalog/index.ts'
import { additionsFor, changesFor, type Candidate } from './candidates.ts'
import { rulesOf, type InLifeAction } from './in-life-rule.ts'
import { buildOption, type BuiltOption, type Wish } from './option.ts'
import { readSubject, type Subject } from './subject.ts'

export interface InLifeQuestion extends Wish {
  productId: string
  /** These alone; all when left out. */
  action?: readonly InLifeAction[]
  /** Of upgrade, downgrade, add and renew: this offering alone. */
  offeringId?: string
}

/** Whether an offering that is no step of the catalog costs more: what it is called follows from that. */
export const directionOf = (subject: Subject, { relation }: Candidate, listMonthly: number): 'upgrade' | 'downgrade' => {
  if (relation === 'upgradesTo') return 'upgrade'
  if (relation === 'downgradesTo') return 'downgrade'
  return subject.present.listMonthly.greaterThan(listMonthly) ? 'downgrade' : 'upgrade'
}

/** What an offering costs a month before discounts, by the price that the engine has just taken. */
export const listMonthlyOf = ({ option }: BuiltOption): number =>
  option.itemPrice.filter(line => line.priceType === 'recurring').reduce((sum, line) => sum + Number((line['derivation'] as { unitAmount?: string } | undefined)?.unitAmount ?? 0), 0)

export interface InLifeAnswer {
  subject: Subject
  option: BuiltOption[]
}

/** Answers undefined where there is no such product for who asks. */
export const inLifeOptions = async (deps: Services, context: Context, question: InLifeQuestion): Promise<InLifeAnswer | undefined> => {
  const subject = await readSubject(deps, context, question.productId)
  if (subject === undefined) return undefined
  const rules = await rulesOf(deps, context.brand, subject.now)
  const asked = (action: InLifeAction): boolean => question.action === undefined || question.action.includes(action)
  const wanted = (id: string | undefined): boolean => question.offeringId === undefined || question.offeringId === id
  const build = (action: InLifeAction, candidate: Candidate | undefined): Promise<BuiltOption> => buildOption(deps, context, subject, rules, action, candidate?.offering ?? subject.offering, question)
  const option: BuiltOption[] = []

  if (asked('upgrade') || asked('downgrade')) {
    for (const candidate of await changesFor(deps, context, subject, rules)) {
      if (!wanted(candidate.offering.pin.id)) continue
      const up = await build('upgrade', candidate)
      const direction = directionOf(subject, candidate, listMonthlyOf(up))
      if (asked(direction)) option.push(direction === 'upgrade' ? up : await build('downgrade', candidate))
    }
  }
  if (asked('renew') && subject.offering !== undefined) {
    // What is sold no longer is renewed as what has taken its place.
    const successor = (subject.offering.doc.productOfferingRelationship ?? []).find(one => /^replace/i.test(one.relationshipType ?? ''))?.id
    const isSold = subject.offering.doc.lifecycleStatus === 'Launched'
    const target = isSold || successor === undefined ? subject.offering : ((await loadOfferings(deps, context, [successor])).get(successor) ?? subject.offering)
    if (wanted(target.pin.id)) option.push(await build('renew', { offering: target, relation: 'named' }))
  }
  if (asked('add')) for (const candidate of await additionsFor(deps, context, subject, rules)) if (wanted(candidate.offering.pin.id)) option.push(await build('add', candidate))
  if (asked('move') && (subject.doc.place?.length ?? 0) > 0) option.push(await build('move', undefined))
  if (asked('remove')) option.push(await build('remove', undefined))
  return { subject, option }
}

/** The one option that is asked for by action, and by offering where there are several. */
export const inLifeOption = async (deps: Services, context: Context, question: InLifeQuestion & { action: readonly [InLifeAction] }): Promise<{ subject: Subject; built: BuiltOption | undefined } | undefined> => {
  const answer = await inLifeOptions(deps, context, question)
  return answer && { subject: answer.subject, built: answer.option.length === 1 || question.offeringId !== undefined ? answer.option[0] : undefined }
}
