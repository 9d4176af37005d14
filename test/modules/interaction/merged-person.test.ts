/** How a person wants to be contacted, when two records are that person. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { channelFor } from '../../../src/modules/interaction/index.ts'
import { DEFAULT_BRAND, systemContext } from '../../../src/platform/principal.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'

let server: TestApp
beforeAll(async () => { server = await createTestApp({ settings: { ROLES: 'api' } }) })
afterAll(() => server.close())

const made = async (url: string, payload: object): Promise<any> => {
  const answer = await server.app.inject({ method: 'POST', url, payload })
  expect(answer.statusCode, answer.body).toBeLessThan(300)
  return answer.json()
}
const medium = (mediumType: string, characteristic: object) => ({ mediumType, characteristic })
const person = (givenName: string, contactMedium: object[]) => made('/tmf-api/party/v4/individual', { givenName, familyName: 'Aldenhoven', contactMedium })
const prefers = async (party: { id: string }, preference: object) => {
  await made('/tandem/v1/contactPreference', { party: { id: party.id, '@referredType': 'Individual' }, purpose: 'marketing', ...preference })
  // Told apart by when they were said, in milliseconds.
  await new Promise(resolve => setTimeout(resolve, 5))
}
const channel = (id: string, purpose = 'marketing') => channelFor(server.services, systemContext(DEFAULT_BRAND, 'test'), id, purpose, new Date(), () => true)

test('records of one person speak for each other: the last word counts, what either has blocked stays so, and both are apart again', async () => {
  const one = await person('Mira', [medium('email', { emailAddress: 'mira@example.com' })])
  const two = await person('Mirra', [medium('phone', { phoneNumber: '+4930901820' })])
  await prefers(one, { preferredChannel: ['email'], blockedChannel: ['sms'] })
  expect(await channel(two.id)).toEqual({ channel: 'sms' })
  const merge = await made('/tandem/v1/partyMerge', { survivor: { id: one.id }, merged: { id: two.id } })
  for (const { id } of [one, two]) expect(await channel(id)).toEqual({ channel: 'email' })
  await prefers(two, { preferredChannel: ['sms', 'phone'] })
  // The last word wants sms first, which the other record has blocked.
  for (const { id } of [one, two]) expect(await channel(id)).toEqual({ channel: 'phone' })
  await prefers(two, { preferredChannel: ['email'], blockedChannel: ['phone'] })
  for (const { id } of [one, two]) expect(await channel(id)).toEqual({ channel: 'email' })
  await prefers(one, { purpose: '*', blockedChannel: ['email'] })
  // Of another purpose than the one that something is said of.
  for (const { id } of [one, two]) expect(await channel(id)).toEqual({ channel: 'email' })
  await prefers(one, { blockedChannel: ['email', 'sms'] })
  for (const { id } of [one, two]) expect(await channel(id)).toEqual({ channel: undefined, because: 'blocked' })
  await made(`/tandem/v1/partyMerge/${merge.id}/undo`, {})
  expect(await channel(one.id)).toEqual({ channel: undefined, because: 'blocked' })
  expect(await channel(two.id)).toEqual({ channel: 'sms' })
})
