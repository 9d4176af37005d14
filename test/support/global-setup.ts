/** Before the tests: the built server, one PostgreSQL with a migrated template database, and one Redis, for the whole run. */
import { execFileSync } from 'node:child_process'
import path from 'node:path'
import type { TestProject } from 'vitest/node'
import { projectRoot } from '../../src/platform/database/project-root.ts'
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
  // `npm test` has built it; a run of single files starts what the sources say too.
  execFileSync(process.execPath, [path.join(projectRoot, 'src/tools/build.mjs')], { stdio: 'inherit' })
  const [database, redis] = await Promise.all([startTemplateDatabase(), startRedis()])
  project.provide('templateUrl', database.url)
  project.provide('redisUrl', redis?.url ?? '')
  return async () => {
    await Promise.all([database.stop(), redis?.stop()])
  }
}
