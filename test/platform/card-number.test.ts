import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressWithoutCardNumbers, holdsCardNumber, holdsSchemeNumber, withoutCardNumbers } from '../../src/platform/card-number.ts'

/** Test numbers that the card schemes publish. */
const VISA = '4111111111111111'
const AMEX = '378282246310005'

/** Digits with the check digit of Luhn behind them. */
const withCheck = (digits: string): string => {
  const sum = digits.split('').reverse().reduce((total, digit, place) => {
    const weighed = place % 2 === 0 ? Number(digit) * 2 : Number(digit)
    return total + (weighed > 9 ? weighed - 9 : weighed)
  }, 0)
  return `${digits}${(10 - (sum % 10)) % 10}`
}

const bodies = fc.tuple(fc.integer({ min: 12, max: 18 }), fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 18, maxLength: 18 })).map(([length, digits]) => `4${digits.join('').slice(1, length)}`)

describe('a card number', () => {
  test.each([
    VISA, AMEX, '4111 1111 1111 1111', '4111-1111-1111-1111', '4111/1111/1111/1111', '4111|1111,1111*1111', '3782 822463 10005', '4111.1111.1111.1111', '4111  1111 – 1111 1111',
    `card ${VISA} of Ada`, `x${VISA}`, `${VISA}x`, '4111 1111 1111 1111 12/27', '12-27 4111 1111 1111 1111', 'call 555 about 4111 1111 1111 1111 123',
    '4111\u00a01111\u00a01111\u00a01111', '4111\u200b111111111111', '４１１１１１１１１１１１１１１１', '٤١١١١١١١١١١١١١١١',
  ])('is found in %s', text => {
    expect(holdsCardNumber(text)).toBe(true)
    expect(withoutCardNumbers(text)).not.toMatch(/\p{Nd}/u)
  })

  test.each(['4111111111111112', '411111111111', 'tok_1234', '4242', '0000000000000000', '2026-12-22T04:19:32.886Z', '12/2029', '2026-12-22T04:19:32.123+00:00', '01a20172-546e-72c4-acec-7b6ee16f7ea1', '11111111-1111-1111-8111-111111111117', '+49 30 901820'])('is not found in %s', text => {
    expect(holdsCardNumber(text)).toBe(false)
    expect(withoutCardNumbers(text)).toBe(text)
  })

  test('of any length from 13 to 19 is found in any grouping, and with one digit changed it is not', () => {
    fc.assert(
      fc.property(bodies, fc.integer({ min: 1, max: 6 }), fc.constantFrom(' ', '-', '. ', ' - '), fc.nat(8), (body, size, gap, shift) => {
        const number = withCheck(body)
        const grouped = number.match(new RegExp(`.{1,${size}}`, 'g'))!.join(gap)
        expect(holdsCardNumber(grouped)).toBe(true)
        const wrong = `${number.slice(0, -1)}${(Number(number.at(-1)) + 1 + shift) % 10}`
        expect(holdsCardNumber(wrong)).toBe(false)
      }),
    )
  })

  test.each([VISA, '4222222222222', '5555555555554444', '2223003122003222', AMEX, '6011111111111117', '30569309025904', '38520000023237', '3530111333300000', '4111/1111/1111/1111', 'paid with 4111.1111.1111.1111, she says'])('of a large scheme is known in %s', text => {
    expect(holdsSchemeNumber(text)).toBe(true)
  })

  test.each(['490154203237518', '356938035643809', '79927398713', '8944500102198304826', '4111111111111112'])('of a large scheme is not %s', text => {
    expect(holdsSchemeNumber(text)).toBe(false)
  })

  test('is not repeated in an address, however it is encoded', () => {
    for (const number of [VISA, '4111+1111+1111+1111', '4111%201111%201111%201111', '%34111111111111111', '4111%2F1111%2F1111%2F1111']) {
      expect(addressWithoutCardNumbers(`GET /tandem/v1/customerSearch?q=${number}`)).not.toMatch(/\p{Nd}/u)
    }
    for (const kept of ['q=490154203237518', 'q=Ada%20Lovelace&limit=20', 'q=%zz']) expect(addressWithoutCardNumbers(kept)).toBe(kept)
  })

  test('is looked for in long texts in a moment', () => {
    const started = performance.now()
    for (const text of ['1 '.repeat(500_000), '4'.repeat(1_000_000), '4111 '.repeat(200_000), 'a1'.repeat(500_000)]) holdsCardNumber(text)
    expect(performance.now() - started).toBeLessThan(3000)
  })
})
