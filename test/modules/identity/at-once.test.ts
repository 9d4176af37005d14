/** What is proved before anything was derived of the records: here nothing ever is, because nobody works. */
import { expect, test } from 'vitest'
import { openIdentity } from './identity-app.ts'

const { cluster, ok, number, person } = openIdentity({ ROLES: 'api' })

const proved = (party: string, value: string): Promise<any> => ok('POST', '/tandem/v1/partyIdentifier', { party, type: 'phone', value, verified: true })

test('a number that is verified for two with unlike names at once makes no person of them', async () => {
  const value = number()
  const [nora, zoltan] = [await person({ givenName: 'Nora', familyName: 'Quist' }), await person({ givenName: 'Zoltan', familyName: 'Varga' })]
  await proved(nora['id'], value)
  expect(await proved(zoltan['id'], value)).toMatchObject({ conflict: ['Their names have nothing in common'] })
  expect(await cluster(zoltan['id'])).toEqual([zoltan['id']])
})

test('nor for two with different birth dates; for one in two records it does', async () => {
  const [one, other] = [number(), number()]
  const born = (date: string): Promise<any> => person({ birthDate: `${date}T00:00:00Z` })
  const [first, twin, again] = [await born('1988-03-14'), await born('1990-11-02'), await born('1988-03-14')]
  await proved(first['id'], one)
  expect(await proved(twin['id'], one)).toMatchObject({ conflict: ['Different birth dates'] })
  await proved(first['id'], other)
  await proved(again['id'], other)
  expect(await cluster(again['id'])).toEqual([first['id'], again['id']])
})
