/** TMF.md "Reading", lists: counts, pages, sorting, what an answer must carry. Filters are in filters.test.ts. */
import { describe, expect, test } from 'vitest'
import { attributesOf, kindOf } from './documents.ts'
import { MANDATORY } from './mandatory.ts'
import { expectError, forEveryResource, has, pathOf, type Doc, type Suite } from './suite.ts'
import type { AnyResource } from '../../src/tmf/module.ts'

const valueAt = (doc: Doc, path: string): string | number | boolean | undefined => path.split('.').reduce<Doc | undefined>((value, name) => value?.[name] as Doc | undefined, doc) as string | undefined

/** Follows rel="next" from a page to the end. */
const follow = async (suite: Suite, first: string): Promise<{ ids: string[]; pages: number }> => {
  const ids: string[] = []
  let pages = 0
  for (let next: string | undefined = first; next !== undefined && pages < 30; pages += 1) {
    const { status, body, headers, text } = await suite.send('GET', next)
    expect(status, text.slice(0, 300)).toBe(200)
    ids.push(...(body as Doc[]).map(one => one['id'] as string))
    next = /<([^>]*)>; rel="next"/.exec(headers['link'] ?? '')?.[1]
  }
  return { ids, pages }
}

const several = async (suite: Suite, resource: AnyResource, wanted = 5): Promise<string[]> => {
  for (let stored = await suite.count(resource); stored < wanted; stored += 1) await suite.make(resource)
  return ((await suite.send('GET', `${pathOf(resource)}?limit=1000`)).body as Doc[]).map(one => one['id'] as string)
}

forEveryResource((resource, suite) => {
  if (!has(resource, 'list')) return
  const path = pathOf(resource)

  test('a list is an array with the number that match and the number in it', async () => {
    const all = await several(suite(), resource)
    const { status, body, headers } = await suite().send('GET', path)
    expect(status).toBe(200)
    expect(Array.isArray(body)).toBe(true)
    expect(headers['x-total-count']).toBe(String(all.length))
    expect(headers['x-result-count']).toBe(String((body as Doc[]).length))
    const { body: one } = await suite().send('GET', `${path}/${all[0]}`)
    expect(body).toContainEqual(one)
  })

  describe('pages', () => {
    test('limit and offset cut, the total stays', async () => {
      const all = await several(suite(), resource)
      const { body, headers } = await suite().send('GET', `${path}?offset=1&limit=2`)
      expect((body as Doc[]).map(one => one['id'])).toEqual(all.slice(1, 3))
      expect(headers['x-total-count']).toBe(String(all.length))
      expect(headers['x-result-count']).toBe('2')
      for (const rel of ['first', 'prev', 'next', 'last']) expect(headers['link']).toContain(`rel="${rel}"`)
      expect((await suite().send('GET', `${path}?offset=${all.length}`)).body).toEqual([])
    })

    test('links lead through all, each once, by offset and by key', async () => {
      const all = await several(suite(), resource)
      const byOffset = await follow(suite(), `${path}?limit=2`)
      expect(byOffset.ids).toEqual(all)
      expect(byOffset.pages).toBeGreaterThan(2)
      const byKey = await follow(suite(), `${path}?limit=2&after=`)
      expect([...byKey.ids].sort()).toEqual([...all].sort())
      expect((await suite().send('GET', `${path}?after=`)).headers['link']).toContain(`<${path}>; rel="first"`)
      const [first] = byKey.ids
      expect((await follow(suite(), `${path}?limit=2&after=${first}`)).ids).toEqual(byKey.ids.slice(1))
    })

    test('links keep the question', async () => {
      const all = await several(suite(), resource)
      const { ids } = await follow(suite(), `${path}?limit=1&id=${all[0]},${all[1]},${all[2]}&fields=id`)
      expect([...ids].sort()).toEqual(all.slice(0, 3).sort())
    })

    test('nonsense is refused and named, a limit past the cap is capped, a deep offset is sent to after=', async () => {
      for (const query of ['limit=-1', 'limit=many', 'limit=1.5', 'limit=']) expectError(await suite().send('GET', `${path}?${query}`), 400, 'limit')
      for (const query of ['offset=-1', 'offset=x']) expectError(await suite().send('GET', `${path}?${query}`), 400, 'offset')
      expectError(await suite().send('GET', `${path}?offset=99999999999`), 400, 'offset', 'after')
      expect((await suite().send('GET', `${path}?limit=999999999`)).status).toBe(200)
    })
  })

  test('sorts by every declared column, up and down', async () => {
    await several(suite(), resource)
    for (const name of ['id', ...Object.keys(resource.filters)]) {
      const up = (await suite().send('GET', `${path}?sort=${name}&limit=1000`)).body as Doc[]
      const down = (await suite().send('GET', `${path}?sort=-${name}&limit=1000`)).body as Doc[]
      const values = up.map(doc => valueAt(doc, name) ?? null)
      expect(down.map(doc => valueAt(doc, name) ?? null), name).toEqual([...values].reverse())
      const type = name === 'id' ? 'text' : resource.filters[name]
      if (type === 'text' || type === 'boolean') continue
      const numbers = values.filter(value => value !== null).map(value => (type === 'instant' ? Date.parse(String(value)) : Number(value)))
      expect(numbers, name).toEqual([...numbers].sort((a, b) => a - b))
    }
    expectError(await suite().send('GET', `${path}?sort=nothingOfTheKind`), 400, 'nothingOfTheKind')
  })

  test('fields selects in lists too', async () => {
    await several(suite(), resource)
    for (const doc of (await suite().send('GET', `${path}?fields=id`)).body as Doc[]) expect(Object.keys(doc).filter(name => !['id', 'href', '@type'].includes(name))).toEqual([])
  })

  const mandatory = MANDATORY[resource.name]
  if (mandatory !== undefined) {
    test('carries what the conformance profile wants in every answer', async () => {
      const made = await suite().make(resource)
      for (const name of mandatory.always) expect(made, name).toHaveProperty([name])
      for (const name of [...mandatory.always, ...(mandatory.given ?? [])]) {
        const attribute = attributesOf(resource).find(([own]) => own === name)
        expect(attribute, `${name} is an attribute`).toBeDefined()
        expect((await suite().send('GET', `${path}?fields=${encodeURIComponent(name)}`)).status).toBe(200)
        const value = made[name] as string | unknown[] | undefined
        if (value === undefined || (Array.isArray(value) && value.length === 0)) continue
        const kind = kindOf(attribute?.[1] ?? {})
        const text = kind === 'object' || kind === 'list' ? JSON.stringify(value) : String(value as string)
        const { body, text: answered } = await suite().send('GET', `${path}?${encodeURIComponent(name)}=${encodeURIComponent(text)}&limit=1000`)
        expect(Array.isArray(body) ? (body as Doc[]).map(one => one['id']) : answered, name).toContain(made['id'])
      }
    })
  }
})
