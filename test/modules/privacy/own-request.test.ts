import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWorld, type World } from './people.ts'

const ERASURE = '/tandem/v1/personalDataErasure'
const EXPORT = '/tandem/v1/personalDataExport'
const KEY = 'own-request-bootstrap-key-0123456789'
const as = (key: string, more: Record<string, string> = {}): Record<string, string> => ({ authorization: `Bearer ${key}`, ...more })

let world: World
let held: World
const person = async (on: World): Promise<{ id: string; customer: string; key: string }> => {
  const { id } = await on.made('POST', '/tmf-api/party/v4/individual', { givenName: 'Mira', familyName: 'Aldenhoven' }, as(KEY))
  const customer = (await on.made('POST', '/tmf-api/customerManagement/v4/customer', { name: 'Mira', engagedParty: { id, '@referredType': 'Individual' } }, as(KEY))).id as string
  return { id, customer, key: await keyFor(on, id) }
}
const keyFor = async (on: World, party: string): Promise<string> =>
  (await on.made('POST', '/tandem/v1/apiKey', { name: 'a customer', permissions: ['*:*'], parties: [party] }, as(KEY))).key as string
const until = async (on: World, url: string, state: string): Promise<void> => {
  let body: any
  for (let tries = 0; tries < 400; tries++) {
    body = (await on.call('GET', url, undefined, as(KEY))).body
    if (body.state === state) return
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  throw new Error(`${url} is ${JSON.stringify(body)}`)
}

beforeAll(async () => {
  world = await createWorld({ AUTH: 'key', BOOTSTRAP_KEY: KEY })
  held = await createWorld({ AUTH: 'key', BOOTSTRAP_KEY: KEY, OWN_ERASURE: 'approval' })
})
afterAll(async () => {
  await world.server.close()
  await held.server.close()
})

describe('a customer', () => {
  test('asks for all that is held on itself, by either of its ids, and fetches it', async () => {
    const { id, customer, key } = await person(world)
    for (const party of [id, customer]) {
      const asked = await world.call('POST', EXPORT, { party }, as(key))
      expect(asked.status, asked.text).toBe(202)
      await until(world, `${EXPORT}/${asked.body.id}`, 'completed')
      const content = await world.call('GET', `${EXPORT}/${asked.body.id}/content`, undefined, as(key))
      expect(content.text).toContain('Aldenhoven')
    }
  })

  test('has itself forgotten: planned, looked at, and carried out', async () => {
    const { id, key } = await person(world)
    const plan = await world.call('POST', ERASURE, { party: id, reason: 'I am leaving' }, as(key))
    expect(plan.status, plan.text).toBe(200)
    expect(plan.body).toMatchObject({ state: 'planned', party: id })
    expect((await world.call('GET', ERASURE, undefined, as(key))).body.map((one: any) => one.id)).toEqual([plan.body.id])
    expect((await world.call('GET', `${ERASURE}/${plan.body.id}`, undefined, as(key))).status).toBe(200)
    const confirmed = await world.call('POST', `${ERASURE}/${plan.body.id}/confirm`, {}, as(key))
    expect(confirmed.status, confirmed.text).toBe(202)
    await until(world, `${ERASURE}/${plan.body.id}`, 'completed')
    expect((await world.call('GET', `/tmf-api/party/v4/individual/${id}`, undefined, as(KEY))).status).toBe(404)
  })

  test('is not forgotten while something living stands against it, and cannot override that', async () => {
    const { id, key } = await person(world)
    const { store } = world.server.services
    const { context } = await import('./people.ts')
    await store.create(context, store.resource('product')!, { name: 'Fibre 500', status: 'active', relatedParty: [{ id, role: 'customer', '@referredType': 'Individual' }] } as never)
    expect((await world.call('POST', ERASURE, { party: id, reason: 'leaving', dryRun: false }, as(key))).status).toBe(409)
    expect((await world.call('POST', ERASURE, { party: id, reason: 'leaving', dryRun: false, override: true }, as(key))).status).toBe(403)
    const [plan] = (await world.call('GET', ERASURE, undefined, as(key))).body
    expect((await world.call('POST', `${ERASURE}/${plan.id}/confirm`, { override: true }, as(key))).status).toBe(403)
    expect((await world.call('GET', `/tmf-api/party/v4/individual/${id}`, undefined, as(key))).status).toBe(200)
  })

  test('asks for nobody else, and is not told whether there is somebody', async () => {
    const [own, other] = [await person(world), await person(world)]
    const plan = await world.made('POST', ERASURE, { party: other.id, reason: 'asked' }, as(KEY))
    for (const url of [ERASURE, EXPORT]) {
      const body = (party: string) => (url === ERASURE ? { party, reason: 'x', dryRun: false } : { party })
      const answers = await Promise.all([other.id, other.customer, 'nobody-at-all'].map(party => world.call('POST', url, body(party), as(own.key))))
      for (const answer of answers) expect(answer.status, answer.text).toBe(400)
      expect(new Set(answers.map(answer => answer.text.replaceAll(other.id, '').replaceAll(other.customer, '').replaceAll('nobody-at-all', ''))).size).toBe(1)
      expect((await world.call('GET', `${url}?party=${other.id}`, undefined, as(own.key))).body).toEqual([])
    }
    expect((await world.call('GET', `${ERASURE}/${plan.id}`, undefined, as(own.key))).status).toBe(404)
    expect((await world.call('POST', `${ERASURE}/${plan.id}/confirm`, {}, as(own.key))).status).toBe(404)
    expect((await world.call('GET', `/tmf-api/party/v4/individual/${other.id}`, undefined, as(KEY))).status).toBe(200)
  })

  test('waits for somebody to confirm it where that is set', async () => {
    const { id, key } = await person(held)
    const asked = await held.call('POST', ERASURE, { party: id, reason: 'leaving', dryRun: false }, as(key))
    expect(asked.status, asked.text).toBe(202)
    expect(asked.body.state).toBe('requested')
    expect((await held.call('POST', `${ERASURE}/${asked.body.id}/confirm`, {}, as(key))).status).toBe(403)
    expect((await held.call('GET', `/tmf-api/party/v4/individual/${id}`, undefined, as(key))).status).toBe(200)
    expect((await held.call('POST', `${ERASURE}/${asked.body.id}/confirm`, {}, as(KEY))).status).toBe(202)
    await until(held, `${ERASURE}/${asked.body.id}`, 'completed')
    expect((await held.call('POST', EXPORT, { party: (await person(held)).id }, as(KEY))).status).toBe(202)
  })
})

describe('a delegate', () => {
  const delegated = async (permission: string[]) => {
    const [grantor, delegate] = [await person(world), await person(world)]
    await world.made('POST', '/tandem/v1/delegation', { grantor: { id: grantor.id }, delegate: { id: delegate.id }, permission }, as(KEY))
    return { grantor, delegate }
  }

  test('asks for neither on behalf of the grantor, though everything was granted', async () => {
    const { grantor, delegate } = await delegated(['*:*'])
    const exported = await world.made('POST', EXPORT, { party: grantor.id }, as(grantor.key))
    for (const headers of [as(delegate.key), as(delegate.key, { 'x-on-behalf-of': grantor.id })]) {
      expect((await world.call('GET', `/tmf-api/party/v4/individual/${grantor.id}`, undefined, headers)).status).toBe(200)
      expect((await world.call('POST', ERASURE, { party: grantor.id, reason: 'x', dryRun: false }, headers)).status).toBe(400)
      expect((await world.call('POST', EXPORT, { party: grantor.id }, headers)).status).toBe(400)
      expect((await world.call('GET', `${EXPORT}/${exported.id}`, undefined, headers)).status).toBe(404)
      expect((await world.call('GET', EXPORT, undefined, headers)).body).toEqual([])
    }
  })

  test('may where it was granted by name; the record has both', async () => {
    const { grantor, delegate } = await delegated(['personalDataErasure:create', 'personalDataExport:create'])
    expect((await world.call('POST', EXPORT, { party: grantor.id }, as(delegate.key))).status).toBe(202)
    const asked = await world.call('POST', ERASURE, { party: grantor.id, reason: 'for my mother', dryRun: false }, as(delegate.key, { 'x-on-behalf-of': grantor.id }))
    expect(asked.status, asked.text).toBe(202)
    await until(world, `${ERASURE}/${asked.body.id}`, 'completed')
    const trail = await world.server.database.query<{ on_behalf_of: string | null }>(`select on_behalf_of from audit_record where resource = 'personalDataErasure' and operation = 'create' and on_behalf_of = $1`, [grantor.id])
    expect(trail).toHaveLength(1)
  })
})
