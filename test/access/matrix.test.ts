/**
 * The access matrix: every operation of every registered resource, for every kind of caller. It is made from what the running modules register,
 * so a resource cannot be forgotten. Nothing of what a caller may not see shows, in documents, counts, messages or headers.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AnyResource } from '../../src/tmf/module.ts'
import type { Operation } from '../../src/tmf/resource.ts'
import { objectsAt } from '../conformance/documents.ts'
import { has, pathOf, resources, targetOf, type Doc, type Answer } from '../conformance/suite.ts'
import { CONFINED, expectNoLeak, MARKER, OWN, seesRowsOf, STRANGERS, type Caller, type Headers } from './callers.ts'
import { questions, type Rows } from './rows.ts'
import { SERVED, startWorld, type Method, type World } from './world.ts'
import { WRITERS } from './writers.ts'

let world: World
const rows = (resource: AnyResource): Rows => world.rows(resource)
const ask: World['ask'] = (...asked) => world.ask(...asked)

beforeAll(async () => {
  world = await startWorld()
}, 120_000)
afterAll(() => world?.close())

/** What a caller sees of a list, all of it. */
const seen = async (caller: Caller, resource: AnyResource): Promise<{ ids: Set<string>; total: number }> => {
  const answer = await ask(caller, 'GET', `${pathOf(resource)}?limit=1000&fields=id`)
  expect(answer.status, answer.text).toBe(200)
  return { ids: new Set((answer.body as Doc[]).map(one => String(one['id']))), total: Number(answer.headers['x-total-count']) }
}

/** Places of a body where something that must exist is referred to: those that it has, and those at its top that it could have. */
const places = (resource: AnyResource, body: Doc): { to: string | undefined; path: string; withId: (id: string, type: string) => Doc }[] =>
  (resource.references ?? [])
    .filter(reference => reference.onMissing !== 'record')
    .flatMap(({ path, to }) => {
      const name = path.replace('[]', '')
      const isTop = Object.hasOwn(resource.schema.properties as Doc, name)
      const isThere = objectsAt(body, path).length > 0
      if (!isTop && !isThere) return []
      return {
        to,
        path,
        withId: (id, type) => {
          const draft = structuredClone(body)
          if (isThere) {
            for (const { object } of objectsAt(draft, path)) {
              delete object['href']
              Object.assign(object, { id, ...(to === undefined && { '@referredType': type }) })
            }
            return draft
          }
          const reference = { id, name: 'x', ...(/party/i.test(name) && { role: 'witness' }), '@referredType': type }
          return { ...draft, [name]: path.endsWith('[]') ? [reference] : reference }
        },
      }
    })

/** Each operation of a resource, as a request that would do no harm. */
const attempts = (resource: AnyResource, target: Doc): [Operation, Method, string, unknown][] =>
  resource.operations.map(operation => {
    const { method, byId } = SERVED[operation]
    return [operation, method, byId ? String(target['href']) : pathOf(resource), method === 'POST' || method === 'PATCH' ? {} : undefined]
  })

describe.each(resources.map(resource => [resource.name, resource] as const))('%s', (_name, resource) => {
  const isOfBrand = resource.visibility === 'brand'
  const isOfHouse = resource.visibility === 'house'

  test('is closed to who is not let in, and to who has no permission', async () => {
    for (const caller of [...STRANGERS, 'nothing'] as const) {
      for (const target of [rows(resource).victim, ...(caller === 'nothing' ? [{ href: `${pathOf(resource)}/there-is-none` }] : [])]) {
        for (const [operation, method, url, payload] of attempts(resource, target)) {
          const answer = await ask(caller, method, url, { payload })
          expect(answer.status, `${caller} ${operation}: ${answer.text}`).toBe(caller === 'nothing' ? 403 : 401)
          expectNoLeak(answer, rows(resource).hidden, url, `${caller} ${operation}`)
        }
      }
    }
  })

  test('shows confined callers their rows alone, however they ask', async () => {
    const { victim, own, store, partner, elsewhere, hidden } = rows(resource)
    const mine: Record<string, Doc> = { [OWN]: own, [String(store['id'])]: store, [String(partner['id'])]: partner }
    for (const caller of CONFINED) {
      const party = seesRowsOf(caller, resource.name)
      const visible = isOfBrand ? [own, store, partner, victim] : isOfHouse ? [] : caller === 'store' ? [store] : caller === 'partner' ? [partner] : party === undefined ? [] : [mine[party]!]
      const may = caller !== 'delegate by header' || party !== undefined
      if (has(resource, 'list')) {
        if (may) {
          const { ids, total } = await seen(caller, resource)
          for (const row of [own, store, partner, victim, elsewhere]) expect(ids.has(String(row['id'])), `${caller}: ${String(row['id'])}`).toBe(visible.includes(row))
          expect(total, `${caller}: the count is of what is seen`).toBe(ids.size)
        }
        if (!isOfBrand && ['customer', 'another customer', 'delegate by header'].includes(caller)) {
          const asked = questions(resource, rows(resource)).map(async question => [question, await ask(caller, 'GET', `${pathOf(resource)}${question}`)] as const)
          for (const [question, answer] of await Promise.all(asked)) {
            expect(may ? [200, 400] : [403], `${caller} ${question}: ${answer.text.slice(0, 300)}`).toContain(answer.status)
            expectNoLeak(answer, hidden, decodeURIComponent(question), `${caller} ${question}`)
            const found = question.includes(MARKER) || question === `?id=${String(victim['id'])}` || question.includes('party-victim')
            if (found && answer.status === 200) expect([answer.headers['x-total-count'], answer.body], `${caller} ${question}`).toEqual(['0', []])
          }
        }
      }
      if (!has(resource, 'get')) continue
      for (const row of [own, store, partner, victim, elsewhere]) {
        const answer = await ask(caller, 'GET', String(row['href']))
        expect(answer.status, `${caller} GET ${String(row['id'])}: ${answer.text.slice(0, 300)}`).toBe(may ? (visible.includes(row) ? 200 : 404) : 403)
      }
    }
  })

  test("cannot tell another's row from one that does not exist", async () => {
    const { victim, elsewhere, hidden } = rows(resource)
    const normal = (answer: Answer, id: string): unknown => ({ status: answer.status, body: answer.text.replaceAll(id, '<id>'), etag: answer.headers['etag'] })
    const none = 'there-is-none-of-this-id-0123456789'
    for (const caller of ['customer', 'delegate', 'store', ...(isOfBrand ? [] : (['partner'] as const))] as const) {
      const absentAnswers = new Map<string, unknown>()
      for (const row of isOfBrand ? [elsewhere] : caller === 'customer' ? [victim, elsewhere] : [victim]) {
        const id = String(row['id'])
        const asked: [Operation, Headers, unknown][] = [
          ['get', {}, undefined],
          ['get', { 'if-none-match': '"1"' }, undefined],
          ['get', { 'if-none-match': '*' }, undefined],
          ['patch', {}, { description: 'x' }],
          ['patch', { 'if-match': '"99"' }, {}],
          ['patch', { 'if-match': '"1"' }, { id: 'x', nonsense: true }],
          ['delete', {}, undefined],
          ['delete', { 'if-match': '"99"' }, undefined],
        ]
        for (const [operation, headers, payload] of asked) {
          if (!has(resource, operation)) continue
          const { method } = SERVED[operation]
          const answer = await ask(caller, method, `${pathOf(resource)}/${id}`, { headers, payload })
          const asked = `${operation} ${JSON.stringify(headers)}`
          if (!absentAnswers.has(asked)) absentAnswers.set(asked, normal(await ask(caller, method, `${pathOf(resource)}/${none}`, { headers, payload }), none))
          expect(normal(answer, id), `${caller} ${asked}`).toEqual(absentAnswers.get(asked))
          expect([403, 404]).toContain(answer.status)
          expectNoLeak(answer, hidden, id, `${caller} ${operation}`)
        }
      }
    }
  })

  test('refers to nothing that is not its own', async () => {
    if (!has(resource, 'create')) return
    const body = await world.suite.body(resource)
    for (const caller of ['customer', 'store'] as const) {
      for (const { to, path, withId } of places(resource, body)) {
        const target = targetOf(to, { '@referredType': 'Individual' })
        if (target === undefined || target.visibility === 'brand') continue
        // Those who sell name whoever comes to them.
        if (caller === 'store' && target.ownerParty?.({ id: '?' }) === '?') continue
        const said: { status: number; text: string }[] = []
        const victim = String(rows(target).victim['id'])
        // As long as the one that there is: a refusal repeats the beginning of what was sent.
        for (const id of [victim, victim.replaceAll(/[0-9a-z]/gi, 'x')]) {
          const answer = await ask(caller, 'POST', pathOf(resource), { payload: withId(id, target.type) })
          said.push({ status: answer.status, text: answer.text.replaceAll(id, '<id>') })
          expectNoLeak(answer, rows(resource).hidden, id, `${caller} refers to ${target.name}`)
        }
        expect(said[0]!.status, `${caller} at ${path}: ${said[0]!.text}`).toBeGreaterThanOrEqual(400)
        expect(said[0], `${caller} at ${path}`).toEqual(said[1])
      }
    }
  })

  test("neither meets another's idempotency key nor its answer", async () => {
    if (!has(resource, 'create')) return
    const body = await world.fresh(resource)
    const headers = { 'idempotency-key': `matrix-${resource.name}` }
    const first = await world.suite.send('POST', pathOf(resource), { payload: body, headers: { ...world.credentials.administrator, ...headers } })
    expect(first.status, first.text).toBeLessThan(300)
    const id = String(first.body['id'])
    for (const caller of ['customer', 'another customer', 'agent', 'agent of another brand'] as const) {
      for (const payload of [body, { ...body, nonsense: true }]) {
        const answer = await ask(caller, 'POST', pathOf(resource), { payload, headers })
        expect(answer.text.includes(id), `${caller}: ${answer.text.slice(0, 300)}`).toBe(false)
        expect(answer.text.includes('idempotencyKeyReused') && answer.status === 409 && payload === body, caller).toBe(false)
        expectNoLeak(answer, rows(resource).hidden, JSON.stringify(payload), `${caller} creates`)
      }
    }
  })

  test('is written by confined callers only where it is theirs', async () => {
    const { victim } = rows(resource)
    for (const caller of ['customer', 'another customer', 'delegate'] as const) {
      if (isOfBrand || isOfHouse) {
        for (const [operation, method, url, payload] of attempts(resource, victim)) {
          if (operation === 'list' || operation === 'get') continue
          expect(operation === 'create' ? [400, 403] : [403], `${caller} ${operation}`).toContain((await ask(caller, method, url, { payload })).status)
        }
      }
      if (has(resource, 'create')) {
        const made = await ask(caller, 'POST', pathOf(resource), { payload: await world.fresh(resource) })
        if (isOfBrand || isOfHouse) expect(made.status, made.text).toBe(403)
        else if (made.status < 300 && has(resource, 'get')) {
          for (const other of ['customer', 'another customer', 'store'] as const) {
            if (other !== caller) expect((await ask(other, 'GET', String(made.body['href']))).status, `${other} reads what ${caller} made`).toBe(404)
          }
        }
      }
    }
    const [row] = await world.suite.server.database.query<{ revision: number }>(`SELECT revision FROM "${resource.table}" WHERE brand = 'default' AND id = $1`, [victim['id']])
    expect(row?.revision, 'nobody changed it').toBe(1)
  })

  test('is written by partners and stores only where it was decided that it counts for them alone', async () => {
    const writer = WRITERS.get(resource.name)
    expect(writer, `who writes a ${resource.name}? (test/access/writers.ts)`).toBe(isOfHouse || resource.writtenBy === 'house' ? 'house' : isOfBrand ? 'partner' : 'party')
    if (writer === 'party') return
    for (const caller of ['partner', 'store'] as const) {
      const target = rows(resource)[caller]
      for (const [operation, method, url, payload] of attempts(resource, target)) {
        if (operation === 'list' || operation === 'get' || (operation !== 'create' && writer === 'partner' && caller === 'partner')) continue
        const body = operation === 'create' ? await world.fresh(resource) : payload
        const answer = await ask(caller, method, url, { payload: body })
        // Of what it does not see it is not told either whether it is there.
        const refused = writer === 'partner' && caller === 'partner' ? answer.status !== 403 : (operation === 'create' ? [403] : [403, 404]).includes(answer.status)
        expect(refused, `${caller} ${operation}: ${answer.status} ${answer.text.slice(0, 300)}`).toBe(true)
      }
    }
  })

  test('keeps the brands apart', async () => {
    const { victim, own, elsewhere } = rows(resource)
    if (has(resource, 'list')) {
      const agent = await seen('agent', resource)
      const all = await seen('administrator', resource)
      expect([...agent.ids].sort()).toEqual([...all.ids].sort())
      expect(agent.total).toBe(all.total)
      for (const row of [victim, own]) expect(agent.ids.has(String(row['id']))).toBe(true)
      expect(agent.ids.has(String(elsewhere['id']))).toBe(false)
      const there = await seen('agent of another brand', resource)
      expect([...there.ids].filter(id => all.ids.has(id))).toEqual([])
      expect([there.ids.has(String(elsewhere['id'])), there.total]).toEqual([true, there.ids.size])
      const asked = questions(resource, rows(resource)).map(async question => [question, await ask('agent of another brand', 'GET', `${pathOf(resource)}${question}`)] as const)
      for (const [question, answer] of await Promise.all(asked)) {
        expectNoLeak({ ...answer, text: answer.text.replaceAll(`${MARKER} elsewhere`, '') }, [String(victim['id'])], decodeURIComponent(question), question)
      }
    }
    for (const [operation, method, url, payload] of attempts(resource, victim)) {
      if (!SERVED[operation].byId) continue
      expect((await ask('agent of another brand', method, url, { payload })).status, operation).toBe(404)
      const named = await ask('agent of another brand', method, url, { payload, headers: { 'x-tandem-brand': 'default' } })
      expect(named.status, operation).toBe(403)
      expectNoLeak(named, [], url, operation)
    }
    if (has(resource, 'get')) for (const caller of ['agent', 'administrator'] as const) expect((await ask(caller, 'GET', String(victim['href']))).status).toBe(200)
  })
})

