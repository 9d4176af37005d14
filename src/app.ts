/**
 * Puts the house together: platform, kit, and the modules that run, in dependency order. Knows every room and holds no logic of its own;
 * nothing but main, tests and tools imports it.
 */
import Fastify, { type FastifyInstance } from 'fastify'
import type { Config } from './config.ts'
import { modules as allModules } from './modules/index.ts'
import { apiKeyRoutes } from './platform/auth/api-key-routes.ts'
import { createAuthenticator } from './platform/auth/authenticator.ts'
import { createCallers } from './platform/auth/callers.ts'
import { noDirectory } from './platform/auth/directory.ts'
import { requireOperator, requirePermission } from './platform/auth/permission.ts'
import { clockRoutes } from './platform/clock-routes.ts'
import { createClock } from './platform/clock.ts'
import { assertReachable, openDatabase, type PooledDatabase } from './platform/database/database.ts'
import { migrate } from './platform/database/migrate.ts'
import { createPrisma } from './platform/database/prisma.ts'
import { Refusal } from './platform/errors.ts'
import { installBodyParser } from './platform/http/body.ts'
import { installContext, requestId } from './platform/http/context.ts'
import { handleClientError, handleFrameworkError, installErrorHandlers } from './platform/http/errors.ts'
import { originsOf } from './platform/http/origins.ts'
import { createOutbound } from './platform/http/outbound.ts'
import { installOverload } from './platform/http/overload.ts'
import { createJobRunner, type JobRunner } from './platform/jobs/runner.ts'
import { createSecrets } from './platform/secrets.ts'
import { StartError } from './platform/start-error.ts'
import { installHealth, type Health } from './platform/telemetry/health.ts'
import { createLogger, passwordOf } from './platform/telemetry/logger.ts'
import { createMetrics, installMetrics } from './platform/telemetry/metrics.ts'
import { tracedDatabase } from './platform/telemetry/database-spans.ts'
import { traceOutgoing } from './platform/telemetry/outgoing-spans.ts'
import { installRequestLog, RequestLogController } from './platform/telemetry/request-log.ts'
import { installRequestSpans } from './platform/telemetry/request-spans.ts'
import { createTracing } from './platform/telemetry/tracing.ts'
import { createAudit } from './tmf/audit/audit.ts'
import { installAuditOfRefusals } from './tmf/audit/requests.ts'
import { cleaningJob } from './tmf/events/cleaner.ts'
import { createEventing, type Eventing } from './tmf/events/eventing.ts'
import { externalRoutes } from './tmf/external/routes.ts'
import { serveApis, type ApiDocument } from './tmf/http/serve.ts'
import { kitHoldings } from './tmf/events/holdings.ts'
import { createKit } from './tmf/kit.ts'
import type { AnyResource, Module } from './tmf/module.ts'
import type { Services } from './tmf/services.ts'
import { rankChangeJob } from './tmf/provenance/rank-change.ts'
import { provenanceRoutes } from './tmf/provenance/routes.ts'
import { createStore } from './tmf/store.ts'
import { collectTags } from './tmf/tags.ts'

export interface AppOptions {
  /** Instead of those of modules/index.ts. */
  modules?: readonly Module[]
}

export interface Route {
  method: string
  url: string
  /** Answered without authentication. */
  isPublic: boolean
}

export interface App {
  fastify: FastifyInstance
  services: Services
  database: PooledDatabase
  jobs: JobRunner
  documents: readonly ApiDocument[]
  /** Every route that is served, for those who check that each is accounted for. */
  routes: readonly Route[]
  /** Names of the modules that run. */
  modules: readonly string[]
  /** What the modules load and the workers do; call it once, before listening. */
  start: () => Promise<void>
  /** Gets ready in the background what a first request would otherwise wait for; call it once it listens. */
  warm: () => Promise<void>
  /** Finishes what is in hand and closes every connection. */
  close: () => Promise<void>
  /** What `close` still waits for. */
  open: () => readonly string[]
}

/** The modules that run, each after those it depends on. */
export const runningModules = (config: Pick<Config, 'modules'>, available: readonly Module[]): readonly Module[] => {
  const wanted = config.modules
  const unknown = wanted?.filter(name => !available.some(module => module.name === name)) ?? []
  if (unknown.length > 0) throw new StartError(`MODULES must be among ${available.map(module => module.name).join(', ')}, not ${unknown.join(', ')}`)
  const running = available.filter(module => wanted?.includes(module.name) ?? true)
  running.forEach((module, position) => {
    const before = running.slice(0, position).map(other => other.name)
    const missing = module.dependsOn.filter(name => !before.includes(name))
    if (missing.length > 0) throw new StartError(`MODULES: ${module.name} needs ${missing.join(', ')}`)
  })
  return running
}

/** Names of the attributes that must not reach the log. */
const taggedNames = (resources: readonly AnyResource[]): { personal: string[]; secret: string[] } => {
  const names = { personal: new Set<string>(), secret: new Set<string>() }
  for (const { path, tag } of resources.flatMap(resource => collectTags(resource.schema))) names[tag].add(path.replaceAll('[]', '').split('.').at(-1) ?? path)
  return { personal: [...names.personal], secret: [...names.secret] }
}

/**
 * Counts the rows in a state, up to ten thousand: a larger backlog is no more telling, and dearer to count. The state stands in the text
 * because only then a prepared statement uses the partial index.
 */
const inState = async (database: PooledDatabase, table: 'event_reaction' | 'hub_delivery', state: 'due' | 'dead'): Promise<{ labels: { state: string }; value: number }> => {
  const [row] = await database.query<{ waiting: number }>({ name: `waiting-${table}-${state}`, text: `select count(*)::int as waiting from (select from ${table} where state = '${state}' limit 10000) as backlog` }, [])
  return { labels: { state }, value: row?.waiting ?? 0 }
}

const byResult = (counts: Readonly<Record<string, number>>): { labels: { result: string }; value: number }[] => Object.entries(counts).map(([result, value]) => ({ labels: { result }, value }))

/** What orchestrators and dashboards ask for. */
const installTelemetry = (fastify: FastifyInstance, { database, jobs, log }: Pick<App, 'database' | 'jobs'> & { log: Services['log'] }, eventing: Pick<Eventing, 'isRelaying' | 'counts' | 'streams'>): Health => {
  const metrics = createMetrics(error => log.warn({ err: error }, 'a metric could not be read'))
  metrics.gauge({ name: 'tandem_database_connections', help: 'Connections of this process to the database', labels: ['state'], read: () => [
    { labels: { state: 'open' }, value: database.pool.totalCount + database.custom.totalCount },
    { labels: { state: 'idle' }, value: database.pool.idleCount + database.custom.idleCount },
    { labels: { state: 'waited_for' }, value: database.pool.waitingCount + database.custom.waitingCount },
  ] })
  metrics.gauge({ name: 'tandem_outbox_waiting', help: 'Events that have no position yet', read: async () => {
    const [row] = await database.query<{ waiting: number }>({ name: 'outbox-waiting', text: 'select count(*)::int as waiting from event where position is null' }, [])
    return row?.waiting ?? 0
  } })
  metrics.gauge({ name: 'tandem_reactions_waiting', help: 'Reactions to events that are due or given up', labels: ['state'], read: () => Promise.all([inState(database, 'event_reaction', 'due'), inState(database, 'event_reaction', 'dead')]) })
  metrics.gauge({ name: 'tandem_hub_deliveries_waiting', help: 'Events on their way to listeners', labels: ['state'], read: async () => [await inState(database, 'hub_delivery', 'due')] })
  metrics.gauge({ name: 'tandem_relay_holder', help: 'Whether this process gives events their positions', read: () => (eventing.isRelaying() ? 1 : 0) })
  metrics.gauge({ name: 'tandem_event_streams', help: 'Live event streams that are open', read: () => eventing.streams() })
  metrics.gauge({ name: 'tandem_dead_letters', help: 'Jobs that wait for an operator', read: () => jobs.deadLetters.count() })
  metrics.counter({ name: 'tandem_jobs_total', help: 'Jobs of this process by how they ended', labels: ['job', 'result'], read: () =>
    [...jobs.countsByJob()].flatMap(([job, { completed, failed, dead, enqueueFailed }]) => byResult({ completed, failed, dead, enqueue_failed: enqueueFailed }).map(({ labels, value }) => ({ labels: { job, ...labels }, value }))),
  })
  metrics.counter({ name: 'tandem_reactions_total', help: 'Reactions of this process to events by how they ended', labels: ['result'], read: () => byResult({ ...eventing.counts().reactions }) })
  metrics.counter({ name: 'tandem_hub_deliveries_total', help: 'Deliveries of this process to listeners by how they ended', labels: ['result'], read: () => byResult(eventing.counts().deliveries) })
  installRequestLog(fastify)
  installMetrics(fastify, metrics)
  return installHealth(fastify, {
    checks: {
      database: { needed: true, run: async () => void (await database.query('select 1')) },
      // Without the queue requests are still answered, and the work they leave is found when it is back.
      jobs: { needed: false, run: async () => {
        if (!(await jobs.reachable())) throw new Error('the job queue cannot be reached')
      } },
    },
    onFailure: (check, error) => log.warn({ err: error, check }, 'a health check failed'),
  })
}

/** A process that only works answers who watches it and the back ends that it has asked; requests are for those with the role `api`. */
const answerKeepersOnly = (fastify: FastifyInstance): void => {
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (request.routeOptions.config.public === true || request.url === '/metrics') done()
    else done(new Refusal({ status: 404, code: 'notServed', reason: 'This process does not answer requests', message: 'It only works (ROLES=worker): ask one that has the role api' }))
  })
}

const listeningOn = (fastify: FastifyInstance): number | undefined => {
  const address = fastify.server.address()
  return address !== null && typeof address === 'object' ? address.port : undefined
}

/** Lets requests in hand finish, as long as there is time for it. */
const endRequests = async (fastify: FastifyInstance, deadlineMs: number): Promise<void> => {
  const timer = setTimeout(() => fastify.server.closeAllConnections(), deadlineMs)
  await fastify.close()
  clearTimeout(timer)
}

/** Builds everything on a reachable database, which it brings to this build's schema. Nothing runs or listens yet. */
export const buildApp = async (config: Config & { databaseUrl: string }, options: AppOptions = {}): Promise<App> => {
  const modules = runningModules(config, options.modules ?? allModules)
  const log = createLogger({
    level: config.logLevel,
    tagged: taggedNames(modules.flatMap(module => module.resources ?? [])),
    secrets: [config.bootstrapKey, config.secretsKey, passwordOf(config.databaseUrl), passwordOf(config.redisUrl)],
  })
  const database = openDatabase({
    url: config.databaseUrl,
    connections: config.databaseConnections,
    onError: error => log.warn({ err: error }, 'a database connection was lost'),
  })
  try {
    return await compose(config, modules, log, database)
  } catch (error) {
    await database.close()
    throw error
  }
}

const partsOf = (modules: readonly Module[]): Services['parts'] => ({
  resources: modules.flatMap(module => module.resources ?? []),
  view: modules.flatMap(module => module.contributions?.view ?? []),
  personal: [...kitHoldings, ...modules.flatMap(module => module.contributions?.personal ?? [])],
  search: modules.flatMap(module => module.contributions?.search ?? []),
  lookups: modules.flatMap(module => module.contributions?.lookups ?? []),
  peers: modules.flatMap(module => module.contributions?.peers ?? []),
  recognized: modules.flatMap(module => module.contributions?.recognized ?? []),
  unmergeable: modules.flatMap(module => module.contributions?.unmergeable ?? []),
})

const compose = async (config: Config & { databaseUrl: string }, modules: readonly Module[], log: Services['log'], pooled: PooledDatabase): Promise<App> => {
  const tracing = config.tracing && (await createTracing(config.tracing, log))
  const database = tracing ? tracedDatabase(pooled, tracing) : pooled
  await assertReachable(database)
  const applied = await migrate(database.pool)
  if (applied.length > 0) log.debug({ migrations: applied }, 'the database was brought to this version')

  const resources = modules.flatMap(module => module.resources ?? [])
  // The kit and the jobs work with the services, which hold both: they ask for them when they run.
  const lazyServices = (): Services => services
  const complain = (what: string) => (error: Error): void => log.warn({ err: error }, what)
  const clock = await createClock(database, { movable: !config.production, onError: complain('business time could not be read') })
  const authentication = await createAuthenticator(config, database, complain('authentication is impaired'))
  const outbound = createOutbound(config.hubAllowedHosts)
  const eventing = createEventing({
    databaseUrl: config.databaseUrl,
    database,
    resources,
    reactions: modules.flatMap(module => module.reactions ?? []),
    outbound,
    callers: createCallers({ authentication, directory: () => directory }),
    secrets: createSecrets(config.secretsKey),
    streamLimits: config.eventStreams,
    log,
    deps: lazyServices,
    extensions: () => kit.extensions,
    tracing,
  })
  const audit = createAudit(database)
  const kit = createKit({
    database,
    clock,
    resources,
    limits: { defaultLimit: Math.min(100, config.pageLimit), maxLimit: config.pageLimit, maxOffset: 1_000_000 },
    publicUrl: config.publicUrl,
    ownOrigins: () => originsOf(config.host, listeningOn(fastify) ?? config.port),
    audit,
    wakeRelay: eventing.wakeRelay,
    services: lazyServices,
  })
  const jobs = createJobRunner<Services>({
    jobs: [cleaningJob, rankChangeJob(() => kit), ...modules.flatMap(module => module.jobs ?? [])],
    backend: config.redisUrl ? { kind: 'redis', url: config.redisUrl } : { kind: 'postgres', connectionString: config.databaseUrl },
    database,
    log,
    deps: lazyServices,
    tracing,
  })
  const services: Services = { config, log, clock, database, prisma: createPrisma(database.custom), store: createStore(kit), jobs, positions: eventing.positions, audit, parts: partsOf(modules) }

  const fastify = Fastify({
    loggerInstance: log,
    logController: new RequestLogController(),
    genReqId: requestId,
    frameworkErrors: handleFrameworkError,
    clientErrorHandler: handleClientError,
    bodyLimit: config.bodyLimit,
    routerOptions: { maxParamLength: 1_000 },
    ajv: { customOptions: { allErrors: true, coerceTypes: false, removeAdditional: false } },
    requestTimeout: 30_000,
    return503OnClosing: true,
    forceCloseConnections: 'idle',
  }) as unknown as FastifyInstance
  installErrorHandlers(fastify)
  if (tracing) installRequestSpans(fastify, tracing)
  const untraceOutgoing = tracing && traceOutgoing(tracing)
  installOverload(fastify, { lagMs: config.overloadLagMs, waiting: () => database.pool.waitingCount + database.custom.waitingCount, mostWaiting: 50 * config.databaseConnections })
  const routes: Route[] = []
  // The documents say what the APIs are, not what is in them.
  fastify.addHook('onRoute', route => {
    if (route.url.startsWith('/docs')) route.config = { ...route.config, public: true }
    for (const method of [route.method].flat()) routes.push({ method, url: route.url, isPublic: (route.config as { public?: boolean } | undefined)?.public === true })
  })
  const directory = modules.find(module => module.directory)?.directory?.(services) ?? noDirectory
  installContext(fastify, authentication.authenticate, directory)
  installAuditOfRefusals(fastify, audit)
  if (!config.roles.includes('api')) answerKeepersOnly(fastify)
  installBodyParser(fastify)
  const health = installTelemetry(fastify, { database, jobs, log }, eventing)
  const operations = eventing.operations(jobs.deadLetters)
  const documents = await serveApis(fastify, {
    kit,
    permit: requirePermission,
    mountHub: (scope, api) => eventing.mountHub(scope, api, requirePermission),
    ownRoutes: [
      apiKeyRoutes(database),
      clockRoutes(clock),
      scope => eventing.mountAllEvents(scope),
      scope => eventing.mountOperations(scope, operations, requireOperator),
      externalRoutes({ kit, permit: requirePermission, bodyLimit: config.bodyLimit }),
      provenanceRoutes({ kit, deps: lazyServices, permit: requirePermission }),
      ...modules.map(module => (scope: FastifyInstance) => module.routes?.(scope, services)),
    ],
    release: '0.1.0',
  })
  await fastify.ready()

  const open = new Set<string>()
  const ends = async (part: string, end: Promise<void> | undefined): Promise<void> => {
    open.add(part)
    await end
    open.delete(part)
  }
  return {
    fastify,
    services,
    database,
    jobs,
    documents,
    routes,
    modules: modules.map(module => module.name),
    warm: () => kit.warm(),
    start: async () => {
      await jobs.prepare()
      await eventing.positions.start()
      await kit.extensions.start(eventing.positions)
      for (const module of modules) await module.start?.(services)
      await eventing.start({ worker: config.roles.includes('worker') })
      if (config.roles.includes('worker')) await jobs.start()
    },
    close: async () => {
      health.drain()
      await Promise.all([ends('requests', endRequests(fastify, config.stopTimeoutMs)), ends('jobs', jobs.stop(config.stopTimeoutMs)), ends('events', eventing.stop(config.stopTimeoutMs))])
      kit.extensions.stop()
      for (const module of [...modules].reverse()) await ends(module.name, module.stop?.(services))
      await Promise.all([ends('outgoing requests', outbound.close()), ends('clock', clock.close()), ends('authentication', authentication.close())])
      await services.prisma.$disconnect()
      untraceOutgoing?.()
      await ends('tracing', tracing?.close())
      await ends('database', database.close())
    },
    open: () => [...open],
  }
}
