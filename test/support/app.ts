/** An app for a test file: the real one, on a database of its own, reached through `app.inject`. */
import type { FastifyInstance } from 'fastify'
import { buildApp, type Route } from '../../src/app.ts'
import { readConfig, type SettingName } from '../../src/config.ts'
import { openDatabase, type PooledDatabase } from '../../src/platform/database/database.ts'
import type { JobRunner } from '../../src/platform/jobs/runner.ts'
import type { Module } from '../../src/tmf/module.ts'
import type { Services } from '../../src/tmf/services.ts'
import { createDatabaseUrl, prepareResources } from './database.ts'

export interface TestAppOptions {
  /** Settings as an operator would give them: `{ AUTH: 'key', BOOTSTRAP_KEY: '…' }`. */
  settings?: Partial<Record<SettingName, string>>
  /** Instead of those of modules/index.ts, in dependency order. Their generated columns are made when the migrations lack them. */
  modules?: readonly Module[]
  /** An existing database, which `close` then leaves alone: a second app beside the first. */
  databaseUrl?: string
}

export interface TestApp {
  /** `await app.inject({ method: 'POST', url: '/tmf-api/…', payload })` */
  app: FastifyInstance
  services: Services
  database: PooledDatabase
  jobs: JobRunner
  routes: readonly Route[]
  databaseUrl: string
  /** Listens on a free port of 127.0.0.1 and answers the base URL, for what needs real HTTP (callbacks, streams). */
  listen: () => Promise<string>
  close: () => Promise<void>
}

/**
 * Builds and starts an app: modules are loaded and jobs run (`ROLES: 'api'` leaves the jobs out, which starts faster).
 * Quiet, without sample data, open to all; `settings` change that.
 */
export const createTestApp = async (options: TestAppOptions = {}): Promise<TestApp> => {
  const own = options.databaseUrl === undefined ? await createDatabaseUrl() : undefined
  const databaseUrl = options.databaseUrl ?? own?.url ?? ''
  const config = readConfig({ SEED: 'none', LOG_LEVEL: 'error', PORT: '0', DATABASE_CONNECTIONS: '8', NODE_ENV: 'test', HUB_ALLOWED_HOSTS: '127.0.0.1', OVERLOAD_LAG_MS: '60000', ...options.settings, DATABASE_URL: databaseUrl })
  if (options.modules) {
    const database = openDatabase({ url: databaseUrl, connections: 1 })
    await prepareResources(database, options.modules.flatMap(module => module.resources ?? []))
    await database.close()
  }
  const app = await buildApp({ ...config, databaseUrl }, options.modules ? { modules: options.modules } : {})
  await app.start()
  return {
    app: app.fastify,
    services: app.services,
    database: app.database,
    jobs: app.jobs,
    routes: app.routes,
    databaseUrl,
    listen: () => app.fastify.listen({ host: '127.0.0.1', port: 0 }),
    close: async () => {
      await app.close()
      await own?.drop()
    },
  }
}
