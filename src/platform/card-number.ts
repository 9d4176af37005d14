/**
 * Finds payment card numbers in text: 13 to 19 digits that pass the check of ISO/IEC 7812 (Luhn), however they are grouped. Whoever keeps one
 * must protect it like nothing else, so they are found where text comes in, and taken out where it is repeated.
 */

const MIN_DIGITS = 13
const MAX_DIGITS = 19

/** A text that is shorter holds none. */
export const SHORTEST_OF_TEXT = MIN_DIGITS

/** Between the groups of a number: spaces, dashes, dots and underscores, or one sign of any other kind; the colon makes times. */
const GAP = /^(?:[\s\p{Z}\p{Pd}._]{1,3}|[^\p{L}\p{N}:])$/u
const ENOUGH = /(?:\p{Nd}[^\p{L}\p{N}]{0,6}){13}/u
const UUID = /(?<![0-9a-f])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f])/gi

/** The digits of every script stand in a row from zero. */
const asciiDigit = (digit: string): string => {
  let value = 0
  for (let code = digit.codePointAt(0)! - 1; value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code)); code -= 1) value += 1
  return String(value)
}

/** As a reader sees it: invisible characters gone, digits of every script as 0 to 9. Ids of ours are random: those of sixteen digits in a row are none. */
const plain = (text: string): string =>
  text
    .normalize('NFKC')
    .replaceAll(/\p{Cf}/gu, '')
    .replaceAll(/[^\P{Nd}0-9]/gu, asciiDigit)
    .replaceAll(UUID, 'id')

/** What a digit counts in the check where it stands at every second place from the right. */
const doubled = (digit: number): number => (digit > 4 ? digit * 2 - 9 : digit * 2)

/** Whether some groups that follow each other make a number: a date may stand before or after it. */
const isAmong = (groups: readonly string[], isMeant: (number: string) => boolean): boolean => {
  const digits = groups.join('')
  if (digits.length < MIN_DIGITS) return false
  // Sums from the start, with the even and with the odd places doubled: any stretch is then checked by a subtraction.
  const sums = [new Int32Array(digits.length + 1), new Int32Array(digits.length + 1)] as const
  for (let place = 0; place < digits.length; place += 1) {
    const digit = digits.charCodeAt(place) - 0x30
    sums[0][place + 1] = sums[0][place]! + (place % 2 === 0 ? doubled(digit) : digit)
    sums[1][place + 1] = sums[1][place]! + (place % 2 === 0 ? digit : doubled(digit))
  }
  let start = 0
  for (let first = 0; first < groups.length; first += 1) {
    let end = start
    for (let last = first; last < groups.length && end - start < MAX_DIGITS; last += 1) {
      end += groups[last]!.length
      const length = end - start
      if (length < MIN_DIGITS || length > MAX_DIGITS) continue
      const from = sums[end % 2 === 0 ? 0 : 1]
      const sum = from[end]! - from[start]!
      // Sixteen zeros pass the check too, and mean nothing.
      if (sum > 0 && sum % 10 === 0 && isMeant(digits.slice(start, end))) return true
    }
    start += groups[first]!.length
  }
  return false
}

/** Four and four digits are those of a card, whatever is between them. */
const GAP_OF_FOURS = /^[\s:()]{1,4}$/

/** Gaps are mostly one sign that everybody writes. */
const isGap = (gap: string, left: string, right: string): boolean => gap === ' ' || gap === '-' || GAP.test(gap) || (left.length === 4 && right.length === 4 && GAP_OF_FOURS.test(gap))

const holds = (text: string, isMeant: (number: string) => boolean): boolean => {
  if (text.length < MIN_DIGITS || !ENOUGH.test(text)) return false
  const shown = plain(text)
  let groups: string[] = []
  let end = 0
  for (const found of shown.matchAll(/\d+/g)) {
    if (groups.length > 0 && !isGap(shown.slice(end, found.index), groups.at(-1)!, found[0])) {
      if (isAmong(groups, isMeant)) return true
      groups = []
    }
    groups.push(found[0])
    end = found.index + found[0].length
  }
  return isAmong(groups, isMeant)
}

const anyNumber = (): boolean => true

/** Whether a text holds a card number. */
export const holdsCardNumber = (text: string): boolean => holds(text, anyNumber)

/** Beginnings and lengths of the large schemes: Visa, Mastercard, American Express, Discover, Diners Club, JCB. */
const SCHEMES = /^(?:4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|(?:222[1-9]|22[3-9]\d|2[3-6]\d{2}|27[01]\d|2720)\d{12}|3[47]\d{13}|6(?:011|5\d{2})\d{12}|3(?:6\d|8\d|0[0-5])\d{11}|35(?:2[89]|[3-8]\d)\d{12})$/

const isOfScheme = (number: string): boolean => SCHEMES.test(number)
const isOfSchemeToday = (number: string): boolean => number.length > MIN_DIGITS && SCHEMES.test(number)

/** Whether a text holds a card number of a large scheme: for texts in which other numbers with a check digit have their place, such as IMEIs. `short`: also one of 13 digits, which no scheme gives any more. */
export const holdsSchemeNumber = (text: string, short = true): boolean => holds(text, short ? isOfScheme : isOfSchemeToday)

/** The address of a request, or its query, as it may be kept: no card number in it, also where it is percent-encoded. */
export const addressWithoutCardNumbers = (text: string): string => {
  const shown = text.replaceAll('+', ' ').replaceAll(/(?:%[0-9a-f]{2})+/gi, run => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'))
  return holdsSchemeNumber(text) || holdsSchemeNumber(shown) ? shown.replaceAll(/\p{Nd}/gu, '*') : text
}

/** The text as it may be repeated: without a digit, if it holds a card number. */
export const withoutCardNumbers = (text: string): string => (holdsCardNumber(text) ? text.replaceAll(/\p{Nd}/gu, '*') : text)
