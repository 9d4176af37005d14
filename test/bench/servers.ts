/** What a bench runs against: a fresh embedded PostgreSQL, Tandem on it as it is built for `npm start`, a process of its own, and the floor beside it. */
import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startEmbedded } from '../../src/platform/database/embedded.ts'

export interface BenchServers {
  tandem: string
  floor: string
  databaseUrl: string
  /** Process ids; of PostgreSQL the one that the others are children of. */
  processes: { Tandem: number; PostgreSQL: number }
  stop: () => Promise<void>
}

const freePort = async (): Promise<number> =>
  await new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => { resolve(port) })
    })
  })

const answers = async (url: string, child: ChildProcess): Promise<void> => {
  for (let i = 0; i < 300; i++) {
    if (child.exitCode !== null) throw new Error(`${url} ended with ${child.exitCode}`)
    try {
      const answer = await fetch(url)
      if (answer.status < 500) return
    } catch {
      // Not listening yet.
    }
    await sleep(100)
  }
  throw new Error(`${url} does not answer`)
}

const run = (words: readonly string[], env: Record<string, string>): ChildProcess =>
  spawn(process.execPath, words, { env: { ...process.env, NODE_ENV: 'test', LOG_LEVEL: 'warn', ...env }, stdio: ['ignore', 'ignore', 'inherit'] })

const ended = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null) return
  child.kill('SIGTERM')
  await new Promise(resolve => child.once('exit', resolve))
}

/**
 * Starts both on one database; `prepare` gets its address after the migrations have run.
 * @param roles what Tandem's process does: it answers only, unless the work of jobs is what is measured
 */
export async function startServers(prepare: (databaseUrl: string) => Promise<void>, roles: 'api' | 'api,worker' = 'api'): Promise<BenchServers> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tandem-bench-'))
  // The database's user has to enter it: else its files would lie elsewhere, and stay.
  chmodSync(folder, 0o755)
  const embedded = await startEmbedded({ dataDir: folder, disposable: false })
  const [port, floorPort] = [await freePort(), await freePort()]
  // As a process that answers only: what follows from an order is the work of others, and measured apart.
  const tandem = run(['dist/main.js'], { DATABASE_URL: embedded.url, PORT: String(port), SEED: 'none', ROLES: roles })
  await answers(`http://127.0.0.1:${port}/health/live`, tandem)
  await prepare(embedded.url)
  const floor = run(['--import', 'tsx', 'test/bench/floor-server.ts'], { DATABASE_URL: embedded.url, PORT: String(floorPort) })
  await answers(`http://127.0.0.1:${floorPort}/nothing`, floor)
  return {
    tandem: `http://127.0.0.1:${port}`,
    floor: `http://127.0.0.1:${floorPort}`,
    databaseUrl: embedded.url,
    processes: { Tandem: tandem.pid ?? 0, PostgreSQL: embedded.pid() ?? 0 },
    stop: async () => {
      await Promise.all([ended(tandem), ended(floor)])
      await embedded.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
