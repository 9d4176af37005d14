/** Starts the simulators as their own process, or takes over the one that a killed parent left on the same folder. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { isAlive } from './process.ts'
import { defaultSettings, settingsToEnvironment } from './settings.ts'
import type { BackEndSettings } from './settings.ts'

export interface BackEndProcess {
  url: string
  pid: number
  adopted: boolean
  /** Ends the process in good order; harmless when it is gone. */
  stop(): Promise<void>
}

interface Health {
  service: string
  pid: number
  dataDir: string
  settings: BackEndSettings
}

const healthAt = async (url: string): Promise<Health | undefined> => {
  try {
    const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(2_000) })
    const body = (await answer.json()) as Health
    return body.service === 'tandem-back-ends' ? body : undefined
  } catch {
    // Nobody there, or somebody else: both mean that there is nothing to take over.
    return undefined
  }
}

const ended = async (pid: number, withinMs: number): Promise<boolean> => {
  const until = Date.now() + withinMs
  while (isAlive(pid)) {
    if (Date.now() > until) return false
    await new Promise(tick => setTimeout(tick, 20))
  }
  return true
}

const stopAt = async (url: string, pid: number): Promise<void> => {
  try {
    await fetch(`${url}/stop`, { method: 'POST', signal: AbortSignal.timeout(2_000) })
  } catch {
    // It does not listen any more; what counts is whether the process ends.
  }
  if (!(await ended(pid, 5_000))) throw new Error(`The back ends (process ${pid}) do not stop`)
}

/** The survivor of an earlier start on this folder. */
const survivor = async (settings: BackEndSettings): Promise<{ url: string; health: Health } | undefined> => {
  const path = join(settings.dataDir, 'process.json')
  if (!existsSync(path)) return undefined
  const { url } = JSON.parse(readFileSync(path, 'utf8')) as { url: string }
  const health = await healthAt(url)
  return health && resolve(health.dataDir) === settings.dataDir ? { url, health } : undefined
}

/** Run from the sources the entry needs tsx, whose loader is named absolutely: the working directory may be anywhere. */
const command = (): string[] => {
  const sources = import.meta.url.endsWith('.ts')
  return sources ? ['--import', import.meta.resolve('tsx'), fileURLToPath(new URL('./main.ts', import.meta.url))] : [fileURLToPath(new URL('./back-ends.js', import.meta.url))]
}

/** Resolves when the process answers. A process on the same folder with equal settings is taken over, one with other settings is stopped first. */
export const spawnBackEnds = async (options: Partial<BackEndSettings> & { dataDir: string }): Promise<BackEndProcess> => {
  const settings: BackEndSettings = { ...defaultSettings, ...options, dataDir: resolve(options.dataDir) }
  const found = await survivor(settings)
  if (found) {
    const { url, health } = found
    const wanted = settings.port === 0 ? { ...settings, port: health.settings.port } : settings
    const same = Object.entries(wanted).every(([name, value]) => health.settings[name as keyof BackEndSettings] === value)
    if (same) {
      await fetch(`${url}/keeper`, { method: 'POST', body: JSON.stringify({ pid: process.pid }), signal: AbortSignal.timeout(2_000) })
      return { url, pid: health.pid, adopted: true, stop: () => (isAlive(health.pid) ? stopAt(url, health.pid) : Promise.resolve()) }
    }
    await stopAt(url, health.pid)
  }

  const child = spawn(process.execPath, command(), { env: { ...process.env, ...settingsToEnvironment(settings), BACK_ENDS_KEEPER: String(process.pid) }, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const pid = child.pid
  if (pid === undefined) throw new Error('The back ends could not be started')
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-2_000)
  })
  const url = await new Promise<string>((ready, failed) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      failed(new Error('The back ends did not answer within 20 s'))
    }, 20_000)
    child.once('error', failed)
    child.once('exit', code => {
      clearTimeout(timer)
      failed(new Error(`The back ends could not start (exit ${code}): ${errors.trim()}`))
    })
    createInterface({ input: child.stdout }).once('line', line => {
      clearTimeout(timer)
      ready((JSON.parse(line) as { url: string }).url)
    })
  })
  child.removeAllListeners('exit')
  // Nothing here waits for it: a stop is asked for by stop(), and a parent that dies leaves it to the next start.
  child.unref()
  ;(child.stdout as unknown as { unref(): void }).unref()
  ;(child.stderr as unknown as { unref(): void }).unref()
  return {
    url,
    pid,
    adopted: false,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      if (await ended(pid, 5_000)) return
      child.kill('SIGKILL')
    },
  }
}
