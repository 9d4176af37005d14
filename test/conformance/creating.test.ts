/** TMF.md "Writing", POST: what is given, derived, required, refused; references; extensions; idempotency. */
import { describe, expect, test } from 'vitest'
import { attributesOf, kindOf, minimal, schemaAt, withReference, secretsOf } from './documents.ts'
import { context, expectError, forEveryResource, has, pathOf, refusing, targetOf, type Answer, type Doc, type Suite } from './suite.ts'
import type { AnyResource } from '../../src/tmf/module.ts'

/** A value that no attribute of this kind takes. */
const wrongFor = (kind: string): unknown => ({ text: 4711, instant: 'the day after tomorrow', number: 'many', boolean: 'perhaps', list: 'one', object: 'thing' })[kind]

/** Attributes of which a client may say something on create. */
const givable = (resource: AnyResource): string[] => {
  const mine = new Set(['id', 'href', ...(resource.create?.omits ?? []), ...(resource.serverSet ?? []), ...(resource.stamps?.onCreate ?? []), ...(resource.stamps?.onWrite ?? [])])
  return attributesOf(resource).map(([name]) => name).filter(name => !mine.has(name))
}

const ok = (answer: Answer): Doc => {
  expect([200, 201], `${answer.status} ${answer.text.slice(0, 500)}`).toContain(answer.status)
  return answer.body as Doc
}

const refused = async (suite: Suite, resource: AnyResource, payload: unknown, ...named: string[]): Promise<void> =>
  expectError(await suite.send('POST', pathOf(resource), { payload }), 400, ...named)

/** How many kinds of reference were seen to be refused by name: a rule that every body escapes would prove nothing. */
let missed = 0

forEveryResource((resource, suite) => {
  const path = pathOf(resource)
  if (!has(resource, 'create')) {
    test('cannot be created by a client: 405, and the allowed methods', async () => {
      const answer = await suite().send('POST', path, { payload: {} })
      expectError(answer, 405)
      expect(answer.headers['allow']).toContain('GET')
      expect(answer.headers['allow']).not.toContain('POST')
    })
    return
  }

  test('is created from its example: 201, Location, entity tag, the stored resource', async () => {
    const body = await suite().body(resource)
    const answer = await suite().send('POST', path, { payload: body })
    const made = ok(answer)
    if ((resource.create?.alsoAnswers ?? []).length === 0) expect(answer.status).toBe(201)
    expect(answer.headers['location']).toBe(made['href'])
    expect(made['href']).toBe(`${path}/${made['id']}`)
    if (has(resource, 'get')) expect((await suite().send('GET', String(made['href']))).body).toEqual(made)
    const kept = Object.keys(body).filter(name => !(resource.serverSet ?? []).includes(name) && kindOf(schemaAt(resource, name) ?? {}) !== 'list' && kindOf(schemaAt(resource, name) ?? {}) !== 'object')
    for (const name of kept) expect(made[name], name).toEqual(secretsOf(resource).has(name) ? undefined : body[name])
  })

  test('the server gives id, dates and the first state', async () => {
    const body = await suite().body(resource)
    if (resource.lifecycle) delete body[resource.lifecycle.attribute]
    if ((resource.create?.required ?? []).includes(resource.lifecycle?.attribute ?? '')) return
    const made = ok(await suite().send('POST', path, { payload: body }))
    for (const name of [...(resource.stamps?.onCreate ?? []), ...(resource.stamps?.onWrite ?? [])]) expect(Math.abs(Date.parse(String(made[name])) - Date.now()), name).toBeLessThan(60_000)
    if (resource.lifecycle && resource.lifecycle.open !== true) expect(resource.lifecycle.states).toContain(made[resource.lifecycle.attribute])
    if (resource.lifecycle?.movedBy === 'client' && resource.lifecycle.open !== true) expect(made[resource.lifecycle.attribute]).toBe(resource.lifecycle.initial[0])
  })

  if (resource.create?.takesId === true) {
    test('an id of the client is taken as the definition has it, once; its href is not', async () => {
      const id = `mine-${resource.name}`
      const made = ok(await suite().send('POST', path, { payload: { ...(await suite().body(resource)), id, href: '/mine' } }))
      expect(made).toMatchObject({ id, href: `${path}/${id}` })
      expectError(await suite().send('POST', path, { payload: { ...(await suite().body(resource)), id } }), 409, id)
      await refused(suite(), resource, { ...(await suite().body(resource)), id: '' }, 'id')
    })
  } else {
    refusing('an id or href of the client is refused and named', resource, suite, async () => {
      const body = await suite().body(resource)
      await refused(suite(), resource, { ...body, id: 'mine' }, 'id')
      await refused(suite(), resource, { ...body, href: '/mine' }, 'href')
    })
  }

  refusing('each required attribute that is missing is named, all at once and one by one', resource, suite, async () => {
    const body = await suite().body(resource)
    // A state or date that is missing gets its default before anything is checked.
    const derived = [resource.lifecycle?.attribute, ...(resource.stamps?.onCreate ?? []), ...(resource.stamps?.onWrite ?? [])]
    const required = (resource.create?.required ?? []).filter(name => !derived.includes(name))
    if (required.length > 0) await refused(suite(), resource, {}, ...required)
    for (const name of required) {
      const { [name]: _left, ...rest } = body
      await refused(suite(), resource, rest, name)
      await refused(suite(), resource, { ...rest, [name]: null }, name)
    }
  })

  refusing('each attribute of the wrong type is named, all at once and one by one', resource, suite, async () => {
    const body = await suite().body(resource)
    const typed = attributesOf(resource).filter(([name, node]) => givable(resource).includes(name) && wrongFor(kindOf(node)) !== undefined && !name.startsWith('@'))
    const wrong = Object.fromEntries(typed.map(([name, node]) => [name, wrongFor(kindOf(node))]))
    await refused(suite(), resource, { ...body, ...wrong }, ...typed.slice(0, 25).map(([name]) => name))
    for (const [name] of typed) await refused(suite(), resource, { ...body, [name]: wrong[name] }, name)
  })

  refusing('values outside an enumeration are refused, and the allowed ones are named', resource, suite, async () => {
    const body = await suite().body(resource)
    for (const [name, node] of attributesOf(resource)) {
      if (!Array.isArray(node['enum']) || !givable(resource).includes(name)) continue
      await refused(suite(), resource, { ...body, [name]: 'nothingOfTheKind' }, name, String((node['enum'] as unknown[])[0]))
      const { body: error } = await suite().send('POST', path, { payload: { ...body, [name]: 'nothingOfTheKind' } })
      expect(((error as Doc)['details'] as Doc[]).filter(one => one['path'] === name), 'said once').toHaveLength(1)
    }
  })

  refusing('an unknown attribute is refused and named, also inside an object', resource, suite, async () => {
    const body = await suite().body(resource)
    await refused(suite(), resource, { ...body, nothingOfTheKind: 1, norThis: 2 }, 'nothingOfTheKind', 'norThis')
    const [name, node] = attributesOf(resource).find(([name, node]) => givable(resource).includes(name) && kindOf(node) === 'object' && !((node['required'] as string[] | undefined) ?? []).includes('@schemaLocation')) ?? []
    if (name === undefined || node === undefined) return
    await refused(suite(), resource, { ...body, [name]: { ...(minimal(resource.schema, node) as Doc), nothingOfTheKind: 1 } }, `${name}.nothingOfTheKind`)
  })

  test('an extension that says what it extends is kept as it is', async () => {
    if (!Object.hasOwn((resource.schema as unknown as Doc)['properties'] as Doc, '@baseType')) return
    const own = { '@type': `Special${resource.type}`, '@baseType': resource.type, ownColour: 'red', ownThing: { deep: [1, 'two', null] } }
    const made = ok(await suite().send('POST', path, { payload: { ...(await suite().body(resource)), ...own } }))
    expect(made).toMatchObject(own)
    if (has(resource, 'get')) expect((await suite().send('GET', String(made['href']))).body).toMatchObject(own)
    await refused(suite(), resource, { ...(await suite().body(resource)), ...own, '@baseType': undefined }, 'ownColour')
  })

  const checked = (resource.references ?? []).flatMap(reference => {
    const target = targetOf(reference.to, { '@referredType': 'Individual' })
    const first = reference.path.split('.')[0]?.replace('[]', '') ?? ''
    return target === undefined || reference.onMissing === 'record' || !givable(resource).includes(first) ? [] : [{ reference, target }]
  })
  if (checked.length > 0) describe('references', () => {
    for (const { reference, target } of checked) {
      const to = reference.to === undefined ? { '@referredType': target.type } : {}

      test(`${reference.path}: to nowhere is refused and named, to another system is kept`, async () => {
        const body = await suite().body(resource)
        const at = withReference(resource, body, reference.path, { id: 'nowhere', ...to })
        if (at === undefined) return
        // What is refused although the reference is right is refused by a rule of the resource, which has its own tests.
        const control = await suite().body(resource)
        withReference(resource, control, reference.path, { id: (await suite().make(target))['id'], ...to })
        const ruled = (await suite().send('POST', path, { payload: control })).status >= 400
        await refused(suite(), resource, body, ...(ruled ? [] : [`${at}.id`]))
        if (!ruled) missed += 1
        const outside = await suite().body(resource)
        const href = 'https://elsewhere.example.com/things/nowhere'
        withReference(resource, outside, reference.path, { id: 'nowhere', href, ...to })
        const answer = await suite().send('POST', path, { payload: outside })
        // A rule of the resource may still object, but never that it is not found here.
        if (answer.status >= 400) expect(answer.text).not.toContain('referenceNotFound')
        else expect(JSON.stringify(answer.body)).toContain(href)
      })
    }
  })

  describe('Idempotency-Key', () => {
    const send = (payload: unknown, key: string): Promise<Answer> => suite().send('POST', path, { payload, headers: { 'idempotency-key': key } })

    test('the same key and body get the first answer, and nothing is made twice', async () => {
      const body = await suite().body(resource)
      const before = await suite().count(resource)
      const first = await send(body, `same-${resource.name}`)
      const second = await send(body, `same-${resource.name}`)
      expect(second.status).toBe(first.status)
      expect(second.body).toEqual(ok(first))
      expect(second.headers['location']).toBe(first.headers['location'])
      expect(second.headers['etag']).toBe(first.headers['etag'])
      expect(await suite().count(resource)).toBe(before + 1)
    })

    test('the same key with another body is a conflict', async () => {
      const body = await suite().body(resource)
      ok(await send(body, `other-${resource.name}`))
      const before = await suite().count(resource)
      expectError(await send({ ...body, '@schemaLocation': 'https://example.com/other.json' }, `other-${resource.name}`), 409)
      expect(await suite().count(resource)).toBe(before)
    })

    test('of many at once with one key one is made, and all get it', async () => {
      const body = await suite().body(resource)
      const before = await suite().count(resource)
      const answers = await Promise.all(Array.from({ length: 6 }, () => send(body, `many-${resource.name}`)))
      const made = answers.map(answer => ok(answer)['id'] as string)
      expect(new Set(made).size).toBe(1)
      expect(await suite().count(resource)).toBe(before + 1)
    })

    test('a refused request leaves its key free, and a key that is none is refused', async () => {
      expectError(await send({ nothingOfTheKind: 1 }, `free-${resource.name}`), 400)
      ok(await send(await suite().body(resource), `free-${resource.name}`))
      expectError(await send(await suite().body(resource), 'x'.repeat(300)), 400, 'Idempotency-Key')
    })

    test('two brands may use the same key', async () => {
      const body = await suite().body(resource)
      if (JSON.stringify(resource.example) !== JSON.stringify(body)) return
      const here = ok(await send(body, `brands-${resource.name}`))
      const there = ok(await suite().send('POST', path, { payload: body, headers: { 'idempotency-key': `brands-${resource.name}`, 'x-tandem-brand': 'elsewhere' } }))
      expect(there['id']).not.toBe(here['id'])
      expect(await suite().server.services.store.get({ ...context, brand: 'elsewhere' }, resource, there['id'] as string)).toBeDefined()
    })
  })
})

test('references to nowhere were seen to be refused by name', () => expect(missed).toBeGreaterThan(10))
