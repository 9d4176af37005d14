/**
 * The sample provider: an invented operator with its catalog, customers, town and three back ends, so that a fresh Tandem can be tried
 * at once. Nothing of Tandem itself imports this folder but the entry, tests and tools.
 */
import { join } from 'node:path'
import { systemContext } from '../platform/principal.ts'
import { StartError } from '../platform/start-error.ts'
import { spawnBackEnds } from './back-ends/spawn.ts'
import { brands } from './data/index.ts'
import { note, seedSample, underSeedLock } from './seed.ts'
import type { Config } from '../config.ts'
import type { Services } from '../tmf/services.ts'
import type { BackEndProcess } from './back-ends/spawn.ts'
import type { Seeded } from './seed.ts'

export { startBackEnds } from './back-ends/server.ts'
export type { BackEnds } from './back-ends/server.ts'
export { spawnBackEnds } from './back-ends/spawn.ts'
export type { BackEndProcess } from './back-ends/spawn.ts'
export type { BooksSummary, KeyAccount } from './back-ends/accounts.ts'
export { seedSample } from './seed.ts'
export type { Seeded } from './seed.ts'

export interface SampleProvider {
  /** Where the back ends answer. */
  backEndsUrl: string
  seeded: Seeded
  stop(): Promise<void>
}

type Deps = Pick<Services, 'store' | 'database' | 'clock' | 'log' | 'config'>

/** System, adapter and path of each target that the sample's delivery rules name. */
const targets = [
  { system: 'fixed', adapter: 'fixed-rest', path: '/fixed', description: 'Fixed network of the sample provider' },
  { system: 'mobile', adapter: 'tmf641', path: '/mobile', description: 'Mobile network of the sample provider' },
  { system: 'warehouse', adapter: 'shipment', path: '/warehouse', description: 'Warehouse of the sample provider' },
  { system: 'people', adapter: 'manual', path: '/', description: 'Technicians of the sample provider: work that a person completes' },
] as const

/** Port and path of each gateway that a checkout of the sample asks. */
const gateways = [
  { port: 'credit', path: '/credit', description: 'Credit desk of the sample provider' },
  { port: 'identity', path: '/identity', description: 'Identity desk of the sample provider' },
  { port: 'fraud', path: '/fraud', description: 'Fraud desk of the sample provider' },
  { port: 'payment', path: '/payments', description: 'Payment gateway of the sample provider' },
  { port: 'stock', path: '/warehouse', description: 'Warehouse of the sample provider, which holds goods for an order' },
  { port: 'signature', path: '/signature', description: 'Signature service of the sample provider' },
] as const

/** Of both kinds: the resource, its id, its attributes and the path that it answers below. */
const pointed = [
  ...targets.map(({ path, ...doc }) => ({ kind: 'deliveryTarget', id: `target-${doc.system}`, path, doc })),
  ...gateways.map(({ path, ...doc }) => ({ kind: 'salesGateway', id: `gateway-${doc.port}`, path, doc })),
]

/**
 * Tells delivery and checkout where the back ends are. They may answer elsewhere than last time: a target that still says what was written
 * then is moved, one that somebody has pointed at another system is left alone.
 */
export const pointTargetsAt = async (deps: Deps, url: string): Promise<void> => {
  await underSeedLock(deps, async (tx, notes) => {
    const before = notes.get('back-ends')?.['url']
    if (before === url) return
    for (const brand of Object.values(brands)) {
      const context = systemContext(brand, 'sample-provider')
      for (const { kind, id, path, doc: target } of pointed) {
        const resource = deps.store.resource(kind)
        if (!resource) continue
        const stored = await deps.store.get(context, resource, id, { tx })
        if (!stored && before === undefined) await deps.store.create(context, resource, { ...target, baseUrl: `${url}${path}` }, { tx, id })
        const written = (stored?.doc as { baseUrl?: string } | undefined)?.baseUrl
        if (written !== undefined && written === `${String(before)}${path}`) await deps.store.update(context, resource, id, doc => ({ ...doc, baseUrl: `${url}${path}` }), { tx })
      }
    }
    await note(tx, 'back-ends', { url })
  })
}

const taken = (error: unknown): boolean => error instanceof Error && error.message.includes('EADDRINUSE')

/** Beside the server's port, so that the address is the same at every start; anywhere when that one is taken. */
const startProcess = async (config: Pick<Config, 'dataDir' | 'port'>): Promise<BackEndProcess> => {
  const settings = { dataDir: join(config.dataDir, 'back-ends'), mobileMs: 1_500, pickMs: 2_500, transitMs: 4_000 }
  const port = config.port > 0 && config.port + 900 <= 65_535 ? config.port + 900 : 0
  try {
    return await spawnBackEnds({ ...settings, port })
  } catch (error) {
    if (port !== 0 && taken(error)) return await spawnBackEnds({ ...settings, port: 0 })
    throw new StartError(`The sample provider's back ends cannot be started: ${(error as Error).message}`)
  }
}

/** Fills an empty database with the sample, starts the back ends (or uses those at BACKENDS_URL) and tells delivery where they are. */
export const startSampleProvider = async (deps: Deps, config: Pick<Config, 'dataDir' | 'port' | 'backendsUrl'>): Promise<SampleProvider> => {
  const starting = config.backendsUrl === undefined ? startProcess(config) : undefined
  // Looked at below; until then a failure must not count as unhandled.
  starting?.catch(() => undefined)
  try {
    const seeded = await seedSample(deps)
    const backEnds = await starting
    const backEndsUrl = backEnds?.url ?? (config.backendsUrl as string)
    await pointTargetsAt(deps, backEndsUrl)
    return { backEndsUrl, seeded, stop: async () => await backEnds?.stop() }
  } catch (error) {
    const backEnds = await starting?.catch(() => undefined)
    await backEnds?.stop()
    throw error
  }
}
