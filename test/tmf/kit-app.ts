/** A server with the kit and some resources, for tests of the kit itself: real Postgres, no modules, no jobs. */
import Fastify, { type FastifyInstance } from 'fastify'
import { installBodyParser } from '../../src/platform/http/body.ts'
import { installContext } from '../../src/platform/http/context.ts'
import { installErrorHandlers } from '../../src/platform/http/errors.ts'
import type { Context, Principal } from '../../src/platform/principal.ts'
import { systemContext } from '../../src/platform/principal.ts'
import { createAudit } from '../../src/tmf/audit/audit.ts'
import { serveApis, type ApiDocument } from '../../src/tmf/http/serve.ts'
import { createKit, type Kit } from '../../src/tmf/kit.ts'
import type { AnyResource } from '../../src/tmf/module.ts'
import type { Services, Store } from '../../src/tmf/services.ts'
import { createStore } from '../../src/tmf/store.ts'
import { createDatabase, type TestDatabase } from '../support/database.ts'

export interface KitApp {
  app: FastifyInstance
  kit: Kit
  store: Store
  database: TestDatabase
  context: Context
  documents: ApiDocument[]
  /** Who the next requests come from. */
  principal: { current: Principal }
  /** How often the relay was woken. */
  wakes: () => number
  close: () => Promise<void>
}

export async function createKitApp(resources: readonly AnyResource[]): Promise<KitApp> {
  const database = await createDatabase({ resources })
  let wakes = 0
  const services = {} as Services
  const kit = createKit({
    database,
    clock: { now: () => new Date() },
    resources,
    limits: { defaultLimit: 100, maxLimit: 1000, maxOffset: 10_000 },
    publicUrl: 'https://tandem.example.com',
    audit: createAudit(database),
    wakeRelay: () => void wakes++,
    services: () => services,
  })
  const store = createStore(kit)
  Object.assign(services, { store, database })
  const principal: { current: Principal } = { current: { id: 'tester', kind: 'open', brands: ['default', 'other'], permissions: ['*:*'] } }
  const app = Fastify()
  installErrorHandlers(app)
  installContext(app, () => principal.current)
  installBodyParser(app)
  const documents = await serveApis(app, { kit, permit: () => undefined, mountHub: () => undefined, ownRoutes: [], release: '0' })
  await app.ready()
  return {
    app,
    kit,
    store,
    database,
    context: systemContext('default', 'test'),
    documents,
    principal,
    wakes: () => wakes,
    close: async () => {
      await app.close()
      await database.close()
    },
  }
}
