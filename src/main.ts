/** The entry: settings, database, app, listen; a graceful stop on SIGTERM and Ctrl-C. What stops it from starting is one line and an exit code. */
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { buildApp, type App } from './app.ts'
import { readConfig, type Config } from './config.ts'
import { startSampleProvider, type SampleProvider } from './demo/index.ts'
import { startEmbedded, type Embedded } from './platform/database/embedded.ts'
import { StartError } from './platform/start-error.ts'

/** A stop that hangs ends here, whatever it waits for: 10 s is what the outside gives it. */
const STOP_LIMIT_MS = 9_500

interface Running {
  app: App
  embedded: Embedded | undefined
  sample: SampleProvider | undefined
  url: string
}

const listening = async (work: Promise<unknown>, { host, port }: Config): Promise<void> => {
  try {
    await work
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'EADDRINUSE') throw new StartError(`PORT ${port} on ${host} is taken: stop what uses it, or set PORT to another one`)
    if (code === 'EACCES') throw new StartError(`PORT ${port} on ${host} may not be used by this user: set PORT to one above 1023`)
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') throw new StartError(`HOST ${host} is not an address of this machine`)
    throw error
  }
}

/** Says at once what would otherwise be said when everything else has started. */
const tryPort = async ({ host, port }: Config): Promise<void> => {
  const probe = createServer().listen({ host, port })
  await once(probe, 'listening')
  probe.close()
  await once(probe, 'close')
}

const listen = async (app: App, config: Config): Promise<string> => {
  await listening(app.fastify.listen({ host: config.host, port: config.port }), config)
  const address = app.fastify.server.address() as AddressInfo
  return `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`
}

const start = async (config: Config): Promise<Running> => {
  await listening(tryPort(config), config)
  const embedded = config.databaseUrl ? undefined : await startEmbedded({ dataDir: config.dataDir, onRestart: message => console.error(message) })
  try {
    const app = await buildApp({ ...config, databaseUrl: config.databaseUrl ?? (embedded as Embedded).url })
    let sample: SampleProvider | undefined
    try {
      sample = config.seed === 'sample' ? await startSampleProvider(app.services, config) : undefined
      await app.start()
      const url = await listen(app, config)
      app.warm().catch((error: unknown) => app.services.log.error({ err: error }, 'a validator could not be compiled'))
      return { app, embedded, sample, url }
    } catch (error) {
      await Promise.all([app.close(), sample?.stop()])
      throw error
    }
  } catch (error) {
    await embedded?.stop()
    throw error
  }
}

/** What is where, for whoever started it on a terminal. */
const banner = ({ url, embedded, sample, app }: Running, config: Config, milliseconds: number): string => {
  const roles = config.roles.join(' and ')
  const lines = [
    `Tandem is ready after ${(milliseconds / 1000).toFixed(1)} s (${roles})`,
    '',
    `  APIs and documents   ${url}/docs`,
    `  Health               ${url}/health/ready`,
    `  Database             ${embedded ? `embedded PostgreSQL, data in ${config.dataDir}` : 'DATABASE_URL'}`,
    `  Jobs                 ${config.redisUrl ? 'REDIS_URL' : 'on the same database'}`,
    ...(sample ? [`  Sample provider      its back ends answer at ${sample.backEndsUrl}`] : []),
    `  Modules              ${app.modules.join(', ') || 'none'}`,
    ...(config.auth === 'open' ? ['', '  Open: whoever reaches this address on this machine may do everything (AUTH=key or AUTH=oidc changes that)'] : []),
    '',
    '  Stop with Ctrl-C',
  ]
  return lines.join('\n')
}

/** What starts processes for others (`timeout`, a supervisor that signals a group) passes one wish on twice. */
const SAME_WISH_MS = 1_000

/** Ends what was started, once; whoever asks again does not wait. */
const stopOnSignals = ({ app, embedded, sample }: Running): void => {
  let askedAt: number | undefined
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (askedAt !== undefined) {
      if (performance.now() - askedAt > SAME_WISH_MS) process.exit(1)
      return
    }
    askedAt = performance.now()
    setTimeout(() => {
      console.error(`Tandem did not finish within ${STOP_LIMIT_MS / 1000} s of ${signal} (still open: ${app.open().join(', ') || 'the embedded database'}); the next start takes over what is left`)
      process.exit(1)
    }, STOP_LIMIT_MS).unref()
    await app.close()
    await Promise.all([sample?.stop(), embedded?.stop()])
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      stop(signal).catch((error: unknown) => {
        console.error('Tandem could not stop cleanly:', error)
        process.exit(1)
      })
    })
  }
}

const main = async (): Promise<void> => {
  const config = readConfig()
  const running = await start(config)
  stopOnSignals(running)
  console.log(banner(running, config, performance.now()))
}

try {
  await main()
} catch (error) {
  console.error(error instanceof StartError ? `Tandem did not start. ${error.message}` : error)
  // Timers or sockets of what was half started must not keep a process alive that serves nothing.
  process.exit(1)
}
