import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fold, identifierKey, indexWords, isSamePhone, nearKeys, phoneOf, typosBetween, typosIn, wordsOf } from '../../../src/modules/customer-view/search-text.ts'
import { createDatabase, type TestDatabase } from '../../support/database.ts'

describe('folding', () => {
  it.each([
    ['Łukasz ÅNGSTRÖM', 'lukasz angstrom'], ['STRASSE', 'strasse'], ['Straße', 'strasse'], ['ＡＢＣ', 'abc'], ['Ὀδυσσεύς', 'οδυσσευσ'], ['Йогурт Ёлка', 'иогурт елка'], ['İstanbul', 'istanbul'], ['한국', '한국'], ['मीरा', 'मीरा'], ['مُحَمَّد', 'محمد'],
  ])('makes %s into %s', (text, folded) => { expect(fold(text)).toBe(folded) })

  it('gives the same again when it is given what it gave', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), text => { expect(fold(fold(text))).toBe(fold(text)) }))
  })

  it('cuts what is endless', () => {
    expect(wordsOf('x'.repeat(10_000))[0]).toHaveLength(64)
    expect(wordsOf(Array.from({ length: 1_000 }, (_, i) => `w${i}`).join(' '))).toHaveLength(40)
    expect(identifierKey('9'.repeat(10_000))).toHaveLength(200)
  })

  it('splits names, and keeps what follows the family name where nothing stands between', () => {
    expect(wordsOf("Siobhán O'Brien-Walsh")).toEqual(['siobhan', 'obrien', 'walsh'])
    expect(indexWords('王小明')).toEqual(['王小明', '小明'])
    expect(indexWords('Aldenhoven')).toEqual(['aldenhoven'])
  })
})

describe('telephone numbers', () => {
  const same = (a: string, b: string): boolean => isSamePhone(phoneOf(a)!, phoneOf(b)!)
  it.each([['+44 7700 900123', '07700 900123'], ['+44 7700 900123', '0044 7700 900123'], ['+44 (0)7700 900123', '(07700) 900-123'], ['+49 30 12345', '030/12345']])('takes %s and %s for one', (a, b) => {
    expect(same(a, b)).toBe(true)
    expect(phoneOf(a)!.tail).toBe(phoneOf(b)!.tail)
  })
  it.each([['+44 7700 900123', '+49 7700 900123'], ['+44 7700 900123', '07700 900124'], ['+4915112345678', '0345678']])('tells %s and %s apart', (a, b) => { expect(same(a, b)).toBe(false) })
  it.each(['', 'abc', '12', '+', '1234567890123456789012345', '00000'])('sees none in %j', text => { expect(phoneOf(text)).toBeUndefined() })

  let database: TestDatabase
  beforeAll(async () => { database = await createDatabase() })
  afterAll(async () => { await database.close() })
  it('compares in the database as here', async () => {
    const numbers = ['+44 7700 900123', '07700 900123', '7700900123', '+49 7700 900123', '900123', '+4477009001', '44 7700 900123', '0345678', '+1 900123', '1900123'].map(text => phoneOf(text)!)
    const pairs = numbers.flatMap(a => numbers.map(b => ({ a, b })))
    const text = (phone: { digits: string; isInternational: boolean }): string => `${phone.isInternational ? '+' : ''}${phone.digits}`
    const rows = await database.query<{ same: boolean }>('SELECT tandem_same_phone(a, b) AS same FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS u(a, b, n) ORDER BY n', [pairs.map(({ a }) => text(a)), pairs.map(({ b }) => text(b))])
    for (const [index, { a, b }] of pairs.entries()) expect([text(a), text(b), rows[index]!.same]).toEqual([text(a), text(b), isSamePhone(a, b)])
  })
})

describe('typos', () => {
  it.each([['mira', 'mria', 1], ['aldenhoven', 'aldenhofen', 1], ['abc', 'abc', 0], ['abcd', 'badc', 2], ['abcdef', 'xyz', 3]])('counts between %s and %s: %i', (a, b, typos) => {
    expect(typosBetween(a, b, 2)).toBe(typos)
    expect(typosBetween(b, a, 2)).toBe(typos)
  })

  it('shares a key with every word that differs by as many letters as are forgiven', () => {
    const letters = fc.constantFrom(...'abcdeαβγ王明'.split(''))
    fc.assert(
      fc.property(fc.array(letters, { minLength: 3, maxLength: 12 }), fc.nat(), letters, fc.constantFrom('swap', 'replace', 'add', 'drop'), (word, at, letter, how) => {
        const other = [...word]
        const i = at % word.length
        if (how === 'swap' && i + 1 < word.length) [other[i], other[i + 1]] = [other[i + 1]!, other[i]!]
        else if (how === 'add') other.splice(i, 0, letter)
        else if (how === 'drop') other.splice(i, 1)
        else other[i] = letter
        const [a, b] = [word.join(''), other.join('')]
        if (typosIn(a) === 0 || typosIn(b) === 0) return
        const keys = new Set(nearKeys(a))
        expect(nearKeys(b).some(key => keys.has(key)), `${a} ${b}`).toBe(true)
      }),
    )
  })

  it('forgives nothing in numbers and very short words', () => {
    expect([typosIn('1010'), typosIn('li'), typosIn('anna'), typosIn('aldenhoven')]).toEqual([0, 0, 1, 2])
  })
})
