import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPeopleApp, PARTY, type Json, type PeopleApp } from './people-app.ts'

let people: PeopleApp
beforeAll(async () => { people = await createPeopleApp() })
afterAll(async () => { await people.close() })

const view = async (id: string, options: { sections?: string; key?: string; brand?: string } = {}): Promise<Json> => {
  const answer = await people.call('GET', `/tandem/v1/customer360/${id}${options.sections === undefined ? '' : `?sections=${options.sections}`}`, options)
  expect(answer.status, answer.text).toBe(200)
  return answer.body
}

describe('a household', () => {
  let mira: Json, jon: Json, asCustomer: Json, account: Json, line: Json, childLine: Json, order: Json

  beforeAll(async () => {
    mira = await people.person('Mira', 'Aldenhoven', { contactMedium: [{ mediumType: 'email', characteristic: { emailAddress: 'mira.a@example.com' } }] })
    jon = await people.person('Jon', 'Aldenhoven')
    asCustomer = await people.customer(mira)
    account = await people.made('/tmf-api/accountManagement/v4/billingAccount', { name: 'Household', relatedParty: [{ id: mira.id, name: 'Mira Aldenhoven', role: 'payer', '@referredType': 'Individual' }] })
    line = await people.product({ owner: mira }, { name: 'Mobile L', productSerialNumber: 'SN-77 1234', billingAccount: { id: account.id } })
    childLine = await people.product({ owner: jon, user: jon }, { name: 'Mobile S', billingAccount: { id: account.id } })
    order = await people.made('/tmf-api/productOrderingManagement/v4/productOrder', {
      externalId: 'SHOP-1001', relatedParty: [{ id: asCustomer.id, name: 'Mira', role: 'customer', '@referredType': 'Customer' }],
      productOrderItem: [{ id: '1', action: 'add', quantity: 1, productOffering: { id: 'unknown-offering' } }],
    })
    await people.settled()
  })

  it('shows who the person is, with source and age', async () => {
    const { section } = await view(mira.id)
    expect(section.person).toMatchObject({ total: 1, item: [{ '@type': 'Individual', id: mira.id, document: { familyName: 'Aldenhoven' }, source: [{ source: 'tandem', asOf: expect.any(String) }] }] })
    expect(section.roles.item.map((one: Json) => one.id)).toContain(asCustomer.id)
  })

  it('tells owner, payer and user of a product apart', async () => {
    const { section } = await view(mira.id)
    expect(section.products.total).toBe(2)
    const child = section.products.item.find((one: Json) => one.id === childLine.id)
    expect(child.owner).toMatchObject([{ id: jon.id, isThisPerson: false }])
    expect(child.user).toMatchObject([{ id: jon.id, isThisPerson: false }])
    expect(child.payer).toMatchObject([{ id: mira.id, billingAccount: account.id, isThisPerson: true }])
    const own = section.products.item.find((one: Json) => one.id === line.id)
    expect([own.owner[0].id, own.payer[0].id, own.user[0].id]).toEqual([mira.id, mira.id, mira.id])
    expect((await view(jon.id)).section.products.item).toMatchObject([{ id: childLine.id, owner: [{ isThisPerson: true }], payer: [{ id: mira.id, isThisPerson: false }] }])
  })

  it('shows orders of the role that the party plays', async () => {
    const { section } = await view(mira.id, { sections: 'orders' })
    expect(section.orders).toMatchObject({ total: 1, inFlight: 0, item: [{ id: order.id, state: 'rejected', externalId: 'SHOP-1001', rejectionReason: [{ code: expect.any(String) }] }] })
    expect(Object.keys(section)).toEqual(['orders'])
  })

  it('leads to the list that pages', async () => {
    const { section } = await view(mira.id)
    const listed = await people.call('GET', section.orders.href)
    expect(listed.body.map((one: Json) => one.id)).toEqual([order.id])
    expect((await people.call('GET', section.products.href)).status).toBe(200)
  })

  it.each([
    ['the party', () => `/${mira.id}`],
    ['the customer', () => `/${asCustomer.id}`],
    ['customer number', () => `?identifier=customerNumber:${asCustomer.id}`],
    ['account number', () => `?identifier=accountNumber:${account.id}`],
    ['e-mail', () => '?identifier=email:MIRA.A@example.com'],
    ['order number', () => `?identifier=orderNumber:${order.id}`],
    ['the order number of the shop', () => '?identifier=orderNumber:shop%201001'],
    ['serial number', () => '?identifier=serialNumber:sn771234'],
  ])('is found by %s', async (_what, path) => {
    const answer = await people.call('GET', `/tandem/v1/customer360${path()}`)
    expect(answer.status, answer.text).toBe(200)
    expect(answer.body).toMatchObject({ id: mira.id, party: [mira.id] })
  })

  it('is read in one statement, the record of the read included', async () => {
    const { pool, custom } = people.database
    await view(mira.id)
    const before = await people.database.query<{ n: string }>("SELECT count(*) AS n FROM audit_record WHERE resource = 'customer360'")
    const statements: string[] = []
    const overheard = [pool, custom].map(one => {
      const query = one.query.bind(one)
      one.query = ((...args: any[]) => {
        statements.push(args[0]?.text ?? String(args[0]))
        return (query as any)(...args)
      }) as typeof one.query
      return () => { one.query = query }
    })
    try {
      await view(mira.id)
    } finally {
      for (const stop of overheard) stop()
    }
    expect(statements.filter(text => text.includes('ref (from_resource'))).toHaveLength(1)
    // Others (relay, jobs) work beside it; nothing of theirs reads people.
    expect(statements.filter(text => /individual|product|customer/i.test(text) && !/event|job|audit_cursor/i.test(text.slice(0, 200)))).toHaveLength(1)
    const after = await people.database.query<{ n: string }>("SELECT count(*) AS n FROM audit_record WHERE resource = 'customer360'")
    expect(Number(after[0]!.n)).toBe(Number(before[0]!.n) + 1)
  })

  it('answers 304 while nothing has changed', async () => {
    const first = await people.app.inject({ url: `/tandem/v1/customer360/${jon.id}`, headers: { authorization: 'Bearer bootstrap-key-of-the-customer-view' } })
    const again = await people.app.inject({ url: `/tandem/v1/customer360/${jon.id}`, headers: { authorization: 'Bearer bootstrap-key-of-the-customer-view', 'if-none-match': String(first.headers.etag) } })
    expect(again.statusCode).toBe(304)
  })

  it('names what the caller may not see, and shows nothing of it', async () => {
    const key = await people.key(['customer360:read', 'individual:read', 'organization:read', 'product:read'])
    const { section, withheld } = await view(mira.id, { key })
    expect(Object.keys(section).toSorted()).toEqual(['person', 'products'])
    expect(withheld).toEqual(expect.arrayContaining(['orders', 'bills', 'roles']))
    // The account's parties are told by the account, which this caller may not read.
    expect(section.products.item.find((one: Json) => one.id === childLine.id).payer).toMatchObject([{ id: jon.id }])
    expect((await people.call('GET', `/tandem/v1/customer360/${mira.id}`, { key: await people.key(['individual:read']) })).status).toBe(403)
  })

  it('shows a customer its own rows alone, and nobody else', async () => {
    const key = await people.key(['*:read'], { parties: [jon.id] })
    const own = await view(jon.id, { key })
    expect(own.section.products.item.map((one: Json) => one.id)).toEqual([childLine.id])
    for (const path of [`/${mira.id}`, `/${asCustomer.id}`, '?identifier=email:mira.a@example.com', `?identifier=orderNumber:${order.id}`]) {
      expect((await people.call('GET', `/tandem/v1/customer360${path}`, { key })).status).toBe(404)
    }
  })

  it('does not exist for another brand', async () => {
    expect((await people.call('GET', `/tandem/v1/customer360/${mira.id}`, { brand: 'other' })).status).toBe(404)
    expect((await people.call('GET', '/tandem/v1/customer360?identifier=email:mira.a@example.com', { brand: 'other' })).status).toBe(404)
  })

  it.each([['sections=persons', 'sections'], ['section=person', 'section']])('refuses %s, which names nothing', async (query, named) => {
    const answer = await people.call('GET', `/tandem/v1/customer360/${mira.id}?${query}`)
    expect(answer.status).toBe(400)
    expect(answer.body.message).toContain(named)
  })
})

describe('lists', () => {
  it('shows the newest of many, says how many there are, and those that live first', async () => {
    const many = await people.person('Many', 'Lines')
    for (let i = 0; i < 23; i++) await people.product({ customer: many }, { name: `Line ${i}`, ...(i === 0 ? {} : { status: 'active' }) })
    const { section } = await view(many.id, { sections: 'products' })
    expect(section.products).toMatchObject({ total: 23, active: 23 })
    expect(section.products.item).toHaveLength(20)
    expect(section.products.item[0].name).toBe('Line 22')
  })
})

describe('one person with two parties', () => {
  it('shows what both have, whichever is asked for', async () => {
    const crm = await people.person('Zoë', 'Färber')
    const mobile = await people.person('Zoe', 'Faerber')
    const [one, two] = [await people.product({ owner: crm }), await people.product({ owner: mobile })]
    const role = await people.customer(mobile)
    await people.made('/tandem/v1/partyMerge', { survivor: { id: crm.id, '@referredType': 'Individual' }, merged: { id: mobile.id, '@referredType': 'Individual' } })
    for (const id of [crm.id, mobile.id, role.id]) {
      const { party, section, role: roles } = await view(id)
      expect(party).toEqual([crm.id, mobile.id].toSorted())
      expect(section.person.total).toBe(2)
      expect(section.products.item.map((item: Json) => item.id).toSorted()).toEqual([one.id, two.id].toSorted())
      expect(roles).toEqual([{ id: role.id, resource: 'customer' }])
    }
  })

  it('names the persons when an identifier is that of several', async () => {
    const medium = { contactMedium: [{ mediumType: 'email', characteristic: { emailAddress: 'shared@example.com' } }] }
    const [a, b] = [await people.person('Ann', 'Shared', medium), await people.person('Bob', 'Shared', medium)]
    await people.settled()
    const answer = await people.call('GET', '/tandem/v1/customer360?identifier=email:shared@example.com')
    expect(answer.status).toBe(409)
    expect(answer.body.message).toContain(a.id)
    expect(answer.body.message).toContain(b.id)
  })
})

describe('an organization, and who is engaged elsewhere', () => {
  it('shows an organization', async () => {
    const shop = await people.made(`${PARTY}/organization`, { tradingName: 'Harbour Books' })
    await people.product({ owner: { ...shop, '@type': 'Organization' } })
    expect((await view(shop.id)).section).toMatchObject({ person: { item: [{ '@type': 'Organization', id: shop.id }] }, products: { total: 1 } })
  })

  it('shows a customer whose party lives in another system', async () => {
    const role = await people.made('/tmf-api/customerManagement/v4/customer', { name: 'Outside', engagedParty: { id: 'p1', href: 'https://crm.example.com/party/p1', '@referredType': 'Individual' } })
    const { party, section } = await view(role.id)
    expect(party).toEqual([])
    expect(section.roles.item).toMatchObject([{ id: role.id }])
  })
})

describe('for somebody else', () => {
  let grantor: Json, delegate: Json, ownerKey: string, delegateKey: string

  const path = () => `/tandem/v1/customer360/${grantor.id}`
  const granted = async (permission: string[], work: () => Promise<void>): Promise<void> => {
    const made = await people.call('POST', '/tandem/v1/delegation', { payload: { grantor: { id: grantor.id }, delegate: { id: delegate.id }, permission }, key: ownerKey })
    expect(made.status, made.text).toBe(201)
    try {
      await work()
    } finally {
      expect((await people.call('PATCH', made.body.href, { payload: { status: 'revoked' }, key: ownerKey })).status).toBe(200)
    }
  }
  const found = async (q: string, key: string): Promise<Json[]> => (await people.call('GET', `/tandem/v1/customerSearch?q=${encodeURIComponent(q)}`, { key })).body.person

  beforeAll(async () => {
    grantor = await people.person('Gerda', 'Grantor', { contactMedium: [{ mediumType: 'email', characteristic: { emailAddress: 'gerda@example.com' } }] })
    delegate = await people.person('Dora', 'Delegate')
    await people.product({ owner: grantor })
    ownerKey = await people.key(['*:*'], { parties: [grantor.id] })
    delegateKey = await people.key(['*:*'], { parties: [delegate.id] })
    await people.settled()
  })

  it('shows nobody without the permission for the view itself', async () => {
    await granted(['individual:read'], async () => {
      expect((await people.call('GET', `${PARTY}/individual/${grantor.id}`, { key: delegateKey })).status).toBe(200)
      for (const at of [path(), '/tandem/v1/customer360?identifier=email:gerda@example.com']) expect((await people.call('GET', at, { key: delegateKey })).status).toBe(404)
      expect(await found('gerda@example.com', delegateKey)).toEqual([])
    })
  })

  it('shows the sections that were granted, and names all others as withheld', async () => {
    await granted(['customer360:read', 'customerSearch:read', 'individual:read'], async () => {
      const all = Object.keys((await view(grantor.id)).section)
      const { section, withheld } = await view(grantor.id, { key: delegateKey })
      expect(Object.keys(section)).toEqual(['person'])
      expect(section.person).toMatchObject({ total: 1, item: [{ id: grantor.id }] })
      expect(withheld.toSorted()).toEqual([...all.filter(name => name !== 'person'), 'person.organization'].toSorted())
      expect(withheld).toEqual(expect.arrayContaining(['identifiers', 'consents', 'products']))
      expect((await people.call('GET', '/tandem/v1/customer360?identifier=email:gerda@example.com', { key: delegateKey })).body).toMatchObject({ id: grantor.id, withheld })
      expect((await found('grantor', delegateKey)).map(one => one.id)).toEqual([grantor.id])
      // Its own rows it sees as before.
      expect((await view(delegate.id, { key: delegateKey })).withheld).toEqual([])
    })
  })

  it('shows what is no resource only where it was granted', async () => {
    await granted(['customer360:read', 'individual:read', 'consent:read', 'partyIdentifier:read'], async () => {
      const { section } = await view(grantor.id, { key: delegateKey })
      expect(Object.keys(section).toSorted()).toEqual(['consents', 'identifiers', 'person'])
      expect(section.identifiers).toMatchObject([{ value: 'gerda@example.com' }])
    })
  })

  it('shows the kinds of a section that may be read, and names the others', async () => {
    const { section, withheld } = await view(grantor.id, { key: await people.key(['customer360:read', 'individual:read']) })
    expect(section.person.item).toMatchObject([{ id: grantor.id }])
    expect(withheld).toContain('person.organization')
    expect(withheld).not.toContain('person')
  })
})
