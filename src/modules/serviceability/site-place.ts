/** A place that is named as a site (TMF674): it is where the site's own place is, which may be another site, else where the site is that it belongs to. */
import type { Context } from '../../platform/principal.ts'
import type { Transaction } from '../../platform/database/sql.ts'
import type { Services } from '../../tmf/services.ts'
import { geographicSite } from '../place/index.ts'
import { isLocatable, readPlace, type PlaceQuery } from './place.ts'

/** Where sites are read: inside a transaction over its connection. */
export interface SiteDeps {
  store: Services['store']
  tx?: Transaction
}

/** A site may stand in another one; nobody nests them deeper in earnest. */
const MOST_SITES = 10

/** The question with the site's place for the site; with `trouble` where there is none. What the question says itself (coordinates, an address) goes before it. */
export const withSitePlace = async (deps: SiteDeps, context: Context, asked: PlaceQuery): Promise<PlaceQuery> => {
  const { siteId, ...said } = asked
  if (siteId === undefined) return asked
  const seen = new Set<string>()
  const open = [siteId]
  for (let next = open.shift(); next !== undefined && seen.size < MOST_SITES; next = open.shift()) {
    if (seen.has(next)) continue
    seen.add(next)
    const site = await deps.store.get(context, geographicSite, next, deps.tx === undefined ? {} : { tx: deps.tx })
    if (site === undefined && seen.size === 1) return { ...said, trouble: { code: 'siteUnknown', label: `No site ${siteId.slice(0, 80)} is known here` } }
    const found = (site?.doc.place ?? []).map(one => readPlace(one, 'place').query).find(isLocatable)
    const { siteId: further, ...here } = found ?? {}
    if (found !== undefined && (further === undefined || isLocatable(here))) return { ...here, ...said }
    // A room says nothing of its own of where it is: it is where its building is.
    open.push(...(further === undefined ? [] : [further]), ...(site?.doc.siteRelationship ?? []).flatMap(one => (one.relationshipType === 'parent' ? [one.id] : [])))
  }
  return { ...said, trouble: { code: 'siteWithoutPlace', label: `Site ${siteId.slice(0, 80)} says nowhere where it is, nor does a site that it belongs to: it needs a place with an address or coordinates` } }
}
