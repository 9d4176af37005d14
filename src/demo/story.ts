/**
 * `npm run demo`: one customer's way through the house, told on the terminal over HTTP against a real server: a bundle is defined, found
 * deliverable, ordered, delivered by three back ends, billed; a second order is cancelled and undone. Ends with an error as soon as a
 * step is not as promised.
 */
import { randomUUID } from 'node:crypto'
import { storyServer } from './story-server.ts'
import { BrokenPromise, client, createTeller, promised, until } from './teller.ts'
import type { BooksSummary, KeyAccount } from './back-ends/accounts.ts'
import type { Client, Json, Teller } from './teller.ts'

const catalog = '/tmf-api/productCatalogManagement/v4'
const ordering = '/tmf-api/productOrderingManagement/v4'
const bills = '/tmf-api/customerBillManagement/v4'
const systems = ['fixed', 'mobile', 'warehouse'] as const

interface Stage {
  tandem: Client
  backEnds: Client
  teller: Teller
}

/** What the bundle costs; the bill is held against it. */
const price = { monthly: 60, discount: 10, setup: 20, taxRate: 20, currency: 'GBP' } as const

const parts = ['part-fibre-500', 'part-mobile-m', 'part-tv-family', 'part-router-7'] as const
const houses = { served: 'adr-quay-street-7', unserved: 'adr-far-skerry-3' } as const

const money = (value: number): string => `${value.toFixed(2)} ${price.currency}`
const times = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`

const defineBundle = async ({ tandem, teller }: Stage): Promise<string> => {
  const { id } = await teller.step('Define a new bundle (TMF620)', async () => {
    const make = async (resource: string, body: Json): Promise<Json> => {
      const { body: made, headers } = await tandem.send('POST', `${catalog}/${resource}`, 201, body)
      promised(headers.get('location')?.endsWith(`/${resource}/${made.id}`) === true, 'a Location of the new resource', headers.get('location'))
      return made
    }
    const tax = [{ taxCategory: 'standard', taxRate: price.taxRate }]
    const monthly = await make('productOfferingPrice', { name: 'Storm Proof: monthly charge', priceType: 'recurring', recurringChargePeriodType: 'month', recurringChargePeriodLength: 1, price: { unit: price.currency, value: price.monthly }, tax, lifecycleStatus: 'Launched' })
    const setup = await make('productOfferingPrice', { name: 'Storm Proof: connection fee', priceType: 'oneTime', price: { unit: price.currency, value: price.setup }, tax, lifecycleStatus: 'Launched' })
    const bundle = await make('productOffering', {
      name: 'Storm Proof',
      description: 'Fibre, mobile and television that do not mind the weather',
      isBundle: true,
      lifecycleStatus: 'Launched',
      productSpecification: { id: 'spec-package', name: 'Package' },
      bundledProductOffering: parts.map(part => ({ id: part, bundledProductOfferingOption: { numberRelOfferLowerLimit: 1, numberRelOfferUpperLimit: 1, numberRelOfferDefault: 1 } })),
      productOfferingPrice: [
        { id: monthly.id, name: monthly.name, '@referredType': 'ProductOfferingPrice', priceAlteration: [{ name: 'Together discount', priceType: 'discount', priority: 1, price: { dutyFreeAmount: { unit: price.currency, value: price.discount } } }] },
        { id: setup.id, name: setup.name, '@referredType': 'ProductOfferingPrice' },
      ],
    })
    return { id: bundle.id as string, told: `${bundle.name}: ${times(parts.length, 'part')}, ${money(price.monthly)} a month less ${money(price.discount)}, ${money(price.setup)} once` }
  })
  return id
}

const checkAddress = async ({ tandem, teller }: Stage): Promise<void> => {
  await teller.step('Check two addresses (TMF645)', async () => {
    const ask = async (place: string): Promise<string> => {
      const item = { id: '1', service: { place: [{ id: place, role: 'installation', '@referredType': 'GeographicAddress' }], serviceCharacteristic: [{ name: 'technology', value: 'fibre' }, { name: 'downloadSpeed', value: 500 }, { name: 'marketSegment', value: 'residential' }] } }
      const { body } = await tandem.send('POST', '/tmf-api/serviceQualificationManagement/v4/checkServiceQualification', 201, { serviceQualificationItem: [item] })
      return body.qualificationResult as string
    }
    const [near, far] = [await ask(houses.served), await ask(houses.unserved)]
    promised(near === 'qualified', `${houses.served} is qualified for fibre at 500 Mbit/s`, near)
    promised(far === 'unqualified', `${houses.unserved} is unqualified`, far)
    return { told: `7 Quay Street ${near}, 3 Far Skerry ${far}` }
  })
}

interface Buyer {
  id: string
  name: string
  account: string
}

const makeCustomer = async ({ tandem, teller }: Stage, givenName: string, familyName: string): Promise<Buyer> =>
  await teller.step('A stranger becomes a customer (TMF632)', async () => {
    const name = `${givenName} ${familyName}`
    const person = (await tandem.send('POST', '/tmf-api/party/v4/individual', 201, { givenName, familyName, contactMedium: [{ mediumType: 'email', characteristic: { emailAddress: `${givenName}@example.com`.toLowerCase() } }] })).body
    const party = { id: person.id, name, '@referredType': 'Individual' }
    await tandem.send('POST', '/tmf-api/customerManagement/v4/customer', 201, { name, engagedParty: party })
    const now = new Date((await tandem.get('/tandem/v1/clock')).now)
    const today = Number(new Intl.DateTimeFormat('en-GB', { day: 'numeric', timeZone: 'Europe/London' }).format(now))
    const account = (await tandem.send('POST', '/tmf-api/accountManagement/v4/billingAccount', 201, { name, accountType: 'billing', billCycleDay: today, currency: price.currency, timeZone: 'Europe/London', taxJurisdiction: 'GB', relatedParty: [{ ...party, role: 'customer' }] })).body
    return { id: person.id as string, name, account: account.id as string, told: `${name}, billed on day ${today} of the month` }
  })

const orderFor = (buyer: Buyer, items: Json[]): Json => ({
  externalId: `story-${randomUUID()}`,
  relatedParty: [{ id: buyer.id, name: buyer.name, role: 'customer', '@referredType': 'Individual' }],
  billingAccount: { id: buyer.account, '@referredType': 'BillingAccount' },
  productOrderItem: items,
})

const item = (id: string, offering: string): Json => ({
  id,
  action: 'add',
  quantity: 1,
  productOffering: { id: offering },
  product: { place: [{ id: houses.served, name: '7 Quay Street', role: 'installation', '@referredType': 'GeographicAddress' }] },
})

const placeOrder = async ({ tandem, teller }: Stage, what: string, order: Json): Promise<string> => {
  const { id } = await teller.step(what, async () => {
    const key = { 'idempotency-key': randomUUID() }
    const first = (await tandem.send('POST', `${ordering}/productOrder`, 201, order, key)).body
    promised(first.state === 'acknowledged', 'an acknowledged order', `${first.state} ${JSON.stringify(first.rejectionReason ?? '')}`)
    const again = (await tandem.send('POST', `${ordering}/productOrder`, 201, order, key)).body
    promised(again.id === first.id, 'the same order when the request is repeated', again.id)
    const totals = (first.orderTotalPrice as Json[]).map(total => `${money(total.price.dutyFreeAmount.value)}${total.recurringChargePeriod ? ` per ${total.recurringChargePeriod}` : ' once'}`)
    return { id: first.id as string, told: `order ${String(first.id).slice(-6)}, ${totals.join(', ')}; asked twice, placed once` }
  })
  return id
}

/** The delivery tasks of an order; none while it has no plan. */
const tasksOf = async (tandem: Client, order: string): Promise<Json[]> => ((await tandem.get(`/tandem/v1/deliveryPlan?productOrder=${order}`)) as Json[])[0]?.task ?? []

const watchDelivery = async ({ tandem, teller }: Stage, order: string): Promise<void> => {
  const seen = new Set<string>()
  for (const system of systems) {
    await teller.step(`The ${system} stack delivers`, async () => {
      let last: Json = []
      const done = await until(
        `the ${system} tasks complete`,
        60,
        async () => {
          last = (await tasksOf(tandem, order)).filter(task => task.target === system)
          const stuck = (last as Json[]).find(task => task.state === 'failed')
          if (stuck) throw new BrokenPromise(`promised: task ${stuck.name} is delivered\n     came: ${JSON.stringify(stuck.error)}`)
          return last.length > 0 && (last as Json[]).every(task => task.state === 'completed') ? (last as Json[]) : undefined
        },
        () => last,
      )
      for (const task of done) seen.add(task.id)
      return { told: done.map(task => task.name).join(', ') }
    })
  }
  await teller.step('The order completes (TMF622)', async () => {
    let last: Json
    await until('the order completes', 20, async () => {
      last = await tandem.get(`${ordering}/productOrder/${order}`)
      return last.state === 'completed' ? true : undefined
    }, () => last?.state)
    return { told: `${last.state} after ${times(seen.size, 'task')}` }
  })
}

const lookAtProducts = async ({ tandem, teller }: Stage, buyer: Buyer): Promise<void> => {
  await teller.step('Look at what is active (TMF637)', async () => {
    const products = (await tandem.get(`/tmf-api/productInventory/v4/product?billingAccount.id=${buyer.account}`)) as Json[]
    promised(products.length === parts.length + 1, `${parts.length + 1} products`, products.map(product => product.name))
    promised(products.every(product => product.status === 'active'), 'all of them active', products.map(product => `${product.name} ${product.status}`))
    const characteristic = (name: string): Json => products.flatMap(product => product.productCharacteristic ?? []).find((one: Json) => one.name === name)?.value
    const [number, tracking, port] = [characteristic('msisdn'), characteristic('trackingNumber'), characteristic('accessPort')]
    promised(typeof number === 'string' && typeof tracking === 'string' && typeof port === 'string', 'a phone number, a parcel number and a port', [number, tracking, port])
    promised(products.some(product => (product.realizingService ?? []).length > 0), 'services that realize the products', products.map(product => product.realizingService))
    return { told: `${times(products.length, 'product')}; number ${number}, port ${port}, parcel ${tracking}` }
  })
}

const letAMonthPass = async ({ tandem, teller }: Stage): Promise<void> => {
  await teller.step('Let a month pass', async () => {
    const before = (await tandem.get('/tandem/v1/clock')).now as string
    const after = (await tandem.send('POST', '/tandem/v1/clock', 200, { advance: 'P1M' })).body.now as string
    const days = (Date.parse(after) - Date.parse(before)) / 86_400_000
    promised(days > 27.9 && days < 31.1, 'a month later', `${before} → ${after}`)
    return { told: `${before.slice(0, 10)} → ${after.slice(0, 10)}` }
  })
}

const readBill = async ({ tandem, teller }: Stage, buyer: Buyer): Promise<void> => {
  const bill = await teller.step('Bill everybody who is due (TMF678)', async () => {
    // 200: the schedule was faster, and nothing is left to plan.
    await tandem.send('POST', '/tandem/v1/billRun', [200, 202], {})
    const found = await until('a bill', 60, async () => ((await tandem.get(`${bills}/customerBill?billingAccount.id=${buyer.account}`)) as Json[])[0])
    const net = price.setup + 2 * (price.monthly - price.discount)
    const gross = (net * (100 + price.taxRate)) / 100
    promised(found.taxExcludedAmount.value === net && found.taxIncludedAmount.value === gross, `a bill of ${money(net)}, with tax ${money(gross)}`, [found.taxExcludedAmount, found.taxIncludedAmount])
    return { id: found.id as string, gross, told: `${found.billNo}: ${money(net)}, with tax ${money(gross)}` }
  })
  await teller.step('Read its lines', async () => {
    const document = await tandem.get(`/tandem/v1/customerBill/${bill.id}/document`)
    const rates = (await tandem.get(`${bills}/appliedCustomerBillingRate?bill.id=${bill.id}`)) as Json[]
    const lines = document.line as Json[]
    const sum = lines.reduce((total, line) => total + Math.round(Number(line.taxIncluded) * 100), 0)
    promised(rates.length === lines.length && lines.length === 5, 'five lines, here and as TMF678 rates', [lines.length, rates.length])
    promised(sum === Math.round(bill.gross * 100), `lines that add up to ${money(bill.gross)}`, sum / 100)
    return { told: lines.map(line => line.explanation).join('\n') }
  })
}

/** What the back ends' own books say of an order's tasks. */
const booksOf = async ({ backEnds }: Stage, order: string): Promise<Record<(typeof systems)[number], KeyAccount[]>> => {
  const read = async (system: string): Promise<KeyAccount[]> => ((await backEnds.get(`/books/${system}`)) as KeyAccount[]).filter(row => row.reference?.startsWith(`${order}/`))
  return { fixed: await read('fixed'), mobile: await read('mobile'), warehouse: await read('warehouse') }
}

const cancelSecondOrder = async (stage: Stage, buyer: Buyer): Promise<void> => {
  const { tandem, backEnds, teller } = stage
  const order = await placeOrder(stage, 'A second order', orderFor(buyer, [item('1', 'fibre-500'), item('2', 'mobile-m'), item('3', 'tv-family')]))
  await teller.step('Wait until it is half delivered', async () => {
    const done = await until('the fixed stack has done its part', 30, async () => {
      const rows = (await booksOf(stage, order)).fixed
      return rows.length === 2 && rows.every(row => row.executions === 1) ? rows : undefined
    })
    return { told: `the fixed stack has done ${times(done.length, 'thing')}` }
  })
  await teller.step('Cancel it before its point of no return', async () => {
    const task = (await tandem.send('POST', `${ordering}/cancelProductOrder`, 201, { cancellationReason: 'The customer has changed their mind', productOrder: { id: order, '@referredType': 'ProductOrder' } })).body
    let last: Json
    await until('the cancellation is done', 60, async () => {
      last = await tandem.get(`${ordering}/cancelProductOrder/${task.id}`)
      promised(last.state !== 'terminatedWithError', 'a cancellation without errors', last.statusReason)
      return last.state === 'done' ? true : undefined
    }, () => last)
    const state = (await tandem.get(`${ordering}/productOrder/${order}`)).state
    promised(state === 'cancelled', 'a cancelled order', state)
    promised((last.cancellationFee ?? []).length === 0, 'no fee', last.cancellationFee)
    return { told: `order ${state}, no fee` }
  })
  await teller.step("Read the back ends' own books", async () => {
    const books = await booksOf(stage, order)
    const rows = Object.values(books).flat()
    promised(books.fixed.length === 2 && books.mobile.length >= 1, 'work at two stacks', rows)
    promised(rows.every(row => row.state === 'cancelled' && row.executions === row.compensations), 'everything that was executed compensated once', rows)
    const summary = (await backEnds.get('/books/summary')) as BooksSummary
    promised(summary.executedTwice.length === 0 && summary.compensatedTwice.length === 0, 'nothing done twice, ever', summary)
    const [executed, compensated] = [rows.reduce((sum, row) => sum + row.executions, 0), rows.reduce((sum, row) => sum + row.compensations, 0)]
    return { told: `${executed} executed, ${compensated} compensated, nothing twice` }
  })
  await teller.step('Look at the inventory again', async () => {
    const products = ((await tandem.get(`/tmf-api/productInventory/v4/product?billingAccount.id=${buyer.account}&limit=100`)) as Json[]).filter(product => product.productOrderItem?.[0]?.productOrderId === order)
    promised(products.every(product => ['cancelled', 'terminated', 'aborted'].includes(String(product.status).trim())), 'none of its products active', products.map(product => product.status))
    return { told: products.map(product => `${product.name} ${product.status}`).join(', ') }
  })
}

const tell = async (): Promise<void> => {
  const started = performance.now()
  const server = await storyServer(process.env)
  const key = process.env['TANDEM_KEY']
  const stage: Stage = {
    tandem: client(server.url, { 'x-tandem-channel': 'care', ...(key ? { authorization: `Bearer ${key}` } : {}) }),
    backEnds: client(server.backEndsUrl),
    teller: createTeller(line => process.stdout.write(`${line}\n`)),
  }
  try {
    process.stdout.write(`Tandem's story, on ${server.how} (ready after ${((performance.now() - started) / 1_000).toFixed(1)} s)\n\n`)
    const bundle = await defineBundle(stage)
    await checkAddress(stage)
    const buyer = await makeCustomer(stage, 'Merle', 'Sandpiper')
    const order = await placeOrder(stage, 'Order the bundle (TMF622)', orderFor(buyer, [item('1', bundle)]))
    await watchDelivery(stage, order)
    await lookAtProducts(stage, buyer)
    await letAMonthPass(stage)
    await readBill(stage, buyer)
    await cancelSecondOrder(stage, buyer)
    process.stdout.write(`\nAs promised, in ${((performance.now() - started) / 1_000).toFixed(1)} s.\n`)
  } finally {
    await server.stop()
  }
}

try {
  await tell()
} catch (error) {
  process.stderr.write(`\nThe story breaks off.\n ${error instanceof BrokenPromise ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exit(1)
}
