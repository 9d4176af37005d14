/** What each of several processes did, from its own metrics. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Victim } from './victim.ts'

export interface Share {
  /** Orders that it took in. */
  orders: number
  /** Rounds of delivery tasks. */
  tasks: number
  /** Jobs of every kind, those that run by themselves too. */
  jobs: number
  reactions: number
  deliveries: number
  isRelay: boolean
}

/** Every series of the process: `name{labels}` and its value. */
const readMetrics = async ({ url }: Pick<Victim, 'url'>): Promise<Map<string, number>> => {
  const answer = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(10_000) })
  if (!answer.ok) throw new Error(`GET /metrics: ${answer.status}`)
  const series = [...(await answer.text()).matchAll(/^(\w+(?:\{[^}\n]*\})?) (\S+)$/gm)]
  return new Map(series.map(([, name, value]) => [name!, Number(value)]))
}

const sum = (metrics: ReadonlyMap<string, number>, pattern: RegExp): number => [...metrics].filter(([name]) => pattern.test(name)).reduce((total, [, value]) => total + value, 0)

export const readShare = async (process: Pick<Victim, 'url'>): Promise<Share> => {
  const metrics = await readMetrics(process)
  return {
    orders: sum(metrics, /^tandem_http_request_duration_seconds_count\{method="POST",route="[^"]*\/productOrder",status="201"\}/),
    tasks: sum(metrics, /^tandem_jobs_total\{job="delivery.run-tasks",result="completed"\}/),
    jobs: sum(metrics, /^tandem_jobs_total\{.*result="completed"\}/),
    reactions: sum(metrics, /^tandem_reactions_total\{result="done"\}/),
    deliveries: sum(metrics, /^tandem_hub_deliveries_total\{result="delivered"\}/),
    isRelay: sum(metrics, /^tandem_relay_holder/) === 1,
  }
}

/** Work that runs by itself each second: over all processes together it does so once a second, however many they are. */
export async function verifyTurns(processes: readonly Pick<Victim, 'url'>[], forMs: number): Promise<number> {
  const turns = async (): Promise<number> => {
    const metrics = await Promise.all(processes.map(readMetrics))
    return metrics.reduce((total, of) => total + sum(of, /^tandem_jobs_total\{job="delivery.sweep",result="completed"\}/), 0)
  }
  const before = await turns()
  const since = performance.now()
  await sleep(forMs)
  const ran = (await turns()) - before
  const seconds = (performance.now() - since) / 1000
  if (ran > seconds + 1.5 || ran < seconds / 2 - 1) throw new Error(`What runs each second ran ${ran} times in ${seconds.toFixed(1)} s over ${processes.length} processes`)
  const relays = (await Promise.all(processes.map(readShare))).filter(share => share.isRelay).length
  if (relays !== 1) throw new Error(`${relays} of ${processes.length} processes relay events`)
  return ran
}
