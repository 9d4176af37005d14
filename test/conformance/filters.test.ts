/** TMF.md "Reading", filters: any attribute by a value copied from an answer, operators, and / or, and no filter that silently matches all. */
import { describe, expect, test } from 'vitest'
import { attributesOf, kindOf, leavesOf, listsOf, secretsOf, type Leaf } from './documents.ts'
import { expectError, forEveryResource, has, pathOf, type Doc, type Suite } from './suite.ts'

const q = encodeURIComponent
const DAY = 86_400_000

const ids = async (suite: Suite, url: string): Promise<string[]> => {
  const { status, body, text } = await suite.send('GET', url)
  expect(status, `${url} ${text.slice(0, 300)}`).toBe(200)
  return (body as Doc[]).map(one => one['id'] as string)
}

/** The same instant in another zone. */
const shifted = (text: string): string => new Date(Date.parse(text) + 2 * 3_600_000).toISOString().replace('Z', '+02:00')

forEveryResource((resource, suite) => {
  if (!has(resource, 'list')) return
  const path = pathOf(resource)
  const ordered = (leaf: Leaf): boolean => (leaf.kind === 'instant' || leaf.kind === 'number') && Object.hasOwn(resource.filters, leaf.path)

  test('finds it again by every value of its answer', async () => {
    const made = await suite().make(resource)
    const leaves = leavesOf(resource, made)
    expect(leaves.length).toBeGreaterThan(2)
    for (const leaf of leaves) {
      expect(await ids(suite(), `${path}?${q(leaf.path)}=${q(String(leaf.value))}&limit=1000`), leaf.path).toContain(made['id'])
      if (leaf.kind === 'instant') expect(await ids(suite(), `${path}?${q(leaf.path)}=${q(shifted(String(leaf.value)))}&limit=1000`), `${leaf.path} in another zone`).toContain(made['id'])
    }
  })

  test('finds it again by a whole object or list', async () => {
    const made = await suite().make(resource)
    for (const [name, node] of attributesOf(resource)) {
      const value = made[name] as unknown
      if (!['object', 'list'].includes(kindOf(node)) || value === undefined || (Array.isArray(value) && value.length === 0)) continue
      expect(await ids(suite(), `${path}?${q(name)}=${q(JSON.stringify(value))}&limit=1000`), name).toContain(made['id'])
    }
  })

  test('a value that nobody has finds nothing, and the total says so', async () => {
    await suite().make(resource)
    for (const name of ['id', ...attributesOf(resource).filter(([name, node]) => kindOf(node) === 'text' && node['enum'] === undefined && !secretsOf(resource).has(name)).map(([name]) => name)]) {
      const { body, headers } = await suite().send('GET', `${path}?${q(name)}=nobody-has-this`)
      expect(body, name).toEqual([])
      expect(headers['x-total-count'], name).toBe('0')
    }
  })

  const secrets = [...secretsOf(resource)]
  if (secrets.length > 0) test('what is secret cannot be asked for', async () => {
    for (const name of secrets) expectError(await suite().send('GET', `${path}?${q(name)}=nobody-has-this`), 400, name)
  })

  test('or by comma and by repetition, and by several attributes', async () => {
    const [one, two] = [await suite().make(resource), await suite().make(resource)]
    expect((await ids(suite(), `${path}?id=${one['id']},${two['id']}`)).sort()).toEqual([one['id'], two['id']].sort())
    expect((await ids(suite(), `${path}?id=${one['id']}&id=${two['id']}`)).sort()).toEqual([one['id'], two['id']].sort())
    const leaf = leavesOf(resource, one).find(({ path }) => path !== 'id' && path !== 'href')
    expect(await ids(suite(), `${path}?id=${one['id']}&${q(leaf?.path ?? 'id')}=${q(String(leaf?.value))}`)).toEqual([one['id']])
    expect(await ids(suite(), `${path}?id=${one['id']}&href=${q(two['href'] as string)}`)).toEqual([])
    expect(await ids(suite(), `${path}?id.ne=${one['id']}&limit=1000`)).not.toContain(one['id'])
  })

  test('compares instants and numbers, in words and in signs', async () => {
    const made = await suite().make(resource)
    for (const leaf of leavesOf(resource, made).filter(ordered)) {
      const beside = (days: number): string => (leaf.kind === 'instant' ? new Date(Date.parse(String(leaf.value)) + days * DAY).toISOString() : String(Number(leaf.value) + days))
      const found = async (condition: string): Promise<boolean> => (await ids(suite(), `${path}?${condition}&limit=1000`)).includes(made['id'] as string)
      const [name, value] = [q(leaf.path), q(String(leaf.value))]
      expect([await found(`${name}.gte=${value}`), await found(`${name}.lte=${value}`), await found(`${name}.gt=${value}`), await found(`${name}.lt=${value}`)], leaf.path).toEqual([true, true, false, false])
      expect([await found(`${name}.gt=${q(beside(-1))}`), await found(`${name}.lt=${q(beside(1))}`), await found(`${name}.gt=${q(beside(1))}`), await found(`${name}.lt=${q(beside(-1))}`)], leaf.path).toEqual([true, true, false, false])
      expect([await found(`${name}${q('>=')}${value}`), await found(`${name}${q('>')}${value}`), await found(`${name}${q('<=')}${value}`), await found(`${name}${q('<')}${value}`)], leaf.path).toEqual([true, false, true, false])
      expect(await found(`${name}>=${value}`)).toBe(true)
      expectError(await suite().send('GET', `${path}?${name}.gt=nonsense`), 400, leaf.path)
      expectError(await suite().send('GET', `${path}?${name}=nonsense`), 400, leaf.path)
    }
  })

  test('finds text by a pattern, and refuses patterns that cannot be run', async () => {
    const made = await suite().make(resource)
    const [leaf] = leavesOf(resource, made).filter(one => one.kind === 'text' && Object.hasOwn(resource.filters, one.path) && String(one.value).length > 2)
    if (leaf === undefined) return
    const start = String(leaf.value).slice(0, 3).replaceAll(/[^\p{L}\p{N} ]/gu, '.')
    expect(await ids(suite(), `${path}?${q(leaf.path)}.regex=${q(`^${start}`)}&limit=1000`)).toContain(made['id'])
    expect(await ids(suite(), `${path}?${q(leaf.path)}.regex=${q('^nobody has this$')}`)).toEqual([])
    for (const pattern of ['(', '[', '*', 'x'.repeat(2000), '(a)\\1']) expectError(await suite().send('GET', `${path}?${q(leaf.path)}.regex=${q(pattern)}`), 400, leaf.path)
  })

  test('finds it again by what one element of a list holds (JSONPath), and not by what it does not hold', async () => {
    const made = await suite().make(resource)
    const terms = (scalars: readonly Leaf[]): string[] => scalars.map(({ path: name, value }) => `@['${name}']==${typeof value === 'string' ? JSON.stringify(value) : String(value)}`)
    for (const { list, scalars } of listsOf(resource, made)) {
      const all = terms(scalars)
      expect(await ids(suite(), `${path}?filter=${q(`${list}[?(${all.join(' && ')})]`)}&limit=1000`), list).toContain(made['id'])
      expect(await ids(suite(), `${path}?filter=${q(`$.${list}[?(!(${all.join(' || ')}))]`)}&id=${made['id']}&filter=${q(`${list}[?(!@['${scalars[0]!.path}'])]`)}`), list).toEqual([])
      expect(await ids(suite(), `${path}?filter=${q(`${list}[?(@['${scalars[0]!.path}'])]`)}&id=${made['id']}`), list).toEqual([made['id']])
      // The same value in two ways at once: no element has it.
      expect(await ids(suite(), `${path}?filter=${q(`${list}[?(${all[0]} && !(${all[0]}))]`)}`), list).toEqual([])
    }
    const top = leavesOf(resource, made).filter(leaf => !leaf.path.includes('.') && leaf.kind !== 'list')
    expect(await ids(suite(), `${path}?filter=${q(`$[?(${terms(top).slice(0, 10).join(' && ')})]`)}`)).toContain(made['id'])
  })

  test('a JSONPath filter that cannot be read, or asks for what is not there, is refused', async () => {
    const lists = attributesOf(resource).filter(([, node]) => kindOf(node) === 'list').map(([name]) => name)
    for (const list of ['$', ...lists.slice(0, 3)]) expectError(await suite().send('GET', `${path}?filter=${q(`${list}[?(@.nothingOfTheKind=='1')]`)}`), 400, 'nothingOfTheKind')
    for (const filter of ['', '$', 'id[', "$[?(@.id=='1')", "$[?(@.id='1')]", '$[?(@.id==1)]', '$..id', '$[?(@.id.length()>1)]', '$[(@.length-1)]']) expectError(await suite().send('GET', `${path}?filter=${q(filter)}`), 400)
  })

  describe('an attribute that it does not have is refused and named', () => {
    for (const name of ['nothingOfTheKind', 'id.deeper', 'relatedParty.nothing', '__proto__', 'constructor', 'toString']) {
      test(name, async () => {
        expectError(await suite().send('GET', `${path}?${q(name)}=1`), 400, name)
        expectError(await suite().send('GET', `${path}?${q(name)}.gt=1`), 400, name)
      })
    }
  })
})
