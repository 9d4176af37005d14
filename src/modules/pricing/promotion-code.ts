/** What each promotion code that was entered did, or why it did nothing: nobody has to guess from the totals. Pure. */
import { Type, type Static } from 'typebox'
import type { Circumstances } from './circumstances.ts'
import type { CompiledPattern } from './promotion-pattern.ts'
import type { PromotionIndex } from './promotion-index.ts'

/** Why a pattern did nothing, the farthest from its doing something first. */
const REASONS = {
  unknown: 'is not known',
  expired: 'has ended',
  notYetValid: 'does not hold yet',
  notForItems: 'is not for what is bought here',
  notForPurchase: 'is for other customers, channels, places or amounts',
  otherCurrency: 'is in another currency',
  nothingToReduce: 'finds nothing to take off',
  notCombinable: 'cannot be combined with another promotion that applies',
  customerMissing: 'can be used so many times by each customer: it has to be known who buys',
  usedUpByCustomer: 'was used by this customer as often as it can be',
  usedUp: 'was used as often as it can be',
  budgetSpent: 'has not enough of its budget left',
} as const
export type CodeReason = keyof typeof REASONS
const ORDER = Object.keys(REASONS) as CodeReason[]

const Ref = Type.Object({ id: Type.String({ description: 'The promotion' }), name: Type.String({ description: 'Name shown to people' }) }, { description: 'A promotion' })
export const PromotionCodeResult = Type.Object(
  {
    code: Type.String({ description: 'As it was entered' }),
    applied: Type.Boolean({ description: 'Whether something that it is for applies' }),
    promotion: Type.Optional(Type.Array(Ref, { description: 'Promotions that it is for: those that apply, else those that do not' })),
    reason: Type.Optional(Type.Enum(ORDER, { type: 'string', description: 'Why it did nothing' })),
    message: Type.Optional(Type.String({ description: 'The reason in words' })),
  },
  { description: 'What a promotion code did, or why nothing (own extension)' },
)
export type PromotionCodeResult = Static<typeof PromotionCodeResult>

/** What became of the patterns that were looked at. */
export type CodeTrace = Map<CompiledPattern, CodeReason | 'applied'>

const rankOf = (outcome: CodeReason | 'applied'): number => (outcome === 'applied' ? ORDER.length : ORDER.indexOf(outcome))

/** Of several outcomes, such as those of two currencies, the nearest to having applied counts. */
export const noteOutcome = (trace: CodeTrace | undefined, pattern: CompiledPattern, outcome: CodeReason | 'applied'): void => {
  if (trace === undefined) return
  const had = trace.get(pattern)
  if (had === undefined || rankOf(had) < rankOf(outcome)) trace.set(pattern, outcome)
}

const outcomeOf = (pattern: CompiledPattern, trace: CodeTrace, at: number): CodeReason | 'applied' => {
  if (pattern.until <= at) return 'expired'
  if (pattern.from > at) return 'notYetValid'
  // One that was not looked at is found by other things than those that are bought.
  return trace.get(pattern) ?? 'notForItems'
}

const failed = (code: string, reason: CodeReason, promotion: PromotionCodeResult['promotion']): PromotionCodeResult => ({ code, applied: false, ...(promotion && promotion.length > 0 && { promotion }), reason, message: `The code ${code.trim().slice(0, 80)} ${REASONS[reason]}` })

const refsOf = (patterns: readonly CompiledPattern[]): { id: string; name: string }[] => [...new Map(patterns.map(({ promotion: { id, name } }) => [id, { id, name }])).values()]

/** One for each code, in the order in which they were entered. */
export const codeResults = (index: PromotionIndex, c: Circumstances, trace: CodeTrace): PromotionCodeResult[] =>
  [...c.promotionCode].map(code => {
    const patterns = index.byCode.get(code) ?? []
    const outcomes = patterns.map(pattern => ({ pattern, outcome: outcomeOf(pattern, trace, c.at) }))
    const applied = outcomes.filter(one => one.outcome === 'applied').map(one => one.pattern)
    if (applied.length > 0) return { code, applied: true, promotion: refsOf(applied) }
    const nearest = outcomes.reduce<CodeReason>((best, { outcome }) => (outcome !== 'applied' && rankOf(outcome) > rankOf(best) ? outcome : best), 'unknown')
    return failed(code, nearest, refsOf(patterns))
  })

/** Of parts that were priced apart, such as the sites of a quote: a code did something when it did so in one of them. */
export const mergedResults = (parts: readonly (readonly PromotionCodeResult[] | undefined)[]): PromotionCodeResult[] => {
  const merged = new Map<string, PromotionCodeResult>()
  const rank = (one: PromotionCodeResult): number => rankOf(one.applied ? 'applied' : (one.reason ?? 'unknown'))
  for (const one of parts.flatMap(part => part ?? [])) {
    const had = merged.get(one.code)
    if (had === undefined || rank(had) < rank(one)) merged.set(one.code, one)
  }
  return [...merged.values()]
}

/** The codes as they were entered, instead of as they are compared. */
export const asEntered = (results: readonly PromotionCodeResult[], entered: readonly string[], compared: (code: string) => string): PromotionCodeResult[] => {
  const words = new Map(entered.map(code => [compared(code), code]).toReversed() as [string, string][])
  return results.map(one => ({ ...one, code: words.get(one.code) ?? one.code }))
}
