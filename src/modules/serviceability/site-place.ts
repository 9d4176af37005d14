/** A place that is named as a site (TMF674): it is where the site's own place is, which may be another site. */
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
  let next: string | undefined = siteId
  while (next !== undefined && seen.size < MOST_SITES && !seen.has(next)) {
    seen.add(next)
    const named: string = next
    const site = await deps.store.get(context, geographicSite, named, deps.tx === undefined ? {} : { tx: deps.tx })
    if (site === undefined) return { ...said, trouble: { code: 'siteUnknown', label: `No site ${named.slice(0, 80)} is known here` } }
    const found = (site.doc.place ?? []).map(one => readPlace(one, 'place').query).find(isLocatable)
    if (found === undefined) return { ...said, trouble: { code: 'siteWithoutPlace', label: `Site ${named.slice(0, 80)} says nowhere where it is: it needs a place with an address or coordinates` } }
    const { siteId: further, ...here } = found
    if (further === undefined || isLocatable(here)) return { ...here, ...said }
    next = further
  }
  return { ...said, trouble: { code: 'siteWithoutPlace', label: `The places of site ${siteId.slice(0, 80)} lead from site to site without end` } }
}
