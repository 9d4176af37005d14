/**
 * Names and addresses in a form for comparing, never for showing or storing in their place: lower case, without marks, and as they look.
 * Letters of other scripts that look like Latin ones are found here: they can hide that two names differ, or that they are meant to. Pure.
 */

/** Cyrillic, Greek and Armenian letters that are drawn like a Latin one, small or as capitals (a small part of Unicode's confusables). */
const LOOKS_LIKE: Readonly<Record<string, string>> = {
  а: 'a', в: 'b', с: 'c', ԁ: 'd', е: 'e', һ: 'h', і: 'i', ј: 'j', к: 'k', ӏ: 'l', м: 'm', н: 'h', о: 'o', р: 'p', ԛ: 'q', ѕ: 's', т: 't', ѵ: 'v', ԝ: 'w', х: 'x', у: 'y',
  α: 'a', β: 'b', ε: 'e', η: 'n', ι: 'i', κ: 'k', μ: 'm', ν: 'v', ο: 'o', ρ: 'p', τ: 't', υ: 'u', χ: 'x', γ: 'y',
  օ: 'o', ս: 'u', հ: 'h', ո: 'n', ց: 'g', յ: 'j',
}

/** Letters that no decomposition takes apart. */
const SPELT: Readonly<Record<string, string>> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', ł: 'l', þ: 'th', ı: 'i', ħ: 'h', ŋ: 'n' }

const LONGEST = 200

/** By code points: half of a surrogate pair is no letter. */
const cut = (text: string, most: number): string => (text.length <= most ? text : Array.from(text).slice(0, most).join(''))

/** Lower case, no accents (vowel signs that are letters of their script stay), words of letters and digits with one space between: `Müller-Łoś, Anna` → `muller los anna`. */
export const fold = (text: string): string => {
  const plain = cut(text, 4 * LONGEST).normalize('NFKD').toLowerCase().replace(/\p{Script=Inherited}/gu, '')
  const spelt = Array.from(plain, letter => SPELT[letter] ?? letter).join('')
  return cut(spelt.replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ').trim(), LONGEST).trim()
}

/** As it looks to a reader of Latin script. */
export const skeleton = (folded: string): string => Array.from(folded, letter => LOOKS_LIKE[letter] ?? letter).join('')

/** Whether a word mixes Latin letters with ones of scripts whose letters look like them: no writing does so by itself. */
export const hasLookAlikes = (folded: string): boolean => folded.split(' ').some(word => /\p{Script=Latin}/u.test(word) && /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/u.test(word))
