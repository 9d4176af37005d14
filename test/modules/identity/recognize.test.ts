/** How identifiers and names are compared: what is understood, what is refused, and that nothing is mangled. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { leadersOf, without } from '../../../src/modules/identity/clusters.ts'
import { fold, hasLookAlikes, skeleton } from '../../../src/modules/identity/fold.ts'
import { likeness, obstacles, SUGGEST_FROM, type Traits } from '../../../src/modules/identity/matching.ts'
import { normalise, normaliseEmail, normalisePhone } from '../../../src/modules/identity/normalise.ts'
import { identifiersOf, traitsOf } from '../../../src/modules/identity/recognize.ts'

describe('phones', () => {
  test.each([
    ['+49 30 901820', undefined, '+4930901820'],
    ['030 / 90 18 20', 'DE', '+4930901820'],
    ['(030) 901820', 'DE', '+4930901820'],
    ['0049 30 901820', 'DE', '+4930901820'],
    ['0049 30 901820', undefined, '+4930901820'],
    ['00 44 7911 123456', undefined, '+447911123456'],
    ['+４９ ３０ ９０１８２０', undefined, '+4930901820'],
    ['٠٣٠٩٠١٨٢٠', 'DE', '+4930901820'],
    ['tel:+49-30-901820', undefined, '+4930901820'],
    ['+49 30 901820 ext. 12', undefined, '+4930901820;ext=12'],
    ['07911 123456', 'GB', '+447911123456'],
  ] as const)('%s (%s) is %s', (raw, country, value) => {
    expect(normalisePhone(raw, country)).toEqual({ value })
  })

  test.each(['', 'n/a', '030 901820', '+49', '+49 30 9018201234567890', '00', '00+4930901820', '000049 30 901820', '0044 11', '12', '+999 123 456 789', 'call me at +49 30 901820', '0'.repeat(10_000)])('%s is none', raw => {
    expect(normalisePhone(raw)).toEqual({ wrong: expect.any(String) })
  })
})

describe('e-mail addresses', () => {
  test.each([
    ['Mira.Aldenhoven@Example.COM', 'Mira.Aldenhoven@example.com'],
    [' mira+shop@example.com ', 'mira+shop@example.com'],
    ['mira@bücher.example', 'mira@xn--bcher-kva.example'],
    ['mira@BÜCHER.example', 'mira@xn--bcher-kva.example'],
    ['jose\u0301@example.com', 'jos\u00e9@example.com'],
    ['m.i.r.a@gmail.com', 'm.i.r.a@gmail.com'],
  ])('%s is %s', (raw, value) => {
    expect(normaliseEmail(raw)).toEqual({ value })
  })

  test.each(['', 'mira', '@example.com', 'mira@', 'mira@example', 'mira@@example.com', 'a b@example.com', 'mira@exam ple.com', 'mira\u200b@example.com', '.mira@example.com', 'mi..ra@example.com', `${'x'.repeat(300)}@example.com`, 'mira@example.com, other@example.com'])('%s is none', raw => {
    expect(normaliseEmail(raw)).toEqual({ wrong: expect.any(String) })
  })
})

test('whatever is thrown at it: a value that stays as it is when it is normalised again, or a fault', () => {
  fc.assert(
    fc.property(fc.constantFrom('email', 'phone', 'customerNumber', 'login', 'device', 'document', 'external'), fc.string({ unit: 'grapheme', maxLength: 300 }), (type, raw) => {
      const once = normalise(type, raw, 'DE')
      if ('value' in once) expect(normalise(type, once.value, 'DE')).toEqual(once)
    }),
  )
})

describe('names', () => {
  test.each([
    ['Müller-Łoś, Anna', 'muller los anna'],
    ['STRAẞE Œuvre Þór', 'strasse oeuvre thor'],
    ['Анна Каренина', 'анна каренина'],
    ['محمد بن سلمان', 'محمد بن سلمان'],
    ['नरेन्द्र', 'नरेन्द्र'],
    ['李小龍', '李小龍'],
    ["O'Brien", 'o brien'],
    ['', ''],
  ])('%s compares as %s', (name, folded) => {
    expect(fold(name)).toBe(folded.normalize('NFKD'))
  })

  test('ten thousand letters compare by their beginning', () => {
    expect(fold('x'.repeat(10_240))).toBe('x'.repeat(200))
  })

  test('a word that mixes scripts whose letters look alike is found; names of one script are not', () => {
    for (const name of ['Аldenhoven', 'Mіra', 'Μira']) expect(hasLookAlikes(fold(name)), name).toBe(true)
    for (const name of ['Aldenhoven', 'Анна Каренина', 'Мира Aldenhoven', 'Γιώργος']) expect(hasLookAlikes(fold(name)), name).toBe(false)
    expect(skeleton(fold('Аldenhоven'))).toBe('aldenhoven')
  })
})

const traits = (more: Partial<Traits>): Traits => ({ party: '1', name: 'mira aldenhoven', lookAlike: false, birthDate: undefined, address: undefined, validated: false, ...more })

describe('likeness', () => {
  test('one hint is not enough, two are, a contradiction takes away', () => {
    const one = traits({ birthDate: '1988-03-14' })
    expect(likeness(one, traits({ birthDate: '1988-03-14', name: 'john smith' }), { looks: 0, shared: [] }).score).toBeLessThan(SUGGEST_FROM)
    expect(likeness(traits({}), traits({}), { looks: 1, shared: [] }).score).toBeLessThan(SUGGEST_FROM)
    expect(likeness(one, traits({ birthDate: '1988-03-14', name: 'mirra aldenhofen' }), { looks: 0.6, shared: [] }).score).toBeGreaterThanOrEqual(SUGGEST_FROM)
    expect(likeness(traits({ name: '' }), traits({ name: '' }), { looks: 0, shared: ['phone', 'email'] }).score).toBeGreaterThanOrEqual(SUGGEST_FROM)
    expect(likeness(one, traits({ birthDate: '1961-01-02' }), { looks: 1, shared: ['phone'] }).score).toBeLessThan(SUGGEST_FROM)
  })

  test('look-alike letters lower the score and are named', () => {
    const honest = likeness(traits({}), traits({}), { looks: 1, shared: ['phone'] })
    const spoofed = likeness(traits({}), traits({ name: fold('Mira Аldenhoven'), lookAlike: true }), { looks: 1, shared: ['phone'] })
    expect(spoofed.score).toBeLessThan(honest.score)
    expect(spoofed.reasons.map(reason => reason.code)).toContain('lookAlikeLetters')
  })

  test('what forbids a silent merge is named; a name in another script is no contradiction', () => {
    const side = (more: Partial<Traits>, documents: string[] = []) => ({ traits: [traits(more)], documents })
    const codes = (...args: Parameters<typeof obstacles>) => obstacles(...args).map(reason => reason.code)
    const free = { looks: 0.5, apart: false }
    expect(codes(side({}), side({}), free)).toEqual([])
    expect(codes(side({ validated: true }), side({ validated: true }), free)).toEqual(['bothVerified'])
    expect(codes(side({}, ['passport: 1']), side({}, ['passport: 2']), free)).toEqual(['differentDocuments'])
    expect(codes(side({ birthDate: '1988-03-14' }), side({ birthDate: '1990-01-01' }), free)).toEqual(['differentBirthDate'])
    expect(codes(side({}), side({}), { looks: 0.5, apart: true })).toEqual(['keptApart'])
    expect(codes(side({}), side({ name: 'john smith' }), { looks: 0, apart: false })).toEqual(['unlikeNames'])
    expect(codes(side({}), side({ name: fold('Мира Альденховен') }), { looks: 0, apart: false })).toEqual([])
  })
})

describe('documents of parties', () => {
  test('what can be understood identifies; what cannot stays in the document and identifies nobody', () => {
    const party = {
      id: '1',
      href: '/1',
      givenName: 'Mira',
      birthDate: '1988-03-14T00:00:00+01:00',
      contactMedium: [
        { mediumType: 'phone', characteristic: { phoneNumber: '0911 1234567', country: 'DE' } },
        { mediumType: 'phone', characteristic: { phoneNumber: 'ask at the desk' } },
        { mediumType: 'email', characteristic: { emailAddress: 'Mira@Example.com' } },
        { mediumType: 'postalAddress', characteristic: { street1: 'Quay Street 7', postCode: 'FS-1 07' } },
      ],
      individualIdentification: [{ identificationType: 'Passport', identificationId: 'c01x-00T 47' }],
      externalReference: [{ externalReferenceType: 'customer number:mobile', name: '4711' }, { externalReferenceType: 'loyalty', name: 'L-1' }],
    }
    const found = identifiersOf(party, undefined)
    expect(found.map(({ type, scope, value, asserted }) => [type, scope, value, asserted])).toEqual([
      ['phone', '', '+499111234567', false],
      ['email', '', 'Mira@example.com', false],
      ['document', 'passport:', 'C01X00T47', false],
      ['customerNumber', 'mobile', '4711', true],
      ['external', 'loyalty', 'L-1', false],
    ])
    const { traits: compared, keys } = traitsOf('individual', party, found)
    expect(compared).toMatchObject({ name: 'mira', birthDate: '1988-03-14', address: 'fs107 quay street 7' })
    expect(keys).toContain('phone:+499111234567')
  })
})

describe('clusters', () => {
  const edge = (id: string, survivor: string, merged: string) => ({ id, survivor, merged })

  test('the survivor’s side leads, and a merge taken away leaves what the others say', () => {
    const edges = [edge('1', 'a', 'b'), edge('2', 'c', 'd'), edge('3', 'd', 'b')]
    expect(leadersOf(edges)).toEqual(new Map([['a', 'c'], ['b', 'c'], ['c', 'c'], ['d', 'c']]))
    expect(without(edges, '3', ['a', 'b', 'c', 'd'])).toEqual(new Map([['a', 'a'], ['b', 'a'], ['c', 'c'], ['d', 'c']]))
    expect(without(edges, '1', ['a', 'b', 'c', 'd'])).toEqual(new Map([['a', 'a'], ['b', 'c'], ['c', 'c'], ['d', 'c']]))
  })
})
