/** Measures conversations of several requests, each resting on the answers before: how many end in a second, how long one takes, and what of the processors it costs. */
import { readdirSync, readFileSync } from 'node:fs'
import type { Measured } from './measure.ts'

/** One conversation from its first request to its last; `n` tells them apart. */
export type Conversation = (n: number) => Promise<void>

interface Options {
  turns: number
  seconds: number
  callers: number
}

interface Held {
  perSecond: number
  /** Milliseconds of each. */
  times: number[]
  /** Milliseconds of processor that each took of the processes looked at; undefined where the machine does not say. */
  processor: number[] | undefined
}

/** Linux counts in hundredths of a second. */
const TICK_MS = 10

interface ProcessStat {
  parent: number
  ms: number
}

const statOf = (pid: number): ProcessStat | undefined => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const words = text.slice(text.lastIndexOf(')') + 2).split(' ')
    // With that of children that have ended: connections come and go.
    return { parent: Number(words[1]), ms: words.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) * TICK_MS }
  } catch {
    // It has ended, or this is not Linux.
    return undefined
  }
}

/** Processor time of a process with its children (PostgreSQL has one for each connection), in milliseconds. */
const processorOf = (pid: number): number | undefined => {
  const own = statOf(pid)
  if (own === undefined) return undefined
  const children = readdirSync('/proc').flatMap(name => (/^\d+$/.test(name) ? (statOf(Number(name)) ?? []) : [])).filter(stat => stat.parent === pid)
  return own.ms + children.reduce((sum, { ms }) => sum + ms, 0)
}

let serial = 0

const hold = async (conversation: Conversation, { seconds, callers }: Omit<Options, 'turns'>, pids: readonly number[]): Promise<Held> => {
  const times: number[] = []
  const before = pids.map(processorOf)
  const start = performance.now()
  const end = start + seconds * 1_000
  const caller = async (): Promise<void> => {
    while (performance.now() < end) {
      const since = performance.now()
      await conversation(serial++)
      times.push(performance.now() - since)
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  // With those that were in hand at the end, and the time that they took.
  const perSecond = times.length / ((performance.now() - start) / 1_000)
  const after = pids.map(processorOf)
  const processor = after.map((ms, index) => ((ms ?? NaN) - (before[index] ?? NaN)) / times.length)
  return { perSecond, times, processor: processor.every(Number.isFinite) ? processor : undefined }
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
const hundredths = (value: number): number => Math.round(value * 100) / 100

/** @param processes whose processor time is told beside the numbers, by name */
export const converse = async (name: string, own: Conversation, floor: Conversation, options: Options, { warmUp, processes }: { warmUp: number; processes: Readonly<Record<string, number>> }): Promise<Measured> => {
  const pids = Object.values(processes)
  await hold(own, { ...options, seconds: warmUp }, [])
  await hold(floor, { ...options, seconds: Math.min(1, warmUp) }, [])
  const turns: { own: Held; below: Held }[] = []
  for (let turn = 0; turn < options.turns; turn++) turns.push({ below: await hold(floor, options, []), own: await hold(own, options, pids) })
  const times = turns.flatMap(turn => turn.own.times).sort((a, b) => a - b)
  const at = (share: number): number => hundredths(times[Math.floor(times.length * share)] ?? 0)
  const took = Object.keys(processes).map((process, index) => `${hundredths(median(turns.map(turn => turn.own.processor?.[index] ?? NaN)))} ms of ${process}`)
  return {
    name,
    unit: 'conversations/s',
    value: hundredths(median(turns.map(turn => turn.own.perSecond))),
    floor: Math.round(median(turns.map(turn => turn.below.perSecond))),
    ratio: hundredths(median(turns.map(turn => turn.own.perSecond / turn.below.perSecond))),
    p50: at(0.5),
    p99: at(0.99),
    n: times.length,
    note: turns.some(turn => turn.own.processor === undefined) ? `${options.callers} at once` : `${options.callers} at once; processor for each: ${took.join(', ')}`,
  }
}
