/**
 * The simulators as a process of their own. Prints one JSON line when it is ready; ends on SIGTERM, SIGINT or POST /stop, and when
 * whoever started it is gone and nobody has asked anything for a while.
 */
import { startBackEnds } from './server.ts'
import { isAlive } from './process.ts'
import { settingsFromEnvironment } from './settings.ts'

/** A killed Tandem is usually back within this time; the stacks of a dead one are of no use to anybody. */
const orphanMs = Number(process.env['BACK_ENDS_ORPHAN_MS'] ?? 300_000)

// The parent that reads these pipes may be killed; the stacks go on.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)

try {
  const stop = (): void => {
    backEnds.close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`back ends: ${String(error)}\n`)
        process.exit(1)
      },
    )
  }
  let keeper = Number(process.env['BACK_ENDS_KEEPER'] ?? 0)
  const keptBy = (pid: number): void => {
    keeper = pid
  }
  const backEnds = await startBackEnds(settingsFromEnvironment(process.env), { stop, keptBy })
  setInterval(() => {
    if (keeper > 0 && !isAlive(keeper) && Date.now() - backEnds.lastRequestAt() > orphanMs) stop()
  }, 1_000).unref()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop)
  process.stdout.write(`${JSON.stringify({ ready: true, url: backEnds.url, pid: process.pid })}\n`)
} catch (error) {
  process.stderr.write(`back ends: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
