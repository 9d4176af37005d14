/** `npm run soak [-- --short] [-- --seed N] [-- --orders N]`: the long form of the kill tests, on both job backends. */
import { startRedis } from '../support/servers.ts'
import { killSoak } from './kill.ts'

const words = process.argv.slice(2)
const number = (name: string, otherwise: number): number => {
  const at = words.indexOf(`--${name}`)
  return at < 0 ? otherwise : Number(words[at + 1])
}
const short = words.includes('--short')
const seed = number('seed', Date.now() % 1_000_000)
const orders = number('orders', short ? 30 : 200)
const kills = number('kills', short ? 3 : 25)
const faults = { errorRate: 0.05, repeatCallbackRate: 0.2, loseCallbackRate: 0.05, wrongAnswerRate: 0.03 }

const redis = await startRedis()
let failed = 0
try {
  for (const [backend, redisUrl] of [['PostgreSQL', undefined], ['Redis', redis?.url]] as const) {
    if (backend === 'Redis' && redisUrl === undefined) continue
    if (words.includes('--backend') && words[words.indexOf('--backend') + 1] !== backend.toLowerCase()) continue
    try {
      const report = await killSoak({ seed, orders, kills, faults, say: line => { console.log(`${backend}: ${line}`) }, ...(redisUrl !== undefined && { redisUrl }) })
      console.log(`${backend}: ${JSON.stringify(report)}`)
    } catch (error) {
      failed++
      console.error(`${backend}: FAILED (repeat with --seed ${seed} --orders ${orders} --kills ${kills}): ${(error as Error).stack}`)
    }
  }
} finally {
  await redis?.stop()
}
process.exitCode = failed === 0 ? 0 : 1
