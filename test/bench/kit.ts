/** The kit's hot paths on 100,000 offerings: read one, list, filtered lists with a rare and a common value, create, place an order. */
import pg from 'pg'
import { measure, type Measured } from './measure.ts'
import { startServers } from './servers.ts'

const ROWS = 100_000
const CATALOG = '/tmf-api/productCatalogManagement/v4'

/** An offering of about 1.9 kB, as the sample provider has them. */
export const offering = {
  name: 'Fibre 500',
  description: 'Symmetrical fibre to the home with a router, installed by appointment. '.repeat(4),
  lifecycleStatus: 'Launched',
  isBundle: false,
  isSellable: true,
  version: '1.0',
  validFor: { startDateTime: '2026-01-01T00:00:00Z', endDateTime: '2030-01-01T00:00:00Z' },
  marketSegment: ['Residential', 'Small business', 'Rural'].map((name, i) => ({ id: `segment-${i}`, href: `https://markets.example.com/segment/${i}`, name, '@referredType': 'MarketSegment' })),
  place: ['North', 'East', 'South', 'West'].map((name, i) => ({ id: `area-${i}`, href: `https://places.example.com/area/${i}`, name, '@referredType': 'GeographicArea' })),
  channel: ['web', 'app', 'store', 'care'].map(name => ({ id: name, href: `https://channels.example.com/${name}`, name, '@referredType': 'Channel' })),
  productOfferingTerm: [{ name: '24 months', description: 'Minimum term of two years, then monthly', duration: { amount: 24, units: 'month' } }],
}

export const fill = async (databaseUrl: string): Promise<void> => {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  const text = JSON.stringify(offering)
  await client.query(
    `INSERT INTO product_offering (brand, id, revision, doc)
     SELECT 'default', 'bench-' || lpad(i::text, 8, '0'), 1,
       ($1::jsonb || jsonb_build_object('id', 'bench-' || lpad(i::text, 8, '0'), 'href', '${CATALOG}/productOffering/bench-' || lpad(i::text, 8, '0'), '@type', 'ProductOffering',
         'name', CASE WHEN i % 10000 = 0 THEN 'Rare' ELSE 'Offering ' || i END, 'lifecycleStatus', CASE WHEN i % 2 = 0 THEN 'Launched' ELSE 'Retired' END))::text::json
     FROM generate_series(1, ${ROWS}) AS s(i)`,
    [text],
  )
  await client.query('VACUUM ANALYZE product_offering')
  await client.end()
}

const post = async (url: string, body: unknown): Promise<{ id: string }> => {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  if (answer.status !== 201) throw new Error(`POST ${url}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as { id: string }
}

/** One sellable offering with a price, and orders of it by two hundred customers: orders of one customer would queue at its row. */
export const orderBodies = async (tandem: string): Promise<string[]> => {
  const price = await post(`${tandem}${CATALOG}/productOfferingPrice`, { name: 'Monthly', priceType: 'recurring', recurringChargePeriodType: 'month', recurringChargePeriodLength: 1, lifecycleStatus: 'Launched', price: { unit: 'EUR', value: 39.9 } })
  const sold = await post(`${tandem}${CATALOG}/productOffering`, { ...offering, productOfferingPrice: [{ id: price.id }] })
  const bodies: string[] = []
  for (let i = 0; i < 200; i++) {
    const person = await post(`${tandem}/tmf-api/party/v4/individual`, { givenName: 'Ada', familyName: `Bench ${i}` })
    const customer = await post(`${tandem}/tmf-api/customerManagement/v4/customer`, { name: `Ada Bench ${i}`, engagedParty: { id: person.id, '@referredType': 'Individual' } })
    bodies.push(
      JSON.stringify({
        category: 'Residential',
        relatedParty: [{ id: customer.id, name: `Ada Bench ${i}`, role: 'customer', '@referredType': 'Customer' }],
        channel: [{ id: 'web', name: 'web' }],
        productOrderItem: [{ id: '1', action: 'add', quantity: 1, productOffering: { id: sold.id }, product: { productCharacteristic: [{ name: 'router', value: 'white' }] } }],
      }),
    )
  }
  return bodies
}

/** What Tandem stores for a create: the floor writes the same, with its event or as a row alone. */
const storedFor = async (url: string, body: string): Promise<string> => JSON.stringify(await post(url, JSON.parse(body)))

export async function* kit(options: { turns: number; seconds: number }): AsyncGenerator<Measured> {
  const servers = await startServers(fill)
  const { tandem, floor } = servers
  const run = { ...options, connections: 16 }
  const one = 'bench-00050000'
  const offerings = `${tandem}${CATALOG}/productOffering`
  try {
    yield await measure('read one', { url: `${offerings}/${one}` }, { url: `${floor}/one/${one}` }, run)
    yield await measure('list 20', { url: `${offerings}?limit=20` }, { url: `${floor}/list` }, run)
    yield await measure('list 20 by a rare value', { url: `${offerings}?limit=20&name=Rare` }, { url: `${floor}/name?value=Rare` }, run)
    yield await measure('list 20 by a common value', { url: `${offerings}?limit=20&lifecycleStatus=Launched` }, { url: `${floor}/status?value=Launched` }, run)
    const create = JSON.stringify(offering)
    const createdAs = [await storedFor(offerings, create)]
    yield await measure('create offering', { url: offerings, bodies: [create] }, { url: `${floor}/offering`, bodies: createdAs }, run)
    yield await measure('create offering, beside its row alone', { url: offerings, bodies: [create] }, { url: `${floor}/offering/row`, bodies: createdAs }, run)
    const orders = `${tandem}/tmf-api/productOrderingManagement/v4/productOrder`
    const bodies = await orderBodies(tandem)
    const placedAs = [await storedFor(orders, bodies[0]!)]
    yield await measure('place order', { url: orders, bodies }, { url: `${floor}/order`, bodies: placedAs }, run)
    yield await measure('place order, beside its row alone', { url: orders, bodies }, { url: `${floor}/order/row`, bodies: placedAs }, run)
  } finally {
    await servers.stop()
  }
}
