/** TMF674 geographicSite: where a customer, a store or an exchange is, with its address, its hours, and the site that it belongs to. */
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import type { Context } from '../../platform/principal.ts'
import { defineResource } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { partsOfDocument } from './address-form.ts'
import { anyNear, findLocated } from './address-store.ts'
import { siteApi } from './api.ts'
import { readLocation, swapped } from './coordinates.ts'
import { GeographicSite } from './geographic-site.schema.ts'
import { keysOf } from './normal-form.ts'
import { isSwapped } from './validate.ts'

/** 8:00, 08:00, 18:30:00, 24:00; an offset or Z may follow. */
const HOUR = /^(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?:Z|[+-]\d\d:\d\d)?$|^24:00(?::00)?$/

const hourFaults = (doc: GeographicSite): Fault[] =>
  (doc.calendar ?? []).flatMap((period, p) =>
    (period.hourPeriod ?? []).flatMap((hours, h) =>
      (['startHour', 'endHour'] as const).flatMap(name => (hours[name] !== undefined && !HOUR.test(hours[name]) ? [fault(`calendar[${p}].hourPeriod[${h}].${name}`, 'must be a time of day, such as 08:30', hours[name])] : [])),
    ),
  )

const MOST_LEVELS = 50

/** A site must not belong to itself, not by way of others either. */
const hierarchyFaults = async (doc: GeographicSite, context: Context, deps: Pick<Services, 'store'>): Promise<Fault[]> => {
  const parents = (site: GeographicSite): string[] => (site.siteRelationship ?? []).filter(relation => relation.relationshipType === 'parent').map(relation => relation.id)
  const itself = (doc.siteRelationship ?? []).findIndex(relation => relation.id === doc.id)
  if (itself >= 0) return [fault(`siteRelationship[${itself}].id`, 'must be another site', doc.id)]
  const seen = new Set<string>()
  let level = parents(doc)
  for (let depth = 0; level.length > 0 && depth < MOST_LEVELS; depth++) {
    const found = await deps.store.getMany(context, geographicSite, level)
    const above = [...found.values()].flatMap(site => parents(site.doc))
    if (above.includes(doc.id)) return [fault('siteRelationship', 'must not lead back to the site itself by way of its parents')]
    for (const id of level) seen.add(id)
    level = [...new Set(above)].filter(id => !seen.has(id))
  }
  return []
}

/** What is wrong with a location: off the earth, or swapped, by the address that it stands beside or by where addresses are known at all. */
const locationFaults = async (doc: GeographicSite, brand: string, deps: Pick<Services, 'database'>): Promise<Fault[]> => {
  const faults: Fault[] = []
  for (const [index, place] of (doc.place ?? []).entries()) {
    const path = `place[${index}].geographicLocation`
    const read = readLocation(place.geographicLocation, path)
    faults.push(...read.faults)
    const { point } = read
    if (point === undefined) continue
    const words = partsOfDocument(place)
    const keys = keysOf({ ...words, city: words.city ?? words.locality })
    const [known] = keys.street !== '' && keys.number !== '' && (keys.postcode !== '' || keys.city !== '') ? await findLocated(deps.database, brand, keys) : []
    const isWrong =
      known?.latitude !== undefined && known.longitude !== undefined
        ? isSwapped(point, { latitude: known.latitude, longitude: known.longitude })
        : Math.abs(point.longitude) <= 90 && !(await anyNear(deps.database, brand, point)) && (await anyNear(deps.database, brand, swapped(point)))
    if (isWrong) faults.push(fault(`${path}.geoJson.coordinates`, 'looks as if latitude and longitude were swapped (GeoJSON has the longitude first): addresses are known the other way round, and none here', place.geographicLocation?.geoJson?.coordinates))
  }
  return faults
}

export const geographicSite = defineResource({
  api: siteApi,
  name: 'geographicSite',
  type: 'GeographicSite',
  table: 'geographic_site',
  description: 'A place that means something to somebody: a home, a branch, a store, an exchange. It refers to its address, or holds it; siteRelationship of the type parent names the site that it belongs to.',
  schema: GeographicSite,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  update: {},
  // TMF674 names its states by way of example.
  lifecycle: { attribute: 'status', states: [], initial: [], moves: {}, movedBy: 'client', open: true, changeEvent: 'StatusChangeEvent' },
  filters: { name: 'text', code: 'text', status: 'text' },
  references: [{ path: 'relatedParty[]' }, { path: 'place[]' }, { path: 'siteRelationship[]', to: 'geographicSite' }],
  provenance: { join: { relatedParty: ['id', 'role'], siteRelationship: ['id', 'relationshipType'] } },
  ownerParty: doc => (doc.relatedParty?.find(party => party.role === 'customer') ?? doc.relatedParty?.find(party => party.role === 'owner'))?.id,
  async check(doc, { context, deps, previous }) {
    const faults = [...hourFaults(doc), ...(await locationFaults(doc, context.brand, deps))]
    if (previous !== undefined || (doc.siteRelationship ?? []).some(relation => relation.id === doc.id)) faults.push(...(await hierarchyFaults(doc, context, deps)))
    if (faults.length > 0) throw refuse.invalid(faults)
  },
  example: {
    name: 'Harbour store',
    code: 'DGH-01',
    description: 'Store at the quay',
    status: 'active',
    calendar: [{ day: 'weekdays', status: 'open', timeZone: 'Europe/London', hourPeriod: [{ startHour: '09:00', endHour: '18:00' }] }],
    place: [{ streetName: 'Quay Street', streetNr: '7', postcode: 'ZD1 1AA', city: 'Doggerhaven', country: 'GB', '@type': 'GeographicAddress', '@baseType': 'Place' }],
  },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'coordinates are not on earth, or latitude and longitude are swapped', attribute: 'place[].geographicLocation.geoJson.coordinates' },
    { status: 400, code: 'invalidAttribute', when: 'the site belongs to itself, be it by way of other sites', attribute: 'siteRelationship' },
    { status: 400, code: 'invalidAttribute', when: 'an hour is no time of day', attribute: 'calendar[].hourPeriod[].startHour' },
  ],
})
