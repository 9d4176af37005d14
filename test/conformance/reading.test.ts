/** TMF.md "Reading", one resource: GET by id, fields, entity tags. */
import { expect, test } from 'vitest'
import { basePath } from '../../src/tmf/resource.ts'
import { attributesOf, kindOf } from './documents.ts'
import { expectError, forEveryResource, has, pathOf, type Doc } from './suite.ts'

const always = ['id', 'href', '@type']
const keys = (doc: Doc): string[] => Object.keys(doc).sort()

forEveryResource((resource, suite) => {
  if (!has(resource, 'get')) return

  test('is read by its id, with href and entity tag', async () => {
    const made = await suite().make(resource)
    const { status, body, headers } = await suite().send('GET', `${pathOf(resource)}/${made['id']}`)
    expect(status).toBe(200)
    expect(body).toEqual(made)
    // What belongs to another resource is at home below it, and read there too.
    const { within } = resource
    const parent = within?.by.split('.').reduce<unknown>((node, name) => (node as Doc)[name], made) as string | undefined
    expect(body.href).toBe(within === undefined ? `${pathOf(resource)}/${made['id']}` : `${basePath(resource.api)}/${within.resource}/${parent}/${resource.name}/${made['id']}`)
    if (within !== undefined) expect((await suite().send('GET', body.href)).body).toEqual(made)
    expect(headers['content-type']).toContain('application/json')
    expect(headers['etag']).toMatch(/^"\d+"$/)
  })

  test('is 404 with an Error body when it does not exist, whatever its id looks like', async () => {
    for (const id of ['nowhere', '..%2f..', '%25', encodeURIComponent('ü€😀'), 'x'.repeat(400), '0']) expectError(await suite().send('GET', `${pathOf(resource)}/${id}`), 404)
  })

  test('fields selects: id, href and @type always, unknown names ignored', async () => {
    const made = await suite().make(resource)
    const url = `${pathOf(resource)}/${made['id']}`
    const fixed = always.filter(name => name in made)
    expect(keys((await suite().send('GET', `${url}?fields=nothingOfTheKind`)).body)).toEqual([...fixed].sort())
    for (const name of Object.keys(made)) {
      const { body } = await suite().send('GET', `${url}?fields=${encodeURIComponent(name)}`)
      expect(keys(body)).toEqual([...new Set([...fixed, name])].sort())
      expect(body[name]).toEqual(made[name])
    }
    const two = Object.keys(made).filter(name => !always.includes(name)).slice(0, 2)
    expect(keys((await suite().send('GET', `${url}?fields=${two.join(',')},nothing`)).body)).toEqual([...fixed, ...two].sort())
  })

  test('fields selects below an object', async () => {
    const made = await suite().make(resource)
    const [name] = attributesOf(resource).find(([name, node]) => kindOf(node) === 'object' && made[name] !== undefined && Object.keys(made[name] as Doc).length > 1) ?? []
    if (name === undefined) return
    const [inner] = Object.keys(made[name] as Doc)
    const { body } = await suite().send('GET', `${pathOf(resource)}/${made['id']}?fields=${name}.${inner}`)
    expect(body[name]).toEqual({ [inner as string]: made[name][inner as string] })
  })

  test('a reader who has it already is told so', async () => {
    const made = await suite().make(resource)
    const url = `${pathOf(resource)}/${made['id']}`
    const etag = (await suite().send('GET', url)).headers['etag'] ?? ''
    for (const tag of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const again = await suite().send('GET', url, { headers: { 'if-none-match': tag } })
      expect(again.status).toBe(304)
      expect(again.text).toBe('')
    }
    expect((await suite().send('GET', url, { headers: { 'if-none-match': '"0"' } })).status).toBe(200)
  })

  test('another brand does not see it', async () => {
    const total = async () => (await suite().send('GET', pathOf(resource), { headers: { 'x-tandem-brand': 'elsewhere' } })).headers['x-total-count']
    const before = await total()
    const made = await suite().make(resource)
    expectError(await suite().send('GET', `${pathOf(resource)}/${made['id']}`, { headers: { 'x-tandem-brand': 'elsewhere' } }), 404)
    expect(await total()).toBe(before)
  })
})
