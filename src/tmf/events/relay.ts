/**
 * Gives committed events their positions, one relay at a time over all processes, and leaves the rows that follow from them:
 * one per reaction and one per listener that wants the event, in the same transaction.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Logger } from 'pino'
import type { Database } from '../../platform/database/sql.ts'
import type { Extensions } from '../extensions/registry.ts'
import type { AnyResource, Reaction } from '../module.ts'
import { inScope, type Scope } from '../storage/scope.ts'
import { eventPayload, hubApi, resourceEvent, seenAs } from './event.ts'
import { parseHubQuery, type HubFilter } from './hub-query.ts'
import { matches } from './match.ts'
import { EVENT_CHANNEL, announce, givePositions, insertDeliveries, prepareSession, readDocuments, readHubs, tryLock, type HubRow, type NewDelivery, type PositionedRow } from './relay-store.ts'

export interface RelayOptions {
  /** For the relay's own connection. */
  url: string
  database: Database
  resources: readonly AnyResource[]
  reactions: readonly Reaction[]
  log: Logger
  extensions?: (() => Pick<Extensions, 'lookup' | 'reload'>) | undefined
}

export interface Relay {
  start: () => void
  stop: () => Promise<void>
  /** Events were committed, or will be in a moment: the relay of whichever process looks at once. */
  wake: () => void
  /** Whether this process is the one that gives positions. */
  isHolder: () => boolean
}

const BATCH = 500
const POLL_MS = 1_000
const TAKE_OVER_MS = 500
/** Under load batches begin at most this often, so that each carries many events: a batch costs as much as the write of a resource. */
const MIN_PAUSE_MS = 20
/** Who wakes may commit a moment later; a second look costs one index probe. */
const SECOND_LOOK_MS = 40
const MAX_FILTERS = 10_000

/** The rows that a listener is told of: the same that whoever registered it may read. */
const hubScope = (hub: HubRow, resource: AnyResource | undefined): Scope =>
  hub.parties === null || resource?.visibility === 'brand' ? { brand: hub.brand } : { brand: hub.brand, parties: resource?.visibility === 'house' ? [] : hub.parties }

export const createRelay = (options: RelayOptions): Relay => {
  const { url, database, resources, reactions, log, extensions } = options
  const byName = new Map(resources.map(resource => [resource.name, resource]))
  const pairs = reactions.flatMap(reaction => reaction.on.map(eventType => ({ eventType, reaction: reaction.name })))
  const reactingTypes = pairs.map(pair => pair.eventType)
  const reacting = pairs.map(pair => pair.reaction)
  const filters = new Map<string, HubFilter | undefined>()
  let holder = false
  let isStopping = false
  let running: Promise<void> | undefined
  let current: pg.Client | undefined
  let isWoken = false
  let rouse: (() => void) | undefined
  let secondLook: NodeJS.Timeout | undefined
  let notifying = false

  const look = (): void => {
    isWoken = true
    rouse?.()
  }

  const notifyHolder = (): void => {
    if (notifying) return
    notifying = true
    // Many writes in a moment are one notification.
    setTimeout(() => {
      notifying = false
      if (isStopping) return
      database.query({ name: 'relay-wake', text: `SELECT pg_notify('${EVENT_CHANNEL}', '')` }).catch(error => log.debug({ err: error }, 'The relay could not be woken; it looks by itself'))
    }, MIN_PAUSE_MS)
  }

  const lookTwice = (): void => {
    look()
    secondLook ??= setTimeout(() => {
      secondLook = undefined
      look()
    }, SECOND_LOOK_MS)
  }

  const keyOf = (hub: HubRow): string => `${hub.brand} ${hub.api} ${hub.query}`
  const filterOf = (hub: HubRow): HubFilter | undefined => filters.get(keyOf(hub))

  /** Reads the query of a listener; answers the error when it cannot be read. */
  const readQuery = (hub: HubRow): unknown => {
    try {
      const lookups = extensions && ((resource: AnyResource) => extensions().lookup(hub.brand, resource))
      filters.set(keyOf(hub), parseHubQuery(hub.query, resources.filter(resource => hubApi(resource.api) === hub.api), lookups))
      return undefined
    } catch (error) {
      return error
    }
  }

  /** Reads the queries that are new. One may name an attribute of an extension that another process has registered a moment ago. */
  const readQueries = async (hubs: readonly HubRow[]): Promise<void> => {
    if (filters.size > MAX_FILTERS) filters.clear()
    const failed = hubs.filter(hub => !filters.has(keyOf(hub)) && readQuery(hub) !== undefined)
    if (failed.length === 0) return
    await extensions?.().reload()
    for (const hub of failed) {
      const error = readQuery(hub)
      if (error === undefined) continue
      // It was valid when it was registered; what is registered, or a later build's schema, lacks the attribute. Nothing matches, and the log says why.
      log.error({ err: error, hub: hub.id }, "A listener's query is no longer valid")
      filters.set(keyOf(hub), undefined)
    }
  }

  const interested = (row: PositionedRow, hub: HubRow): boolean =>
    (hub.readable.includes('*') || hub.readable.includes(row.resource)) && inScope(hubScope(hub, byName.get(row.resource)), row) && filterOf(hub)?.get(row.resource)?.eventTypes.has(row.event_type) === true

  const deliver = async (client: pg.Client, rows: readonly PositionedRow[]): Promise<void> => {
    const hubs = await readHubs(client)
    await readQueries(hubs)
    const wanted = rows.map(row => ({ row, hubs: hubs.filter(hub => interested(row, hub)) })).filter(({ hubs: wanting }) => wanting.length > 0)
    if (wanted.length === 0) return
    const documents = await readDocuments(client, wanted.map(({ row }) => row.seq))
    const deliveries: NewDelivery[] = []
    for (const { row, hubs: wanting } of wanted) {
      const document = documents.get(row.seq)
      const resource = byName.get(row.resource)
      if (!document || !resource) continue
      const event = resourceEvent({ ...row, ...document })
      // A filter is held against what its listener may see: it must not tell the rest by matching.
      const whole = seenAs(event, resource, 'whole')
      const masked = seenAs(event, resource, 'masked')
      for (const hub of wanting) {
        const interest = filterOf(hub)?.get(row.resource)
        const seen = hub.personal ? whole : masked
        if (!interest || !matches(seen.doc, interest.conditions)) continue
        deliveries.push({ hubId: hub.id, position: row.position, resource: row.resource, resourceId: row.resource_id, payload: JSON.stringify(eventPayload(seen, resource.api, interest.fields)) })
      }
    }
    if (deliveries.length > 0) await insertDeliveries(client, deliveries)
  }

  /** One batch; answers how many events it carried. */
  const relayBatch = async (client: pg.Client): Promise<number> => {
    const [, rows] = await Promise.all([client.query('BEGIN'), givePositions(client, BATCH, reactingTypes, reacting)])
    const last = rows.at(-1)
    if (last) await deliver(client, rows)
    await Promise.all([last && announce(client, last.position), client.query('COMMIT')])
    return rows.length
  }

  const rest = (ms: number): Promise<void> =>
    new Promise(resolve => {
      if (isWoken || isStopping) return resolve()
      const timer = setTimeout(() => rouse?.(), ms)
      rouse = () => {
        clearTimeout(timer)
        rouse = undefined
        resolve()
      }
    })

  const hold = async (client: pg.Client, isAlive: () => boolean): Promise<void> => {
    await client.query(`LISTEN ${EVENT_CHANNEL}`)
    holder = true
    log.info('This process relays events')
    while (!isStopping && isAlive()) {
      isWoken = false
      const count = await relayBatch(client)
      if (count === BATCH) continue
      if (count > 0) await sleep(MIN_PAUSE_MS)
      await rest(POLL_MS)
    }
  }

  const session = async (): Promise<void> => {
    const client = new pg.Client({ connectionString: url, application_name: 'tandem relay', keepAlive: true, pipeline: true })
    let isLost = false
    const lost = (): void => {
      isLost = true
      rouse?.()
    }
    client.on('error', lost)
    client.on('end', lost)
    client.on('notification', lookTwice)
    current = client
    try {
      await client.connect()
      await prepareSession(client)
      while (!isStopping && !isLost) {
        if (await tryLock(client)) await hold(client, () => !isLost)
        else await rest(TAKE_OVER_MS)
        isWoken = false
      }
    } finally {
      holder = false
      current = undefined
      // Ends the session and with it the lock, also in the middle of a failed transaction.
      await client.end().catch(error => log.debug({ err: error }, "The relay's connection had ended already"))
    }
  }

  const run = async (): Promise<void> => {
    while (!isStopping) {
      try {
        await session()
      } catch (error) {
        if (isStopping) return
        log.warn({ err: error }, 'The relay lost its connection and takes a new one')
        await sleep(TAKE_OVER_MS)
      }
    }
  }

  return {
    start: () => {
      running ??= run()
    },
    wake: () => (holder ? lookTwice() : notifyHolder()),
    isHolder: () => holder,
    stop: async () => {
      isStopping = true
      clearTimeout(secondLook)
      rouse?.()
      const timer = setTimeout(() => void current?.end().catch(error => log.debug({ err: error }, "The relay's connection had ended already")), 1_000)
      await running
      clearTimeout(timer)
    },
  }
}
