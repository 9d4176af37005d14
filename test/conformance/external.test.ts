/** Every resource can be brought here from another system by its identity there: created, unchanged, older, changed, explained, withdrawn. */
import { afterEach, expect, test } from 'vitest'
import { freeText, valueFor } from './documents.ts'
import { expectError, forEveryResource, has, type Doc, type Suite } from './suite.ts'
import type { AnyResource } from '../../src/tmf/module.ts'
import { collectTags } from '../../src/tmf/tags.ts'

const written = async (suite: Suite, resource: AnyResource, id: string) =>
  await suite.server.database.query<{ event_type: string; revision: number }>('SELECT event_type, revision FROM event WHERE resource = $1 AND resource_id = $2 ORDER BY seq', [resource.name, id])

forEveryResource((resource, suite) => {
  const url = (id: string): string => `/tandem/v1/external/legacy/${resource.name}/${id}`
  const brought = new Set<string>()
  const put = (id: string, payload: unknown, version: number | string) => {
    brought.add(id)
    return suite().send('PUT', url(id), { payload, headers: { 'x-source-version': String(version) } })
  }
  // Some are one of a kind: the next test brings the same example.
  afterEach(async () => {
    for (const id of brought) await suite().send('DELETE', url(id))
    brought.clear()
  })

  if (resource.external === false) {
    test('is what Tandem alone decides: no other system can bring it here', async () => {
      for (const method of ['PUT', 'GET', 'DELETE'] as const) expectError(await suite().send(method, url('x'), method === 'PUT' ? { payload: {} } : {}), 404)
    })
    return
  }

  test('its example is created by external identity, and is unchanged when it comes again: no revision, no event', async () => {
    const document = await suite().body(resource)
    const created = await put('again', document, 1)
    expect([created.status, created.headers['x-tandem-outcome']], created.text.slice(0, 500)).toEqual([201, 'created'])
    const { id, href } = created.body as Doc
    expect(created.headers['location']).toBe(href)
    const before = await written(suite(), resource, id)
    const stored = await suite().count(resource)
    // What carries a secret is written anew each time: the outcome must not tell whether it was guessed.
    const isSecret = collectTags(resource.schema).some(({ tag }) => tag === 'secret')
    for (const version of [1, 2]) {
      const again = await put('again', document, version)
      expect([again.status, again.headers['x-tandem-outcome'], again.text]).toEqual([200, isSecret ? 'changed' : 'unchanged', created.text])
    }
    expect(await suite().count(resource)).toEqual(stored)
    if (!isSecret) expect(await written(suite(), resource, id)).toEqual(before)
    expect((await suite().send('GET', url('again'))).body).toEqual(created.body)
    if (has(resource, 'get')) expect((await suite().send('GET', href)).body).toEqual(created.body)
  })

  test('an older version writes nothing, a newer one is one revision', async () => {
    const document = await suite().body(resource)
    const { body: created } = await put('versions', document, 5)
    const { id } = created as Doc
    const text = freeText(resource)
    if (text === undefined) throw new Error(`${resource.name} has no text that could be changed: its external identity rules would not be tested`)
    const changed = { ...document, [text]: valueFor(text, 'changed elsewhere') }
    const older = await put('versions', changed, 4)
    expect([older.status, older.headers['x-tandem-outcome'], older.body]).toEqual([200, 'older', created])
    const before = await written(suite(), resource, id)

    const newer = await put('versions', changed, 6)
    expect([newer.status, newer.headers['x-tandem-outcome'], newer.headers['etag']], newer.text.slice(0, 500)).toEqual([200, 'changed', '"2"'])
    expect(newer.body).toMatchObject({ id, [text]: changed[text] })
    const after = await written(suite(), resource, id)
    expect(after.length - before.length).toBe((resource.events ?? ['attributeValueChange']).includes('attributeValueChange') ? 1 : 0)
  })

  test('its provenance explains every attribute that is shown', async () => {
    const document = await suite().body(resource)
    const { body: created } = await put('explained', document, 'v1')
    const { status, body } = await suite().send('GET', `/tandem/v1/provenance/${resource.name}/${(created as Doc)['id']}`)
    expect(status).toBe(200)
    const explained = new Map((body.attribute as Doc[]).map(one => [one['attribute'] as string, one]))
    expect([...explained.keys()].sort()).toEqual(Object.keys(created as Doc).filter(name => name !== 'id' && name !== 'href').sort())
    for (const [name, one] of explained) expect(one['value']).toEqual((created as Doc)[name])
    const said = Object.keys(document).filter(name => explained.has(name) && resource.stamps?.onWrite?.includes(name) !== true)
    for (const name of said) expect(explained.get(name)).toMatchObject({ source: 'legacy', externalId: 'explained', version: 'v1', ageSeconds: expect.any(Number) })
  })

  test('what is not valid is refused, and an identity that nobody gave is not found', async () => {
    expectError(await put('bad', { ...(await suite().body(resource)), noSuchAttribute: 1 }, 1), 400, 'noSuchAttribute')
    expectError(await suite().send('GET', url('bad')), 404)
    expectError(await suite().send('DELETE', url('bad')), 404)
  })

  test('withdrawn, it ends as its declaration says', async () => {
    const { body: created } = await put('withdrawn', await suite().body(resource), 1)
    const { status, body } = await suite().send('DELETE', url('withdrawn'))
    const end = resource.provenance?.end ?? (has(resource, 'delete') ? 'delete' : 'keep')
    expect([status, body]).toEqual([200, { outcome: end === 'delete' ? 'deleted' : end === 'keep' ? 'kept' : 'ended', id: (created as Doc)['id'] }])
    expectError(await suite().send('GET', url('withdrawn')), 404)
    if (has(resource, 'get')) expect((await suite().send('GET', String((created as Doc)['href']))).status).toBe(end === 'delete' ? 404 : 200)
  })
})
