/** A live stream shows what its caller may see when it is told: from the answer to a revocation on, nothing of the grantor's. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../../support/app.ts'

type Doc = Record<string, any>

const BOOTSTRAP = 'stream-ends-bootstrap-key-0123456789'
const INDIVIDUAL = '/tmf-api/party/v4/individual'
const admin = { authorization: `Bearer ${BOOTSTRAP}` }

let server: TestApp
let address: string
beforeAll(async () => {
  server = await createTestApp({ settings: { AUTH: 'key', BOOTSTRAP_KEY: BOOTSTRAP } })
  address = await server.listen()
})
afterAll(() => server?.close())

const made = async (method: 'POST' | 'PATCH', url: string, payload: Doc, headers: Doc): Promise<Doc> => {
  const answer = await server.app.inject({ method, url, payload, headers })
  expect(answer.statusCode, answer.body).toBeLessThan(300)
  return answer.json()
}
const keyOf = async (party: string) => ({ authorization: `Bearer ${String((await made('POST', '/tandem/v1/apiKey', { name: 'test', permissions: ['*:*'], parties: [party] }, admin))['key'])}` })

it('tells a delegate nothing that was written after its right was taken back', async () => {
  const [grantor, ann] = [await made('POST', INDIVIDUAL, { givenName: 'Gro', familyName: 'Access' }, admin), await made('POST', INDIVIDUAL, { givenName: 'Ann', familyName: 'Access' }, admin)]
  const [owner, delegate] = [await keyOf(grantor['id']), await keyOf(ann['id'])]
  const granted = await made('POST', '/tandem/v1/delegation', { grantor: { id: grantor['id'] }, delegate: { id: ann['id'] }, permission: ['individual:read'] }, owner)
  const abort = new AbortController()
  const response = await fetch(`${address}/events`, { headers: { ...delegate, accept: 'text/event-stream' }, signal: abort.signal })
  let told = ''
  const reading = (async () => {
    for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) told += new TextDecoder().decode(piece)
  })().catch((error: unknown) => {
    if (!abort.signal.aborted) throw error
  })
  const eventually = async (text: string): Promise<void> => {
    for (let tries = 0; tries < 200 && !told.includes(text); tries++) await new Promise(resolve => setTimeout(resolve, 25))
    expect(told).toContain(text)
  }
  await made('PATCH', `${INDIVIDUAL}/${String(grantor['id'])}`, { title: 'told-before' }, admin)
  await eventually('told-before')
  await made('PATCH', granted['href'], { status: 'revoked' }, owner)
  await made('PATCH', `${INDIVIDUAL}/${String(grantor['id'])}`, { title: 'told-after' }, admin)
  // What comes later in the stream says that the stream has passed it.
  await made('PATCH', `${INDIVIDUAL}/${String(ann['id'])}`, { title: 'own-after' }, admin)
  await eventually('own-after')
  expect(told).not.toContain('told-after')
  abort.abort()
  await reading
})
