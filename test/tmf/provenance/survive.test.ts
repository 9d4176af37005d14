/** Survivorship, as a function: rank, recency, name; joined lists; what is most specific. And what holds of any rows whatever. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { SourceRow } from '../../../src/tmf/provenance/sources.ts'
import { rankOf, survive, type SourceRank } from '../../../src/tmf/provenance/survive.ts'

const row = (source: string, attribute: string, value: unknown, seen = 0, more: Partial<SourceRow> = {}): SourceRow => ({ resource: 'individual', resourceId: '1', attribute, source, externalId: source === 'tandem' ? '' : `${source}-1`, value, removed: null, version: null, seenAt: new Date(seen), ...more })
const join = { media: ['kind', 'at.address'] }
const medium = (address: string, more = {}) => ({ kind: 'email', at: { address }, ...more })

describe('which word counts', () => {
  test.each([
    ['the newer of two', [row('a', 'name', 'old', 1), row('b', 'name', 'new', 2)], [], 'new'],
    ['the lower rank before the newer', [row('a', 'name', 'ranked', 1), row('b', 'name', 'new', 2)], [{ source: 'a', resource: '*', attribute: '*', rank: 5 }], 'ranked'],
    ['the name where all else is equal', [row('b', 'name', 'b', 1), row('a', 'name', 'a', 1)], [], 'a'],
    ['what was changed here', [row('tandem', 'name', 'here', 1), row('b', 'name', 'new', 2)], [], 'here'],
    ['nothing, where the winner says that there is none', [row('tandem', 'name', null, 1), row('b', 'name', 'new', 2)], [], undefined],
  ] as [string, SourceRow[], SourceRank[], unknown][])('%s', (_name, rows, ranks, shown) => {
    expect(survive(rows, ranks).attributes['name']).toEqual(shown)
    expect(survive(rows.toReversed(), ranks).attributes['name']).toEqual(shown)
  })

  test('the most specific rank is taken', () => {
    const ranks: SourceRank[] = [
      { source: 'a', resource: '*', attribute: '*', rank: 1 },
      { source: 'a', resource: '*', attribute: 'name', rank: 2 },
      { source: 'a', resource: 'individual', attribute: '*', rank: 3 },
      { source: 'a', resource: 'individual', attribute: 'name', rank: 4 },
    ]
    expect([rankOf(ranks, 'individual', 'name', 'a'), rankOf(ranks, 'individual', 'title', 'a'), rankOf(ranks, 'customer', 'name', 'a'), rankOf(ranks, 'customer', 'title', 'a')]).toEqual([4, 3, 2, 1])
    expect([rankOf(ranks, 'x', 'y', 'tandem'), rankOf(ranks, 'x', 'y', 'b')]).toEqual([0, 100])
  })
})

describe('lists that are put together', () => {
  test('have each element once, of the best source that has it', () => {
    const rows = [row('a', 'media', [medium('x', { note: 'a' }), medium('y')], 1), row('b', 'media', [medium(' X ', { note: 'b' }), medium('z')], 2)]
    const { attributes, elements } = survive(rows, [], join)
    expect(attributes['media']).toEqual([medium(' X ', { note: 'b' }), medium('z'), medium('y')])
    expect(elements.get('media')!.map(one => [one.row.source, one.lost.map(lost => lost.source)])).toEqual([['b', ['a']], ['b', []], ['a', []]])
  })

  test('leave out what was taken away here, and nothing else', () => {
    const key = JSON.stringify(['email', 'x'])
    const rows = [row('tandem', 'media', [medium('own')], 3, { removed: [key] }), row('a', 'media', [medium('x'), medium('y')], 1)]
    expect(survive(rows, [], join).attributes['media']).toEqual([medium('own'), medium('y')])
  })

  test('go as a whole when a source says something else than a list', () => {
    expect(survive([row('a', 'media', 'none', 2), row('b', 'media', [medium('x')], 1)], [], join).attributes['media']).toBe('none')
  })
})

test('whatever is said, in whatever order: one result, each shown value the winner’s, no winner worse than a loser', () => {
  const anyRow = fc.record({ source: fc.constantFrom('tandem', 'a', 'b', 'c'), attribute: fc.constantFrom('name', 'title', 'media'), value: fc.oneof(fc.constant(null), fc.string(), fc.array(fc.constantFrom('x', 'y', 'z').map(address => medium(address)), { maxLength: 3 })), seen: fc.integer({ min: 0, max: 3 }), externalId: fc.constantFrom('1', '2') })
  const anyRank = fc.record({ source: fc.constantFrom('tandem', 'a', 'b'), resource: fc.constantFrom('*', 'individual'), attribute: fc.constantFrom('*', 'name'), rank: fc.integer({ min: -1, max: 200 }) })
  fc.assert(
    fc.property(fc.uniqueArray(anyRow, { maxLength: 10, selector: one => `${one.source} ${one.externalId} ${one.attribute}` }), fc.uniqueArray(anyRank, { maxLength: 4, selector: one => `${one.source} ${one.resource} ${one.attribute}` }), (said, ranks) => {
      const rows = said.map(one => row(one.source, one.attribute, one.value, one.seen, { externalId: one.externalId }))
      const result = survive(rows, ranks, join)
      const back = survive(rows.toReversed(), ranks.toReversed(), join)
      expect(back.attributes).toEqual(result.attributes)
      for (const [attribute, winner] of result.chosen) {
        for (const lost of result.lost.get(attribute)!) {
          const [w, l] = [winner, lost].map(one => rankOf(ranks, one.resource, attribute, one.source)) as [number, number]
          expect(w < l || (w === l && winner.seenAt >= lost.seenAt)).toBe(true)
        }
        if (!result.elements.has(attribute)) expect(result.attributes[attribute] ?? null).toEqual(winner.value)
      }
      for (const [attribute, elements] of result.elements) expect(result.attributes[attribute] ?? []).toEqual(elements.map(one => one.value))
    }),
    { numRuns: 300 },
  )
})
