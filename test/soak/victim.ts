/** Tandem as a process that is killed and started again, with its embedded database beside it. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { projectRoot } from '../../src/platform/database/project-root.ts'

export interface Victim {
  url: string
  /** Starts it and waits until it is ready. */
  start: () => Promise<void>
  /** SIGKILL, at whatever instruction it stands. The database lives on. */
  kill: () => Promise<void>
  /** SIGSTOP: it neither works nor dies, and its connections stay open; `thaw` lets it go on where it stood. */
  freeze: () => void
  thaw: () => void
  /** SIGKILL to the orphaned database server as well. */
  killDatabase: () => void
  /** SIGTERM and the wait for its end; returns the exit code. */
  stop: () => Promise<number | null>
}

const postmaster = (folder: string): string | undefined => {
  if (!existsSync(folder)) return undefined
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const below = path.join(folder, entry.name)
    if (entry.isFile() && entry.name === 'postmaster.pid') return below
    if (entry.isDirectory() && !['base', 'pg_wal', 'global'].includes(entry.name)) {
      const found = postmaster(below)
      if (found) return found
    }
  }
  return undefined
}

/** `log`: an open file that its log goes to; nowhere without it. */
export function createVictim(port: number, dataDir: string, env: Record<string, string>, log?: number): Victim {
  const url = `http://127.0.0.1:${port}`
  let child: ChildProcess | undefined
  const ready = async (): Promise<void> => {
    for (let i = 0; i < 1200; i++) {
      if (child?.exitCode !== null) throw new Error(`Tandem ended with ${child?.exitCode} at its start`)
      try {
        if ((await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2000) })).status === 200) return
      } catch {
        // Not listening yet.
      }
      await sleep(50)
    }
    throw new Error('Tandem is not ready after 60 s')
  }
  return {
    url,
    async start() {
      child = spawn(process.execPath, ['--disable-warning=DeprecationWarning', 'dist/main.js'], {
        cwd: projectRoot,
        env: { ...process.env, NODE_ENV: 'test', LOG_LEVEL: 'error', PORT: String(port), DATA_DIR: dataDir, ...env },
        stdio: ['ignore', log ?? 'ignore', 'inherit'],
      })
      await ready()
    },
    async kill() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    killDatabase() {
      const file = postmaster(dataDir)
      if (!file) throw new Error(`No database runs below ${dataDir}`)
      process.kill(Number(readFileSync(file, 'utf8').split('\n')[0]), 'SIGKILL')
    },
    async stop() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
      return child.exitCode
    },
  }
}
