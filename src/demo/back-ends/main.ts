/** The simulators as a process of their own. Prints one JSON line when it is ready; ends on SIGTERM, SIGINT or POST /stop. */
import { startBackEnds } from './server.ts'
import { settingsFromEnvironment } from './settings.ts'

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
  const backEnds = await startBackEnds(settingsFromEnvironment(process.env), stop)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop)
  process.stdout.write(`${JSON.stringify({ ready: true, url: backEnds.url, pid: process.pid })}\n`)
} catch (error) {
  process.stderr.write(`back ends: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
