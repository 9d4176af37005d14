/** Tandem as a process of its own, the built server started as an operator would, for tests of starting, stopping and being killed. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { projectRoot } from '../../src/platform/database/project-root.ts'

export interface TandemProcess {
  child: ChildProcess
  /** Everything printed so far, both streams. */
  output: () => string
  /** Resolves with the server's base URL; rejects when it ends first. */
  ready: Promise<string>
  /** Exit code (null after a signal). */
  ended: Promise<number | null>
}

/** Runs the built server with these settings and no others. Give PORT: '0' unless the port is the point. */
export const startTandem = (settings: Record<string, string>, options: { entry?: string; cwd?: string } = {}): TandemProcess => {
  const entry = options.entry ?? path.join(projectRoot, 'dist/main.js')
  const loader = entry.endsWith('.ts') ? ['--import', import.meta.resolve('tsx')] : []
  const { PATH = '', HOME = '', TMPDIR } = process.env
  const child = spawn(process.execPath, ['--disable-warning=DeprecationWarning', ...loader, entry], {
    cwd: options.cwd ?? projectRoot,
    env: { PATH, HOME, ...(TMPDIR ? { TMPDIR } : {}), LOG_LEVEL: 'error', SEED: 'none', ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  const ready = new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      text += chunk.toString()
      const url = /APIs and documents\s+(http\S+)\/docs/.exec(text)?.[1]
      if (url && text.includes('Stop with Ctrl-C')) resolve(url)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    void ended.then(code => reject(new Error(`Tandem ended with ${code} before it was ready:\n${text}`)))
  })
  // A test that only looks at `ended` has nothing to do with it.
  ready.catch(() => undefined)
  return { child, output: () => text, ready, ended }
}
