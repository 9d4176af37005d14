/**
 * Whether those who registered listeners still may see what they are sent. A listener goes on for years after its call: what it is told of
 * follows what its registrant may read now, and it is paused, with the reason, when the registrant's access has ended.
 */
import type { Logger } from 'pino'
import type { Callers, Registrant } from '../../platform/auth/callers.ts'
import type { Database } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import type { AnyResource } from '../module.ts'
import { mayRead, scopeOf } from '../storage/scope.ts'
import { hubApi } from './event.ts'
import { pauseHub, readStandings, updateView, type HubView } from './hub-store.ts'
import { seesPersonal } from './sight.ts'

export const REGISTRANT_GONE = 'Whoever registered it may no longer see anything: the key was revoked, the token is no longer taken, or what was granted has ended'

export interface Standing {
  /** The registrant of a listener as it is now; undefined when its access has ended. Asked again after a moment only. */
  of: (hub: { hub_id: string; registrant: Registrant | null }) => Promise<Context | undefined>
  start: () => void
  stop: () => void
}

/** Many deliveries in a moment ask once. */
const KNOWN_MS = 250
const LOOK_MS = 5_000

/** What was granted to somebody can end at any time: a listener is told of the registrant's own rows. */
const withoutGrants = (context: Context): Context => (context.onBehalfOf === undefined ? { ...context, principal: { ...context.principal, grants: [] } } : context)

/** What the relay has to know of a registrant to leave deliveries for it. */
export const viewOf = (context: Context, resources: readonly AnyResource[], api: string): HubView => {
  const own = withoutGrants(context)
  const readable = mayRead(own, '*') ? ['*'] : resources.filter(resource => hubApi(resource.api) === api && mayRead(own, resource.name)).map(resource => resource.name)
  return { parties: scopeOf(own).parties?.toSorted(), readable: readable.toSorted(), personal: seesPersonal(own.principal) }
}

const isSame = (one: HubView, other: HubView): boolean => JSON.stringify([one.parties ?? null, one.readable, one.personal]) === JSON.stringify([other.parties ?? null, other.readable, other.personal])

export const createStanding = (options: { database: Database; resources: readonly AnyResource[]; callers: Pick<Callers, 'standing'>; log: Logger }): Standing => {
  const { database, resources, callers, log } = options
  const known = new Map<string, { context: Context | undefined; until: number }>()
  let timer: NodeJS.Timeout | undefined

  const of: Standing['of'] = async ({ hub_id, registrant }) => {
    const found = known.get(hub_id)
    if (found && found.until > performance.now()) return found.context
    const context = registrant === null ? undefined : await callers.standing(registrant)
    known.set(hub_id, { context: context && withoutGrants(context), until: performance.now() + KNOWN_MS })
    return known.get(hub_id)!.context
  }

  const look = async (): Promise<void> => {
    const hubs = await readStandings(database)
    const alive = new Set(hubs.map(hub => hub.hub_id))
    for (const id of known.keys()) if (!alive.has(id)) known.delete(id)
    for (const hub of hubs) {
      const context = await of(hub)
      if (context === undefined) {
        if (await pauseHub(database, hub.hub_id, REGISTRANT_GONE)) log.warn({ hub: hub.hub_id }, 'A listener is paused: whoever registered it may no longer see anything')
        continue
      }
      const view = viewOf(context, resources, hub.api)
      if (!isSame(view, hub)) await updateView(database, hub.hub_id, view)
    }
  }

  const lookAgain = (): void => {
    timer = setTimeout(() => {
      look()
        .catch((error: unknown) => log.warn({ err: error }, 'What listeners may see could not be looked at'))
        .finally(() => {
          if (timer !== undefined) lookAgain()
        })
    }, LOOK_MS)
    timer.unref()
  }

  return {
    of,
    start: lookAgain,
    stop: () => {
      clearTimeout(timer)
      timer = undefined
    },
  }
}
