/**
 * Kills Tandem at random moments while orders are placed, delivered, cancelled and billed, on either job backend; sometimes its orphaned
 * database dies with it, sometimes Redis is emptied. Afterwards everything must be as if nothing had happened. Seeded: a run can be repeated.
 */
import { rmSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { spawnBackEnds } from '../../src/demo/index.ts'
import { freePort, temporaryFolder } from '../support/servers.ts'
import { placeOrder, planOrders, type PlacedOrder } from './orders.ts'
import { createRandom } from './random.ts'
import { foretell, letAMonthPass, startBilling, verifyBills, verifyDelivery, waitForOrders } from './verify.ts'
import { createVictim } from './victim.ts'

export interface KillSoak {
  seed: number
  orders: number
  kills: number
  /** Jobs on this Redis, which is emptied at some of the kills; on PostgreSQL without it. */
  redisUrl?: string
  /** Rates of the back ends' own failures. */
  faults?: Record<string, number>
  say: (line: string) => void
}

export interface KillReport {
  orders: number
  completed: number
  cancelled: number
  kills: number
  databaseKills: number
  redisFlushes: number
  bills: number
  seconds: number
}

const PLACERS = 4

export async function killSoak(options: KillSoak): Promise<KillReport> {
  const { seed, say } = options
  const random = createRandom(seed)
  // One that the database's user can enter: elsewhere the database would move out of it, and stay behind.
  const folder = temporaryFolder('soak')
  const backEnds = await spawnBackEnds({ dataDir: path.join(folder, 'back-ends'), port: 0, seed, mobileMs: 200, pickMs: 200, transitMs: 200, pool: 100_000, stock: 100_000, hangMs: 3000 })
  const victim = createVictim(await freePort(), path.join(folder, 'data'), { SEED: 'sample', BACKENDS_URL: backEnds.url, ...(options.redisUrl !== undefined && { REDIS_URL: options.redisUrl }) })
  const redis = options.redisUrl === undefined ? undefined : new Redis(options.redisUrl)
  const counts = { kills: 0, databaseKills: 0, redisFlushes: 0 }
  const strike = async (): Promise<void> => {
    await victim.kill()
    counts.kills++
    if (redis && random.next() < 0.5) {
      await redis.flushdb()
      counts.redisFlushes++
    }
    if (random.next() < 0.3) {
      victim.killDatabase()
      counts.databaseKills++
    }
    await victim.start()
  }
  const began = Date.now()
  try {
    await victim.start()
    if (options.faults) {
      for (const system of ['fixed', 'mobile', 'warehouse']) {
        await fetch(`${backEnds.url}/faults/${system}`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ ...options.faults, seed }) })
      }
    }
    const plans = planOrders(random, options.orders)
    const waits = Array.from({ length: options.kills }, () => random.between(200, 2500))
    const placed: PlacedOrder[] = []
    const queue = [...plans]
    const placers = Promise.all(
      Array.from({ length: PLACERS }, async () => {
        for (let plan = queue.shift(); plan; plan = queue.shift()) placed.push(await placeOrder(victim.url, plan))
      }),
    )
    const killer = (async () => {
      for (const wait of waits) {
        await sleep(wait)
        await strike()
      }
    })()
    await Promise.all([placers, killer])
    say(`seed ${seed}: ${placed.length} orders placed through ${counts.kills} kills`)
    const ended = await waitForOrders(victim.url, placed, 180)
    const delivered = await verifyDelivery(victim.url, backEnds.url, placed, ended)
    say(`seed ${seed}: ${delivered.completed} completed, ${delivered.cancelled} cancelled, nothing done twice`)

    const foretold = await foretell(victim.url)
    await letAMonthPass(victim.url)
    await startBilling(victim.url)
    await sleep(random.between(0, 400))
    await strike()
    const bills = await verifyBills(victim.url, placed, ended, foretold, 120)
    say(`seed ${seed}: ${bills} bills, each as foretold`)

    const stopped = Date.now()
    const code = await victim.stop()
    if (code !== 0 || Date.now() - stopped > 10_000) throw new Error(`Tandem stopped with ${code} after ${Date.now() - stopped} ms`)
    return { orders: placed.length, ...delivered, ...counts, bills, seconds: Math.round((Date.now() - began) / 1000) }
  } catch (error) {
    throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error })
  } finally {
    await victim.kill()
    try {
      victim.killDatabase()
    } catch {
      // A graceful stop has taken the database with it.
    }
    redis?.disconnect()
    await backEnds.stop()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
}
