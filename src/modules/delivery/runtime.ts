/** What delivery keeps in memory for one app: the connections to targets with their circuit breakers, and where call-backs reach it. */
import { hostname } from 'node:os'
import type { AddressInfo } from 'node:net'
import { newId } from '../../platform/ids.ts'
import type { Services } from '../../tmf/services.ts'
import { targetDefaults, type DeliveryTargetDoc } from './delivery-target.ts'
import { createTransport, type Transport } from './targets/http.ts'

export interface Runtime {
  transport: Transport
  /** Breaker settings by system, as last read with a task. */
  breakers: Map<string, { failures: number; openMs: number }>
  /** Who holds a lease. */
  owner: string
  /** Where this process listens, when it does. */
  ownAddress: string | undefined
}

const runtimes = new WeakMap<Services, Runtime>()

export const runtimeOf = (deps: Services): Runtime => {
  const known = runtimes.get(deps)
  if (known) return known
  const breakers: Runtime['breakers'] = new Map()
  const runtime: Runtime = {
    breakers,
    transport: createTransport(system => breakers.get(system) ?? { failures: targetDefaults.failures, openMs: targetDefaults.openMs }),
    owner: `${hostname()}:${process.pid}:${newId()}`,
    ownAddress: undefined,
  }
  runtimes.set(deps, runtime)
  return runtime
}

export const closeRuntime = async (deps: Services): Promise<void> => {
  await runtimes.get(deps)?.transport.close()
  runtimes.delete(deps)
}

export const rememberBreaker = (deps: Services, doc: Partial<DeliveryTargetDoc>): void => {
  if (doc.system !== undefined) runtimeOf(deps).breakers.set(doc.system, { failures: doc.breaker?.failures ?? targetDefaults.failures, openMs: doc.breaker?.openMs ?? targetDefaults.openMs })
}

/** Remembers the address that this process listens on: call-backs go there when no public one is configured. */
export const rememberAddress = (deps: Services, address: AddressInfo | string | null): void => {
  if (address !== null && typeof address === 'object') {
    const host = address.family === 'IPv6' ? `[${address.address}]` : address.address
    runtimeOf(deps).ownAddress = `http://${host}:${address.port}`
  }
}

/** Where this server is reached by systems that call back. */
export const ownAddress = (deps: Services): string => deps.config.publicUrl ?? runtimeOf(deps).ownAddress ?? `http://${deps.config.host}:${deps.config.port}`

/** Where a target calls back for a task. Only who was given the token can. */
export const callbackUrl = (deps: Services, taskId: string, token: string): string => {
  return `${ownAddress(deps)}/tandem/v1/callback/${taskId}?token=${token}`
}
