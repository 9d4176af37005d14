/** Random sequences of changes, links, merges and un-merges: the product and a model of it never part. Ten thousand of them: `npm run soak -- --only identity`. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../support/app.ts'
import { play, sequences } from './sequences.ts'

let server: TestApp
beforeAll(async () => {
  server = await createTestApp({ settings: { ROLES: 'api' } })
})
afterAll(() => server.close())

test('un-merging restores, no identifier belongs to two, and provenance explains what is shown, whatever the order', { timeout: 120_000 }, async () => {
  let steps = 0
  const lane = (): Promise<void> =>
    fc.assert(
      fc.asyncProperty(sequences, async sequence => {
        const taken = await play(server, sequence)
        steps += taken
      }),
      { numRuns: 10 },
    )
  // Side by side, because each waits for the database most of the time.
  await Promise.all([lane(), lane(), lane(), lane()])
  expect(steps).toBeGreaterThan(150)
})
