/** Carts of guests, which name no customer: under an address that is verified they are the person's, under any other only when the operator says so. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createWorld, type World } from './people.ts'

const CART = '/tmf-api/shoppingCart/v4/shoppingCart'
const ERASURE = '/tandem/v1/personalDataErasure'
vi.setConfig({ testTimeout: 60_000 })

let world: World
beforeAll(async () => {
  world = await createWorld()
}, 60_000)
afterAll(() => world.server.close())

const cart = async (characteristic: object, more: object = {}): Promise<string> => (await world.made('POST', CART, { contactMedium: [{ mediumType: 'any', characteristic }], ...more })).id
const there = async (...ids: string[]): Promise<number[]> => await Promise.all(ids.map(async id => (await world.call('GET', `${CART}/${id}`)).status))
const contacts = async (...ids: string[]): Promise<number> => (await world.server.database.query(`select 1 from cart_contact where cart_id = any($1)`, [ids])).length

/** Somebody with a verified number, and a mail address that nobody has verified. */
const person = async (name: string, number: string): Promise<string> => {
  const { id } = await world.made('POST', '/tmf-api/party/v4/individual', { givenName: name, familyName: 'Guest', contactMedium: [{ mediumType: 'email', characteristic: { emailAddress: `${name}@guest.example` } }] })
  await world.made('POST', '/tandem/v1/partyIdentifier', { party: id, type: 'phone', value: number, verified: true })
  // Read from the document by a reaction.
  await world.until(`/tandem/v1/partyIdentifier?party=${id}`, body => body.length === 2)
  return id
}
const forget = async (party: string, more: object = {}): Promise<any> => {
  const { id } = await world.made('POST', ERASURE, { party, reason: 'asked', dryRun: false, ...more })
  return await world.until(`${ERASURE}/${id}`, body => body.state === 'completed' || body.state === 'failed')
}

test('the verified ones are exported and go; the others are named in the plan and stay, as do those of other people', async () => {
  const ada = await person('ada', '+447700900551')
  const other = await person('bob', '+447700900552')
  const mine = await cart({ phoneNumber: '+44 7700 900551' })
  const perhaps = await cart({ emailAddress: 'ADA@guest.example' })
  const both = await cart({ phoneNumber: '+447700900551', emailAddress: 'somebody@else.example' })
  const theirs = await cart({ phoneNumber: '+447700900551' }, { relatedParty: [{ id: other, role: 'customer', '@referredType': 'Individual' }] })
  const strange = await cart({ phoneNumber: '+447700900559' })

  const asked = await world.made('POST', '/tandem/v1/personalDataExport', { party: ada })
  const done = await world.until(`/tandem/v1/personalDataExport/${asked.id}`, body => body.state === 'completed')
  const { body } = await world.call('GET', done.content)
  const records = body.holding.find((one: any) => one.name === 'shoppingCart').record.map((one: any) => one.id)
  expect(records.filter((id: string) => [mine, perhaps, both, theirs, strange].includes(id)).sort()).toEqual([mine, both].sort())

  const plan = await world.made('POST', ERASURE, { party: ada, reason: 'asked' })
  expect(plan.holding.find((one: any) => one.action === 'doubtful')).toMatchObject({ name: 'shoppingCart', records: 1, ids: [perhaps] })
  const gone = await forget(ada)
  expect(gone.state).toBe('completed')
  expect(await there(mine, both, perhaps, theirs, strange)).toEqual([404, 404, 200, 200, 200])
  expect(await contacts(mine, both)).toBe(0)
  expect(await contacts(perhaps, theirs, strange)).toBe(3)
})

test('the doubtful ones go when the operator says so', async () => {
  const cleo = await person('cleo', '+447700900553')
  const perhaps = await cart({ emailAddress: 'cleo@guest.example' })
  const plan = await world.made('POST', ERASURE, { party: cleo, reason: 'asked' })
  expect(plan.holding.find((one: any) => one.action === 'doubtful').ids).toEqual([perhaps])
  await world.made('POST', `${ERASURE}/${plan.id}/confirm`, { includeDoubtful: true })
  const done = await world.until(`${ERASURE}/${plan.id}`, body => body.state === 'completed' || body.state === 'failed')
  expect(done.holding.map((one: any) => [one.name, one.action])).toContainEqual(['shoppingCart', 'erase'])
  expect(done.holding.filter((one: any) => one.action === 'doubtful')).toEqual([])
  expect(await there(perhaps)).toEqual([404])
  expect(await contacts(perhaps)).toBe(0)
})
