import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { mayUse } from '../../../src/modules/privacy/index.ts'
import { context, createWorld, type World } from './people.ts'

// Jobs do the work: on a busy machine they take their time.
vi.setConfig({ testTimeout: 60_000 })

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.server.close())

const person = async (familyName: string): Promise<string> => (await world.made('POST', '/tmf-api/party/v4/individual', { givenName: 'Zebulonia', familyName })).id

test('a person who was found twice is asked, exported and forgotten as one', async () => {
  const { made, call, until, server } = world
  const [one, other] = [await person('Quillfeather'), await person('Quillfeder')]
  await made('POST', '/tandem/v1/consent', { party: other, action: 'grant', purpose: 'marketing', channel: 'email', textVersion: '1' })
  expect(await mayUse(server.services, context, one, 'marketing', 'email')).toBe(false)
  const merge = await made('POST', '/tandem/v1/partyMerge', { survivor: { id: one }, merged: { id: other }, reason: 'The customer said so' })
  expect(await mayUse(server.services, context, one, 'marketing', 'email')).toBe(true)
  await made('POST', '/tandem/v1/consent', { party: one, action: 'revoke', purpose: 'marketing' })
  expect(await mayUse(server.services, context, other, 'marketing', 'email')).toBe(false)

  const asked = await made('POST', '/tandem/v1/personalDataExport', { party: one })
  const { content } = await until(`/tandem/v1/personalDataExport/${asked.id}`, body => body.state === 'completed')
  const document = (await call('GET', content)).body
  expect(document.holding.find((held: any) => held.name === 'individual').record.map((record: any) => record.id).sort()).toEqual([one, other].sort())

  const { id } = await made('POST', '/tandem/v1/personalDataErasure', { party: other, reason: 'asked', dryRun: false })
  await until(`/tandem/v1/personalDataErasure/${id}`, body => body.state === 'completed')
  for (const gone of [one, other]) expect((await call('GET', `/tmf-api/party/v4/individual/${gone}`)).status).toBe(404)
  expect(JSON.stringify((await call('GET', `/tandem/v1/partyMerge/${merge.id}`)).body)).not.toMatch(/Quillfe/)
})

test('the view shows what is in force, and a revocation at once', async () => {
  const { made } = world
  const party = await person('Marsh')
  await made('POST', '/tandem/v1/consent', { party, action: 'grant', purpose: 'marketing', channel: 'email', textVersion: '2026-1' })
  const shown = async () => (await made('GET', `/tandem/v1/customer360/${party}?sections=consents`)).section.consents.item
  expect(await shown()).toMatchObject([{ purpose: 'marketing', channel: 'email', granted: true, textVersion: '2026-1' }])
  await made('POST', '/tandem/v1/consent', { party, action: 'revoke', purpose: 'marketing', channel: 'email' })
  expect(await shown()).toMatchObject([{ purpose: 'marketing', granted: false }])
})
