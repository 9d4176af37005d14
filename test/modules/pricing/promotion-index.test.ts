/** What a pricing looks at grows with the promotions that could apply to it, not with those that there are. */
import { expect, test } from 'vitest'
import { circumstancesOf, promotionDoc, type PromotionSketch } from './case-book.ts'
import { compileOffering } from '../../../src/modules/pricing/compile-offering.ts'
import { ruledItem } from '../../../src/modules/pricing/price.ts'
import { candidatePatterns, indexPromotions } from '../../../src/modules/pricing/promotion-index.ts'
import { compilePromotion } from '../../../src/modules/pricing/promotion-pattern.ts'

const offering = { pin: { id: 'fibre', revision: 1 }, doc: { id: 'fibre', category: [{ id: 'internet' }], productSpecification: { id: 'line' } }, prices: [], children: [] }
const item = ruledItem({ id: '1', offeringId: 'fibre' }, compileOffering(offering as never, [], new Map()))
const found = (sketches: Record<string, PromotionSketch>, context: Record<string, unknown> = {}): string[] =>
  candidatePatterns(indexPromotions(Object.entries(sketches).flatMap(([id, one]) => compilePromotion(promotionDoc(id, one), 1))), circumstancesOf({ channel: 'web', segment: ['young'], ...context }), [item]).map(one => one.promotion.id)

const off = (...when: [string, string, string][]): PromotionSketch => ({ value: '10', when })

test('promotions for something else are not looked at', () => {
  expect(found({ other: off(['productOffering', '=', 'mobile']), code: off(['promotionCode', '=', 'SPRING']), old: { ...off(['category', '=', 'internet']), valid: ['2019-01-01T00:00:00Z', '2020-01-01T00:00:00Z'] } })).toEqual([])
})

test('of two things that must both be so, one that is not keeps it away', () => {
  expect(found({
    line: off(['channel', '=', 'partner'], ['category', '=', 'internet']),
    purchase: off(['channel', '=', 'web'], ['category', '=', 'mobile']),
    both: off(['channel', '=', 'web'], ['category', '=', 'internet']),
  })).toEqual(['both'])
})

test('of two of which one must be so, either finds it', () => {
  const either = (...any: [string, string, string][]): PromotionSketch => ({ value: '10', any })
  expect(found({
    a: either(['channel', '=', 'partner'], ['category', '=', 'internet']),
    b: either(['channel', '=', 'web'], ['category', '=', 'mobile']),
    c: either(['productSpecification', '=', 'line'], ['segment', '=', 'old']),
    d: either(['productSpecification', '=', 'other'], ['segment', '=', 'old']),
    // Not found by a key: it could apply to everything.
    e: either(['productSpecification', '=', 'other'], ['cartTotal', '>', '5']),
    f: { value: '10', when: [['segment', '=', 'young']], any: [['category', '=', 'mobile'], ['productOffering', '=', 'fibre']] },
  })).toEqual(['a', 'b', 'c', 'e', 'f'])
})
