/** Races around carts while Tandem is killed at random moments and its gateways fail, hang, answer wrongly and call back twice. Seeded: a run can be repeated. */
import { rmSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { spawnBackEnds } from '../../src/demo/index.ts'
import { freePort, temporaryFolder } from '../support/servers.ts'
import { raceCart } from './cart-races.ts'
import { createRandom } from './random.ts'
import { createVictim } from './victim.ts'

export interface CartSoak {
  seed: number
  carts: number
  kills: number
  redisUrl?: string
  say: (line: string) => void
}

const SIDE_BY_SIDE = 6
const FAULTS = { errorRate: 0.05, timeoutRate: 0.01, wrongAnswerRate: 0.03, repeatCallbackRate: 0.3, loseCallbackRate: 0.1 }

export async function cartSoak({ seed, carts, kills, redisUrl, say }: CartSoak): Promise<{ carts: number; kills: number; seconds: number }> {
  const random = createRandom(seed)
  const folder = temporaryFolder('soak-cart')
  const backEnds = await spawnBackEnds({ dataDir: path.join(folder, 'back-ends'), port: 0, seed, mobileMs: 200, pickMs: 200, transitMs: 200, pool: 1_000_000, stock: 1_000_000, hangMs: 4_000 })
  const victim = createVictim(await freePort(), path.join(folder, 'data'), { SEED: 'sample', BACKENDS_URL: backEnds.url, ...(redisUrl !== undefined && { REDIS_URL: redisUrl }) })
  const began = Date.now()
  try {
    await victim.start()
    for (const system of ['credit', 'identity', 'fraud', 'payments', 'warehouse']) await fetch(`${backEnds.url}/faults/${system}`, { method: 'PUT', body: JSON.stringify({ ...FAULTS, seed }) })
    const world = { door: victim.url, backEnds: backEnds.url, offerings: ['mobile-m', 'phone-aura-9', 'mobile-l'] }
    let next = 0
    let over = false
    const racers = Promise.all(
      Array.from({ length: SIDE_BY_SIDE }, async (_, lane) => {
        const own = createRandom(seed * 31 + lane)
        for (let n = next++; n < carts; n = next++) await raceCart(world, own, `race-${seed}-${n}`)
      }),
    ).finally(() => {
      over = true
    })
    let killed = 0
    const killer = (async () => {
      while (killed < kills && !over) {
        await sleep(random.between(300, 3_000))
        await victim.kill()
        killed++
        await victim.start()
      }
    })()
    await Promise.all([racers, killer])
    say(`seed ${seed}: ${carts} carts through ${killed} kills, one order each, money held equals money due`)
    const summary = (await (await fetch(`${backEnds.url}/books/summary`)).json()) as { executedTwice: { system: string }[] }
    const twice = summary.executedTwice.filter(one => one.system === 'payments')
    if (twice.length > 0) throw new Error(`held twice: ${JSON.stringify(twice)}`)
    return { carts, kills: killed, seconds: Math.round((Date.now() - began) / 1000) }
  } catch (error) {
    throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error })
  } finally {
    await victim.kill()
    try {
      victim.killDatabase()
    } catch {
      // It went with the server.
    }
    await backEnds.stop()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
}
