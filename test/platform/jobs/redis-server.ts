/** A Redis of a test's own, which it may flush and kill; the run's shared one has other users. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { freePort } from '../../support/servers.ts'

export interface OwnRedis {
  url: string
  /** Removes everything, as an operator or an eviction might. */
  flush(): Promise<void>
  /** Kills the server; `start` brings it back on the same port, empty. */
  kill(): Promise<void>
  start(): Promise<void>
}

const isUp = async (url: string): Promise<boolean> => {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return true
  } catch {
    return false
  } finally {
    client.disconnect()
  }
}

export const startOwnRedis = async (): Promise<OwnRedis> => {
  const program = ['redis-server', 'valkey-server'].find(name => spawnSync(name, ['--version']).status === 0) ?? 'redis-server'
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}`
  let child: ChildProcess | undefined
  const start = async (): Promise<void> => {
    child = spawn(program, ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], { stdio: 'ignore' })
    for (let attempt = 0; !(await isUp(url)); attempt++) {
      if (attempt > 100) throw new Error(`${program} did not start`)
      await sleep(50)
    }
  }
  await start()
  return {
    url,
    start,
    kill: async () => {
      if (!child || child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
    flush: async () => {
      const client = new Redis(url)
      await client.flushall()
      client.disconnect()
    },
  }
}
