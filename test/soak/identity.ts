/**
 * Ten thousand random sequences of changes, imports, links, merges and un-merges, each held against a model after every step
 * (test/modules/identity). Seeded; what fails is shrunk to the shortest sequence that does.
 */
import fc from 'fast-check'
import { buildApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { play, sequences } from '../modules/identity/sequences.ts'

export interface IdentitySoak {
  seed: number
  sequences: number
  /** An empty database. */
  databaseUrl: string
  say: (line: string) => void
}

/** Sequences side by side: each waits for the database most of the time. */
const LANES = 6
const SAY_EVERY = 1000

export async function identitySoak({ seed, sequences: wanted, databaseUrl, say }: IdentitySoak): Promise<{ sequences: number; steps: number; seconds: number }> {
  const since = performance.now()
  // Built and not started: nothing follows events but the sequences themselves.
  const { fastify: app, services, database, close } = await buildApp({ ...readConfig({ SEED: 'none', LOG_LEVEL: 'error', NODE_ENV: 'test', DATABASE_CONNECTIONS: '12', OVERLOAD_LAG_MS: '60000' }), databaseUrl })
  let [played, steps] = [0, 0]
  try {
    const lane = (index: number): Promise<void> =>
      fc.assert(
        fc.asyncProperty(sequences, async sequence => {
          const taken = await play({ app, services, database }, sequence)
          steps += taken
          if (++played % SAY_EVERY === 0) say(`${played} sequences, ${steps} steps, ${Math.round((performance.now() - since) / 1000)} s`)
        }),
        { seed: seed + index, numRuns: Math.ceil(wanted / LANES) },
      )
    await Promise.all(Array.from({ length: LANES }, (_, index) => lane(index)))
  } finally {
    await close()
  }
  return { sequences: played, steps, seconds: Math.round((performance.now() - since) / 1000) }
}
