/** Before the tests: one PostgreSQL with a migrated template database, and one Redis, for the whole run. */
import type { TestProject } from 'vitest/node'
import { startRedis, startTemplateDatabase } from './servers.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** URL of the migrated template; nobody connects to it while tests run. */
    templateUrl: string
    /** Empty where no Redis is installed. */
    redisUrl: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [database, redis] = await Promise.all([startTemplateDatabase(), startRedis()])
  project.provide('templateUrl', database.url)
  project.provide('redisUrl', redis?.url ?? '')
  return async () => {
    await Promise.all([database.stop(), redis?.stop()])
  }
}
