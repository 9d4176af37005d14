/** Measures how long a few callers wait for an answer, in parts of a millisecond, turn by turn with the floor. */
import { Pool } from 'undici'
import type { Measured } from './measure.ts'

export interface Timed extends Measured {
  floorP50: number
  floorP99: number
}

interface Options {
  turns: number
  seconds: number
  callers: number
}

/** Milliseconds of each answer. */
const wait = async (urls: readonly string[], { seconds, callers }: Options): Promise<number[]> => {
  const pool = new Pool(new URL(urls[0]!).origin, { connections: callers, pipelining: 1 })
  const times: number[] = []
  const end = performance.now() + seconds * 1_000
  let next = 0
  const caller = async (): Promise<void> => {
    while (performance.now() < end) {
      const { pathname, search } = new URL(urls[next++ % urls.length]!)
      const start = performance.now()
      const answer = await pool.request({ method: 'GET', path: `${pathname}${search}` })
      await answer.body.dump({ limit: 10_000_000 })
      times.push(performance.now() - start)
      if (answer.statusCode !== 200) throw new Error(`GET ${pathname}${search}: ${answer.statusCode}`)
    }
  }
  try {
    await Promise.all(Array.from({ length: callers }, caller))
  } finally {
    await pool.close()
  }
  return times
}

const share = (sorted: readonly number[], part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]!
const hundredths = (ms: number): number => Math.round(ms * 100) / 100
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!

export const timed = async (name: string, urls: readonly string[], floor: readonly string[], options: Options): Promise<Timed> => {
  // All of them once: what is asked for again later is warm for both.
  await wait(urls, { ...options, seconds: 1 })
  await wait(floor, { ...options, seconds: 0.5 })
  const turns: { own: number[]; below: number[] }[] = []
  for (let turn = 0; turn < options.turns; turn++) {
    const below = await wait(floor, { ...options, seconds: Math.min(1, options.seconds) })
    turns.push({ below: below.toSorted((a, b) => a - b), own: (await wait(urls, options)).toSorted((a, b) => a - b) })
  }
  const of = (which: 'own' | 'below', part: number): number => hundredths(median(turns.map(turn => share(turn[which], part))))
  const rate = (which: 'own' | 'below', seconds: number): number => Math.round(median(turns.map(turn => turn[which].length / seconds)))
  const [value, below] = [rate('own', options.seconds), rate('below', Math.min(1, options.seconds))]
  return {
    name,
    unit: 'requests/s',
    value,
    floor: below,
    ratio: Math.round((value / below) * 1_000) / 1_000,
    p50: of('own', 0.5),
    p99: of('own', 0.99),
    floorP50: of('below', 0.5),
    floorP99: of('below', 0.99),
    n: turns.reduce((sum, turn) => sum + turn.own.length, 0),
  }
}
