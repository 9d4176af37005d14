/** Who may do what, for every resource: nobody without credentials, nothing without the permission, no row of another party or brand. */
import { expect, test } from 'vitest'
import { expectError, forEveryResource, has, pathOf, type Answer, type Doc, type Suite } from './suite.ts'

const BOOTSTRAP = 'conformance-bootstrap-key-0123456789'
const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` })

const keyWith = async (suite: Suite, more: Doc): Promise<Record<string, string>> => {
  const answer = await suite.send('POST', '/tandem/v1/apiKey', { payload: { name: 'for a test', ...more } })
  expect(answer.status, answer.text).toBe(201)
  return bearer(String((answer.body as Doc)['key']))
}

forEveryResource((resource, suite) => {
  const path = pathOf(resource)
  /** Every operation that is served, each as a request that would else succeed. */
  const attempts = async (made: Doc, headers: Record<string, string>): Promise<[string, Answer][]> => [
    ...(has(resource, 'list') ? [['read', await suite().send('GET', path, { headers })] as [string, Answer]] : []),
    ...(has(resource, 'get') ? [['read', await suite().send('GET', String(made['href']), { headers })] as [string, Answer]] : []),
    ...(has(resource, 'create') ? [['create', await suite().send('POST', path, { payload: await suite().body(resource), headers })] as [string, Answer]] : []),
    ...(has(resource, 'patch') ? [['update', await suite().send('PATCH', String(made['href']), { payload: {}, headers })] as [string, Answer]] : []),
    ...(has(resource, 'delete') ? [['delete', await suite().send('DELETE', String(made['href']), { headers })] as [string, Answer]] : []),
  ]

  test('without credentials, or with wrong ones, everything is 401', async () => {
    const made = await suite().make(resource)
    for (const headers of [{ authorization: '' }, bearer('no-key-of-ours'), { authorization: 'Basic eDp5' }] as Record<string, string>[]) {
      for (const [, answer] of await attempts(made, headers)) {
        expectError(answer, 401)
        expect(answer.headers['www-authenticate']).toContain('Bearer')
      }
    }
  })

  test('each operation needs its own permission', async () => {
    const made = await suite().make(resource)
    const nothing = await keyWith(suite(), { permissions: ['somethingElse:*'] })
    for (const [, answer] of await attempts(made, nothing)) expectError(answer, 403)
    const reader = await keyWith(suite(), { permissions: [`${resource.name}:read`] })
    for (const [action, answer] of await attempts(made, reader)) {
      if (action === 'read') expect(answer.status).toBe(200)
      else expectError(answer, 403, resource.name)
    }
  })

  test('a party that is not its owner finds nothing and changes nothing', async () => {
    const made = await suite().make(resource)
    const stranger = await keyWith(suite(), { permissions: ['*:*'], parties: ['a-stranger'] })
    if (resource.ownerParty === undefined || resource.visibility === 'brand') return
    expect((await suite().send('GET', path, { headers: stranger })).headers['x-total-count']).toBe('0')
    expectError(await suite().send('GET', String(made['href']), { headers: stranger }), 404)
    // What the house alone writes is refused before it is looked for: that tells nothing either.
    const unwritten = resource.writtenBy === 'house' ? 403 : 404
    if (has(resource, 'patch')) expectError(await suite().send('PATCH', String(made['href']), { payload: {}, headers: stranger }), unwritten)
    if (has(resource, 'delete')) expectError(await suite().send('DELETE', String(made['href']), { headers: stranger }), unwritten)
    const owner = resource.ownerParty(made)
    if (owner === undefined || !has(resource, 'get')) return
    const own = await keyWith(suite(), { permissions: ['*:*'], parties: [owner] })
    expect((await suite().send('GET', String(made['href']), { headers: own })).body).toEqual(made)
    const mine = (await suite().send('GET', `${path}?limit=1000`, { headers: own })).body as Doc[]
    expect(mine).toContainEqual(made)
    expect(new Set(mine.map(one => resource.ownerParty?.(one)))).toEqual(new Set([owner]))
  })

  test('a key of another brand does not reach it', async () => {
    const other = await keyWith(suite(), { permissions: ['*:*'], brands: ['elsewhere'] })
    const total = async () => (await suite().send('GET', path, { headers: other })).headers['x-total-count']
    const before = await total()
    const made = await suite().make(resource)
    expectError(await suite().send('GET', String(made['href']), { headers: other }), 404)
    expectError(await suite().send('GET', String(made['href']), { headers: { ...other, 'x-tandem-brand': 'default' } }), 403)
    expect(await total()).toBe(before)
    expect(JSON.stringify((await suite().send('GET', `${path}?limit=1000`, { headers: other })).body)).not.toContain(`"${String(made['id'])}"`)
  })
}, { settings: { AUTH: 'key', BOOTSTRAP_KEY: BOOTSTRAP }, headers: bearer(BOOTSTRAP) })
