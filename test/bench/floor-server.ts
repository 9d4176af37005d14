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
// The same row in the same table, so that both pay for its indexes; no event, no history, no check.
const write = (path: string, table: string): void => {
  app.post(path, async (request, reply) => {
    const id = `floor-${process.pid}-${++serial}`
    const text = JSON.stringify({ ...(request.body as object), id })
    await pool.query({ name: table, text: `INSERT INTO ${table} (brand, id, revision, doc) VALUES ('floor', $1, 1, $2::json)`, values: [id, text] })
    return reply.code(201).type('application/json; charset=utf-8').send(text)
  })
}
write('/offering', 'product_offering')
write('/order', 'product_order')

await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })
