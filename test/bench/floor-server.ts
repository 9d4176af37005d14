/**
 * The floor that Tandem is measured against: bare Fastify and pg with named statements on the same rows, in a process of its own.
 * No access control, no validation, no events: what the machine gives when nothing else is asked of it.
 */
import Fastify from 'fastify'
import pg from 'pg'

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL!, max: 20 })
const app = Fastify({ logger: false })
const page = (where: string): string =>
  `SELECT (SELECT count(*) FROM product_offering WHERE brand = $1${where}) AS total,
    (SELECT coalesce('[' || string_agg(doc::text, ',' ORDER BY id) || ']', '[]') FROM (SELECT id, doc FROM product_offering WHERE brand = $1${where} ORDER BY id LIMIT 20) p) AS page`

const asText = { getTypeParser: () => (value: string) => value }

app.get('/one/:id', async (request, reply) => {
  const { rows } = await pool.query({ name: 'one', text: 'SELECT doc::text AS doc FROM product_offering WHERE brand = $1 AND id = $2', values: ['default', (request.params as { id: string }).id], types: asText })
  return reply.type('application/json; charset=utf-8').send(rows[0].doc)
})
app.get('/person/:id', async (request, reply) => {
  const { rows } = await pool.query({ name: 'person', text: 'SELECT doc::text AS doc FROM individual WHERE brand = $1 AND id = $2', values: ['default', (request.params as { id: string }).id], types: asText })
  return reply.type('application/json; charset=utf-8').send(rows[0].doc)
})
app.get('/address/:id', async (request, reply) => {
  const { rows } = await pool.query({ name: 'address', text: 'SELECT doc::text AS doc FROM geographic_address WHERE brand = $1 AND id = $2', values: ['default', (request.params as { id: string }).id], types: asText })
  return reply.type('application/json; charset=utf-8').send(rows[0].doc)
})
const list = (path: string, name: string, where: string): void => {
  app.get(path, async (request, reply) => {
    const value = (request.query as { value?: string }).value
    const { rows } = await pool.query({ name, text: page(where), values: value === undefined ? ['default'] : ['default', value], types: asText })
    return reply.header('x-total-count', rows[0].total).type('application/json; charset=utf-8').send(rows[0].page)
  })
}
list('/list', 'list', '')
list('/name', 'by_name', ' AND f_name = $2')
list('/status', 'by_status', ' AND f_lifecycle_status = $2')

let serial = 0
// The same rows in the same tables, so that both pay for their indexes: the resource and its event, in one round trip; no reference, no check.
const write = (path: string, table: string, resource: string): void => {
  const row = `INSERT INTO ${table} (brand, id, revision, doc) VALUES ('floor', $1, 1, $2::json)`
  const withEvent = `WITH written AS (${row} RETURNING revision)
    INSERT INTO event (event_id, event_type, event_time, correlation_id, channel, principal, brand, resource, resource_id, revision, doc)
    SELECT $1, '${resource}CreateEvent', $3, $1, 'web', 'floor', 'floor', '${resource}', $1, revision, $2::json FROM written`
  const answer = (url: string, name: string, text: string, values: (id: string, doc: string) => unknown[]): void => {
    app.post(url, async (request, reply) => {
      const id = `floor-${process.pid}-${++serial}`
      const doc = JSON.stringify({ ...(request.body as object), id })
      await pool.query({ name, text, values: values(id, doc) })
      return reply.code(201).type('application/json; charset=utf-8').send(doc)
    })
  }
  answer(path, `${table}-event`, withEvent, (id, doc) => [id, doc, new Date()])
  answer(`${path}/row`, table, row, (id, doc) => [id, doc])
}
write('/offering', 'product_offering', 'ProductOffering')
write('/order', 'product_order', 'ProductOrder')

// What a purchase stores, request by request.
write('/purchase/cart', 'shopping_cart', 'ShoppingCart')
write('/purchase/validation', 'geographic_address_validation', 'GeographicAddressValidation')
write('/purchase/qualification', 'product_offering_qualification', 'ProductOfferingQualification')
write('/purchase/person', 'individual', 'Individual')
write('/purchase/order', 'product_order', 'ProductOrder')
const changeCart = `WITH written AS (UPDATE shopping_cart SET revision = revision + 1, doc = $3::json, updated_at = now() WHERE brand = 'floor' AND id = $2 RETURNING revision)
  INSERT INTO event (event_id, event_type, event_time, correlation_id, channel, principal, brand, resource, resource_id, revision, doc)
  SELECT $1, 'ShoppingCartAttributeValueChangeEvent', $4, $1, 'web', 'floor', 'floor', 'ShoppingCart', $2, revision, $3::json FROM written`
app.post('/purchase/cart/:id', async (request, reply) => {
  const { id } = request.params as { id: string }
  const doc = JSON.stringify({ ...(request.body as object), id })
  await pool.query({ name: 'cart-change', text: changeCart, values: [`floor-${process.pid}-${++serial}`, id, doc, new Date()] })
  return reply.code(201).type('application/json; charset=utf-8').send(doc)
})

await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
