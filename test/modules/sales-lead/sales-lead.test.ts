/** Sales leads: their states, what the server says of them, and whose they are. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApp, type TestApp } from '../../support/app.ts'

const PATH = '/tmf-api/sales/v4/salesLead'
let test: TestApp
beforeAll(async () => {
  test = await createTestApp({ settings: { ROLES: 'api' } })
})
afterAll(() => test.close())

const send = async (method: 'POST' | 'PATCH' | 'GET', url: string, payload?: object) => {
  const answer = await test.app.inject({ method, url, ...(payload && { payload }) })
  return { status: answer.statusCode, body: answer.json() as Record<string, any> }
}

describe('a sales lead', () => {
  it('is acknowledged with the date, whatever the sender says of them', async () => {
    const { status, body } = await send('POST', PATH, { name: 'Bakery', priority: 'high' })
    expect(status).toBe(201)
    expect(body).toMatchObject({ status: 'acknowledged', name: 'Bakery', creationDate: expect.any(String), statusChangeDate: body['creationDate'] })
  })

  it('is worked on before it is accepted, and each move has its date', async () => {
    const { body } = await send('POST', PATH, { name: 'Boatyard' })
    const url = `${PATH}/${body['id']}`
    const early = await send('PATCH', url, { status: 'accepted' })
    expect(early.status).toBe(409)
    expect(early.body['message']).toContain('inProgress')
    expect((await send('PATCH', url, { status: 'inProgress', statusChangeReason: 'called back' })).body).toMatchObject({ status: 'inProgress', statusChangeReason: 'called back' })
    const accepted = await send('PATCH', url, { status: 'accepted' })
    expect(accepted.body['status']).toBe('accepted')
    expect(accepted.body['statusChangeDate'] >= body['statusChangeDate']).toBe(true)
    expect((await send('PATCH', url, { status: 'inProgress' })).status).toBe(409)
  })

  it('does not end before it begins, and its offering exists', async () => {
    const period = await send('POST', PATH, { name: 'x', validFor: { startDateTime: '2026-02-01T00:00:00Z', endDateTime: '2026-01-01T00:00:00Z' } })
    expect(period.status).toBe(400)
    expect(period.body['message']).toContain('validFor.endDateTime')
    expect((await send('POST', PATH, { name: 'x', productOffering: { id: 'nowhere' } })).body).toMatchObject({ code: 'referenceNotFound' })
  })
})
