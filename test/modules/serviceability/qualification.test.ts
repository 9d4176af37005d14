import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assess, closest, expiryOf, overall, type Coverage, type Requirement, type Result } from '../../../src/modules/serviceability/qualification.ts'

const NOW = new Date('2026-03-01T12:00:00Z')
const day = (offset: number): Date => new Date(NOW.getTime() + offset * 86_400_000)

let serial = 0
const row = (given: Partial<Coverage> = {}): Coverage => ({
  id: `row-${String((serial += 1)).padStart(4, '0')}`,
  provider: 'own',
  technology: 'fibre',
  maxDownload: 1000,
  maxUpload: 500,
  latencyClass: 'low',
  marketSegment: 'both',
  specificity: 9,
  since: undefined,
  until: undefined,
  capacity: undefined,
  source: 'test',
  asOf: day(-10),
  ...given,
})
const codes = (rows: Coverage[], need: Requirement, at = NOW): string[] => assess(rows, need, at).reasons.map(reason => reason.code)

describe('what is delivered at a place', () => {
  test('a row on the address hides what the same provider says of the whole cell', () => {
    const cell = row({ specificity: 8, maxDownload: 1000 })
    const address = row({ specificity: 16, maxDownload: 100 })
    expect(closest([cell, address], undefined)).toEqual([address])
    expect(assess([cell, address], { download: 500 }, NOW).result).toBe('alternate')
  })

  test('a finer cell hides a coarser one, another provider or technology does not', () => {
    const rows = [row({ specificity: 7 }), row({ specificity: 9 }), row({ specificity: 7, provider: 'wholesale' }), row({ specificity: 7, technology: 'cable' })]
    expect(closest(rows, undefined).map(one => one.id).sort()).toEqual([rows[1], rows[2], rows[3]].map(one => one?.id).sort())
  })

  test('a row for everybody hides rows for one kind of customer, not the other way round', () => {
    const homes = row({ specificity: 8, marketSegment: 'residential' })
    const offices = row({ specificity: 8, marketSegment: 'business' })
    const full = row({ specificity: 16, capacity: 0 })
    expect(closest([homes, offices, full], undefined)).toEqual([full])
    expect(codes([homes, offices, full], {})).toEqual(['noCapacity'])
    const fullForHomes = row({ specificity: 16, capacity: 0, marketSegment: 'residential' })
    expect(assess([homes, offices, fullForHomes], { marketSegment: 'business' }, NOW).lines).toEqual([offices])
    expect(assess([homes, offices, fullForHomes], { marketSegment: 'residential' }, NOW).result).toBe('unqualified')
    expect(assess([homes, offices, fullForHomes], {}, NOW).lines).toEqual([offices])
  })

  test('of two rows on one place the later start counts, once it is in force', () => {
    const old = row({ maxDownload: 100, since: day(-100) })
    const upgrade = row({ maxDownload: 1000, since: day(10) })
    expect(assess([old, upgrade], { download: 1000 }, NOW).result).toBe('alternate')
    expect(assess([old, upgrade], { download: 1000 }, day(11)).lines).toEqual([upgrade])
  })

  test('a row that is not in force does not hide one that is', () => {
    const cell = row({ specificity: 8 })
    expect(assess([cell, row({ specificity: 16, capacity: 0, since: day(5) })], {}, NOW).lines).toEqual([cell])
    expect(assess([cell, row({ specificity: 16, capacity: 0, until: NOW })], {}, NOW).lines).toEqual([cell])
  })
})

describe('reasons', () => {
  test('nothing at the place', () => expect(codes([], {})).toEqual(['noCoverage']))
  test('the wrong kind of customer', () => expect(codes([row({ marketSegment: 'business' })], { marketSegment: 'residential' })).toEqual(['segmentNotServed']))
  test('another technology', () => expect(codes([row({ technology: 'copper' })], { technologies: ['fibre'] })).toEqual(['technologyNotAvailable']))
  test('another provider', () => expect(codes([row()], { providers: ['wholesale'] })).toEqual(['providerNotAvailable']))
  test('too slow down and up, with the numbers', () => {
    const { reasons } = assess([row({ maxDownload: 50, maxUpload: 10 })], { download: 100, upload: 40 }, NOW)
    expect(reasons.map(reason => reason.code)).toEqual(['downloadTooSlow', 'uploadTooSlow'])
    expect(reasons[0]?.label).toBe('100 Mbit/s down was asked for, fibre gives 50 Mbit/s here')
  })
  test('a speed that the source does not say is none', () => expect(codes([row({ maxDownload: undefined })], { download: 1 })).toEqual(['downloadTooSlow']))
  test('too high a latency', () => expect(codes([row({ latencyClass: 'standard' })], { latencyClass: 'low' })).toEqual(['latencyTooHigh']))
  test('no port left', () => expect(codes([row({ capacity: 0 })], {})).toEqual(['noCapacity']))
  test('only later, with the date', () => {
    const { result, reasons, proposals } = assess([row({ since: day(30) })], {}, NOW)
    expect(result).toBe('alternate')
    expect(reasons).toEqual([{ code: 'notYetAvailable', label: 'fibre is available here from 2026-03-31' }])
    expect(proposals[0]?.availableFrom).toEqual(day(30))
  })
  test('no longer', () => expect(codes([row({ until: day(-1) })], {})).toEqual(['noLongerAvailable']))
  test('they are about the technology that was asked for, not about a nearer one', () => {
    const rows = [row({ technology: 'copper', maxDownload: 50 }), row({ technology: 'cable', maxDownload: 1000 })]
    expect(codes(rows, { technologies: ['copper'], download: 100 })).toEqual(['downloadTooSlow'])
  })
})

describe('alternatives', () => {
  test('are ranked by fit: a little slower, then another technology at full speed, then half the speed', () => {
    const rows = [row({ maxDownload: 500 }), row({ technology: 'cable', maxDownload: 1000 }), row({ provider: 'wholesale', technology: 'fibre', maxDownload: 900 })]
    const { result, proposals } = assess(rows, { technologies: ['fibre'], download: 1000 }, NOW)
    expect(result).toBe('alternate')
    expect(proposals.map(one => [one.line.technology, one.line.maxDownload])).toEqual([['fibre', 900], ['cable', 1000], ['fibre', 500]])
    expect(proposals.map(one => one.misses)).toEqual([['downloadTooSlow'], ['technologyNotAvailable'], ['downloadTooSlow']])
  })
  test('never name a line without a free port', () => expect(assess([row({ capacity: 0, technology: 'cable' })], { technologies: ['fibre'] }, NOW).result).toBe('unqualified'))
  test('do not name a later start that a closer row still hides then', () => {
    const rows = [row({ specificity: 16, maxDownload: 50 }), row({ specificity: 8, since: day(20) })]
    expect(assess(rows, { download: 1000 }, NOW).proposals.map(one => one.availableFrom)).toEqual([undefined])
  })
  test('are at most five, the same for rows in any order', () => {
    const rows = Array.from({ length: 9 }, (_, index) => row({ provider: `p${index}`, maxDownload: 100 }))
    const one = assess(rows, { download: 200 }, NOW).proposals
    expect(one).toHaveLength(5)
    expect(assess([...rows].reverse(), { download: 200 }, NOW).proposals).toEqual(one)
  })
})

test('an answer expires when its line ends, at the latest after thirty days', () => {
  expect(expiryOf(assess([row({ until: day(3) })], {}, NOW), NOW)).toEqual(day(3))
  expect(expiryOf(assess([row()], {}, NOW), NOW)).toEqual(day(30))
})

const coverage = fc.record({
  provider: fc.constantFrom('own', 'wholesale'),
  technology: fc.constantFrom('fibre', 'cable', 'copper'),
  maxDownload: fc.constantFrom(undefined, 0, 50, 100, 1000),
  maxUpload: fc.constantFrom(undefined, 10, 500),
  latencyClass: fc.constantFrom('low' as const, 'standard' as const),
  marketSegment: fc.constantFrom('business' as const, 'residential' as const, 'both' as const),
  specificity: fc.constantFrom(5, 8, 9, 16),
  since: fc.constantFrom(undefined, day(-50), NOW, day(20), day(40)),
  until: fc.constantFrom(undefined, day(-20), day(30), day(60)),
  capacity: fc.constantFrom(undefined, 0, 3),
})
const requirement: fc.Arbitrary<Requirement> = fc.record(
  {
    technologies: fc.constantFrom(['fibre'], ['cable', 'copper'], ['satellite']),
    providers: fc.constantFrom(['own'], ['wholesale']),
    download: fc.constantFrom(0, 50, 500, 2000),
    upload: fc.constantFrom(10, 100),
    latencyClass: fc.constantFrom('low' as const, 'standard' as const),
    marketSegment: fc.constantFrom('business' as const, 'residential' as const),
  },
  { requiredKeys: [] },
)

/** The rules once more, written plainly: does any row in force, not hidden by a closer one, meet all? */
const meets = (one: Coverage, need: Requirement): boolean =>
  (need.technologies?.includes(one.technology) ?? true) &&
  (need.providers?.includes(one.provider) ?? true) &&
  (one.maxDownload ?? 0) >= (need.download ?? 0) &&
  (one.maxUpload ?? 0) >= (need.upload ?? 0) &&
  (need.latencyClass !== 'low' || one.latencyClass === 'low') &&
  one.capacity !== 0

test('for any coverage and any wish: qualified exactly when a line meets all, alternate exactly with proposals, reasons exactly when not qualified', () => {
  const seen = new Set<Result>()
  fc.assert(
    fc.property(fc.array(coverage, { maxLength: 8 }), requirement, (given, need) => {
      const rows = given.map(one => row(one))
      const verdict = assess(rows, need, NOW)
      seen.add(verdict.result)
      expect(verdict.result === 'qualified').toBe(verdict.lines.length > 0)
      expect(verdict.result === 'alternate').toBe(verdict.proposals.length > 0)
      expect(verdict.result === 'qualified').toBe(verdict.reasons.length === 0)
      for (const line of verdict.lines) {
        expect(meets(line, need)).toBe(true)
        expect(line.since === undefined || line.since <= NOW).toBe(true)
        expect(line.until === undefined || line.until > NOW).toBe(true)
        expect(need.marketSegment === undefined || line.marketSegment === 'both' || line.marketSegment === need.marketSegment).toBe(true)
      }
      for (const { line, misses, availableFrom } of verdict.proposals) {
        expect(line.capacity).not.toBe(0)
        expect(misses.length > 0 || (availableFrom !== undefined && availableFrom > NOW)).toBe(true)
      }
      const shuffled = assess([...rows].reverse(), need, NOW)
      expect(shuffled).toEqual(verdict)
    }),
    { numRuns: 3000 },
  )
  expect([...seen].sort()).toEqual(['alternate', 'qualified', 'unqualified'])
})

test('the whole follows the table for every combination of item results', () => {
  const all: Result[] = ['qualified', 'alternate', 'unqualified']
  for (const one of all) for (const two of all) for (const three of all) {
    const items = [one, two, three]
    const expected = items.some(item => item === 'unqualified') ? 'unqualified' : items.some(item => item === 'alternate') ? 'alternate' : 'qualified'
    expect(overall(items)).toBe(expected)
  }
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...all), { minLength: 1 }), items => {
      const rank = (result: Result): number => all.indexOf(result)
      expect(rank(overall(items))).toBe(Math.max(...items.map(rank)))
    }),
  )
})
