/** The servers that a test run needs beside the code under test: PostgreSQL (always) and Redis (where there is one). */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase } from '../../src/platform/database/database.ts'
import { startEmbedded } from '../../src/platform/database/embedded.ts'
import { migrate } from '../../src/platform/database/migrate.ts'

/** A folder for one run, that the database's user can enter too. */
export const temporaryFolder = (name: string): string => {
  const folder = mkdtempSync(path.join(tmpdir(), `tandem-${name}-`))
  chmodSync(folder, 0o755)
  return folder
}

export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

export interface RunningServer {
  url: string
  stop: () => Promise<void>
}

/** A PostgreSQL whose database `tandem` is migrated and left alone: the template of the tests' databases. */
export const startTemplateDatabase = async (): Promise<RunningServer> => {
  const folder = temporaryFolder('test-database')
  const embedded = await startEmbedded({ dataDir: folder, disposable: true })
  const database = openDatabase({ url: embedded.url })
  await migrate(database.pool)
  await database.close()
  return {
    url: embedded.url,
    stop: async () => {
      await embedded.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const answers = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })

const redisProgram = (): string | undefined => ['redis-server', 'valkey-server'].find(program => spawnSync(program, ['--version']).status === 0)

export interface RunningRedis extends RunningServer {
  port: number
  /** For tests of what happens when it dies (SIGKILL) or hangs (SIGSTOP, until SIGCONT). */
  signal: (name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT') => void
}

/**
 * A Redis of its own on a free port, or on the one of an earlier that died. Undefined where none is installed, which is said in a line;
 * CI has one, so there it is an error.
 */
export const startRedis = async (onPort?: number): Promise<RunningRedis | undefined> => {
  const program = redisProgram()
  if (!program) {
    if (process.env['CI']) throw new Error('CI runs the Redis tests, but neither redis-server nor valkey-server is installed')
    console.log('The tests on Redis are skipped: no redis-server or valkey-server is installed')
    return undefined
  }
  const port = onPort ?? (await freePort())
  const folder = temporaryFolder('test-redis')
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder, '--maxmemory-policy', 'noeviction', '--databases', '64']
  const child = spawn(program, settings, { stdio: 'ignore' })
  for (let attempt = 0; attempt < 200 && !(await answers(port)); attempt++) await sleep(25)
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    signal: name => void child.kill(name),
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit')
        child.kill('SIGTERM')
        await ended
      }
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
