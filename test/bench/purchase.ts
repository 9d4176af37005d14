/**
 * A guest buys a line and a router in the web: a cart, two things put into it, the address in the guest's own spelling, can it be delivered
 * there, who the guest is, the checkout, the order. Over HTTP; and the same number of requests that store the same documents, as the floor.
 */
import pg from 'pg'
import { Pool } from 'undici'
import type { Conversation } from './conversations.ts'

const CATALOG = '/tmf-api/productCatalogManagement/v4'
const CART = '/tmf-api/shoppingCart/v4/shoppingCart'
const OFFER = '/tmf-api/productOfferingQualification/v4/productOfferingQualification'
const VALIDATION = '/tmf-api/geographicAddressManagement/v4/geographicAddressValidation'
const PERSON = '/tmf-api/party/v4/individual'

/** Houses with a line, so that few ask for the same one at once. */
export const HOUSES = 1_000

type Json = Record<string, any>
type Method = 'GET' | 'POST' | 'PATCH'

/** Sends JSON and answers it; anything but a success is an error. */
export type Ask = (method: Method, path: string, body?: unknown) => Promise<Json>

export interface Client {
  ask: Ask
  close: () => Promise<void>
}

export const clientOf = (origin: string, connections: number): Client => {
  const pool = new Pool(origin, { connections, pipelining: 1 })
  return {
    ask: async (method, path, body) => {
      const answer = await pool.request({ method, path, headers: { 'content-type': 'application/json', 'x-tandem-channel': 'web' }, ...(body !== undefined && { body: JSON.stringify(body) }) })
      const text = await answer.body.text()
      if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`)
      return text === '' ? {} : (JSON.parse(text) as Json)
    },
    close: () => pool.close(),
  }
}

export interface Shop {
  line: string
  router: string
}

const value = (name: string, of: unknown): Json => ({ name, valueType: typeof of, minCardinality: 0, maxCardinality: 1, configurable: false, productSpecCharacteristicValue: [{ value: of, isDefault: true }] })

/** A fibre line that has to be delivered somewhere, and a router, each with a price; houses that have fibre, with ports to spare. */
export const openShop = async (ask: Ask): Promise<Shop> => {
  const offering = async (name: string, specification: Json, price: Json): Promise<string> => {
    const spec = await ask('POST', `${CATALOG}/productSpecification`, { name: `${name} specification`, lifecycleStatus: 'Launched', ...specification })
    const priced = await ask('POST', `${CATALOG}/productOfferingPrice`, { name: `${name} price`, lifecycleStatus: 'Launched', tax: [{ taxCategory: 'VAT', taxRate: 20 }], ...price })
    return (await ask('POST', `${CATALOG}/productOffering`, { name, lifecycleStatus: 'Launched', version: '1.0', productSpecification: { id: spec['id'] }, productOfferingPrice: [{ id: priced['id'] }] }))['id'] as string
  }
  await ask('POST', '/tandem/v1/serviceNeed', { name: 'Broadband', serviceSpecification: { id: 'cfs-broadband' } })
  const access = { serviceSpecification: [{ id: 'cfs-broadband', name: 'Broadband' }], productSpecCharacteristic: [value('technology', 'fibre'), value('downloadSpeed', 500)] }
  const line = await offering('Fibre 500', access, { priceType: 'recurring', recurringChargePeriodType: 'month', recurringChargePeriodLength: 1, price: { unit: 'EUR', value: 39.9 } })
  const router = await offering('Router', {}, { priceType: 'oneTime', price: { unit: 'EUR', value: 99 } })
  const houses = Array.from({ length: HOUSES }, (_, index) => ({ id: `house-${index}`, street: 'Bench Street', streetNumber: String(index + 1), postcode: '10115', city: 'Neustadt' }))
  await ask('POST', '/tandem/v1/address/bulk', houses)
  const fibre = { provider: 'own', technology: 'fibre', maxDownload: 1000, maxUpload: 500, latencyClass: 'low', source: 'plan', capacity: 100_000 }
  await ask('POST', '/tandem/v1/coverage/bulk', houses.map(house => ({ ...fibre, addressId: house.id })))
  return { line, router }
}

const items = (cart: Json): Json[] => cart['cartItem'] as Json[]

/** The whole purchase; `seen` is told each stored document. Throws when there is no order at the end. */
export const purchase =
  (ask: Ask, shop: Shop, seen: (kind: string, document: Json) => void = () => undefined): Conversation =>
  async n => {
    const told = (kind: string, document: Json): Json => {
      seen(kind, document)
      return document
    }
    const { id } = told('cart', await ask('POST', CART, { contactMedium: [{ mediumType: 'email', characteristic: { emailAddress: `guest-${n}@example.com` } }] }))
    await ask('POST', `/tandem/v1/shoppingCart/${id}/item`, { productOffering: { id: shop.line } })
    const filled = told('filled', await ask('POST', `/tandem/v1/shoppingCart/${id}/item`, { productOffering: { id: shop.router } }))
    const address = told('validation', await ask('POST', VALIDATION, { provideAlternative: true, submittedGeographicAddress: { streetName: 'bench street', streetNr: String((n % HOUSES) + 1), postcode: '10115', city: 'Neustadt' } }))
    const place = [{ id: address['validGeographicAddress'].id, role: 'installation', '@referredType': 'GeographicAddress' }]
    const answer = told('qualification', await ask('POST', OFFER, { place, productOfferingQualificationItem: [{ id: '1', action: 'add', productOffering: { id: shop.line } }] }))
    if (answer['qualificationResult'] !== 'qualified') throw new Error(`not qualified: ${JSON.stringify(answer)}`)
    const person = told('person', await ask('POST', PERSON, { givenName: 'Ada', familyName: `Bench ${n}` }))
    const [line, ...others] = items(filled)
    const named = told(
      'named',
      await ask('PATCH', `${CART}/${id}`, {
        relatedParty: [{ id: person['id'], name: `Ada Bench ${n}`, role: 'customer', '@referredType': 'Individual' }],
        cartItem: [{ ...line, product: { place }, qualification: { id: answer['id'], itemId: '1' } }, ...others],
      }),
    )
    const done = await ask('POST', '/tandem/v1/checkout', { shoppingCart: { id: named['id'] }, termsAccepted: true })
    if (done['productOrder'] === undefined) throw new Error(`no order: ${JSON.stringify(done)}`)
    told('done', done)
  }

/** Documents of one purchase as they are stored, by kind, with the order. */
export const storedOf = async (ask: Ask, shop: Shop): Promise<Record<string, Json>> => {
  const documents: Record<string, Json> = {}
  await purchase(ask, shop, (kind, document) => void (documents[kind] = document))(0)
  return { ...documents, order: await ask('GET', documents['done']!['productOrder'].href as string), completed: await ask('GET', `${CART}/${documents['cart']!['id']}`) }
}

/** As many requests, which store the same documents with their events and do nothing else; one more for the cart that the order ends. */
export const floorPurchase =
  (ask: Ask, stored: Readonly<Record<string, Json>>): Conversation =>
  async () => {
    const { id } = await ask('POST', '/purchase/cart', stored['cart'])
    await ask('POST', `/purchase/cart/${id}`, stored['filled'])
    await ask('POST', `/purchase/cart/${id}`, stored['filled'])
    await ask('POST', '/purchase/validation', stored['validation'])
    await ask('POST', '/purchase/qualification', stored['qualification'])
    await ask('POST', '/purchase/person', stored['person'])
    await ask('POST', `/purchase/cart/${id}`, stored['named'])
    await ask('POST', '/purchase/order', stored['order'])
    await ask('POST', `/purchase/cart/${id}`, stored['completed'])
  }

/** Copies of an empty cart, made in the database: what making them costs is not measured. Answers their ids, in turn. */
export const emptyCarts = async (databaseUrl: string, cart: Json, count: number): Promise<() => string> => {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query(`INSERT INTO shopping_cart (brand, id, revision, doc) SELECT 'default', 'bench-' || i, 1, replace($1, $2, 'bench-' || i)::json FROM generate_series(1, $3::int) AS i`, [JSON.stringify(cart), cart['id'], count])
  await client.query('VACUUM ANALYZE shopping_cart')
  await client.end()
  let next = 0
  return () => `bench-${1 + (next++ % count)}`
}
