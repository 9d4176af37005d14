/** The steps of a journey follow from its facts alone: not from the order in which they were heard of. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Fact } from '../../../src/modules/journey/fact.ts'
import { journeyOf } from '../../../src/modules/journey/steps.ts'

const ada = { id: 'ada', role: 'customer', '@referredType': 'Individual' }
const store = { id: 'store-7', role: 'store', '@referredType': 'Store' }
let serial = 0
const fact = (subject: Fact['subject'], revision: number, state: string, minute: number, more: Partial<Fact> = {}): Fact => ({ at: new Date(Date.UTC(2026, 0, 1, 10, minute)).toISOString(), subject, subjectId: subject === 'cart' ? 'c-1' : 'o-1', revision, eventId: `e-${++serial}`, state, party: [], ...more })

const story = (): Fact[] => [
  fact('cart', 1, 'active', 0, { channel: 'web' }),
  fact('cart', 2, 'active', 4, { channel: 'web', qualification: ['q-1'] }),
  fact('cart', 3, 'active', 30, { channel: 'store', party: [ada, store] }),
  fact('cart', 4, 'checkingOut', 31, { channel: 'store', party: [ada, store] }),
  fact('cart', 5, 'completed', 32, { channel: 'store', order: 'o-1', party: [ada, store] }),
  fact('order', 1, 'acknowledged', 32, { channel: 'store', party: [ada, store] }),
  fact('order', 2, 'inProgress', 33, { party: [ada, store], milestone: [{ id: '1', name: 'Fibre delivered', status: 'planned' }] }),
  fact('order', 3, 'completed', 50, { party: [ada, store], milestone: [{ id: '1', name: 'Fibre delivered', status: 'achieved', achieved: '2026-01-01T10:49:00.000Z' }] }),
]

const told = (facts: readonly Fact[]): string[] => journeyOf(facts).step.map(step => `${step.place} ${step.channel ?? '-'} ${step.state}`)

test('from the web over a store to what was delivered', () => {
  expect(told(story())).toEqual(['cart web completed', 'qualification web completed', 'cart store completed', 'checkout store completed', 'order store completed', 'delivery store completed', 'milestone - completed'])
  const journey = journeyOf(story())
  expect(journey).toMatchObject({ state: 'completed', channel: ['web', 'store'], party: [ada, store] })
  expect(journey.step.map(step => step.waited)).toEqual([undefined, undefined, 26 * 60, 60, 0, 60, undefined])
  expect(journey.step.find(step => step.place === 'checkout')?.party).toEqual([store])
})

test('a cart that is bought at once has a checkout all the same, also when it had been left', () => {
  const facts = [fact('cart', 1, 'active', 0, { channel: 'web' }), fact('cart', 2, 'abandoned', 10), fact('cart', 3, 'completed', 20, { channel: 'app', order: 'o-1' }), fact('order', 1, 'acknowledged', 20, { channel: 'app' })]
  expect(told(facts)).toEqual(['cart web completed', 'checkout app completed', 'order app active'])
  expect(journeyOf(facts)).toMatchObject({ state: 'active', channel: ['web', 'app'] })
  expect(journeyOf(facts).stoppedAt).toBeUndefined()
})

test('whatever order the facts come in, and however far they have come, the journey is the same', () => {
  const facts = story()
  fc.assert(
    fc.property(fc.shuffledSubarray(facts, { minLength: 1 }), some => {
      const sorted = facts.filter(one => some.includes(one))
      expect(journeyOf(some)).toEqual(journeyOf(sorted))
      // A step that has begun keeps its key as more is known, unless what it began with was not known before.
      if (some.length === facts.length) expect(journeyOf(some).step.map(step => step.key)).toEqual(journeyOf(facts).step.map(step => step.key))
    }),
    { numRuns: 200 },
  )
})

test.each([
  ['rejected', [fact('order', 1, 'rejected', 0, { channel: 'web', reason: 'offeringUnknown' })], 'cancelled', { taskFlowSpecification: 'order', channel: 'web', reason: 'offeringUnknown' }],
  ['failed while it was carried out', [fact('order', 1, 'acknowledged', 0, { channel: 'web' }), fact('order', 2, 'inProgress', 1), fact('order', 3, 'failed', 2)], 'cancelled', { taskFlowSpecification: 'delivery', channel: 'web', reason: 'failed' }],
  ['cancelled', [fact('order', 1, 'acknowledged', 0, { channel: 'web' }), fact('order', 2, 'assessingCancellation', 1), fact('order', 3, 'pendingCancellation', 2), fact('order', 4, 'cancelled', 3)], 'cancelled', { taskFlowSpecification: 'cancellation', channel: 'web', reason: 'cancelled' }],
  ['held', [fact('order', 1, 'acknowledged', 0, { channel: 'web' }), fact('order', 2, 'inProgress', 1), fact('order', 3, 'held', 2)], 'hold', { taskFlowSpecification: 'delivery', channel: 'web', reason: 'held' }],
  ['merged into another cart', [fact('cart', 1, 'active', 0, { channel: 'web' }), fact('cart', 2, 'merged', 1, { mergedInto: 'c-2' })], 'completed', { taskFlowSpecification: 'cart', channel: 'web', reason: 'merged' }],
] as const)('says where it stopped: %s', (_name, facts, state, stoppedAt) => {
  expect(journeyOf(facts)).toMatchObject({ state, stoppedAt })
})

test('is taken up again after it was abandoned, in the same channel as the same step', () => {
  const facts = [fact('cart', 1, 'active', 0, { channel: 'web' }), fact('cart', 2, 'abandoned', 10), fact('cart', 3, 'active', 20, { channel: 'web' })]
  expect(told(facts.slice(0, 2))).toEqual(['cart web hold'])
  expect(told(facts)).toEqual(['cart web active'])
  expect(journeyOf(facts)).toMatchObject({ state: 'active', channel: ['web'] })
})
