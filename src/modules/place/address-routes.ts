/** Addresses in short, below /tandem/v1: read, load in bulk by id, remove. The same rows as geographicAddress. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { requirePermission } from '../../platform/auth/permission.ts'
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import type { Services } from '../../tmf/services.ts'
import { subAddressKey, type AddressRecord } from './address-form.ts'
import { AddressRow, readAddressRow, shownAddress } from './address-row.ts'
import { listDocuments, readDocument, storeAddresses } from './address-store.ts'
import { geographicAddress } from './geographic-address.ts'
import { documented, idOf, idParams, limitOf, nextLink, nothing, page, readQuery, text } from './own-routes.ts'

/** Rows of one bulk request; a JSON body of more would pass the limits on its size and number of values. */
const MAX_BULK = 2000
const MAX_FAULTS = 100
const ADDRESS = '/tandem/v1/address'
/** Addresses are the brand's reference data: whoever orders finds theirs. */
const REFERENCE = { confined: true, audit: false }

const Counts = Type.Object({ created: Type.Integer({ description: 'Rows that are new' }), updated: Type.Integer({ description: 'Rows that replaced one' }) }, { description: 'What the load did' })

/** Reads the list of a bulk body; nothing is stored when one row is wrong. Of two with one id the last one counts. */
const readBulk = (body: unknown): AddressRecord[] => {
  if (!Array.isArray(body)) throw refuse.invalid([fault('', 'must be a list of rows')])
  if (body.length > MAX_BULK) throw refuse.invalid([fault('', `must have at most ${MAX_BULK} rows`)])
  return readAddressRows(body)
}

/** What tells houses apart: their words, and the parts of them that are addresses of their own. */
const houseOf = ({ keys, doc }: AddressRecord): string =>
  JSON.stringify([keys.street, keys.number, keys.postcode, keys.city, ...[doc.name, doc.locality, doc.stateOrProvince, doc.country].map(text => text?.trim().toLowerCase() ?? ''), ...(doc.geographicSubAddress ?? []).map(subAddressKey).sort()])

/** Throws a Refusal that names every fault, the first hundred of them. Two ids for one house are one: who asks for the house would never learn which of them is meant. */
export const readAddressRows = (rows: readonly unknown[]): AddressRecord[] => {
  const records = new Map<string, AddressRecord>()
  const houses = new Map<string, { id: string; index: number }>()
  const faults: Fault[] = []
  for (const [index, given] of rows.entries()) {
    const row = readAddressRow(given, `[${index}]`)
    if (Array.isArray(row)) faults.push(...row)
    else {
      records.set(row.id, row)
      const same = houses.get(houseOf(row))
      if (same !== undefined && same.id !== row.id) faults.push(fault(`[${index}].id`, `is another id for the house of [${same.index}], ${same.id}: street, number, postcode and town are the same`, row.id))
      else houses.set(houseOf(row), { id: row.id, index })
    }
    if (faults.length >= MAX_FAULTS) break
  }
  if (faults.length > 0) throw refuse.invalid(faults.slice(0, MAX_FAULTS))
  return [...records.values()]
}

/** Stores rows by id and says how many were new; those that say nothing new count as replaced. */
export const loadRecords = async (deps: Pick<Services, 'database'>, brand: string, records: readonly AddressRecord[]): Promise<{ created: number; updated: number }> => {
  const { created, changed, unchanged } = await deps.database.transaction(tx => storeAddresses(tx, brand, records), { plan: 'custom' })
  return { created, updated: changed + unchanged }
}

export const addressRoutes = (app: FastifyInstance, deps: Services): void => {
  app.get(ADDRESS, { config: REFERENCE, schema: documented('address', 'List addresses, pages go by key', { 200: Type.Array(AddressRow) }, { querystring: Type.Object({ postcode: text('Addresses with this postal code'), ...page }) }) }, async (request, reply) => {
    requirePermission(request.context, 'address', 'read')
    const query = readQuery(request, ['postcode', 'after', 'limit'])
    const limit = limitOf(query.limit)
    const rows = (await listDocuments(deps.database, request.context.brand, query.postcode, query.after, limit)).map(shownAddress)
    const last = rows.at(-1)
    if (last !== undefined && rows.length === limit) reply.header('link', nextLink(ADDRESS, request, String(last['id'])))
    return reply.header('x-result-count', rows.length).send(rows)
  })

  app.get(`${ADDRESS}/:id`, { config: REFERENCE, schema: documented('address', 'Read one address', { 200: AddressRow }, { params: idParams }) }, async (request, reply) => {
    requirePermission(request.context, 'address', 'read')
    const id = idOf(request)
    const found = await readDocument(deps.database, request.context.brand, id)
    if (found === undefined) throw refuse.notFound('address', id)
    return reply.send(shownAddress(found))
  })

  const bulk = documented('address', 'Add or replace up to 2,000 addresses by id: all or none', { 200: Counts }, { body: Type.Array(AddressRow, { maxItems: MAX_BULK }) })
  app.post(`${ADDRESS}/bulk`, { schema: bulk }, async (request, reply) => {
    requirePermission(request.context, 'address', 'create')
    return reply.send(await loadRecords(deps, request.context.brand, readBulk(request.body)))
  })

  app.delete(`${ADDRESS}/:id`, { schema: documented('address', 'Remove one address that nothing refers to', { 204: nothing }, { params: idParams }) }, async (request, reply) => {
    requirePermission(request.context, 'address', 'delete')
    const id = idOf(request)
    if ((await readDocument(deps.database, request.context.brand, id)) === undefined) throw refuse.notFound('address', id)
    await deps.store.remove(request.context, geographicAddress, id)
    return reply.code(204).send()
  })
}
