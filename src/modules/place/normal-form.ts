/**
 * The normal form of addresses: what they are found by, whatever their spelling. Case, accents, punctuation and short forms
 * (Str., Straße; St, Street; Ave) make no difference; house numbers keep their letters and ranges. Pure.
 */

/** A house is where these four are; what is not known is empty. */
export interface AddressKeys {
  street: string
  number: string
  postcode: string
  city: string
}

export interface AddressWords {
  street?: string | undefined
  streetNumber?: string | undefined
  postcode?: string | undefined
  city?: string | undefined
}

/** Letters that have no accent to take away. */
const LETTERS: Readonly<Record<string, string>> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l', đ: 'd', þ: 'th' }

const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[ßæœøłđþ]/g, letter => LETTERS[letter] ?? letter)
    .replaceAll(/['’`´]/g, '')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

/** Words that people shorten, each to its shortest form. */
const SHORT: Readonly<Record<string, string>> = {
  street: 'st', str: 'str', strasse: 'str', avenue: 'ave', av: 'ave', road: 'rd', boulevard: 'blvd', bd: 'blvd', boul: 'blvd', square: 'sq', lane: 'ln', drive: 'dr', court: 'ct',
  place: 'pl', platz: 'pl', terrace: 'ter', terr: 'ter', crescent: 'cres', cresc: 'cres', highway: 'hwy', parkway: 'pkwy', circle: 'cir', trail: 'trl', gardens: 'gdns', close: 'cl',
  saint: 'st', sankt: 'st', sainte: 'ste', mount: 'mt', fort: 'ft', allee: 'all', chaussee: 'ch', route: 'rte', calle: 'c', plaza: 'plz', straat: 'str',
  north: 'n', south: 's', east: 'e', west: 'w', northeast: 'ne', northwest: 'nw', southeast: 'se', southwest: 'sw',
}

/** Endings of compound words: Lindenstraße, Marktplatz. */
const glued = (word: string): string => word.replace(/(?:strasse|straat)$/, 'str').replace(/(.)platz$/, '$1pl')

/** Words in their short forms. A single word stays: the street may be called Avenue. */
const words = (text: string): string[] => {
  const found = plain(text).split(' ').filter(Boolean)
  return found.map(word => (found.length > 1 ? (Object.hasOwn(SHORT, word) ? SHORT[word]! : glued(word)) : glued(word)))
}

/** Umlauts are written out as well: Müller, Mueller. */
const folded = (text: string): string => text.replaceAll(/([aou])e/g, '$1')

const compact = (text: string): string => folded(words(text).join(''))

/** What misspelt streets and towns are compared by: words in their short forms, with spaces. */
export const searchForm = (text: string): string => words(text).map(folded).join(' ')

/** `12 b` → 12b, `12 - 14` → 12-14, `12 1/2` → 12-1-2, `007` → 7. */
export const numberKey = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .trim()
    .replace(/^(?:no|nr|n°|№|#)\.?\s*(?=\d)/, '')
    .replaceAll(/[–—−/⁄]/g, '-')
    .replaceAll(/(\d)\s+(?=\d)/g, '$1-')
    .replaceAll(/[^\p{L}\p{N}-]+/gu, '')
    .replaceAll(/^-+|-+$/g, '')
    .replace(/^0+(?=\d)/, '')

/** ZIP+4 is within its ZIP. */
const postcodeKey = (text: string): string => plain(/^\s*\d{5}-\d{4}\s*$/.test(text) ? text.trim().slice(0, 5) : text).replaceAll(' ', '')

/** The same few streets and towns come by the thousand in a list. */
const MOST_REMEMBERED = 50_000
const remember = (form: (text: string) => string): ((text: string) => string) => {
  const known = new Map<string, string>()
  return text => {
    let found = known.get(text)
    if (found === undefined) {
      if (known.size >= MOST_REMEMBERED) known.clear()
      found = form(text)
      known.set(text, found)
    }
    return found
  }
}

export const streetKey = remember(compact)
export const cityKey = remember(compact)

export const keysOf = (address: AddressWords): AddressKeys => ({
  street: streetKey(address.street ?? ''),
  number: numberKey(address.streetNumber ?? ''),
  postcode: postcodeKey(address.postcode ?? ''),
  city: cityKey(address.city ?? ''),
})

/** Kinds of street that stand as a word of their own at the end of its name. */
const STREET_TYPES = new Set(['street', 'st', 'road', 'rd', 'avenue', 'ave', 'lane', 'ln', 'drive', 'dr', 'square', 'sq', 'terrace', 'crescent', 'way', 'court', 'ct', 'place', 'pl', 'boulevard', 'blvd', 'close', 'parade', 'wharf', 'highway', 'hwy', 'alley', 'brae', 'tarn', 'straße', 'strasse', 'weg', 'platz', 'allee'])

/** `Quay Street` → Street; undefined where the name does not say it as a word of its own. */
export const streetTypeOf = (street: string): string | undefined => {
  const last = /\s(\S+)$/.exec(street.trim())?.[1]?.replace(/\.$/, '')
  return last !== undefined && STREET_TYPES.has(last.toLowerCase()) ? last : undefined
}

/** The name with its kind, said once. */
export const streetOf = (name: string | undefined, type: string | undefined): string | undefined => {
  if (name === undefined || type === undefined || type.trim() === '') return name
  return words(`x ${name}`).at(-1) === words(`x ${type}`).at(-1) ? name : `${name} ${type}`
}
