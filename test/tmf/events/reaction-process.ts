/** Runs a reaction that writes and then hangs, for a test that kills it there. Argument: database URL. */
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { openDatabase } from '../../../src/platform/database/database.ts'
import type { Outbound } from '../../../src/platform/http/outbound.ts'
import { createEventing } from '../../../src/tmf/events/eventing.ts'
import type { Reaction } from '../../../src/tmf/module.ts'
import type { Services } from '../../../src/tmf/services.ts'
import { callers, thing } from './things.ts'

const url = process.argv[2]!
const database = openDatabase({ url })
const hanging: Reaction = {
  name: 'test.record',
  on: ['ThingCreateEvent'],
  run: async (event, { tx }) => {
    await tx.query('insert into applied (reaction, resource_id, revision, pid) values ($1, $2, $3, $4)', ['test.record', event.resourceId, event.revision, process.pid])
    process.stdout.write('written\n')
    await sleep(60_000)
  },
}
const eventing = createEventing({ databaseUrl: url, database, resources: [thing], reactions: [hanging], outbound: {} as Outbound, callers, log: pino({ level: 'silent' }), deps: () => ({ database }) as unknown as Services })
await eventing.start({ worker: true })
while (!eventing.isRelaying()) await sleep(10)
process.stdout.write('started\n')
