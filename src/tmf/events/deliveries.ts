/**
 * Brings events to their listeners: at least once, in order per resource and listener, different resources side by side.
 * A listener that keeps failing is tried ever more rarely and then paused, where an operator sees it; nothing is dropped.
 */
import { createHmac } from 'node:crypto'
import type { Logger } from 'pino'
import type { Database } from '../../platform/database/sql.ts'
import type { Outbound } from '../../platform/http/outbound.ts'
import type { Secrets } from '../../platform/secrets.ts'
import type { Tracing } from '../../platform/telemetry/tracing.ts'
import type { AnyResource } from '../module.ts'
import { leaseDeliveries, recordDelivered, recordFailure, recordWithheld, releaseLeases, type LeasedDelivery } from './delivery-store.ts'
import { maskedMessage } from './event.ts'
import { pauseHub } from './hub-store.ts'
import { createPump } from './pump.ts'
import { sightOf } from './sight.ts'
import { REGISTRANT_GONE, type Standing } from './standing.ts'

export interface DeliverySettings {
  /** Bound on one exchange with a listener. */
  timeoutMs: number
  /** Well above the timeout: until a killed process's deliveries are due again. */
  leaseMs: number
  /** First pause after a failure; doubles up to the maximum. */
  backoffMs: number
  maxBackoffMs: number
  /** Failures in a row after which a listener is paused. With the defaults that is after some 40 minutes. */
  pauseAfter: number
  /** In flight at once, in this process. */
  inFlight: number
  /** In flight at once to one listener, in this process. */
  inFlightPerHub: number
}

export const DELIVERY_SETTINGS: DeliverySettings = { timeoutMs: 10_000, leaseMs: 30_000, backoffMs: 1_000, maxBackoffMs: 300_000, pauseAfter: 16, inFlight: 32, inFlightPerHub: 8 }

export interface DeliveriesOptions {
  database: Database
  outbound: Outbound
  resources: readonly AnyResource[]
  standing: Pick<Standing, 'of'>
  secrets: Secrets
  log: Logger
  settings?: Partial<DeliverySettings>
  tracing?: Tracing | undefined
}

export interface Deliveries {
  start: () => void
  wake: () => void
  stop: (deadlineMs: number) => Promise<void>
  /** Deliveries that this process made since it started, and those that a listener did not take. */
  counts: () => { delivered: number; failed: number }
}

/** Header that carries `sha256=` and the HMAC-SHA256 of the body, in hex, with the secret that the listener gave. */
const SIGNATURE_HEADER = 'x-tandem-signature'
/** Position of the event: the same for each attempt at a delivery, so that a listener can tell a repetition. */
const DELIVERY_HEADER = 'x-tandem-delivery'

const IDLE_MS = 1_000
const MAX_ERROR = 500
/** Listeners' answers are not used: only what a log line may need of them is read. */
const MAX_ANSWER = 65_536

const signatureOf = (secret: string, body: string): string => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`

const textOf = (error: unknown): string => {
  const text = error instanceof Error ? (error.name === 'TimeoutError' ? 'The listener did not answer in time' : error.message || error.name) : String(error)
  return text.replaceAll('\0', '').slice(0, MAX_ERROR)
}

const correlationOf = (payload: string): string => (JSON.parse(payload) as { correlationId: string }).correlationId

export const createDeliveries = (options: DeliveriesOptions): Deliveries => {
  const { database, outbound, resources, standing, secrets, log, tracing } = options
  const byName = new Map(resources.map(resource => [resource.name, resource]))
  const settings = { ...DELIVERY_SETTINGS, ...options.settings }
  const inFlight = new Map<string, number>()
  const sending = new Set<Promise<void>>()
  const abort = new AbortController()
  const counts = { delivered: 0, failed: 0 }
  let isStopping = false

  const pauseMs = (failures: number): number => {
    const full = Math.min(settings.backoffMs * 2 ** Math.min(failures, 30), settings.maxBackoffMs)
    return Math.round(full * (0.75 + Math.random() / 4))
  }

  /** What is wrong with the listener's answer; undefined when it took the event. */
  const post = async (delivery: LeasedDelivery): Promise<string | undefined> => {
    try {
      const answer = await outbound.send(delivery.callback, {
        method: 'POST',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          [DELIVERY_HEADER]: delivery.position,
          ...(delivery.secret === null ? {} : { [SIGNATURE_HEADER]: signatureOf(secrets.open(delivery.secret), delivery.payload) }),
        },
        body: delivery.payload,
        timeoutMs: settings.timeoutMs,
        maxBytes: MAX_ANSWER,
        signal: abort.signal,
      })
      return answer.status >= 200 && answer.status < 300 ? undefined : `The listener answered ${answer.status}`
    } catch (error) {
      return textOf(error)
    }
  }

  /** The message as its listener may see it now; undefined when it may not. */
  const seenNow = async (delivery: LeasedDelivery): Promise<LeasedDelivery | 'gone' | 'withheld'> => {
    const context = await standing.of(delivery)
    if (context === undefined) return 'gone'
    const resource = byName.get(delivery.resource)
    const sight = resource === undefined ? 'nothing' : sightOf(context, resource, delivery)
    if (resource === undefined || sight === 'nothing') return 'withheld'
    return sight === 'whole' ? delivery : { ...delivery, payload: maskedMessage(delivery.payload, resource) }
  }

  const deliver = async (stored: LeasedDelivery): Promise<void> => {
    const delivery = await seenNow(stored)
    if (delivery === 'withheld') return recordWithheld(database, stored)
    if (delivery === 'gone') {
      if (await pauseHub(database, stored.hub_id, REGISTRANT_GONE)) log.warn({ hub: stored.hub_id }, 'A listener is paused: whoever registered it may no longer see anything')
      return releaseLeases(database, [stored])
    }
    const error = tracing ? await tracing.span('hub delivery', { kind: 'client', correlationId: correlationOf(delivery.payload), attributes: { 'tandem.hub': delivery.hub_id } }, () => post(delivery)) : await post(delivery)
    if (abort.signal.aborted && error !== undefined) return releaseLeases(database, [delivery])
    if (error === undefined) {
      await recordDelivered(database, delivery)
      counts.delivered += 1
      return
    }
    counts.failed += 1
    const deliveryDelayMs = pauseMs(delivery.attempts - 1)
    const hubDelayMs = pauseMs(delivery.hub_failures)
    const paused = await recordFailure(database, delivery, { error, deliveryDelayMs, hubDelayMs, pauseAfter: settings.pauseAfter })
    setTimeout(pump.wake, Math.max(deliveryDelayMs, hubDelayMs)).unref()
    if (paused) log.error({ hub: delivery.hub_id, reason: error }, 'A listener keeps failing and is paused')
    else log.warn({ hub: delivery.hub_id, position: delivery.position, reason: error }, 'A listener did not take an event; it will be tried again')
  }

  const count = (hub: string, change: number): void => {
    const left = (inFlight.get(hub) ?? 0) + change
    if (left > 0) inFlight.set(hub, left)
    else inFlight.delete(hub)
  }

  const send = (delivery: LeasedDelivery): void => {
    count(delivery.hub_id, 1)
    const sent = deliver(delivery)
      // The lease runs out and the delivery comes back.
      .catch(error => log.error({ err: error, hub: delivery.hub_id }, 'What became of a delivery could not be recorded'))
      .finally(() => {
        count(delivery.hub_id, -1)
        sending.delete(sent)
        pump.wake()
      })
    sending.add(sent)
  }

  const turn = async (): Promise<'idle' | 'busy'> => {
    const free = settings.inFlight - sending.size
    if (free <= 0) return 'idle'
    const leased = await leaseDeliveries(database, { total: free, perHub: settings.inFlightPerHub, inFlight, leaseMs: settings.leaseMs })
    if (isStopping) {
      if (leased.length > 0) await releaseLeases(database, leased)
      return 'idle'
    }
    for (const delivery of leased) send(delivery)
    return leased.length > 0 ? 'busy' : 'idle'
  }

  const pump = createPump({ name: 'Delivering events', loops: 1, idleMs: IDLE_MS, log, turn })

  return {
    start: pump.start,
    wake: pump.wake,
    counts: () => ({ ...counts }),
    stop: async deadlineMs => {
      isStopping = true
      const timer = setTimeout(() => abort.abort(), deadlineMs)
      await pump.stop(deadlineMs)
      await Promise.all(sending)
      clearTimeout(timer)
    },
  }
}
