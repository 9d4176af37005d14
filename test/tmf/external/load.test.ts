/** Loads: one result for each record, whatever is wrong with others; order, circles and repetition within a load; lines and lists. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { catalogModule } from '../../../src/modules/catalog/index.ts'
import { customerModule } from '../../../src/modules/customer/index.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'

type Doc = Record<string, any>

let server: TestApp
beforeAll(async () => {
  server = await createTestApp({ modules: [catalogModule, customerModule], settings: { ROLES: 'api', BODY_LIMIT: '4096' } })
})
afterAll(() => server.close())

const load = async (resource: string, body: string | unknown[], source = 'crm') => {
  const isText = typeof body === 'string'
  const answer = await server.app.inject({ method: 'POST', url: `/tandem/v1/external/${source}/${resource}`, headers: { 'content-type': isText ? 'application/x-ndjson' : 'application/json' }, payload: isText ? body : JSON.stringify(body) })
  return { status: answer.statusCode, body: JSON.parse(answer.body) as any }
}
const lines = (records: unknown[]) => records.map(record => JSON.stringify(record)).join('\n')
const person = (n: number | string, more: Doc = {}) => ({ externalId: `P-${n}`, sourceVersion: 1, document: { givenName: `Given ${n}`, familyName: `Family ${n}`, ...more } })
const outcomes = (body: Doc) => (body['results'] as Doc[]).map(one => one['outcome'])
const countOf = async (sql: string) => Number((await server.database.query<{ n: string }>(`SELECT count(*) AS n FROM ${sql}`))[0]!.n)

describe('a load', () => {
  test('takes what is right and says what is wrong with the rest, in order', async () => {
    const body = [
      JSON.stringify(person('a')),
      '{"externalId": "P-b", "document": {',
      '',
      JSON.stringify(person('c', { shoeSize: 42 })),
      JSON.stringify({ document: { givenName: 'No identity' } }),
      JSON.stringify({ ...person('e'), colour: 'red' }),
      JSON.stringify({ externalId: 'P-f', document: { ...person('f').document, id: '1' } }),
      JSON.stringify(person('g', { title: 'x'.repeat(5000) })),
      '42',
      JSON.stringify(person('h')),
    ].join('\r\n')
    const { status, body: answer } = await load('individual', body)
    expect(status).toBe(200)
    expect(answer).toMatchObject({ received: 9, created: 2, failed: 7 })
    expect(answer.results.map((one: Doc) => one['position'])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
    expect(outcomes(answer)).toEqual(['created', 'failed', 'failed', 'failed', 'failed', 'failed', 'failed', 'failed', 'created'])
    const [, broken, unknown, nameless, extra, withId, long, number] = answer.results as Doc[]
    expect(broken).toMatchObject({ status: 400, code: 'malformedJson' })
    expect(unknown).toMatchObject({ externalId: 'P-c', status: 400, message: expect.stringContaining('shoeSize') })
    expect(nameless).toMatchObject({ message: expect.stringContaining('externalId') })
    expect(extra).toMatchObject({ externalId: 'P-e', message: expect.stringContaining('colour') })
    expect(withId).toMatchObject({ message: expect.stringContaining('document.id') })
    expect(long).toMatchObject({ status: 413, code: 'recordTooLarge' })
    expect(number).toMatchObject({ status: 400 })
  })

  test('sent again writes nothing; older records, changes and withdrawals in one', async () => {
    const records = Array.from({ length: 600 }, (_, n) => ({ ...person(`again-${n}`), sourceVersion: 5 }))
    expect((await load('individual', lines(records))).body).toMatchObject({ received: 600, created: 600 })
    const before = [await countOf('event'), await countOf("external_identity WHERE external_id LIKE 'P-again-%'")]
    const again = await load('individual', records)
    expect(again.body).toMatchObject({ received: 600, unchanged: 600 })
    expect([await countOf('event'), await countOf("external_identity WHERE external_id LIKE 'P-again-%'")]).toEqual(before)

    const mixed = [{ ...person('again-0', { title: 'old' }), sourceVersion: 4 }, { ...person('again-1', { title: 'Dr' }), sourceVersion: 6 }, { externalId: 'P-again-2', sourceVersion: 6, withdrawn: true }, records[3]]
    expect(outcomes((await load('individual', mixed)).body)).toEqual(['older', 'changed', 'deleted', 'unchanged'])
  })

  test('takes what is sent of one record twice in its order', async () => {
    const { body } = await load('individual', [person('twice', { title: 'first' }), person('x'), { ...person('twice', { title: 'second' }), sourceVersion: 2 }, { externalId: 'P-twice', sourceVersion: 3, withdrawn: true }])
    expect(outcomes(body)).toEqual(['created', 'created', 'changed', 'deleted'])
  })

  test('resolves references within it in any order, and says which do not exist', async () => {
    const parent = (of: string) => ({ organizationParentRelationship: { relationshipType: 'below', organization: { externalId: of } } })
    const org = (id: string, more: Doc = {}) => ({ externalId: id, document: { tradingName: id, ...more } })
    const { body } = await load('organization', [org('leaf', parent('mid')), org('mid', parent('root')), org('orphan', parent('nowhere')), org('under-orphan', parent('orphan')), org('root')])
    expect(outcomes(body)).toEqual(['created', 'created', 'failed', 'failed', 'created'])
    expect(body.results[2]).toMatchObject({ status: 409, code: 'referenceUnresolved', message: expect.stringContaining('nowhere') })
    const ids = Object.fromEntries((body.results as Doc[]).map(one => [one['externalId'], one['id']]))
    const leaf = JSON.parse((await server.app.inject({ url: `/tmf-api/party/v4/organization/${ids['leaf']}` })).body) as Doc
    expect(leaf['organizationParentRelationship'].organization).toEqual({ id: ids['mid'], href: `/tmf-api/party/v4/organization/${ids['mid']}` })
  })

  test('closes circles: each is there whole at the end, and unchanged when it comes again', async () => {
    const offering = (id: string, other: string) => ({ externalId: id, document: { name: id, productOfferingRelationship: [{ externalId: other, relationshipType: 'excludes' }] } })
    const records = [offering('A', 'B'), offering('B', 'C'), offering('C', 'A'), offering('D', 'A')]
    const { body } = await load('productOffering', records)
    expect(outcomes(body)).toEqual(['created', 'created', 'created', 'created'])
    const ids = (body.results as Doc[]).map(one => one['id'] as string)
    for (const [at, to] of [[0, 1], [1, 2], [2, 0], [3, 0]] as const) {
      const doc = JSON.parse((await server.app.inject({ url: `/tmf-api/productCatalogManagement/v4/productOffering/${ids[at]}` })).body) as Doc
      expect(doc['productOfferingRelationship']).toEqual([expect.objectContaining({ id: ids[to], relationshipType: 'excludes' })])
    }
    expect(outcomes((await load('productOffering', records)).body)).toEqual(['unchanged', 'unchanged', 'unchanged', 'unchanged'])
  })

  test('of the same records twice at once is one resource each', async () => {
    const records = Array.from({ length: 300 }, (_, n) => person(`at-once-${n}`))
    const answers = await Promise.all([load('individual', lines(records)), load('individual', lines(records.toReversed()))])
    expect(answers.flatMap(answer => (answer.body.results as Doc[]).filter(one => one['outcome'] === 'failed'))).toEqual([])
    expect(await countOf("individual WHERE doc->>'givenName' LIKE 'Given at-once-%'")).toBe(300)
    expect(await countOf("event WHERE doc->>'givenName' LIKE 'Given at-once-%'")).toBe(300)
  })

  test.each([
    ['a body that is no list', { externalId: 'P-1' }, 400],
    ['more than the most records', Array.from({ length: 10_001 }, () => ({})), 413],
  ])('%s is refused', async (_name, body, status) => {
    expect((await load('individual', body as unknown[])).status).toBe(status)
  })

  test('an empty one is none', async () => {
    expect((await load('individual', '\n')).body).toEqual({ received: 0, results: [] })
  })
})
