import { existsSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDatabaseUrl, type TestDatabaseUrl } from './support/database.ts'
import { startTandem, type TandemProcess } from './support/process.ts'
import { freePort, temporaryFolder } from './support/servers.ts'
import pg from 'pg'

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const postmaster = (dataDir: string): number => Number(readFileSync(path.join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[0])

/** The one line, and nothing that looks like a stack. */
const expectOneLine = (tandem: TandemProcess, text: RegExp): void => {
  expect(tandem.output()).toMatch(text)
  expect(tandem.output().trim().split('\n')).toHaveLength(1)
}

describe('on a data folder of its own', () => {
  const dataDir = temporaryFolder('test-main')
  let port: number
  let first: TandemProcess

  beforeAll(async () => {
    port = await freePort()
    first = startTandem({ DATA_DIR: dataDir, PORT: String(port) })
    await first.ready
  })
  afterAll(async () => {
    first.child.kill('SIGTERM')
    await first.ended
    rmSync(dataDir, { recursive: true, force: true })
  })

  it('says where everything is, and that it runs open', () => {
    expect(first.output()).toContain(`http://127.0.0.1:${port}/docs`)
    expect(first.output()).toContain('/health/ready')
    expect(first.output()).toMatch(/Open: whoever reaches this address/)
  })

  it('is not started twice', async () => {
    const second = startTandem({ DATA_DIR: dataDir, PORT: '0' })
    expect(await second.ended).toBe(1)
    expectOneLine(second, new RegExp(`Another Tandem \\(process ${first.child.pid}\\) already runs on DATA_DIR ${dataDir}`))
  })

  it('survives the death of its database, which is started again', async () => {
    const before = postmaster(dataDir)
    process.kill(before, 'SIGKILL')
    await expect.poll(() => existsSync(path.join(dataDir, 'postgres/postmaster.pid')) && postmaster(dataDir) !== before && first.output().includes('runs again'), { timeout: 15_000 }).toBe(true)
    await expect.poll(async () => (await fetch(`http://127.0.0.1:${port}/tandem/v1/clock`)).status, { timeout: 15_000 }).toBe(200)
  })

  it('leaves a database behind when it is killed, which the next start takes over', async () => {
    const database = postmaster(dataDir)
    first.child.kill('SIGKILL')
    await first.ended
    expect(isAlive(database)).toBe(true)
    first = startTandem({ DATA_DIR: dataDir, PORT: String(port) })
    await first.ready
    expect(postmaster(dataDir)).toBe(database)
  })

  it('stops within ten seconds of SIGTERM, and its database with it', async () => {
    const since = Date.now()
    first.child.kill('SIGTERM')
    // `timeout` does so: it signals its child, and then its group.
    await new Promise(resolve => setTimeout(resolve, 30))
    first.child.kill('SIGTERM')
    expect(await first.ended).toBe(0)
    expect(Date.now() - since).toBeLessThan(10_000)
    expect(existsSync(path.join(dataDir, 'postgres/postmaster.pid'))).toBe(false)
  })
})

describe('what stops it from starting is one line and an exit code', () => {
  let database: TestDatabaseUrl
  beforeAll(async () => {
    database = await createDatabaseUrl()
  })
  afterAll(() => database.drop())

  it('a port that is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const tandem = startTandem({ DATABASE_URL: database.url, PORT: String(port) })
    expect(await tandem.ended).toBe(1)
    server.close()
    expectOneLine(tandem, new RegExp(`PORT ${port} on 127\\.0\\.0\\.1 is taken`))
  })

  it('a database that cannot be reached', async () => {
    const port = await freePort()
    const tandem = startTandem({ DATABASE_URL: `postgresql://user:hidden-word@127.0.0.1:${port}/tandem`, PORT: '0' })
    expect(await tandem.ended).toBe(1)
    expectOneLine(tandem, new RegExp(`The database at 127\\.0\\.0\\.1:${port}/tandem \\(DATABASE_URL\\) cannot be reached: .*ECONNREFUSED`))
    expect(tandem.output()).not.toContain('hidden-word')
  })

  it('a database of a newer version', async () => {
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    await client.query(`insert into _prisma_migrations (id, checksum, finished_at, migration_name) values ('x', 'x', now(), '29991231235959_from_the_future')`)
    const tandem = startTandem({ DATABASE_URL: database.url, PORT: '0' })
    expect(await tandem.ended).toBe(1)
    await client.query(`delete from _prisma_migrations where id = 'x'`)
    await client.end()
    expectOneLine(tandem, /The database is of a newer version: it has 29991231235959_from_the_future/)
  })

  it('open access on an address that others can reach', async () => {
    const tandem = startTandem({ HOST: '0.0.0.0', PORT: '0' })
    expect(await tandem.ended).toBe(1)
    expectOneLine(tandem, /AUTH=open answers everybody, so HOST must be a loopback address, not 0\.0\.0\.0/)
  })

  it('wrong settings, all of them at once and each by its name', async () => {
    const tandem = startTandem({ PORT: 'many', SEED: 'flowers', REDIS_URL: 'localhost', LOG_LEVEL: 'loud' })
    expect(await tandem.ended).toBe(1)
    for (const name of ['PORT must be', 'SEED must be', 'REDIS_URL must be', 'LOG_LEVEL must be']) expect(tandem.output()).toContain(name)
  })
})
