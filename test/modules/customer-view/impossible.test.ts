import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../support/app.ts'

let server: TestApp
beforeAll(async () => {
  server = await createTestApp({ settings: { ROLES: 'api' } })
})
afterAll(() => server.close())

test.each<[string, string]>([
  ['/tandem/v1/customer360/%00', 'id'],
  ['/tandem/v1/customer360/email:', 'id'],
  ['/tandem/v1/customer360/phone:abc', 'id'],
  ['/tandem/v1/customer360?identifier=phone:abc', 'identifier'],
  ['/tandem/v1/customer360?identifier=email:', 'identifier'],
  ['/tandem/v1/customer360?identifier=email:%00', 'identifier'],
  ['/tandem/v1/customerSearch?q=%00a', 'q'],
  ['/tandem/v1/customerSearch?q=mira&after=bogus', 'after'],
  ['/tandem/v1/auditRecord?after=bogus', 'after'],
  ['/tandem/v1/partyIdentifier?party=unknown', 'party'],
])('%s is refused by the name of %s', async (url, attribute) => {
  const answer = await server.app.inject({ url })
  expect(answer.statusCode, answer.body).toBe(400)
  expect(answer.json().details[0].path).toBe(attribute)
})
