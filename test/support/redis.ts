/** The run's Redis, for tests that need one: `describe.runIf(redisUrl)`; each test file takes a database number of its own. */
import { inject } from 'vitest'

/** URL of the run's Redis; undefined where none is installed (never in CI). */
export const redisUrl: string | undefined = inject('redisUrl') || undefined

const worker = Number(process.env['VITEST_POOL_ID'] ?? '0')

/** The run's Redis with a database number for this worker: files that run side by side do not see each other's keys. */
export const workerRedisUrl: string | undefined = redisUrl && `${redisUrl}/${worker % 64}`
