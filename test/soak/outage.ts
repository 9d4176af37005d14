/**
 * What two Tandems stand on fails: Redis dies and comes back empty, or hangs; the database is killed and starts again; one of the processes
 * freezes and thaws. Orders are taken whenever the database answers, and what waited goes on by itself.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Embedded } from '../../src/platform/database/embedded.ts'
import { startRedis } from '../support/servers.ts'
import { openCluster, placeAll, verifyStops, type ClusterSettings } from './cluster.ts'
import { verifyNothingGivenUp, verifyOrder, verifyRuns, waitForEvents, watchPositions } from './database-checks.ts'
import { insist, planOrders, type PlacedOrder } from './orders.ts'
import { createRandom } from './random.ts'
import { readShare, verifyTurns } from './shares.ts'
import { foretell, letAMonthPass, verifyBills, verifyDelivery, waitForOrders } from './verify.ts'

export interface OutageSoak extends Omit<ClusterSettings, 'databaseUrl' | 'redisUrl'> {
  /** A server of this soak's own, which keeps what it has confirmed through a SIGKILL and starts again by itself. */
  database: Embedded
  /** Jobs on a Redis of this soak's own; on PostgreSQL without it. */
  onRedis: boolean
}

export interface OutageReport {
  orders: number
  bills: number
  /** Until everything that waited was delivered, after each outage. */
  recoveredMs: Record<string, number>
}

export async function outageSoak(options: OutageSoak): Promise<OutageReport> {
  const { seed, database, say } = options
  let redis = options.onRedis ? await startRedis() : undefined
  const { processes, backEnds, sql, complaints, close } = await openCluster({ ...options, databaseUrl: database.url, ...(redis && { redisUrl: redis.url }) }, ['api,worker', 'api,worker'])
  const plans = planOrders(createRandom(seed), 20).map(plan => ({ ...plan, cancel: false }))
  const placed: PlacedOrder[] = []
  const recoveredMs: Record<string, number> = {}
  const recover = async (what: string, through = processes[0]!): Promise<void> => {
    const since = Date.now()
    await waitForOrders(through.url, placed, 120)
    recoveredMs[what] = Date.now() - since
    say(`seed ${seed}: ${placed.length} orders delivered ${recoveredMs[what]} ms after ${what}`)
  }
  try {
    await Promise.all(processes.map(one => one.start()))
    const order = (): Promise<void> => placeAll(processes, plans.splice(0, 4), placed)
    await order()
    await recover('nothing had failed')
    if (redis) {
      redis.signal('SIGKILL')
      await order()
      await redis.stop()
      redis = await startRedis(redis.port)
      await recover('Redis came back empty')
      redis?.signal('SIGSTOP')
      await order()
      await sleep(3_000)
      redis?.signal('SIGCONT')
      await recover('Redis had hung')
    }
    const interrupted = order()
    await sleep(200)
    process.kill(database.pid()!, 'SIGKILL')
    await interrupted
    // Two that come at once, for connections that both processes must have got back.
    await Promise.all(processes.map(({ url }) => insist(`${url}/tmf-api/party/v4/individual`, 'after-all', { givenName: 'After', familyName: 'All' })))
    await recover('the database was killed')
    const watch = watchPositions(sql)
    // The one whose freezing is felt most: events wait for it.
    const shares = await Promise.all(processes.map(readShare))
    const frozen = processes[shares.findIndex(share => share.isRelay)]!
    const other = processes.find(one => one !== frozen)!
    const held = order()
    await sleep(300)
    frozen.freeze()
    await held
    await recover('the process that relays froze', other)
    frozen.thaw()
    // A turn that failed meanwhile comes once more after its pause.
    await sleep(6_000)
    await verifyTurns(processes, 5_000)

    const ended = await waitForOrders(processes[1]!.url, placed, 1)
    await verifyDelivery(processes[1]!.url, backEnds.url, placed, ended)
    const foretold = await foretell(processes[0]!.url)
    await letAMonthPass(processes[0]!.url)
    const bills = await verifyBills(processes[1]!.url, placed, ended, foretold, 60)
    await waitForEvents(sql, 60)
    await verifyRuns(sql)
    await verifyNothingGivenUp(sql)
    await verifyOrder(sql, placed)
    await watch.end()
    await verifyStops(processes)
    return { orders: placed.length, bills, recoveredMs }
  } catch (error) {
    throw new Error(`seed ${seed}: ${(error as Error).message}; logged last: ${complaints()}`, { cause: error })
  } finally {
    await close()
    await redis?.stop()
  }
}
