/**
 * `npm run soak [-- --short] [-- --seed N] [-- --orders N] [-- --kills N] [-- --backend redis] [-- --only kill,cart,cluster,outage,identity,roles,start] [-- --sequences N] [-- --carts N]`:
 * the long form of the tests of test/cluster, on both job backends.
 */
import { rmSync } from 'node:fs'
import { startEmbedded, type Embedded } from '../../src/platform/database/embedded.ts'
import { startRedis, temporaryFolder } from '../support/servers.ts'
import { cartSoak } from './cart.ts'
import { clusterSoak, rolesSoak, startSoak } from './cluster.ts'
import { identitySoak } from './identity.ts'
import { killSoak } from './kill.ts'
import { outageSoak } from './outage.ts'

const words = process.argv.slice(2)
const word = (name: string): string | undefined => {
  const at = words.indexOf(`--${name}`)
  return at < 0 ? undefined : words[at + 1]
}
const number = (name: string, otherwise: number): number => Number(word(name) ?? otherwise)
const short = words.includes('--short')
const seed = number('seed', Date.now() % 1_000_000)
const orders = number('orders', short ? 30 : 200)
const kills = number('kills', short ? 3 : 25)
const faults = { errorRate: 0.05, repeatCallbackRate: 0.2, loseCallbackRate: 0.05, wrongAnswerRate: 0.03 }

interface Run {
  redisUrl?: string
  say: (line: string) => void
}

/** An empty database on a server that nothing but this run uses. */
const onEmptyDatabase = async <T>(work: (databaseUrl: string, server: Embedded) => Promise<T>, disposable = true): Promise<T> => {
  const folder = temporaryFolder('soak-database')
  const embedded = await startEmbedded({ dataDir: folder, disposable })
  try {
    return await work(embedded.url, embedded)
  } finally {
    await embedded.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

const soaks: Record<string, (run: Run) => Promise<unknown>> = {
  kill: run => killSoak({ ...run, seed, orders, kills, faults }),
  cart: run => onEmptyDatabase((_url, database) => cartSoak({ ...run, database, seed, carts: number('carts', short ? 30 : 1_000), kills: number('kills', short ? 3 : 100) }), false),
  cluster: run => onEmptyDatabase(databaseUrl => clusterSoak({ ...run, databaseUrl, seed, orders, kills, faults, refusals: 0.02, flushes: true })),
  outage: ({ say, redisUrl }) => onEmptyDatabase((_url, database) => outageSoak({ say, seed, database, onRedis: redisUrl !== undefined }), false),
  // Merging has no jobs: once is enough.
  identity: async ({ say, redisUrl }) => (redisUrl === undefined ? await onEmptyDatabase(databaseUrl => identitySoak({ say, databaseUrl, seed, sequences: number('sequences', short ? 300 : 10_000) })) : 'see PostgreSQL'),
  roles: run => onEmptyDatabase(databaseUrl => rolesSoak({ ...run, databaseUrl, seed })),
  start: async run => {
    for (let round = 0; round < (short ? 1 : 5); round++) await onEmptyDatabase(databaseUrl => startSoak({ ...run, databaseUrl, seed: seed + round }))
  },
}

const only = word('only')?.split(',') ?? Object.keys(soaks)
const redis = await startRedis()
let failed = 0
try {
  for (const [backend, redisUrl] of [['PostgreSQL', undefined], ['Redis', redis?.url]] as const) {
    if (backend === 'Redis' && redisUrl === undefined) continue
    if (word('backend') !== undefined && word('backend') !== backend.toLowerCase()) continue
    for (const [name, soak] of Object.entries(soaks)) {
      if (!only.includes(name)) continue
      const run: Run = { say: line => { console.log(`${backend}, ${name}: ${line}`) }, ...(redisUrl !== undefined && { redisUrl }) }
      try {
        console.log(`${backend}, ${name}: ${JSON.stringify(await soak(run)) ?? 'done'}`)
      } catch (error) {
        failed++
        console.error(`${backend}, ${name}: FAILED (repeat with --backend ${backend.toLowerCase()} --only ${name} --seed ${seed} --orders ${orders} --kills ${kills}): ${(error as Error).stack}`)
      }
    }
  }
} finally {
  await redis?.stop()
}
process.exitCode = failed === 0 ? 0 : 1
