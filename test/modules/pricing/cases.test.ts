/** The table of priced cases: written from the rules and computed by hand. The engine has to agree with it, not the other way round. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { lineText, run, snapshotOf, totalText, type Case, type Shop } from './case-book.ts'

const folder = new URL('./cases/', import.meta.url)
const files = readdirSync(folder).filter(name => name.endsWith('.json')).sort()
const read = (name: string): { about: string; shop: Shop; cases: Case[] } => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as ReturnType<typeof read>

let count = 0
describe.each(files)('%s', name => {
  const { shop, cases } = read(name)
  const snapshot = snapshotOf(shop)
  count += cases.length
  test.each(cases.map(one => [one.name, one] as const))('%s', (_, one) => {
    const answer = run(snapshot, one)
    expect(Object.fromEntries(answer.fault.map(fault => [fault.itemId, fault.code])), one.why).toEqual(one.faults ?? {})
    for (const [id, expected] of Object.entries(one.lines ?? {})) {
      const line = answer.line.find(of => of.id === id)
      expect(line?.component.map((component, index) => lineText(component, expected[index] ?? '')), `${one.why}; line ${id}`).toEqual(expected)
    }
    if (one.total) expect(answer.total.map(totalText), one.why).toEqual(one.total)
    if (one.codes) expect(Object.fromEntries((answer.promotionCodeResult ?? []).map(of => [of.code, of.applied ? 'applied' : of.reason])), one.why).toEqual(one.codes)
    if (one.promotions) expect(answer.promotion.map(of => `${of.id} ${of.reduction}`), one.why).toEqual(one.promotions)
  })
})

test('the table has some two hundred cases, each with its reason', () => {
  expect(count).toBeGreaterThanOrEqual(180)
  expect(files.flatMap(name => read(name).cases).filter(one => one.why.length < 4)).toEqual([])
})
