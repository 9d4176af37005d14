/**
 * Races around carts through two Tandems on one database, while one after the other is killed, and the database with them, and the gateways fail,
 * hang, answer wrongly and call back twice. Seeded: a run can be repeated.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Embedded } from '../../src/platform/database/embedded.ts'
import { raceCart } from './cart-races.ts'
import type { Json, RaceWorld } from './cart-door.ts'
import { insist } from './orders.ts'
import { openCluster } from './cluster.ts'
import { verifyNothingGivenUp } from './database-checks.ts'
import { createRandom } from './random.ts'

export interface CartSoak {
  seed: number
  carts: number
  kills: number
  /** A server of this soak's own, which keeps what it has confirmed through a SIGKILL and starts again by itself. */
  database: Embedded
  redisUrl?: string
  say: (line: string) => void
}

export interface CartReport {
  carts: number
  kills: number
  databaseKills: number
  seconds: number
}

const SIDE_BY_SIDE = 6
const FAULTS = { errorRate: 0.05, timeoutRate: 0.01, wrongAnswerRate: 0.03, repeatCallbackRate: 0.3, loseCallbackRate: 0.1 }
/** Of the kills, those that the database dies in as well. */
const WITH_DATABASE = 0.2
const SAY_EVERY = 100

/** Carts of this brand ask nobody outside: they are bought in one transaction, or not at all. */
const PLAIN = 'plain'
const EACH_PLAIN = 3

/** The same races in a brand that has offerings and no gateways. */
const plainWorld = async (world: RaceWorld): Promise<RaceWorld> => {
  const made = (path: string, name: string, body: Json): Promise<Json> => insist(() => `${world.door()}/tmf-api/productCatalogManagement/v4/${path}`, `${path}-${name}`, { name, lifecycleStatus: 'Launched', ...body }, { 'x-tandem-brand': PLAIN })
  const offerings: string[] = []
  for (const [name, value] of [['Plan', 20], ['Router', 50]] as const) {
    const price = await made('productOfferingPrice', name, { priceType: name === 'Plan' ? 'recurring' : 'oneTime', ...(name === 'Plan' && { recurringChargePeriodType: 'month', recurringChargePeriodLength: 1 }), price: { unit: 'EUR', value } })
    offerings.push(String((await made('productOffering', name, { productOfferingPrice: [{ id: price['id'] }] }))['id']))
  }
  return { ...world, offerings, brand: PLAIN }
}

export async function cartSoak({ seed, carts, kills, database, redisUrl, say }: CartSoak): Promise<CartReport> {
  const random = createRandom(seed)
  const settings = { seed, databaseUrl: database.url, say, ...(redisUrl !== undefined && { redisUrl }) }
  const { processes, backEnds, sql, complaints, close } = await openCluster(settings, ['api,worker', 'api,worker'])
  const began = Date.now()
  const seconds = (): number => Math.round((Date.now() - began) / 1000)
  try {
    await Promise.all(processes.map(one => one.start()))
    for (const system of ['credit', 'identity', 'fraud', 'payments', 'warehouse']) await fetch(`${backEnds.url}/faults/${system}`, { method: 'PUT', body: JSON.stringify({ ...FAULTS, seed }) })
    let turn = 0
    const world: RaceWorld = { door: () => processes[turn++ % processes.length]!.url, backEnds: backEnds.url, offerings: ['mobile-m', 'phone-aura-9', 'mobile-l'] }
    const plain = await plainWorld(world)
    let next = 0
    let ended = 0
    let over = false
    const racers = Promise.all(
      Array.from({ length: SIDE_BY_SIDE }, async (_, lane) => {
        const own = createRandom(seed * 31 + lane)
        for (let n = next++; n < carts; n = next++) {
          await raceCart(n % EACH_PLAIN === 0 ? plain : world, own, `race-${seed}-${n}`)
          if (++ended % SAY_EVERY === 0) say(`seed ${seed}: ${ended} carts after ${seconds()} s`)
        }
      }),
    ).finally(() => {
      over = true
    })
    const counts = { kills: 0, databaseKills: 0 }
    const killer = (async () => {
      while (counts.kills < kills && !over) {
        await sleep(random.between(300, 3_000))
        // From the first cart to the last.
        if (ended / carts < counts.kills / kills) continue
        const victim = random.pick(processes)
        await victim.kill()
        counts.kills++
        const withDatabase = random.next() < WITH_DATABASE
        if (withDatabase) {
          process.kill(database.pid()!, 'SIGKILL')
          counts.databaseKills++
        }
        await sleep(random.between(0, 1_500))
        await victim.start().catch(async error => {
          // It says in one line that there is no database, and whoever runs it starts it again.
          if (!withDatabase) throw error
          await sleep(3_000)
          await victim.start()
        })
      }
    })()
    await Promise.all([racers, killer])
    await verifyNothingGivenUp(sql)
    const summary = (await (await fetch(`${backEnds.url}/books/summary`)).json()) as { executedTwice: { system: string }[] }
    const twice = summary.executedTwice.filter(one => one.system === 'payments' || one.system === 'warehouse')
    if (twice.length > 0) throw new Error(`held twice: ${JSON.stringify(twice)}`)
    say(`seed ${seed}: ${carts} carts through ${counts.kills} kills, ${counts.databaseKills} with the database: no change lost, one order each, money held equals money due`)
    return { carts, ...counts, seconds: seconds() }
  } catch (error) {
    throw new Error(`seed ${seed} after ${seconds()} s: ${(error as Error).message}; logged last: ${complaints()}`, { cause: error })
  } finally {
    await close()
  }
}
