/** Which failures a stack shows: rates drawn from a seed, so that the nth request to a system always meets the same fate. */
import { refused } from './refused.ts'
import type { Books, Change } from './books.ts'
import type { Faults, SystemName } from './rows.ts'

export type Fate = 'none' | 'errorBefore' | 'errorAfter' | 'hangBefore' | 'hangAfter' | 'wrongAnswer'

export const noFaults = (seed: number): Faults => ({
  latencyMs: 0,
  errorRate: 0,
  timeoutRate: 0,
  repeatCallbackRate: 0,
  loseCallbackRate: 0,
  wrongAnswerRate: 0,
  down: false,
  forgetKeys: false,
  seed,
  failFor: [],
})

/** A number in [0, 1) that depends on nothing but its arguments (the finalizer of MurmurHash3 over the parts). */
const draw = (seed: number, series: string, n: number): number => {
  let hash = seed | 0
  const mix = (value: number): void => {
    hash = Math.imul(hash ^ value, 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
    hash ^= hash >>> 16
  }
  for (const character of series) mix(character.charCodeAt(0))
  mix(n)
  mix(n + 0x9e3779b9)
  return (hash >>> 0) / 2 ** 32
}

/** A second draw that tells whether the failure comes before or after the work is done. */
const afterTheWork = (seed: number, system: string, n: number): boolean => draw(seed, `${system}:half`, n) < 0.5

export const fateOf = (faults: Faults, system: SystemName, n: number): Fate => {
  const value = draw(faults.seed, system, n)
  if (value < faults.errorRate) return afterTheWork(faults.seed, system, n) ? 'errorAfter' : 'errorBefore'
  if (value < faults.errorRate + faults.timeoutRate) return afterTheWork(faults.seed, system, n) ? 'hangAfter' : 'hangBefore'
  if (value < faults.errorRate + faults.timeoutRate + faults.wrongAnswerRate) return 'wrongAnswer'
  return 'none'
}

/** What becomes of the nth call-back of a system. */
export const callbackFate = (faults: Faults, system: SystemName, n: number): 'once' | 'twice' | 'lost' => {
  const value = draw(faults.seed, `${system}:callback`, n)
  if (value < faults.loseCallbackRate) return 'lost'
  return value < faults.loseCallbackRate + faults.repeatCallbackRate ? 'twice' : 'once'
}

/** Whether an entry of failFor matches. */
export const failsFor = (faults: Faults, attributes: Record<string, unknown>): boolean =>
  faults.failFor.some(entry => Object.keys(entry).length > 0 && Object.entries(entry).every(([name, value]) => attributes[name] === value))

const rates = ['errorRate', 'timeoutRate', 'repeatCallbackRate', 'loseCallbackRate', 'wrongAnswerRate'] as const
const switches = ['down', 'forgetKeys'] as const

/** Reads the body of PUT /faults/{system}. */
export const readFaults = (body: Record<string, unknown>, seed: number): Faults => {
  const faults = noFaults(seed)
  for (const [name, value] of Object.entries(body)) {
    if ((rates as readonly string[]).includes(name)) {
      if (typeof value !== 'number' || !(value >= 0 && value <= 1)) throw refused(400, 'invalidRequest', `${name} must be a number from 0 to 1`)
      faults[name as (typeof rates)[number]] = value
    } else if ((switches as readonly string[]).includes(name)) {
      if (typeof value !== 'boolean') throw refused(400, 'invalidRequest', `${name} must be true or false`)
      faults[name as (typeof switches)[number]] = value
    } else if (name === 'latencyMs' || name === 'seed') {
      if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 2 ** 31 - 1) throw refused(400, 'invalidRequest', `${name} must be a whole number`)
      faults[name] = value
    } else if (name === 'failFor') {
      if (!Array.isArray(value) || value.some(entry => typeof entry !== 'object' || entry === null || Array.isArray(entry))) throw refused(400, 'invalidRequest', 'failFor must be a list of objects')
      faults.failFor = value as Record<string, unknown>[]
    } else throw refused(400, 'invalidRequest', `${name} is not a fault`)
  }
  return faults
}

export const faultsOf = (books: Books, system: SystemName, seed: number): Faults => books.get('faults', system) ?? noFaults(seed)

/** The change that sets or, for a system without faults, clears them. */
export const faultsChange = (system: SystemName, faults: Faults | null): Change => ['faults', system, faults]
