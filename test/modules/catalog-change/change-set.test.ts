/** Change sets through HTTP and the database: drafted, previewed, approved, activated once, taken back. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { CATALOG, CHANGES, createWorld, SETS, until, type Json, type World } from './world.ts'

let world: World
let other: TestApp
beforeAll(async () => {
  world = await createWorld()
  other = await createTestApp({ databaseUrl: world.server.databaseUrl, settings: { AUTH: 'key', BOOTSTRAP_KEY: 'bootstrap-key-of-the-catalog-tests' } })
})
afterAll(async () => {
  await other.close()
  await world.close()
})

const update = (resource: string, doc: Json, document: Json): Json => ({ resource, resourceId: doc['id'], action: 'update', document })
const priceUpdate = (price: Json, value: number): Json => update('productOfferingPrice', price, { price: { unit: 'EUR', value } })
const read = async (kind: string, id: string): Promise<Json> => (await world.send('GET', `${CATALOG}/${kind}/${id}`)).body
const active = async (...changes: Json[]): Promise<Json> => {
  const set = await world.setOf(...changes)
  for (const stage of ['submit', 'activate']) {
    const answer = await world.stage(set, stage)
    expect(answer.status, answer.text).toBe(200)
  }
  return set
}
const eventsOf = async (id: string): Promise<string[]> => (await world.server.database.query<{ event_type: string }>('SELECT event_type FROM event WHERE resource_id = $1 ORDER BY seq', [id])).map(row => row.event_type)

describe('drafting', () => {
  test('a change remembers the revision that it was drafted on, and an id is given to what is made', async () => {
    const { price } = await world.offering(10)
    await world.send('PATCH', `${CATALOG}/productOfferingPrice/${price['id']}`, { description: 'second' })
    const set = await world.setOf(priceUpdate(price, 12), { resource: 'category', action: 'create', document: { name: 'New' } })
    const { body } = await world.send('GET', `${CHANGES}?catalogChangeSet.id=${set['id']}`)
    const [made, changed] = (body as Json[]).sort((a, b) => (a['resource'] < b['resource'] ? -1 : 1))
    expect(changed!['baseRevision']).toBe(2)
    expect(made!['resourceId']).toMatch(/-/)
    expect(made!['baseRevision']).toBeUndefined()
  })

  test.each([
    ['document.id', { action: 'update', document: { id: 'x' } }],
    ['document.lastUpdate', { action: 'update', document: { lastUpdate: '2026-01-01T00:00:00Z' } }],
    ['document', { action: 'update' }],
    ['document', { action: 'delete', document: {} }],
    ['baseRevision', { action: 'delete', baseRevision: 99 }],
  ])('what cannot be changed is refused, naming %s', async (path, change) => {
    const { price } = await world.offering(10)
    const set = await world.made(SETS, { name: 'Wrong' })
    const answer = await world.send('POST', CHANGES, { catalogChangeSet: { id: set['id'] }, resource: 'productOfferingPrice', resourceId: price['id'], ...change })
    expect(answer.status).toBe(400)
    expect(answer.body['message']).toContain(path)
  })

  test('a resource is in a set once, and a change can be replaced and removed', async () => {
    const { price } = await world.offering(10)
    const set = await world.setOf(priceUpdate(price, 12))
    const again = await world.send('POST', CHANGES, { catalogChangeSet: { id: set['id'] }, ...priceUpdate(price, 13) })
    expect([again.status, again.body['code']]).toEqual([409, 'alreadyInSet'])
    const [change] = (await world.send('GET', `${CHANGES}?catalogChangeSet.id=${set['id']}`)).body as Json[]
    expect((await world.send('PATCH', `${CHANGES}/${change!['id']}`, { document: { price: { value: 14 } } })).status).toBe(200)
    expect((await world.send('DELETE', `${CHANGES}/${change!['id']}`)).status).toBe(204)
    expect((await world.stage(set, 'submit')).body['code']).toBe('emptyChangeSet')
  })

  test('whoever may not change offerings may not draft it either', async () => {
    const { offering } = await world.offering(10)
    const key = await world.keyOf('drafter', ['catalogChangeSet:*', 'catalogChange:*', 'productOfferingPrice:update'])
    const set = await world.setOf()
    const answer = await world.send('POST', CHANGES, { catalogChangeSet: { id: set['id'] }, ...update('productOffering', offering, { description: 'mine' }) }, { key })
    expect(answer.status).toBe(403)
    expect(answer.body['message']).toContain('productOffering:update')
  })

  test('deleting a draft takes its changes with it', async () => {
    const { price } = await world.offering(10)
    const set = await world.setOf(priceUpdate(price, 12))
    expect((await world.send('DELETE', `${SETS}/${set['id']}`)).status).toBe(204)
    expect((await world.send('GET', `${CHANGES}?catalogChangeSet.id=${set['id']}`)).body).toEqual([])
  })
})

describe('activating', () => {
  test('makes all changes at once, in the order of their references, with their events', async () => {
    const set = await world.made(SETS, { name: 'A new bundle' })
    // The bundle first: it refers to what comes after it, and two offerings to each other.
    const [bundle, a, b, price] = ['bundle', 'a', 'b', 'price'].map(name => `${name}-${set['id']}`)
    const changes: Json[] = [
      { resource: 'productOffering', resourceId: bundle, action: 'create', document: { name: 'Bundle', lifecycleStatus: 'Launched', bundledProductOffering: [{ id: a }] } },
      { resource: 'productOffering', resourceId: a, action: 'create', document: { name: 'A', lifecycleStatus: 'Launched', productOfferingPrice: [{ id: price }], productOfferingRelationship: [{ id: b, relationshipType: 'excludes' }] } },
      { resource: 'productOffering', resourceId: b, action: 'create', document: { name: 'B', lifecycleStatus: 'Launched', productOfferingPrice: [{ id: price }], productOfferingRelationship: [{ id: a, relationshipType: 'excludes' }] } },
      { resource: 'productOfferingPrice', resourceId: price, action: 'create', document: { name: 'P', priceType: 'oneTime', price: { unit: 'EUR', value: 5 }, lifecycleStatus: 'Launched' } },
    ]
    for (const change of changes) await world.made(CHANGES, { catalogChangeSet: { id: set['id'] }, ...change })
    const submitted = await world.stage(set, 'submit')
    expect(submitted.body['state'], submitted.text).toBe('approved')
    expect((await read('productOffering', a!))['id']).toBeUndefined()
    const answer = await world.stage(set, 'activate')
    expect(answer.body, answer.text).toMatchObject({ state: 'active', activatedBy: expect.any(String) })
    expect((await read('productOffering', a!))['productOfferingRelationship']).toMatchObject([{ id: b }])
    expect((await read('productOffering', bundle!))['isBundle']).toBe(true)
    expect(await eventsOf(price!)).toEqual(['ProductOfferingPriceCreateEvent'])
    expect((await eventsOf(String(set['id']))).at(-1)).toBe('CatalogChangeSetStateChangeEvent')

    const back = await world.stage(set, 'rollBack')
    expect(back.status, back.text).toBe(200)
    expect(back.body).toMatchObject({ catalogChangeSet: { state: 'rolledBack' }, retired: [] })
    for (const id of [bundle, a, b]) expect((await world.send('GET', `${CATALOG}/productOffering/${id}`)).status).toBe(404)
  })

  test('what has changed since it was drafted is a conflict that names it, and nothing is half active', async () => {
    const [one, two] = [await world.offering(10), await world.offering(20)]
    const set = await world.setOf(priceUpdate(one.price, 11), priceUpdate(two.price, 21))
    expect((await world.stage(set, 'submit')).status).toBe(200)
    await world.send('PATCH', `${CATALOG}/productOfferingPrice/${two.price['id']}`, { description: 'meanwhile' })
    const answer = await world.stage(set, 'activate')
    expect([answer.status, answer.body['code']]).toEqual([409, 'changedMeanwhile'])
    expect(answer.body['message']).toContain(`productOfferingPrice ${two.price['id']}`)
    expect(answer.body['message']).not.toContain(one.price['id'])
    expect((await read('productOfferingPrice', one.price['id']))['price'].value).toBe(10)
    expect((await world.send('GET', `${SETS}/${set['id']}`)).body['state']).toBe('approved')
    // Drafted anew on what is there now it goes through.
    expect((await world.stage(set, 'withdraw')).body['state']).toBe('draft')
    const changes = (await world.send('GET', `${CHANGES}?catalogChangeSet.id=${set['id']}&resourceId=${two.price['id']}`)).body as Json[]
    expect((await world.send('PATCH', `${CHANGES}/${changes[0]!['id']}`, { baseRevision: null })).body['baseRevision']).toBe(2)
    for (const stage of ['submit', 'activate']) expect((await world.stage(set, stage)).status).toBe(200)
    expect((await read('productOfferingPrice', two.price['id']))).toMatchObject({ price: { value: 21 }, description: 'meanwhile' })
  })

  test('a set can be changed as a draft only', async () => {
    const { price } = await world.offering(10)
    const set = await world.setOf(priceUpdate(price, 12))
    await world.stage(set, 'submit')
    const answer = await world.send('POST', CHANGES, { catalogChangeSet: { id: set['id'] }, resource: 'category', action: 'create', document: { name: 'Late' } })
    expect([answer.status, answer.body['code']]).toEqual([409, 'notADraft'])
    expect(answer.body['message']).toContain('draft')
    expect((await world.send('PATCH', `${SETS}/${set['id']}`, { name: 'Other' })).status).toBe(409)
  })

  test('at a moment, by whichever process sees it first, once; asked twice at the same time it is done once', async () => {
    const { price } = await world.offering(10)
    const set = await world.setOf(priceUpdate(price, 12))
    await world.stage(set, 'submit')
    const answers = await Promise.all([0, 1, 2, 3].map(n => world.stage(set, 'activate', { on: n % 2 === 0 ? world.server : other })))
    expect(answers.map(one => one.status)).toEqual([200, 200, 200, 200])
    expect(await eventsOf(price['id'])).toEqual(['ProductOfferingPriceCreateEvent', 'ProductOfferingPriceAttributeValueChangeEvent'])

    const later = await world.setOf(priceUpdate(price, 15))
    await world.stage(later, 'submit')
    const at = new Date(world.server.services.clock.now().getTime() + 3_600_000).toISOString()
    const scheduled = await world.stage(later, 'activate', {}, { activateAt: at })
    expect([scheduled.status, scheduled.body['state'], scheduled.body['activateAt']]).toEqual([202, 'scheduled', at])
    expect((await world.send('POST', '/tandem/v1/clock', { advance: 'PT2H' }, { key: 'bootstrap-key-of-the-catalog-tests' })).status).toBe(200)
    await until(async () => (await world.send('GET', `${SETS}/${later['id']}`)).body['state'] === 'active')
    expect((await read('productOfferingPrice', price['id']))['price'].value).toBe(15)
    expect(await eventsOf(price['id'])).toHaveLength(3)
  })

  test('one that cannot be activated at its moment fails with its reasons, and can be drafted anew', async () => {
    const { price } = await world.offering(10)
    const set = await world.setOf(priceUpdate(price, 12))
    await world.stage(set, 'submit')
    const at = new Date(world.server.services.clock.now().getTime() + 1_500).toISOString()
    await world.stage(set, 'activate', {}, { activateAt: at })
    await world.send('PATCH', `${CATALOG}/productOfferingPrice/${price['id']}`, { description: 'meanwhile' })
    await until(async () => (await world.send('GET', `${SETS}/${set['id']}`)).body['state'] === 'failed')
    expect((await world.send('GET', `${SETS}/${set['id']}`)).body['finding']).toMatchObject([{ code: 'conflict', resource: 'productOfferingPrice', id: price['id'] }])
    expect((await world.stage(set, 'withdraw')).body['state']).toBe('draft')
  })
})

describe('a second person', () => {
  test('approves where the brand asks for it, and is nobody who wrote or submitted', async () => {
    const { price } = await world.offering(10)
    const setting = await world.made('/tandem/v1/catalogChangeSetting', { name: 'Four eyes', approvalRequired: true })
    try {
      const set = await world.setOf(priceUpdate(price, 12))
      expect((await world.stage(set, 'submit')).body).toMatchObject({ state: 'submitted', approvalRequired: true })
      expect((await world.stage(set, 'activate')).body['code']).toBe('stateMoveNotAllowed')
      const own = await world.stage(set, 'approve')
      expect([own.status, own.body['code']]).toEqual([403, 'secondPersonNeeded'])
      expect((await world.stage(set, 'reject', { key: world.approver }, { note: 'too dear' })).body).toMatchObject({ state: 'draft', approval: [{ outcome: 'rejected', note: 'too dear' }] })
      await world.stage(set, 'submit')
      expect((await world.stage(set, 'approve', { key: world.approver })).body).toMatchObject({ state: 'approved', approval: [{ outcome: 'rejected' }, { outcome: 'approved' }] })
      expect((await world.stage(set, 'activate', { key: world.approver })).body['state']).toBe('active')
    } finally {
      await world.send('DELETE', `/tandem/v1/catalogChangeSetting/${setting['id']}`)
    }
  })

  test('is needed too where the brand has asked for it since the set was submitted', async () => {
    const { price } = await world.offering(10)
    const set = await world.setOf(priceUpdate(price, 12))
    await world.stage(set, 'submit')
    const setting = await world.made('/tandem/v1/catalogChangeSetting', { name: 'Four eyes', approvalRequired: true })
    try {
      const answer = await world.stage(set, 'activate')
      expect(answer.status).toBe(409)
      expect(answer.body['message']).toContain('second person')
    } finally {
      await world.send('DELETE', `/tandem/v1/catalogChangeSetting/${setting['id']}`)
    }
  })

  test('who may only draft neither approves nor activates', async () => {
    const { price } = await world.offering(10)
    const key = await world.keyOf('drafter', ['catalogChangeSet:*', 'catalogChange:*'])
    const set = await world.setOf(priceUpdate(price, 12))
    await world.stage(set, 'submit')
    for (const stage of ['approve', 'activate', 'rollBack']) expect((await world.stage(set, stage, { key })).status).toBe(403)
  })
})

describe('rolling back', () => {
  test('restores what was changed and deleted as new revisions', async () => {
    const { price, offering } = await world.offering(10)
    const spare = await world.made(`${CATALOG}/productOffering`, { name: 'Spare', description: 'goes' })
    const set = await active(priceUpdate(price, 12), update('productOffering', offering, { lifecycleStatus: 'Retired' }), { resource: 'productOffering', resourceId: spare['id'], action: 'delete' })
    expect((await world.send('GET', `${CATALOG}/productOffering/${spare['id']}`)).status).toBe(404)
    const answer = await world.stage(set, 'rollBack')
    expect(answer.status, answer.text).toBe(200)
    expect((await read('productOfferingPrice', price['id']))['price'].value).toBe(10)
    expect((await read('productOffering', offering['id']))['lifecycleStatus']).toBe('Launched')
    expect(await read('productOffering', spare['id'])).toMatchObject({ name: 'Spare', description: 'goes' })
    const [revision] = await world.server.database.query<{ revision: number }>('SELECT revision FROM product_offering_price WHERE id = $1', [price['id']])
    expect(revision!.revision).toBe(3)
    expect((await world.stage(set, 'rollBack')).body['code']).toBe('stateMoveNotAllowed')
  })

  test('is refused, naming what was changed since, and leaves everything', async () => {
    const [one, two] = [await world.offering(10), await world.offering(20)]
    const set = await active(priceUpdate(one.price, 11), priceUpdate(two.price, 21))
    await world.send('PATCH', `${CATALOG}/productOfferingPrice/${one.price['id']}`, { description: 'since' })
    const answer = await world.stage(set, 'rollBack')
    expect([answer.status, answer.body['code']]).toEqual([409, 'changedMeanwhile'])
    expect(answer.body['message']).toContain(one.price['id'])
    expect(answer.body['message']).not.toContain(two.price['id'])
    expect((await read('productOfferingPrice', two.price['id']))['price'].value).toBe(21)
  })

  test('takes what was made and sold meanwhile out of use instead of deleting it', async () => {
    const set = await world.made(SETS, { name: 'Sold' })
    const [id, priceId] = [`sold-${set['id']}`, `sold-price-${set['id']}`]
    await world.made(CHANGES, { catalogChangeSet: { id: set['id'] }, resource: 'productOfferingPrice', resourceId: priceId, action: 'create', document: { name: 'P', priceType: 'oneTime', price: { unit: 'EUR', value: 5 }, lifecycleStatus: 'Launched' } })
    await world.made(CHANGES, { catalogChangeSet: { id: set['id'] }, resource: 'productOffering', resourceId: id, action: 'create', document: { name: 'Sold', lifecycleStatus: 'Launched', productOfferingPrice: [{ id: priceId }] } })
    for (const stage of ['submit', 'activate']) expect((await world.stage(set, stage)).status).toBe(200)
    await world.made('/tmf-api/productInventory/v4/product', { name: 'Sold', status: 'active', productOffering: { id } })
    const answer = await world.stage(set, 'rollBack')
    expect(answer.status, answer.text).toBe(200)
    expect(answer.body['retired']).toContainEqual({ resource: 'productOffering', resourceId: id })
    expect((await read('productOffering', id))['lifecycleStatus']).toBe('Retired')
  })
})
