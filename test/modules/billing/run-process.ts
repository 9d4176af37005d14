/** Bills what is due in a process of its own, for tests that kill it. Argument: database URL. */
import { buildApp } from '../../../src/app.ts'
import { readConfig } from '../../../src/config.ts'
import { billAllDue } from '../../../src/modules/billing/run.ts'

const databaseUrl = process.argv[2] ?? ''
const config = readConfig({ SEED: 'none', LOG_LEVEL: 'error', PORT: '0', ROLES: 'api', DATABASE_CONNECTIONS: '4', NODE_ENV: 'test', DATABASE_URL: databaseUrl })
const app = await buildApp({ ...config, databaseUrl })
process.stdout.write('ready\n')
await billAllDue(app.services)
await app.close()
