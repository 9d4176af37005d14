/** A relay in a process of its own, for tests that kill it. Argument: database URL. */
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { openDatabase } from '../../../src/platform/database/database.ts'
import { createRelay } from '../../../src/tmf/events/relay.ts'
import { thing } from './things.ts'

const url = process.argv[2]!
const relay = createRelay({ url, database: openDatabase({ url }), resources: [thing], reactions: [], log: pino({ level: 'silent' }) })
relay.start()
while (!relay.isHolder()) await sleep(10)
process.stdout.write('relaying\n')
