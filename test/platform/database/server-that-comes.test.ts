/** A server that starts, recovers, or dies at the moment a connection is made: told by what it would send, through a door before the real one. */
import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { assertReachable, openDatabase } from '../../../src/platform/database/database.ts'
import { createDatabase, type TestDatabase } from '../../support/database.ts'

const message = (type: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}
const fatal = (code: string, text: string): Buffer => message('E', Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${text}\0\0`))
const WELCOME = Buffer.concat([message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))])

let database: TestDatabase
let door: Server
let refusals: Buffer[]
const uncaught: unknown[] = []
const onUncaught = (error: unknown): void => void uncaught.push(error)
const sockets = new Set<Socket>()

beforeEach(async () => {
  database = await createDatabase()
  refusals = []
  uncaught.length = 0
  process.on('uncaughtException', onUncaught)
  const { hostname, port } = new URL(database.url)
  door = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    const refusal = refusals.shift()
    if (refusal) return void socket.once('data', () => socket.end(refusal))
    const behind = connect(Number(port), hostname)
    behind.on('error', () => socket.destroy())
    socket.pipe(behind).pipe(socket)
  })
  await new Promise<void>(resolve => door.listen(0, '127.0.0.1', resolve))
})
afterEach(async () => {
  process.removeListener('uncaughtException', onUncaught)
  for (const socket of sockets) socket.destroy()
  await new Promise(resolve => door.close(resolve))
  await database.close()
})

const throughDoor = (): string => {
  const url = new URL(database.url)
  url.port = String((door.address() as { port: number }).port)
  url.searchParams.delete('host')
  return url.href
}

it('is waited for while it recovers', async () => {
  refusals.push(fatal('57P03', 'the database system is not yet accepting connections'), fatal('57P03', 'the database system is starting up'))
  const own = openDatabase({ url: throughDoor() })
  await assertReachable(own)
  expect(refusals).toEqual([])
  await own.close()
})

it('is not waited for when it will not have us', async () => {
  refusals.push(fatal('28P01', 'password authentication failed'))
  const own = openDatabase({ url: throughDoor() })
  await expect(assertReachable(own)).rejects.toThrow(/cannot be reached: password authentication failed/)
  await own.close()
})

it('may die as soon as it has let us in: the transaction fails, and nothing else does', async () => {
  refusals.push(Buffer.concat([WELCOME, fatal('57P01', 'terminating connection due to unexpected postmaster exit')]))
  const own = openDatabase({ url: throughDoor() })
  await expect(own.transaction(tx => tx.query('select 1'))).rejects.toThrow()
  expect(await own.transaction(tx => tx.query('select 1 as one'))).toEqual([{ one: 1 }])
  expect(uncaught).toEqual([])
  await own.close()
})
