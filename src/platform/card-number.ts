/**
 * Finds payment card numbers in text: 13 to 19 digits that pass the check of ISO/IEC 7812 (Luhn), however they are grouped. Whoever keeps one
 * must protect it like nothing else, so they are found where text comes in, and taken out where it is repeated.
 */

const MIN_DIGITS = 13
const MAX_DIGITS = 19

/** Between the groups of a number: spaces and dashes of any script, dots and underscores. */
const GAP = /^[\s\p{Z}\p{Pd}._]{1,3}$/u
const ENOUGH = /(?:\p{Nd}[\s\p{Z}\p{Pd}\p{Cf}._]{0,6}){13}/u
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
const isAmong = (groups: readonly string[]): boolean => {
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
      if (sum > 0 && sum % 10 === 0) return true
    }
    start += groups[first]!.length
  }
  return false
}

/** Gaps are mostly one sign that everybody writes. */
const isGap = (gap: string): boolean => gap === ' ' || gap === '-' || GAP.test(gap)

/** Whether a text holds a card number. */
export const holdsCardNumber = (text: string): boolean => {
  if (text.length < MIN_DIGITS || !ENOUGH.test(text)) return false
  const shown = plain(text)
  let groups: string[] = []
  let end = 0
  for (const found of shown.matchAll(/\d+/g)) {
    if (groups.length > 0 && !isGap(shown.slice(end, found.index))) {
      if (isAmong(groups)) return true
      groups = []
    }
    groups.push(found[0])
    end = found.index + found[0].length
  }
  return isAmong(groups)
}

/** The text as it may be repeated: without a digit, if it holds a card number. */
export const withoutCardNumbers = (text: string): string => (holdsCardNumber(text) ? text.replaceAll(/\p{Nd}/gu, '*') : text)
