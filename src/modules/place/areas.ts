/** The areas that a place lies in, as prices and offerings name them. */
import { systemContext, type Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { geographicAddress } from './geographic-address.ts'
import { geographicSite } from './geographic-site.ts'

interface Parts {
  country?: string
  stateOrProvince?: string
  city?: string
  postcode?: string
}

/** Country `DE`, region `DE-BE`, town `DE/Berlin`, postcode `DE/10115`; none without a country, as towns are called alike. */
export const areasOf = ({ country, stateOrProvince, city, postcode }: Parts): string[] =>
  country === undefined || country === '' ? [] : [country, ...(stateOrProvince ? [`${country}-${stateOrProvince}`] : []), ...[city, postcode].flatMap(one => (one ? [`${country}/${one}`] : []))]

export interface Areas {
  country?: string
  /** The place itself first, then areasOf its address. */
  within: string[]
}

const areas = (id: string, parts: Parts): Areas => ({ ...(parts.country !== undefined && { country: parts.country }), within: [id, ...areasOf(parts)] })

/**
 * Where an address, or a site by its address, lies; for a place that is not known here, itself alone. Where something is tells nothing about
 * people, so it is read for whoever asks.
 */
export const areasAt = async (deps: Pick<Services, 'store'>, context: Context, id: string): Promise<Areas> => {
  const reader = systemContext(context.brand, context.correlationId)
  const address = await deps.store.get(reader, geographicAddress, id)
  if (address) return areas(id, address.doc)
  const site = await deps.store.get(reader, geographicSite, id)
  const place = site?.doc.place?.[0]
  if (place === undefined) return areas(id, {})
  const at = place.country === undefined && place.id !== undefined ? (await deps.store.get(reader, geographicAddress, place.id))?.doc : place
  const found = areas(id, at ?? {})
  return place.id === undefined ? found : { ...found, within: [...found.within, place.id] }
}
