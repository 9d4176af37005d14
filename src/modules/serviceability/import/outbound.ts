/** Requests to addresses that operators name: files to import, stacks to ask. Public hosts, and private ones that the settings allow. */
import { createOutbound, type Outbound } from '../../../platform/http/outbound.ts'
import type { Services } from '../../../tmf/services.ts'

const guards = new WeakMap<object, Outbound>()

export const outboundOf = (deps: Pick<Services, 'config'>): Outbound => {
  let outbound = guards.get(deps.config)
  if (outbound === undefined) guards.set(deps.config, (outbound = createOutbound(deps.config.hubAllowedHosts)))
  return outbound
}

export const closeOutbound = async (deps: Pick<Services, 'config'>): Promise<void> => {
  await guards.get(deps.config)?.close()
  guards.delete(deps.config)
}
