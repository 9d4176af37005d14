/** A worker in a process of its own, for tests that kill it. Arguments: database URL, backend settings as JSON. */
import { pino } from 'pino'
import { openDatabase } from '../../../src/platform/database/database.ts'
import { createJobRunner } from '../../../src/platform/jobs/runner.ts'
import { plain, working } from './contract-jobs.ts'

const [url, settings] = process.argv.slice(2)
const log = pino({ level: 'silent' })
const database = openDatabase({ url: url! })
const runner = createJobRunner({ jobs: [plain, working], backend: JSON.parse(settings!), database, log, deps: () => ({ database }) })
await runner.start()
process.stdout.write('started\n')
process.on('SIGTERM', () => {
  void runner.stop().then(() => database.close()).then(() => process.exit(0))
})
