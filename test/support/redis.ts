/** The run's Redis, for tests that need one: `describe.runIf(redisUrl)`. */
import { inject } from 'vitest'

/** URL of the run's Redis; undefined where none is installed (never in CI). */
export const redisUrl: string | undefined = inject('redisUrl') || undefined
