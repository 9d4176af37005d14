/** The embedded PostgreSQL is reached by a socket in its folder, and by its port where there can be none. */
import { rmSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { openDatabase } from '../../../src/platform/database/database.ts'
import { startEmbedded } from '../../../src/platform/database/embedded.ts'
import { temporaryFolder } from '../../support/servers.ts'

it.each([
  ['by a socket', 'data', null, true],
  ['by its port below a path that is too long for one', `data/${'far-below-'.repeat(9)}`, '127.0.0.1', false],
] as const)('%s', async (_, below, address, isSocket) => {
  const folder = temporaryFolder('socket')
  const embedded = await startEmbedded({ dataDir: path.join(folder, below), disposable: true })
  const database = openDatabase({ url: embedded.url })
  try {
    expect(new URL(embedded.url).searchParams.has('host')).toBe(isSocket)
    expect(await database.query('SELECT host(inet_client_addr()) AS address')).toEqual([{ address }])
  } finally {
    await database.close()
    await embedded.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}, 60_000)
