/**
 * What becomes of each part of a bundle that is moved, exchanged, renewed or ended, or that gets or loses a part. Rules about everything are heard once,
 * for the bundle; a part that stays hears those that name its offering or category, and one that goes out of an exchange hears all that an end of it would. Pure.
 */
import type { LoadedOffering } from '../catalog/index.ts'
import { factsOf, NUMBER } from './change-lines.ts'
import { exchangeParts } from './exchange.ts'
import { hearRules, type Verdict } from './hear-rules.ts'
import type { CompiledRule, InLifeAction } from './in-life-rule.ts'
import type { Becomes, Wish } from './option-types.ts'
import type { Subject } from './subject.ts'

export interface PlannedPart {
  becomes: Becomes
  /** The part; of one that is added, the bundle. */
  subject: Subject
  action: InLifeAction
  /** What it is sold as from then on. */
  target: LoadedOffering | undefined
  verdict: Verdict
}

const isNamed = ({ doc }: CompiledRule): boolean => (doc.productOffering?.length ?? 0) + (doc.category?.length ?? 0) > 0

const hasNumber = ({ doc }: Subject): boolean => (doc.productCharacteristic ?? []).some(one => NUMBER.test(one.name))

/** What a part keeps is what the rules say of it; what it costs, when, and whether at all, what those say that name it. */
export const hearAsPart = (rules: readonly CompiledRule[], subject: Subject, action: InLifeAction, target: LoadedOffering | undefined, channel: string): Verdict => {
  const facts = factsOf(subject, action, target, channel)
  const own = hearRules(rules.filter(isNamed), facts)
  const { keeps } = hearRules(rules, facts)
  // What has no number does not lose one, and need not be built anew for it.
  return { ...own, keeps: { ...keeps, number: hasNumber(subject) ? keeps.number : own.keeps.number } }
}

const placesOf = ({ doc }: Subject): string[] => (doc.place ?? []).flatMap(one => one.id ?? [])

/** A part that is where its bundle is goes with it; one that is nowhere, a SIM card, stays what it is. */
const isWith = (part: Subject, bundle: Subject): boolean => {
  const [own, around] = [placesOf(part), placesOf(bundle)]
  return own.length > 0 && (around.length === 0 || own.some(id => around.includes(id)))
}

const everyPart = (subject: Subject): Subject[] => subject.parts.flatMap(part => [part, ...everyPart(part)])

/** Whether an offering is one that the bundle may have inside. */
export const isInside = ({ offering }: Subject, target: LoadedOffering | undefined): boolean => target !== undefined && offering?.children.some(child => child.offering.pin.id === target.pin.id) === true

/** A bundle is what has parts, or is sold with some. */
export const isBundle = ({ parts, offering }: Subject): boolean => parts.length > 0 || (offering?.children.length ?? 0) > 0

/** One that goes while its bundle stays: all that an end of it would be. */
const endedPart = (part: Subject, rules: readonly CompiledRule[], channel: string): PlannedPart => ({ becomes: 'ended', subject: part, action: 'remove', target: part.offering, verdict: hearRules(rules, factsOf(part, 'remove', part.offering, channel)) })

const exchanged = (subject: Subject, rules: readonly CompiledRule[], action: 'upgrade' | 'downgrade', target: LoadedOffering, channel: string, wish: Wish): PlannedPart[] => {
  const byId = new Map(subject.parts.map(part => [part.id, part]))
  const { kept, changed, ended, added } = exchangeParts(subject.offering, target, subject.parts.map(({ id, offering }) => ({ id, offering })), wish.choice ?? [])
  const part = (id: string): Subject => byId.get(id)!
  return [
    ...kept.map(({ part: id, offering }): PlannedPart => {
      const verdict = hearAsPart(rules, part(id), action, offering, channel)
      // What stays keeps what was agreed; only where the other bundle has another price for it, that is the price.
      return { becomes: 'kept', subject: part(id), action, target: offering, verdict: { ...verdict, keeps: { ...verdict.keeps, discount: true, number: true, term: true } } }
    }),
    ...changed.map(({ part: id, offering }): PlannedPart => ({ becomes: 'changed', subject: part(id), action, target: offering, verdict: hearAsPart(rules, part(id), action, offering, channel) })),
    ...ended.map(id => endedPart(part(id), rules, channel)),
    ...added.map((offering): PlannedPart => ({ becomes: 'added', subject, action: 'add', target: offering, verdict: hearRules(rules, factsOf(subject, 'add', offering, channel)) })),
  ]
}

export const planParts = (subject: Subject, rules: readonly CompiledRule[], action: InLifeAction, target: LoadedOffering | undefined, channel: string, wish: Wish): PlannedPart[] => {
  if (action === 'add') {
    if (!isInside(subject, target)) return []
    const leaves = subject.parts.find(part => part.id === wish.replaces)
    return [
      ...(leaves === undefined ? [] : [endedPart(leaves, rules, channel)]),
      { becomes: 'added', subject, action, target, verdict: hearRules(rules, factsOf(subject, action, target, channel)) },
    ]
  }
  // What somebody has written of the parts is asked about each by itself; an end takes them along unsaid.
  if (subject.parts.length === 0 || (wish.isOrdered === true && action !== 'remove')) return []
  const as = (part: Subject, becomes: Becomes): PlannedPart => ({ becomes, subject: part, action, target: part.offering, verdict: hearAsPart(rules, part, action, part.offering, channel) })
  if (action === 'remove') return subject.parts.map(part => as(part, 'ended'))
  if (action === 'move') return everyPart(subject).map(part => as(part, isWith(part, subject) ? 'moved' : 'kept'))
  if (action === 'renew') return subject.parts.map(part => as(part, part.present.term === undefined ? 'kept' : 'renewed'))
  return target === undefined ? [] : exchanged(subject, rules, action, target, channel, wish)
}
