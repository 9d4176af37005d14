/**
 * Generated customers for the bench, written by SQL alone: names of a hundred given and sixty thousand family names, the common ones as common as
 * in a telephone book; of one in a hundred ten products, three orders, twenty interactions and six bills, of the others one or two things each.
 */
import type pg from 'pg'
import { nearKeys } from '../../src/modules/customer-view/search-text.ts'

const GIVEN = 'Anna Ben Clara David Emma Felix Greta Hugo Ida Jonas Klara Leon Mira Noah Olga Paul Quirin Rosa Simon Tilda Uwe Vera Willem Xenia Yann Zoe Albert Berta Cornelis Dora Emil Frieda Gustav Hanna Ivan Jule Karl Lotte Max Nora Otto Petra Ralf Sara Theo Ursula Viktor Wanda Xaver Yara'.split(' ')
const FIRST = 'Al Ber Car Dor Eh Fal Gan Har Im Jan Kal Lan Mar Nor Ol Pan Quar Ran Sal Tan Ul Van Wal Zan Bran Cran Dren Fren Gren Kren Pren Stan Tren Wren Bal Del Fel Gel Hel Kel'.split(' ')
const MIDDLE = 'a be da de di do e ga ge go i ka ke ko la le li lo ma me mi mo na ne no ra re ri ro sa se so ta te ti to va ve vi vo'.split(' ')
const LAST = 'berg born bruck burg dahl dorf feld fors gard hagen heim hof holm horst hoven hus kamp land lind mann mark mond nau ner rath rich rup sen son stedt stein stett strom thal ton vall vik wald wick wood'.split(' ')
const STREETS = 'Quay Mill Church Station Garden River Forest Castle Bridge Harbour School Market North South East West Hill Lake Meadow Orchard'.split(' ')

const FAMILIES = FIRST.length * MIDDLE.length * LAST.length

/** The numbers that decide who is called how; the same here and in SQL. */
const mixed = (i: number, salt: number): number => Math.imul(Math.imul(i, 1_103_515_245) + salt * 12_345, 69_069) >>> 1

/** Skewed: the square of an evenly spread number. */
const familyOf = (i: number): string => {
  const u = (mixed(i, 1) % 1_000_003) / 1_000_003
  const n = Math.floor(u * u * FAMILIES)
  return `${FIRST[n % FIRST.length]}${MIDDLE[Math.floor(n / FIRST.length) % MIDDLE.length]}${LAST[Math.floor(n / FIRST.length / MIDDLE.length) % LAST.length]}`
}

export interface Person {
  id: string
  given: string
  family: string
  street: string
  house: number
  post: string
  city: string
  email: string
  phone: string
}

export const personOf = (i: number): Person => {
  const given = GIVEN[mixed(i, 2) % GIVEN.length]!
  const family = familyOf(i)
  const post = String(10_000 + (mixed(i, 3) % 5_000))
  return {
    id: `person-${i}`, given, family, street: `${STREETS[mixed(i, 4) % STREETS.length]} Street`, house: 1 + (mixed(i, 5) % 90), post, city: `${FIRST[mixed(i, 6) % FIRST.length]}${LAST[mixed(i, 7) % LAST.length]}`,
    email: `${given}.${family}.${i}@example.com`.toLowerCase(), phone: `+4477${String(i).padStart(8, '0')}`,
  }
}

const CHUNK = 20_000

/** Tables whose indexes are made after they are filled. */
const TABLES = ['individual', 'customer', 'billing_account', 'product', 'product_order', 'customer_bill', 'party_interaction', 'reference_edge', 'external_identity', 'search_entry', 'search_identifier', 'search_posting']

/** Ids and documents of what a person has, from columns of `p`; `n` counts the rows of one person. */
const SQL = {
  individual: `INSERT INTO individual (brand, id, revision, owner_party, doc) SELECT 'default', p.id, 1, p.id, json_build_object('id', p.id, 'href', '/tmf-api/party/v4/individual/' || p.id, '@type', 'Individual', 'givenName', p.given, 'familyName', p.family, 'status', 'validated',
    'birthDate', '1980-01-01T00:00:00Z', 'contactMedium', json_build_array(json_build_object('mediumType', 'email', 'characteristic', json_build_object('emailAddress', p.email)), json_build_object('mediumType', 'phone', 'characteristic', json_build_object('phoneNumber', p.phone)),
    json_build_object('mediumType', 'postalAddress', 'characteristic', json_build_object('street1', p.street || ' ' || p.house, 'postCode', p.post, 'city', p.city)))) FROM p`,
  customer: `INSERT INTO customer (brand, id, revision, owner_party, doc) SELECT 'default', 'cus-' || p.i, 1, p.id, json_build_object('id', 'cus-' || p.i, 'href', '/tmf-api/customerManagement/v4/customer/cus-' || p.i, '@type', 'Customer', 'name', p.given || ' ' || p.family, 'status', 'active',
    'engagedParty', json_build_object('id', p.id, '@referredType', 'Individual')) FROM p`,
  billing_account: `INSERT INTO billing_account (brand, id, revision, owner_party, doc) SELECT 'default', 'acc-' || p.i, 1, p.id, json_build_object('id', 'acc-' || p.i, 'href', '/tmf-api/accountManagement/v4/billingAccount/acc-' || p.i, '@type', 'BillingAccount', 'name', 'Account', 'state', 'active', 'currency', 'EUR',
    'accountBalance', json_build_array(json_build_object('balanceType', 'receivable', 'amount', json_build_object('unit', 'EUR', 'value', 12.5))), 'relatedParty', json_build_array(json_build_object('id', p.id, 'name', p.family, 'role', 'payer', '@referredType', 'Individual'))) FROM p`,
  product: `INSERT INTO product (brand, id, revision, owner_party, doc) SELECT 'default', 'pro-' || p.i || '-' || n, 1, p.id, json_build_object('id', 'pro-' || p.i || '-' || n, 'href', '/tmf-api/productInventory/v4/product/pro-' || p.i || '-' || n, '@type', 'Product', 'name', 'Mobile L', 'status', CASE WHEN n % 5 = 4 THEN 'terminated' ELSE 'active' END,
    'startDate', '2026-01-15T09:00:00.000Z', 'productSerialNumber', 'SN' || lpad(p.i::text, 8, '0') || n, 'productOffering', json_build_object('id', 'mobile-l', 'name', 'Mobile L'), 'billingAccount', json_build_object('id', 'acc-' || p.i),
    'productCharacteristic', json_build_array(json_build_object('name', 'dataVolume', 'value', '20 GB')), 'productPrice', json_build_array(json_build_object('name', 'Monthly fee', 'priceType', 'recurring', 'recurringChargePeriod', 'month', 'price', json_build_object('taxRate', 20, 'dutyFreeAmount', json_build_object('unit', 'EUR', 'value', 29.9)))),
    'relatedParty', json_build_array(json_build_object('id', p.id, 'name', p.family, 'role', 'owner', '@referredType', 'Individual'))) FROM p CROSS JOIN generate_series(1, CASE WHEN p.i % 100 = 0 THEN 10 ELSE 1 + p.i % 2 END) AS n`,
  product_order: `INSERT INTO product_order (brand, id, revision, owner_party, doc) SELECT 'default', 'ord-' || p.i || '-' || n, 1, 'cus-' || p.i, json_build_object('id', 'ord-' || p.i || '-' || n, 'href', '/tmf-api/productOrderingManagement/v4/productOrder/ord-' || p.i || '-' || n, '@type', 'ProductOrder', 'state', CASE WHEN n = 1 THEN 'inProgress' ELSE 'completed' END,
    'externalId', 'SHOP-' || p.i || '-' || n, 'orderDate', '2026-03-01T10:00:00.000Z', 'expectedCompletionDate', '2026-03-08T10:00:00.000Z', 'productOrderItem', json_build_array(json_build_object('id', '1', 'action', 'add', 'quantity', 1, 'state', 'inProgress', 'productOffering', json_build_object('id', 'mobile-l', 'name', 'Mobile L'))),
    'milestone', json_build_array(json_build_object('id', '1', 'name', 'delivered', 'status', 'planned', 'promisedDate', '2026-03-08T10:00:00.000Z')), 'relatedParty', json_build_array(json_build_object('id', 'cus-' || p.i, 'name', p.family, 'role', 'customer', '@referredType', 'Customer'))) FROM p CROSS JOIN generate_series(1, CASE WHEN p.i % 100 = 0 THEN 3 WHEN p.i % 3 = 0 THEN 1 ELSE 0 END) AS n`,
  customer_bill: `INSERT INTO customer_bill (brand, id, revision, owner_party, doc) SELECT 'default', 'bil-' || p.i || '-' || n, 1, p.id, json_build_object('id', 'bil-' || p.i || '-' || n, 'href', '/tmf-api/customerBillManagement/v4/customerBill/bil-' || p.i || '-' || n, '@type', 'CustomerBill', 'billNo', 'B' || lpad(p.i::text, 8, '0') || n, 'state', CASE WHEN n = 1 THEN 'sent' ELSE 'settled' END,
    'billDate', '2026-0' || n || '-01T00:00:00.000Z', 'paymentDueDate', '2026-0' || n || '-15T00:00:00.000Z', 'amountDue', json_build_object('unit', 'EUR', 'value', 35.88), 'remainingAmount', json_build_object('unit', 'EUR', 'value', CASE WHEN n = 1 THEN 35.88 ELSE 0 END), 'billingAccount', json_build_object('id', 'acc-' || p.i),
    'relatedParty', json_build_array(json_build_object('id', p.id, 'name', p.family, 'role', 'payer', '@referredType', 'Individual'))) FROM p CROSS JOIN generate_series(1, CASE WHEN p.i % 100 = 0 THEN 6 WHEN p.i % 4 = 0 THEN 1 ELSE 0 END) AS n`,
  party_interaction: `INSERT INTO party_interaction (brand, id, revision, owner_party, doc) SELECT 'default', 'int-' || p.i || '-' || n, 1, p.id, json_build_object('id', 'int-' || p.i || '-' || n, 'href', '/tmf-api/partyInteractionManagement/v4/partyInteraction/int-' || p.i || '-' || n, '@type', 'PartyInteraction', 'description', 'Asked about the bill', 'reason', 'billing', 'direction', 'inbound', 'status', 'completed',
    'interactionDate', json_build_object('startDateTime', '2026-02-0' || (1 + n % 9) || 'T10:00:00.000Z'), 'channel', json_build_array(json_build_object('id', 'care', 'name', 'care')), 'relatedParty', json_build_array(json_build_object('id', p.id, 'name', p.family, 'role', 'customer', '@referredType', 'Individual'))) FROM p CROSS JOIN generate_series(1, CASE WHEN p.i % 100 = 0 THEN 20 WHEN p.i % 2 = 0 THEN 1 ELSE 0 END) AS n`,
  external_identity: `INSERT INTO external_identity (brand, source, type, external_id, resource, resource_id) SELECT 'default', 'crm', 'individual', 'crm-' || p.i, 'individual', p.id FROM p WHERE p.i % 2 = 0`,
}

/** References of the rows above, as the kit keeps them. */
const EDGES: readonly (readonly [table: string, resource: string, path: string, to: string, id: string])[] = [
  ['customer', 'customer', 'engagedParty', 'individual', "doc #>> '{engagedParty,id}'"],
  ['billing_account', 'billingAccount', 'relatedParty[]', 'individual', 'owner_party'],
  ['product', 'product', 'relatedParty[]', 'individual', 'owner_party'],
  ['product', 'product', 'billingAccount', 'billingAccount', "doc #>> '{billingAccount,id}'"],
  ['product_order', 'productOrder', 'relatedParty[]', 'customer', 'owner_party'],
  ['customer_bill', 'customerBill', 'relatedParty[]', 'individual', 'owner_party'],
  ['customer_bill', 'customerBill', 'billingAccount', 'billingAccount', "doc #>> '{billingAccount,id}'"],
  ['party_interaction', 'partyInteraction', 'relatedParty[]', 'individual', 'owner_party'],
]

/** What the search makes of the rows (search-entry.ts), told by SQL because it is ASCII. A bench that finds nothing fails. */
const ENTRIES: readonly string[] = [
  `INSERT INTO search_entry (brand, resource, resource_id, revision, owner_party, subject, terms) SELECT 'default', 'individual', p.id, 1, p.id, p.id, json_build_array(json_build_object('kind', 'name', 'field', 'name', 'value', p.given || ' ' || p.family), json_build_object('kind', 'email', 'field', 'email', 'value', p.email),
    json_build_object('kind', 'phone', 'field', 'phone', 'value', p.phone), json_build_object('kind', 'address', 'field', 'address', 'value', p.street || ' ' || p.house || ' ' || p.post || ' ' || p.city)) FROM p`,
  `INSERT INTO search_entry (brand, resource, resource_id, revision, owner_party, subject, terms) SELECT 'default', 'customer', 'cus-' || p.i, 1, p.id, p.id, json_build_array(json_build_object('kind', 'name', 'field', 'name', 'value', p.given || ' ' || p.family)) FROM p`,
]
const FROM_ROWS: readonly string[] = [
  `INSERT INTO search_entry (brand, resource, resource_id, revision, owner_party, subject, terms) SELECT 'default', 'product', id, 1, owner_party, owner_party, json_build_array(json_build_object('kind', 'identifier', 'field', 'serialNumber', 'value', doc ->> 'productSerialNumber')) FROM product WHERE owner_party = ANY($1)`,
  `INSERT INTO search_entry (brand, resource, resource_id, revision, owner_party, subject, terms) SELECT 'default', 'productOrder', id, 1, owner_party, owner_party, json_build_array(json_build_object('kind', 'identifier', 'field', 'orderNumber', 'value', doc ->> 'externalId')) FROM product_order WHERE owner_party = ANY($2)`,
  `INSERT INTO search_entry (brand, resource, resource_id, revision, owner_party, subject, terms) SELECT 'default', 'customerBill', id, 1, owner_party, owner_party, json_build_array(json_build_object('kind', 'identifier', 'field', 'billNumber', 'value', doc ->> 'billNo')) FROM customer_bill WHERE owner_party = ANY($1)`,
]

/** Adds the people from `from` to `to`, and statistics as a vacuum leaves them. */
export const addPeople = async (client: pg.Client, from: number, to: number): Promise<void> => {
  await client.query("SET synchronous_commit = off; SET maintenance_work_mem = '512MB'; SET work_mem = '128MB'")
  // Indexes over whole documents serve filters that nothing here asks for, and would take longer than all the rest.
  const { rows: indexes } = await client.query<{ indexname: string; indexdef: string }>(
    `SELECT indexname, indexdef FROM pg_indexes i WHERE tablename = ANY($1) AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conname = i.indexname) AND indexdef NOT LIKE '%UNIQUE%'`,
    [TABLES],
  )
  for (const { indexname } of indexes) await client.query(`DROP INDEX IF EXISTS "${indexname}"`)
  const { rows: [last] } = await client.query<{ id: string }>('SELECT coalesce(max(id), 0) AS id FROM search_entry')
  for (let start = from; start < to; start += CHUNK) {
    const people = Array.from({ length: Math.min(CHUNK, to - start) }, (_, offset) => ({ i: start + offset, ...personOf(start + offset) }))
    await client.query('BEGIN')
    await client.query('CREATE TEMP TABLE p ON COMMIT DROP AS SELECT * FROM unnest($1::int[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::text[], $8::text[], $9::text[], $10::text[]) AS p(i, id, given, family, street, house, post, city, email, phone)', [
      people.map(p => p.i), people.map(p => p.id), people.map(p => p.given), people.map(p => p.family), people.map(p => p.street), people.map(p => p.house), people.map(p => p.post), people.map(p => p.city), people.map(p => p.email), people.map(p => p.phone),
    ])
    for (const text of [...Object.values(SQL), ...ENTRIES]) await client.query(text)
    const words = [...new Set(people.flatMap(p => `${p.given} ${p.family} ${p.street} ${p.house} ${p.post} ${p.city}`.toLowerCase().split(' ')))]
    await client.query("INSERT INTO search_word (brand, word, near) SELECT 'default', u.word, u.near::int[] FROM unnest($1::text[], $2::text[]) AS u(word, near) ON CONFLICT DO NOTHING", [words, words.map(word => `{${nearKeys(word).join(',')}}`)])
    const owners = [people.map(p => p.id), people.map(p => `cus-${p.i}`)]
    for (const text of FROM_ROWS) await client.query(text.includes('$2') ? text.replace('$2', '$1') : text, [owners[text.includes('$2') ? 1 : 0]])
    await client.query('COMMIT')
  }
  const added = `created_at >= '-infinity'`
  for (const [table, resource, path, target, id] of EDGES) {
    await client.query(`INSERT INTO reference_edge (brand, from_resource, from_id, path, to_resource, to_id) SELECT brand, '${resource}', id, '${path}', '${target}', ${id} FROM ${table} WHERE ${added} ON CONFLICT DO NOTHING`)
  }
  await client.query(
    `INSERT INTO search_identifier (brand, value, entry_id, kind, field, digits) SELECT e.brand, CASE t.kind WHEN 'phone' THEN right(t.value, 7) WHEN 'email' THEN t.value ELSE lower(replace(t.value, '-', '')) END, e.id, t.kind, t.field, CASE t.kind WHEN 'phone' THEN t.value ELSE '' END
     FROM search_entry e CROSS JOIN LATERAL json_to_recordset(e.terms) AS t(kind text, field text, value text) WHERE e.id > $1 AND t.kind IN ('phone', 'email', 'identifier')`,
    [last!.id],
  )
  await client.query(
    `INSERT INTO search_posting (word_id, subject_key, entry_id) SELECT w.id, hashtextextended(e.subject, 0), e.id FROM search_entry e CROSS JOIN LATERAL json_to_recordset(e.terms) AS t(kind text, value text)
     CROSS JOIN LATERAL unnest(string_to_array(lower(t.value), ' ')) AS u(word) JOIN search_word w ON w.brand = 'default' AND w.word = u.word WHERE e.id > $1 AND t.kind IN ('name', 'address') ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING`,
    [last!.id],
  )
  for (const { indexname, indexdef } of indexes) if (!indexname.endsWith('_doc_i')) await client.query(indexdef)
  await client.query('VACUUM ANALYZE')
}
