/** What can be done with a product: every option with its answer, and one of them for who means to buy it. */
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { loadOfferings, type LoadedOffering } from '../catalog/index.ts'
import { additionsFor, changesFor, type Candidate } from './candidates.ts'
import { rulesOf, type CompiledRule, type InLifeAction } from './in-life-rule.ts'
import { isBundle, isInside } from './bundle-parts.ts'
import { buildOption } from './option.ts'
import type { BuiltOption, Wish } from './option-types.ts'
import { readSubject, type Subject } from './subject.ts'

export interface InLifeQuestion extends Wish {
  productId: string
  /** These alone; all when left out. */
  action?: readonly InLifeAction[]
  /** Of upgrade, downgrade, add and renew: this offering alone. */
  offeringId?: string
  /** Of remove: the part of the bundle that shall leave it, which otherwise goes as a whole. Of add: the part whose place is taken by what comes into the bundle. */
  partId?: string
  /** One option is meant to be bought. */
  isSale?: boolean
}

/** Whether an offering that is no step of the catalog costs more: what it is called follows from that. */
export const directionOf = (subject: Subject, { relation }: Candidate, listMonthly: number): 'upgrade' | 'downgrade' => {
  if (relation === 'upgradesTo') return 'upgrade'
  if (relation === 'downgradesTo') return 'downgrade'
  return subject.whole.listMonthly.greaterThan(listMonthly) ? 'downgrade' : 'upgrade'
}

export interface InLifeAnswer {
  subject: Subject
  option: BuiltOption[]
  /** What the question names and nothing here has. */
  unknown: { productOffering: boolean; part: boolean; choice: number[] }
}

/** That a part leaves its bundle: what the part itself is asked about. */
const removalOf = async (deps: Services, context: Context, rules: readonly CompiledRule[], question: InLifeQuestion, partId: string): Promise<BuiltOption[]> => {
  const part = await readSubject(deps, context, partId)
  if (part === undefined) return []
  const built = await buildOption(deps, context, part, rules, 'remove', part.offering, question)
  return [{ ...built, option: { ...built.option, id: `remove:${partId}`, part: [{ becomes: 'ended', product: { id: partId, name: part.doc.name ?? partId }, monthly: { ...(part.whole.monthly && { present: part.whole.monthly }) } }] } }]
}

/** What can be added; where a part is named, only what comes into the bundle in place of that: one order, so that no limit of the bundle stands in between. */
const additionsOf = async (deps: Services, context: Context, subject: Subject, rules: readonly CompiledRule[], question: InLifeQuestion, wanted: (offering: LoadedOffering) => boolean): Promise<BuiltOption[]> => {
  const { partId } = question
  const option: BuiltOption[] = []
  for (const { offering } of await additionsFor(deps, context, subject, rules)) {
    if (!wanted(offering) || (partId !== undefined && (!isInside(subject, offering) || !subject.parts.some(part => part.id === partId && part.doc.productOffering?.id !== offering.pin.id)))) continue
    option.push(await buildOption(deps, context, subject, rules, 'add', offering, { ...question, ...(partId !== undefined && { replaces: partId }) }))
  }
  return option
}

/** Answers undefined where there is no such product for who asks. */
export const inLifeOptions = async (deps: Services, context: Context, question: InLifeQuestion): Promise<InLifeAnswer | undefined> => {
  const subject = await readSubject(deps, context, question.productId)
  if (subject === undefined) return undefined
  const rules = await rulesOf(deps, context.brand, subject.now)
  const asked = (action: InLifeAction): boolean => question.action === undefined || question.action.includes(action)
  const met: LoadedOffering[] = []
  const wanted = (offering: LoadedOffering): boolean => {
    const is = question.offeringId === undefined || question.offeringId === offering.pin.id
    if (is) met.push(offering)
    return is
  }
  const build = (action: InLifeAction, candidate: Candidate | undefined): Promise<BuiltOption> => buildOption(deps, context, subject, rules, action, candidate?.offering ?? subject.offering, question)
  const option: BuiltOption[] = []

  const exchanges: LoadedOffering[] = []
  if (asked('upgrade') || asked('downgrade')) {
    for (const candidate of await changesFor(deps, context, subject, rules)) {
      if (!wanted(candidate.offering)) continue
      exchanges.push(candidate.offering)
      const up = await build('upgrade', candidate)
      const direction = directionOf(subject, candidate, up.listMonthly)
      if (asked(direction)) option.push(direction === 'upgrade' ? up : await build('downgrade', candidate))
    }
  }
  if (asked('renew') && subject.offering !== undefined) {
    // What is sold no longer is renewed as what has taken its place.
    const successor = (subject.offering.doc.productOfferingRelationship ?? []).find(one => /^replace/i.test(one.relationshipType ?? ''))?.id
    const isSold = subject.offering.doc.lifecycleStatus === 'Launched'
    const target = isSold || successor === undefined ? subject.offering : ((await loadOfferings(deps, context, [successor])).get(successor) ?? subject.offering)
    if (wanted(target)) option.push(await build('renew', { offering: target, relation: 'named' }))
  }
  if (asked('add')) option.push(...(await additionsOf(deps, context, subject, rules, question, wanted)))
  if (asked('move') && [subject, ...subject.parts].some(one => (one.doc.place?.length ?? 0) > 0)) option.push(await build('move', undefined))
  if (asked('remove')) {
    if (question.partId === undefined) option.push(await build('remove', undefined))
    for (const { id } of isBundle(subject) ? subject.parts : []) {
      if (question.partId === undefined ? question.isSale !== true : question.partId === id) option.push(...(await removalOf(deps, context, rules, question, id)))
    }
  }
  const choosable = new Set(exchanges.flatMap(one => one.children.map(child => child.offering.pin.id)))
  const unknown = {
    productOffering: question.offeringId !== undefined && met.length === 0,
    part: question.partId !== undefined && !subject.parts.some(one => one.id === question.partId),
    choice: (question.choice ?? []).flatMap((id, index) => (choosable.has(id) ? [] : [index])),
  }
  return { subject, option, unknown }
}

/** The one option that is asked for by action, and by offering where there are several. */
export const inLifeOption = async (deps: Services, context: Context, question: InLifeQuestion & { action: readonly [InLifeAction] }): Promise<{ subject: Subject; built: BuiltOption | undefined; unknown: InLifeAnswer['unknown'] } | undefined> => {
  const answer = await inLifeOptions(deps, context, { ...question, isSale: true })
  return answer && { subject: answer.subject, unknown: answer.unknown, built: answer.option.length === 1 || question.offeringId !== undefined ? answer.option[0] : undefined }
}
