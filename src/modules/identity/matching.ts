/** How alike two parties are, and what speaks against making one of them without asking: scores with their reasons in words. Pure. */
import { skeleton } from './fold.ts'

/** What is compared of a party; `keys` are the exact values that both may have (phone:+49…, birth:…, address:…). */
export interface Traits {
  party: string
  /** Folded (fold.ts). */
  name: string
  lookAlike: boolean
  /** YYYY-MM-DD */
  birthDate: string | undefined
  address: string | undefined
  validated: boolean
}

export interface Reason {
  code: string
  text: string
  weight?: number
}

export interface Likeness {
  /** 0 to 1, two decimals. */
  score: number
  reasons: Reason[]
}

/** What the database measured: trigram similarity of the names as they look, and as they are written. */
export interface Compared {
  /** pg_trgm's similarity of the skeletons. */
  looks: number
  /** Values that both have, by type of identifier. */
  shared: readonly string[]
}

/** From here on a person is asked. */
export const SUGGEST_FROM = 0.5
/** Names below this have nothing in common. */
const UNLIKE = 0.1
const SIMILAR = 0.3

const WEIGHTS: Readonly<Record<string, [number, string]>> = {
  phone: [0.3, 'The same phone number, not verified'],
  email: [0.35, 'The same e-mail address, not verified'],
  emailButForCase: [0.3, 'The same e-mail address but for upper and lower case, not verified'],
  document: [0.45, 'The same identity document, not verified'],
  device: [0.3, 'The same device, not verified'],
  customerNumber: [0.5, 'The same customer number'],
  login: [0.5, 'The same login'],
  external: [0.3, 'The same identity in another system'],
}

const upper = (type: string): string => type.charAt(0).toUpperCase() + type.slice(1)

/** The same letters to the eye, other letters to a machine. */
export const looksAlikeOnly = (a: Traits, b: Traits): boolean => a.name !== b.name && skeleton(a.name) === skeleton(b.name)

const swapped = (date: string): string => `${date.slice(0, 5)}${date.slice(8, 10)}-${date.slice(5, 7)}`

export const likeness = (a: Traits, b: Traits, { looks, shared }: Compared): Likeness => {
  const reasons: Reason[] = []
  const add = (code: string, text: string, weight: number): void => void reasons.push({ code, text, weight: Math.round(weight * 100) / 100 })
  if (a.name !== '' && b.name !== '') {
    if (a.name === b.name) add('sameName', 'The same name', 0.45)
    else if (looks >= SIMILAR) add('similarName', `Similar names (${Math.round(looks * 100)} %)`, 0.45 * looks)
  }
  for (const type of [...new Set(shared)].sort()) {
    const known = WEIGHTS[type]
    if (known) add(`sameUnverified${upper(type)}`, known[1], known[0])
  }
  if (a.birthDate !== undefined && b.birthDate !== undefined) {
    if (a.birthDate === b.birthDate) add('sameBirthDate', 'The same birth date', 0.3)
    else if (swapped(a.birthDate) === b.birthDate) add('swappedBirthDate', 'Birth dates with day and month exchanged', 0.15)
    else add('differentBirthDate', 'Different birth dates', -0.4)
  }
  if (a.address !== undefined && a.address === b.address) add('sameAddress', 'The same address', 0.25)
  if (a.lookAlike || b.lookAlike || looksAlikeOnly(a, b)) add('lookAlikeLetters', 'Letters of another script that look alike stand in a name', -0.25)
  const sum = reasons.reduce((total, reason) => total + (reason.weight ?? 0), 0)
  return { score: Math.round(Math.min(1, Math.max(0, sum)) * 100) / 100, reasons }
}

/** Of both sides of a strong match: a cluster has what its members have. */
export interface Side {
  traits: readonly Traits[]
  /** Verified identity documents, current: scope and value. */
  documents: readonly string[]
}

/**
 * What forbids to merge two without asking although a strong identifier says that they are one. Empty: nothing does.
 * `looks` is the best similarity of their names; `apart`: somebody has said that they are two.
 */
export const obstacles = (a: Side, b: Side, { looks, apart }: { looks: number; apart: boolean }): Reason[] => {
  const reasons: Reason[] = []
  const add = (code: string, text: string): void => void reasons.push({ code, text })
  const some = (side: Side, test: (traits: Traits) => boolean): boolean => side.traits.some(test)
  if (apart) add('keptApart', 'Somebody has decided before that they are two')
  if (some(a, one => one.validated) && some(b, one => one.validated)) add('bothVerified', 'The identity of both has been verified')
  if (a.documents.length > 0 && b.documents.length > 0 && !a.documents.some(document => b.documents.includes(document))) add('differentDocuments', 'Each has shown another identity document')
  const births = (side: Side): string[] => side.traits.flatMap(one => one.birthDate ?? [])
  const [born, alsoBorn] = [births(a), births(b)]
  if (born.length > 0 && alsoBorn.length > 0 && !born.some(date => alsoBorn.some(other => date === other || swapped(date) === other))) add('differentBirthDate', 'Different birth dates')
  if (a.traits.some(one => b.traits.some(other => one.lookAlike || other.lookAlike || looksAlikeOnly(one, other)))) add('lookAlikeLetters', 'Letters of another script that look alike stand in a name')
  if (some(a, one => one.name !== '') && some(b, one => one.name !== '') && looks < UNLIKE && sameScript(a, b)) add('unlikeNames', 'Their names have nothing in common')
  return reasons
}

const SCRIPTS = ['Latin', 'Cyrillic', 'Greek', 'Arabic', 'Hebrew', 'Han', 'Hangul'].map(script => new RegExp(`\\p{Script=${script}}`, 'u'))
const scriptsOf = (side: Side): Set<number> => new Set(SCRIPTS.flatMap((script, index) => (side.traits.some(one => script.test(one.name)) ? [index] : [])))

/** A name in Arabic and the same in Latin letters share no letter: that says nothing. */
const sameScript = (a: Side, b: Side): boolean => [...scriptsOf(a)].some(script => scriptsOf(b).has(script))
