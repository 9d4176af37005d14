/**
 * How texts compare when people are searched for: folded names and addresses word by word, identifiers without spaces and punctuation,
 * telephone numbers by their last digits. The same functions fold what is stored and what is asked. Pure.
 */

/** Letters that no decomposition takes apart, as people type them who do not have them on their keyboard. */
const PLAIN: Readonly<Record<string, string>> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', ð: 'd', þ: 'th', ı: 'i', ħ: 'h', ŧ: 't', ĸ: 'k', ŋ: 'n', ς: 'σ' }
/** Accents of Latin, Greek and Cyrillic, points of Hebrew, vowel marks of Arabic. Marks of Indic scripts are vowels of the name and stay. */
const MARKS = /[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]/g
const APOSTROPHES = /['’‘ʼʹ`´]/g
const MOST_WORDS = 40
const LONGEST_WORD = 64
/** Scripts that put no spaces between given and family name. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/u

/** Code points: what is counted, cut and swapped. */
export const lettersOf = (text: string): string[] => Array.from(text)

/** Without case, width, accents: `Łukasz Ångström` → `lukasz angstrom`. */
export const fold = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(MARKS, '')
    .toLowerCase()
    .replace(/\P{ASCII}/gu, letter => PLAIN[letter] ?? letter)
    .normalize('NFC')

const isUnspaced = (word: string): boolean => UNSPACED.test(word)

/** The words of a text, folded, each once. */
export const wordsOf = (text: string): string[] => {
  const found = fold(text).replace(APOSTROPHES, '').match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  return [...new Set(found.map(word => lettersOf(word).slice(0, LONGEST_WORD).join('')))].slice(0, MOST_WORDS)
}

/** Words under which a text is kept: of a name in a script without spaces also what follows the first character, where the given name begins. */
export const indexWords = (text: string): string[] => [
  ...new Set(
    wordsOf(text).flatMap(word => {
      const letters = lettersOf(word)
      return isUnspaced(word) && letters.length > 2 && letters.length <= 8 ? letters.slice(0, -1).map((_, start) => letters.slice(start).join('')) : [word]
    }),
  ),
]

/** Fewer letters than this are a beginning of too many words. */
export const isLongEnough = (text: string): boolean => lettersOf(text).length >= (isUnspaced(text) ? 1 : 2)

const LONGEST_IDENTIFIER = 200

/** Identifiers compare without case, spaces and punctuation: `AB-12 34` and `ab1234`. */
export const identifierKey = (text: string): string => fold(text).replace(/[^\p{L}\p{M}\p{N}]+/gu, '').slice(0, LONGEST_IDENTIFIER)

/** E-mail addresses compare without case. */
export const emailKey = (text: string): string => text.normalize('NFKC').trim().toLowerCase().slice(0, LONGEST_IDENTIFIER)

const PHONE = /^[+(]?[\d\s()./–-]{4,40}$/
const TAIL = 7

export interface Phone {
  /** With the country where it was given, without the zeros and signs before it. */
  digits: string
  isInternational: boolean
  /** What all spellings of a number have in common. */
  tail: string
}

/** A telephone number in any spelling; undefined when the text is none. */
export const phoneOf = (text: string): Phone | undefined => {
  const folded = text.normalize('NFKC').trim()
  if (!PHONE.test(folded)) return undefined
  // +44 (0)7700: the zero is only dialled within the country.
  const plain = folded.replace(/^(\+|00)(.*)\(0\)/, '$1$2')
  const isInternational = /^\(?(\+|00)/.test(plain)
  const digits = plain.replace(/\D/g, '').replace(/^0+/, '')
  return digits.length < 4 || digits.length > 20 ? undefined : { digits, isInternational, tail: digits.slice(-TAIL) }
}

/** All normal forms of a text that may be an identifier; as it is, too. */
export const keysOf = (text: string): string[] => {
  const phone = phoneOf(text)
  const plain = text.normalize('NFC').trim()
  return [...new Set([plain, plain.toUpperCase(), identifierKey(text), identifierKey(text).toUpperCase(), emailKey(text), ...(phone === undefined ? [] : [phone.tail, `+${phone.digits}`])])].filter(key => key !== '')
}

/** Whether two spellings can be one number: equal where both name the country, else one is the end of the other. */
export const isSamePhone = (a: Phone, b: Phone): boolean => {
  if (a.digits === b.digits) return true
  if (a.isInternational && b.isInternational) return false
  const [long, short] = a.digits.length > b.digits.length ? [a, b] : [b, a]
  // What is longer has the country, at most three digits, before it.
  return long.digits.endsWith(short.digits) && long.digits.length - short.digits.length <= 3 && !short.isInternational
}

/** Letters that two words may differ in to be taken for one with typos: none for numbers and very short words. */
export const typosIn = (word: string): number => {
  const { length } = lettersOf(word)
  return /\p{N}/u.test(word) || length < 3 ? 0 : length < 6 ? 1 : 2
}

/** Letters of the beginning that typos are looked for in; what follows is compared afterwards. */
const NEAR_LENGTH = 7

/** FNV-1a, as a signed 32 bit integer. */
const hash = (text: string): number => {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return h | 0
}

/**
 * Keys that two words share when they differ in few letters: the beginning of the word with up to two letters taken out, as integers.
 * Whatever is replaced, missing, added or swapped is gone from both. That finds typos by equality, whatever the script, and however many words there are.
 */
export const nearKeys = (word: string, most = 2): number[] => {
  const typos = Math.min(typosIn(word), most)
  if (typos === 0) return []
  const found = new Set<string>()
  let level = new Set([lettersOf(word).slice(0, NEAR_LENGTH).join('')])
  for (let taken = 0; ; taken++) {
    for (const one of level) found.add(one)
    if (taken === typos) break
    const next = new Set<string>()
    for (const one of level) {
      const letters = lettersOf(one)
      if (letters.length > 2) for (let i = 0; i < letters.length; i++) next.add(letters.filter((_, at) => at !== i).join(''))
    }
    level = next
  }
  return [...new Set([...found].map(hash))]
}

/** Letters to replace, add, take out or swap with the next, up to `most`; more than that is `most + 1`. */
export const typosBetween = (a: string, b: string, most: number): number => {
  const [x, y] = [lettersOf(a), lettersOf(b)]
  if (Math.abs(x.length - y.length) > most) return most + 1
  let before: number[] = []
  let last = y.map((_, i) => i)
  last.push(y.length)
  for (let i = 1; i <= x.length; i++) {
    const row = [i]
    for (let j = 1; j <= y.length; j++) {
      const cost = x[i - 1] === y[j - 1] ? 0 : 1
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + cost)
      if (i > 1 && j > 1 && x[i - 1] === y[j - 2] && x[i - 2] === y[j - 1]) least = Math.min(least, before[j - 2]! + 1)
      row.push(least)
    }
    if (Math.min(...row) > most) return most + 1
    before = last
    last = row
  }
  return Math.min(last[y.length]!, most + 1)
}
