/**
 * Two Tandems on one database (and one Redis), as the compose file has them: both start on an empty database at once, orders go through both,
 * one after the other is killed, both bill. Afterwards everything was done once, by whoever lived. Seeded: a run can be repeated.
 */
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import pg from 'pg'
import { spawnBackEnds, type BackEndProcess } from '../../src/demo/index.ts'
import { freePort, temporaryFolder } from '../support/servers.ts'
import { verifyNothingGivenUp, verifyOrder, verifyRuns, verifyStart, waitForEvents, watchPositions } from './database-checks.ts'
import { startHearer } from './hearer.ts'
import { insist, placeOrder, planOrders, type Door, type OrderPlan, type PlacedOrder } from './orders.ts'
import { createRandom, type Random } from './random.ts'
import { readShare, verifyTurns, type Share } from './shares.ts'
import { foretell, letAMonthPass, startBilling, verifyBills, verifyDelivery, waitForOrders } from './verify.ts'
import { createVictim, type Victim } from './victim.ts'

export interface ClusterSettings {
  seed: number
  /** An empty database. */
  databaseUrl: string
  /** Jobs on this Redis; on PostgreSQL without it. */
  redisUrl?: string
  /** Rates of the back ends' own failures. */
  faults?: Record<string, number>
  say: (line: string) => void
}

export interface ClusterSoak extends ClusterSettings {
  orders: number
  kills: number
  /** How often the listener refuses an event. */
  refusals?: number
  /** Empties Redis at some of the kills. */
  flushes?: boolean
}

export interface ClusterReport {
  /** What each process did of the first half of the orders, while both lived. */
  shares: Share[]
  orders: number
  completed: number
  cancelled: number
  kills: number
  redisFlushes: number
  events: number
  heard: number
  repeated: number
  bills: number
  billRuns: number
  seconds: number
}

const PLACERS = 4

export interface Cluster {
  processes: Victim[]
  backEnds: BackEndProcess
  sql: pg.Pool
  /** What the processes logged about failures, the last of it. */
  complaints: () => string
  close: () => Promise<void>
}

/** Back ends and processes on one database; `close` ends whatever lives. */
export async function openCluster(settings: ClusterSettings, roles: readonly string[]): Promise<Cluster> {
  const { seed, databaseUrl, redisUrl, faults } = settings
  const folder = temporaryFolder('cluster')
  const backEnds = await spawnBackEnds({ dataDir: path.join(folder, 'back-ends'), port: 0, seed, mobileMs: 200, pickMs: 200, transitMs: 200, pool: 100_000, stock: 100_000, hangMs: 3000 })
  const sql = new pg.Pool({ connectionString: databaseUrl, max: 3 })
  // Idle connections end when a soak kills the database; the next question takes a new one.
  sql.on('error', () => undefined)
  const processes: Victim[] = []
  const logFile = path.join(folder, 'log')
  const log = openSync(logFile, 'a')
  const complaints = (): string => readFileSync(logFile, 'utf8').split('\n').filter(line => /"level":"(error|fatal)"/.test(line)).slice(-5).join('\n').slice(-6_000)
  const close = async (): Promise<void> => {
    for (const one of processes) await one.kill()
    closeSync(log)
    await Promise.all([sql.end(), backEnds.stop()])
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
  try {
    if (faults) {
      for (const system of ['fixed', 'mobile', 'warehouse']) {
        await fetch(`${backEnds.url}/faults/${system}`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ ...faults, seed }) })
      }
    }
    for (const role of roles) {
      const env = { DATABASE_URL: databaseUrl, SEED: 'sample', BACKENDS_URL: backEnds.url, HUB_ALLOWED_HOSTS: '127.0.0.1', DATABASE_CONNECTIONS: '10', ROLES: role, ...(redisUrl !== undefined && { REDIS_URL: redisUrl }) }
      processes.push(createVictim(await freePort(), path.join(folder, 'data'), env, log))
    }
    return { processes, backEnds, sql, complaints, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** The next process at each call: what one has written, the next request finds through the other, and a retry goes to another than the first try. */
const everyDoor = (processes: readonly Victim[], first: number): Door => {
  let turn = first
  return () => processes[turn++ % processes.length]!.url
}

export const placeAll = async (processes: readonly Victim[], plans: readonly OrderPlan[], placed: PlacedOrder[]): Promise<void> => {
  const queue = [...plans]
  const placeNext = async (): Promise<void> => {
    for (let plan = queue.shift(); plan; plan = queue.shift()) placed.push(await placeOrder(everyDoor(processes, plan.number), plan))
  }
  await Promise.all(Array.from({ length: PLACERS }, placeNext))
}

/** The same request with the same key through both at the same moment, again and again. */
const verifyTwins = async (processes: readonly Victim[]): Promise<void> => {
  for (let number = 0; number < 5; number++) {
    const bodies = await Promise.all(processes.map(({ url }) => insist(`${url}/tmf-api/party/v4/individual`, `twin-${number}`, { givenName: 'Twin', familyName: String(number) })))
    const ids = new Set(bodies.map(body => body.id))
    if (ids.size !== 1) throw new Error(`One key made ${[...ids].join(' and ')}`)
  }
}

export const verifyStops = async (processes: readonly Victim[]): Promise<void> => {
  const stopped = Date.now()
  const codes = await Promise.all(processes.map(one => one.stop()))
  if (codes.some(code => code !== 0) || Date.now() - stopped > 10_000) throw new Error(`The processes stopped with ${codes.join(' and ')} after ${Date.now() - stopped} ms`)
}

/** One of them is always up, and goes on with what the other leaves, killed or (a quarter of them) stopped in good order. Answers how often Redis was emptied as well. */
const killAtRandom = async (processes: readonly Victim[], random: Random, kills: number, redis: Redis | undefined): Promise<number> => {
  const moments = Array.from({ length: kills }, () => ({ wait: random.between(200, 2500), victim: random.pick(processes), down: random.between(0, 3000), flush: random.next() < 0.3, inGoodOrder: random.next() < 0.25 }))
  for (const { wait, victim, down, flush, inGoodOrder } of moments) {
    await sleep(wait)
    if (inGoodOrder) await verifyStops([victim])
    else await victim.kill()
    if (flush) await redis?.flushdb()
    await sleep(down)
    await victim.start()
  }
  return redis ? moments.filter(moment => moment.flush).length : 0
}

export async function clusterSoak(options: ClusterSoak): Promise<ClusterReport> {
  const { seed, say } = options
  const random = createRandom(seed)
  const began = Date.now()
  const seconds = (): number => Math.round((Date.now() - began) / 1000)
  const redis = options.flushes && options.redisUrl !== undefined ? new Redis(options.redisUrl) : undefined
  const hearer = await startHearer(createRandom(seed + 1), options.refusals ?? 0)
  const { processes, backEnds, sql, complaints, close } = await openCluster(options, ['api,worker', 'api,worker'])
  const [first, second] = processes as [Victim, Victim]
  try {
    await Promise.all(processes.map(one => one.start()))
    const start = await verifyStart(sql)
    say(`seed ${seed}: both ready after ${seconds()} s, ${start.migrations} migrations and ${start.records} records of the sample once`)
    const watch = watchPositions(sql)
    await hearer.subscribe(first.url, 'productOrderingManagement/v4')
    await hearer.subscribe(second.url, 'productInventory/v4')
    await verifyTwins(processes)

    const plans = planOrders(random, options.orders)
    const placed: PlacedOrder[] = []
    const half = Math.ceil(plans.length / 2)
    await placeAll(processes, plans.slice(0, half), placed)
    await waitForOrders(second.url, placed, 120)
    const shares = await Promise.all(processes.map(readShare))
    say(`seed ${seed}: ${placed.length} orders through both after ${seconds()} s: ${JSON.stringify(shares)}`)

    const [redisFlushes] = await Promise.all([killAtRandom(processes, random, options.kills, redis), placeAll(processes, plans.slice(half), placed)])
    say(`seed ${seed}: ${placed.length} orders placed through ${options.kills} kills after ${seconds()} s`)
    const ended = await waitForOrders(first.url, placed, 180)
    const delivered = await verifyDelivery(second.url, backEnds.url, placed, ended)
    say(`seed ${seed}: ${delivered.completed} completed, ${delivered.cancelled} cancelled after ${seconds()} s, nothing done twice`)
    await verifyTurns(processes, 3_000)

    const foretold = await foretell(first.url)
    await letAMonthPass(second.url)
    await Promise.all(processes.map(one => startBilling(one.url)))
    await sleep(random.between(0, 400))
    const victim = random.pick(processes)
    await victim.kill()
    const survivor = victim === first ? second : first
    const bills = await verifyBills(survivor.url, placed, ended, foretold, 120)
    await victim.start()
    say(`seed ${seed}: ${bills} bills after ${seconds()} s, each as foretold`)

    await waitForEvents(sql, 90)
    const billRuns = await verifyRuns(sql)
    await verifyNothingGivenUp(sql)
    const events = await verifyOrder(sql, placed)
    const { heard, repeated } = await hearer.verify(sql, ['productOrder', 'cancelProductOrder', 'product'])
    const seen = await watch.end()
    if (seen !== events) throw new Error(`${events} events have positions, a reader saw ${seen}`)
    await verifyStops(processes)
    return { shares, orders: placed.length, ...delivered, kills: options.kills + 1, redisFlushes, events, heard, repeated, bills, billRuns, seconds: seconds() }
  } catch (error) {
    throw new Error(`seed ${seed} after ${seconds()} s: ${(error as Error).message}; logged last: ${complaints()}`, { cause: error })
  } finally {
    redis?.disconnect()
    await close()
    await hearer.close()
  }
}

/** One process answers requests, the other works: an order that was placed while no worker lived is delivered once one does. */
export async function rolesSoak(options: ClusterSettings): Promise<Share[]> {
  const { processes, backEnds, complaints, close } = await openCluster(options, ['api', 'worker'])
  const [api, worker] = processes as [Victim, Victim]
  try {
    await Promise.all(processes.map(one => one.start()))
    const plans = planOrders(createRandom(options.seed), 4).map(plan => ({ ...plan, cancel: false }))
    const placed: PlacedOrder[] = []
    await placeAll([api], plans.slice(0, 2), placed)
    await waitForOrders(api.url, placed, 60)
    await worker.kill()
    await placeAll([api], plans.slice(2), placed)
    await worker.start()
    const ended = await waitForOrders(api.url, placed, 60)
    await verifyDelivery(api.url, backEnds.url, placed, ended)
    const shares = await Promise.all(processes.map(readShare))
    options.say(`seed ${options.seed}: ${placed.length} orders by roles: ${JSON.stringify(shares)}`)
    await verifyStops(processes)
    return shares
  } catch (error) {
    throw new Error(`seed ${options.seed}: ${(error as Error).message}; logged last: ${complaints()}`, { cause: error })
  } finally {
    await close()
  }
}

/** Both start on an empty database at once and one is killed at a random moment of it: the other makes up for what was begun. */
export async function startSoak(options: ClusterSettings): Promise<void> {
  const random = createRandom(options.seed)
  const { processes, sql, complaints, close } = await openCluster(options, ['api,worker', 'api,worker'])
  const [first, second] = processes as [Victim, Victim]
  try {
    const after = random.between(300, 6000)
    // It ends before it is ready, or is killed just afterwards: both are what is asked for.
    const starting = first.start().catch(() => undefined)
    const ready = second.start()
    await sleep(after)
    await first.kill()
    await Promise.all([starting, ready])
    const { records } = await verifyStart(sql)
    await first.start()
    await waitForEvents(sql, 30)
    await verifyOrder(sql, [])
    options.say(`seed ${options.seed}: killed ${after} ms after the start on an empty database, the other has all ${records} records once`)
    await verifyStops(processes)
  } catch (error) {
    throw new Error(`seed ${options.seed}: ${(error as Error).message}; logged last: ${complaints()}`, { cause: error })
  } finally {
    await close()
  }
}
