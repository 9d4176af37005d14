/**
 * The embedded PostgreSQL: one cluster per data folder, started when it does not run, adopted when a killed process left it running,
 * held by one Tandem at a time through an advisory lock (which the kernel frees whatever happens to its holder).
 */
import { spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { databaseHome, findPrograms, giveTo, unprivilegedUser, type Programs, type RunAs } from './embedded-binaries.ts'
import { StartError } from '../start-error.ts'

export interface EmbeddedOptions {
  dataDir: string
  /** A database for tests and tools: nothing waits for the disk, and a stop deletes it. */
  disposable?: boolean
  /** Told when the database had to be started again after it was running. */
  onRestart?: (message: string) => void
}

export interface Embedded {
  /** Connection URL of the database named `tandem`. */
  url: string
  /** Process id of the PostgreSQL server. */
  pid: () => number | undefined
  /** True when the server was running already, left by a process that was killed. */
  adopted: boolean
  /** Fast shutdown: open connections are cut. */
  stop: () => Promise<void>
}

interface Postmaster {
  pid: number
  port: number
  /** Folder of its Unix socket; empty where it has none. */
  sockets: string
}

const USER = 'tandem'
const DATABASE = 'tandem'
/** Any constant: the lock lives in a cluster that holds nothing but Tandem. */
const OWNER_LOCK = 7_263_361
const START_DEADLINE_MS = 60_000
const STOP_DEADLINE_MS = 7_000

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** A pid file can outlive its process, and another program can get the same number: after a reboot, or in a new container. */
const isServerOf = (pid: number, cluster: string): boolean => {
  if (!isAlive(pid)) return false
  const commandLine = `/proc/${pid}/cmdline`
  return existsSync(commandLine) ? readFileSync(commandLine, 'utf8').includes(cluster) : true
}

/** The server that runs on this cluster, from its postmaster.pid: pid, folder, start time, port, folder of the socket. */
const runningServer = (cluster: string): Postmaster | undefined => {
  const file = path.join(cluster, 'postmaster.pid')
  if (!existsSync(file)) return undefined
  const [pid, , , port, sockets = ''] = readFileSync(file, 'utf8').split('\n')
  const server = { pid: Number(pid), port: Number(port), sockets: sockets.trim() }
  if (isServerOf(server.pid, cluster)) return server.port > 0 ? server : undefined
  rmSync(file, { force: true })
  return undefined
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

/** Nothing of Tandem's own environment reaches the database: it may hold secrets, and PG* variables would change what it does. */
const ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }

const run = (program: string, args: string[], user: RunAs, cwd: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...user, cwd, env: ENVIRONMENT, stdio: ['ignore', 'ignore', 'pipe'] })
    let output = ''
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.once('error', reject)
    child.once('close', code => (code === 0 ? resolve() : reject(new Error(`${path.basename(program)} ended with ${code}: ${output.trim()}`))))
  })

/** Makes the cluster beside its place and moves it there whole, so that an interrupted start leaves nothing half made. */
const initialise = async (home: string, cluster: string, programs: Programs, user: RunAs, options: EmbeddedOptions): Promise<string> => {
  const passwordFile = path.join(home, 'database-password')
  if (!existsSync(passwordFile)) writeFileSync(passwordFile, randomBytes(24).toString('hex'), { mode: 0o600 })
  const password = readFileSync(passwordFile, 'utf8').trim()
  if (existsSync(path.join(cluster, 'PG_VERSION'))) return password

  const draft = `${cluster}-${randomUUID()}`
  giveTo(draft, user)
  const handover = `${draft}.password`
  writeFileSync(handover, password, { mode: 0o600 })
  if (user.uid !== undefined && user.gid !== undefined) chownSync(handover, user.uid, user.gid)
  try {
    // The builtin provider sorts the same on every machine, whatever locales it has.
    const locale = ['--no-locale', '--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
    const args = [`--pgdata=${draft}`, `--username=${USER}`, `--pwfile=${handover}`, '--auth=scram-sha-256', ...locale]
    await run(programs.initdb, options.disposable ? [...args, '--no-sync'] : args, user, '/')
    try {
      renameSync(draft, cluster)
    } catch (error) {
      if (!existsSync(path.join(cluster, 'PG_VERSION'))) throw error
    }
  } finally {
    rmSync(handover, { force: true })
    rmSync(draft, { recursive: true, force: true })
  }
  return password
}

const openLog = (home: string): number => {
  const file = path.join(home, 'postgres.log')
  if (existsSync(file) && statSync(file).size > 5_000_000) renameSync(file, `${file}.1`)
  return openSync(file, 'a', 0o640)
}

/** What the kernel takes for the path of a socket: 108 bytes with the closing one. */
const LONGEST_SOCKET = 107

/**
 * The cluster's own folder where a socket can be in it, which not every file system and no long path allows: a round trip takes a quarter less
 * by it than over the loopback device. Else nothing, and the port is the way.
 */
const socketFolder = async (cluster: string): Promise<string> => {
  const probe = path.join(cluster, `.s.probe.${process.pid}`)
  if (process.platform === 'win32' || cluster.includes(',') || Buffer.byteLength(path.join(cluster, '.s.PGSQL.65535.lock')) > LONGEST_SOCKET) return ''
  return await new Promise(resolve => {
    const server = createServer()
    server.once('error', () => resolve(''))
    server.listen(probe, () => server.close(() => resolve(cluster)))
  })
}

/** Starts the server in a session of its own: a Ctrl-C on the terminal is for Tandem, which stops the database last. */
const spawnServer = (home: string, cluster: string, port: number, sockets: string, programs: Programs, user: RunAs, options: EmbeddedOptions): void => {
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: sockets,
    timezone: 'UTC',
    jit: 'off',
    max_connections: '200',
    log_min_messages: 'warning',
    ...(options.disposable ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
  }
  const log = openLog(home)
  const args = ['-D', cluster, '-p', String(port), ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])]
  // A disposable one is of no use to anybody once its owner is gone, however it went: then the pipe closes, and `read` returns.
  const [program, ...programArgs] = options.disposable ? ['/bin/sh', '-c', '"$@" & read -r _; kill -INT $!; wait', 'sh', programs.postgres, ...args] : [programs.postgres, ...args]
  const child = spawn(program, programArgs, { ...user, cwd: '/', env: ENVIRONMENT, detached: true, stdio: [options.disposable ? 'pipe' : 'ignore', log, log] })
  child.once('error', () => undefined) // seen as a server that does not come up
  child.unref()
  const pipe = child.stdin as Socket | null
  pipe?.unref()
  closeSync(log)
}

const CANNOT_CONNECT_NOW = '57P03'

/** Connects when the server accepts connections; undefined while it starts, stops or is gone. */
const connectOwner = async (port: number, password: string): Promise<pg.Client | undefined> => {
  const client = new pg.Client({ host: '127.0.0.1', port, user: USER, password, database: 'postgres', application_name: `tandem owner ${process.pid}`, keepAlive: true })
  client.on('error', () => undefined) // followed by 'end', which is what is acted on
  try {
    await client.connect()
    return client
  } catch (error) {
    const code = (error as { code?: string }).code
    if (code === CANNOT_CONNECT_NOW || code === 'ECONNREFUSED' || code === 'ECONNRESET') return undefined
    throw error
  }
}

/** Takes the cluster for this process. A killed owner's lock is freed within moments, so a short wait tells it from a living one. */
const own = async (client: pg.Client, dataDir: string): Promise<void> => {
  for (let attempt = 0; attempt < 10; attempt++) {
    const { rows } = await client.query<{ owned: boolean }>('select pg_try_advisory_lock($1) as owned', [OWNER_LOCK])
    if (rows[0]?.owned) return
    await sleep(50)
  }
  const { rows } = await client.query<{ name: string }>(
    `select a.application_name as name from pg_locks l join pg_stat_activity a using (pid) where l.locktype = 'advisory' and l.objid = $1 and l.granted`,
    [OWNER_LOCK],
  )
  await client.end()
  const owner = rows[0]?.name.match(/\d+$/)?.[0] ?? 'unknown'
  throw new StartError(`Another Tandem (process ${owner}) already runs on DATA_DIR ${dataDir}: stop it, or give this one a DATA_DIR of its own`)
}

const shutDown = async (pid: number, cluster: string): Promise<void> => {
  const deadline = Date.now() + STOP_DEADLINE_MS
  process.kill(pid, 'SIGINT')
  while (isServerOf(pid, cluster)) {
    if (Date.now() > deadline) {
      process.kill(pid, 'SIGQUIT')
      return
    }
    await sleep(20)
  }
}

/** Starts or adopts the PostgreSQL of a data folder and holds it until `stop`. */
export const startEmbedded = async (options: EmbeddedOptions): Promise<Embedded> => {
  const dataDir = path.resolve(options.dataDir)
  const user = unprivilegedUser()
  const home = databaseHome(dataDir, user)
  const cluster = path.join(home, 'postgres')
  mkdirSync(home, { recursive: true })
  const programs = findPrograms(home, user)
  const password = await initialise(home, cluster, programs, user, options)
  const sockets = await socketFolder(cluster)
  let port: number | undefined
  let host = ''
  let owner: pg.Client | undefined
  let stopping = false

  /** Brings the server up, whatever state it is in, and owns it. Answers whether it was running before. */
  const acquire = async (): Promise<boolean> => {
    const deadline = Date.now() + START_DEADLINE_MS
    let spawnedAt = 0
    while (Date.now() < deadline && !stopping) {
      const server = runningServer(cluster)
      if (server) {
        const client = await connectOwner(server.port, password)
        if (client) {
          await own(client, dataDir)
          port = server.port
          host = server.sockets
          owner = client
          client.once('end', () => void recover())
          return spawnedAt === 0
        }
      } else if (Date.now() - spawnedAt > 3_000) {
        // The port of an earlier start is kept, because the pool's connections go there.
        spawnServer(home, cluster, port ?? (await freePort()), sockets, programs, user, options)
        spawnedAt = Date.now()
      }
      await sleep(20)
    }
    throw new StartError(`The embedded PostgreSQL did not start within ${START_DEADLINE_MS / 1000} s: see ${path.join(home, 'postgres.log')}`)
  }

  const recover = async (): Promise<void> => {
    if (stopping) return
    try {
      await acquire()
      options.onRestart?.('the embedded PostgreSQL had stopped and runs again')
    } catch (error) {
      if (!stopping) options.onRestart?.(`the embedded PostgreSQL stopped and could not be started again: ${String(error)}`)
    }
  }

  const adopted = await acquire()
  const held = owner as pg.Client | undefined
  const existing = await held?.query('select 1 from pg_database where datname = $1', [DATABASE])
  if (existing?.rows.length === 0) await held?.query(`create database ${DATABASE}`)

  const stop = async (): Promise<void> => {
    stopping = true
    await (owner as pg.Client | undefined)?.end()
    const server = runningServer(cluster)
    if (server) await shutDown(server.pid, cluster)
    if (options.disposable) rmSync(home, { recursive: true, force: true })
  }

  // pg takes the host of the query before that of the address, which is for whoever looks at it.
  const by = host === '' ? '' : `?host=${encodeURIComponent(host)}`
  return { url: `postgresql://${USER}:${password}@127.0.0.1:${port}/${DATABASE}${by}`, pid: () => runningServer(cluster)?.pid, adopted, stop }
}
