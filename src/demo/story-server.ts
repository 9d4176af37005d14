/** The server that the story runs against: one that TANDEM_URL names, or one of its own in a folder that is gone afterwards. */
import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AddressInfo } from 'node:net'

export interface StoryServer {
  url: string
  backEndsUrl: string
  /** How it came about, in a few words. */
  how: string
  stop(): Promise<void>
}

const root = resolve(fileURLToPath(new URL('../..', import.meta.url)))

/** A port with a free one 900 above it, where the sample's back ends go. */
const freePort = async (): Promise<number> => {
  const listen = async (port: number): Promise<number> =>
    await new Promise((found, failed) => {
      const server = createServer()
      server.once('error', failed)
      server.listen(port, '127.0.0.1', () => {
        const { port: own } = server.address() as AddressInfo
        server.close(() => found(own))
      })
    })
  for (let tries = 0; tries < 20; tries++) {
    const port = await listen(0)
    if (port > 64_000) continue
    try {
      await listen(port + 900)
      return port
    } catch {
      // The other one is in use: another pair.
    }
  }
  throw new Error('There are no free ports')
}

const ready = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(1_000) })).ok
  } catch {
    // Not listening yet.
    return false
  }
}

/** Builds what is stale, then starts the server as `npm start` does. */
const startOwn = async (): Promise<StoryServer> => {
  execFileSync(process.execPath, [join(root, 'src/tools/build.mjs')], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  const dataDir = mkdtempSync(join(tmpdir(), 'tandem-story-'))
  // Started by root, the database runs as another user: it would be kept elsewhere, and stay, if that user could not enter.
  chmodSync(dataDir, 0o755)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const child = spawn(process.execPath, [join(root, 'dist/main.js')], {
    cwd: root,
    env: { ...process.env, PORT: String(port), HOST: '127.0.0.1', DATA_DIR: dataDir, SEED: 'sample', AUTH: 'open', NODE_ENV: 'development', LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'error' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-4_000)))
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      const ended = new Promise<void>(done => child.once('exit', () => done()))
      child.kill('SIGTERM')
      await ended
    }
    rmSync(dataDir, { recursive: true, force: true })
  }
  const deadline = Date.now() + 60_000
  while (!(await ready(url))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop()
      throw new Error(`The server did not become ready:\n${output}`)
    }
    await new Promise(tick => setTimeout(tick, 50))
  }
  return { url, backEndsUrl: `http://127.0.0.1:${port + 900}`, how: 'a server of its own on an empty folder', stop }
}

export const storyServer = async (environment: NodeJS.ProcessEnv): Promise<StoryServer> => {
  const url = environment['TANDEM_URL']?.replace(/\/+$/, '')
  if (url === undefined || url === '') return await startOwn()
  const backEndsUrl = environment['BACKENDS_URL']?.replace(/\/+$/, '') ?? Object.assign(new URL(url), { port: String(Number(new URL(url).port || 80) + 900) }).origin
  return { url, backEndsUrl, how: url, stop: () => Promise.resolve() }
}
