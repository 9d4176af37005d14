import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { balanceAccount } from '../../../src/modules/billing/balance.ts'
import { customerBill } from '../../../src/modules/billing/index.ts'
import { DEFAULT_BRAND, systemContext } from '../../../src/platform/principal.ts'
import { BILL, createBillingApp, party, type BillingApp, type Json } from '../billing/billing-app.ts'

const API = '/tmf-api/accountManagement/v4'
const ACCOUNT = `${API}/billingAccount`
const context = systemContext(DEFAULT_BRAND, 'test')

let server: BillingApp
const read = (account: Json): Promise<Json> => server.get(`${ACCOUNT}/${account['id']}`)
const amounts = (account: Json): Json => Object.fromEntries((account['accountBalance'] ?? []).map((balance: Json) => [balance['balanceType'], balance['amount'].value]))
const named = (id: string) => ({ billStructure: { cycleSpecification: { id, name: 'any', isRef: true, '@referredType': 'BillingCycleSpecification' } } })
const stateOf = async (account: Json): Promise<Json> =>
  (await server.database.query('select cycle_day as day, cycle_months as months, next_cycle_date as next, payment_due_days as due from billing_account_state where account_id = $1', [account['id']]))[0] as Json

beforeAll(async () => {
  server = await createBillingApp()
  await server.moveTo('2027-01-20T12:00:00Z')
})
afterAll(() => server.close())

describe('the balance of a billing account', () => {
  test('is nothing when it is opened, what is open after each bill, and cannot be given', async () => {
    const account = await server.account({ accountBalance: [{ balanceType: 'receivable', amount: { unit: 'EUR', value: 99 }, validFor: {} }] })
    expect(amounts(account)).toEqual({ receivable: 0 })
    await server.product(account)
    const bill = await server.onDemand(account['id'])
    expect(bill['state']).toBe('done')
    const [made] = await server.billsOf(account['id'])
    expect(made!['remainingAmount'].value).toBeGreaterThan(0)
    expect(await read(account)).toMatchObject({ paymentStatus: 'open', accountBalance: [{ balanceType: 'receivable', amount: { unit: 'EUR', value: made!['remainingAmount'].value } }, { balanceType: 'credit', amount: { value: 0 } }] })
    await server.patch(`${ACCOUNT}/${account['id']}`, { accountBalance: [] }, 400)
  })

  test('is written in the transaction of the bill: nobody sees the one without the other', async () => {
    const account = await server.account()
    await server.product(account)
    await server.onDemand(account['id'])
    const rows = await server.database.query<{ same: boolean }>(
      'select b.xmin = a.xmin as same from customer_bill b join billing_account a on a.brand = b.brand and a.id = b.f_billing_account_id where a.id = $1',
      [account['id']],
    )
    expect(rows).toEqual([{ same: true }])
  })

  test('goes down when a bill is paid, by whoever writes the payment', async () => {
    const account = await server.account()
    await server.product(account)
    await server.onDemand(account['id'])
    const [bill] = await server.billsOf(account['id'])
    for (const state of ['validated', 'sent']) await server.patch(`${BILL}/customerBill/${bill!['id']}`, { state })
    const pay = (left: number, state: 'partiallyPaid' | 'settled') => (doc: any) => ({ ...doc, remainingAmount: { ...doc.remainingAmount, value: left }, state })
    // In one transaction with the balance, as a payment does it.
    await server.database.transaction(async tx => {
      await server.services.store.update(context, customerBill, bill!['id'], pay(5, 'partiallyPaid'), { tx })
      await balanceAccount(server.services, context, tx, account['id'])
    })
    expect(amounts(await read(account))['receivable']).toBe(5)
    // And where somebody forgets, a moment later.
    await server.services.store.update(context, customerBill, bill!['id'], pay(0, 'settled'))
    await server.until(async () => (await read(account))['paymentStatus'] === 'settled', 'the account is settled')
    expect(amounts(await read(account))['receivable']).toBe(0)
  })
})

describe('a financial account', () => {
  test('shows the sums of its billing accounts, also when one leaves, and is kept while it has any', async () => {
    const group = await server.post(`${API}/financialAccount`, { name: 'All of Lindqvist', accountBalance: [{ balanceType: 'receivable', amount: { unit: 'EUR', value: 1 }, validFor: {} }] })
    expect(group['accountBalance']).toBeUndefined()
    const other = await server.post(`${API}/financialAccount`, { name: 'Another' })
    const of = (account: Json) => ({ financialAccount: { id: account['id'], name: account['name'] } })
    const [one, two] = [await server.account(of(group)), await server.account(of(group))]
    const open: number[] = []
    for (const account of [one, two]) {
      await server.product(account)
      await server.onDemand(account['id'])
      open.push(amounts(await read(account))['receivable'] as number)
    }
    const shows = (account: Json, value: number) => server.until(async () => amounts(await server.get(`${API}/financialAccount/${account['id']}`))['receivable'] === value, `${account['name']} shows ${value}`)
    await shows(group, open[0]! + open[1]!)
    await server.patch(`${ACCOUNT}/${two['id']}`, of(other))
    await shows(group, open[0]!)
    await shows(other, open[1]!)
    const refused = await server.app.inject({ method: 'DELETE', url: `${API}/financialAccount/${group['id']}` })
    expect(refused.statusCode).toBe(409)
    expect(refused.body).toContain(one['id'])
  })
})

describe('a billing cycle specification', () => {
  test('is followed by the accounts that name it: day, months, due days', async () => {
    const cycle = await server.post(`${API}/billingCycleSpecification`, { name: 'Quarterly', frequency: 'quarterly', billingDateShift: 4, paymentDueDateOffset: 30 })
    const account = await server.account({ ...named(cycle['id']), billCycleDay: 17 })
    // Nothing beside the specification says something else.
    expect(account['billCycleDay']).toBeUndefined()
    expect(account['billStructure'].cycleSpecification).toEqual({ id: cycle['id'], href: cycle['href'], name: 'Quarterly', isRef: true, '@referredType': 'BillingCycleSpecification' })
    await server.product(account, { startDate: '2027-01-20T12:00:00Z' })
    expect(await stateOf(account)).toEqual({ day: 5, months: 3, next: '2027-02-05', due: 30 })
    await server.moveTo('2027-08-10T12:00:00Z')
    await server.billRun()
    const bills = await server.until(async () => {
      const made = await server.billsOf(account['id'])
      return made.length >= 3 ? made : undefined
    }, 'three quarters are billed')
    expect(bills.map(bill => bill['billDate'].slice(0, 10))).toEqual(['2027-02-04', '2027-05-04', '2027-08-04'])
    expect(bills.map(bill => bill['nextBillDate'].slice(0, 10))).toEqual(['2027-05-04', '2027-08-04', '2027-11-04'])
    expect(bills.map(bill => (Date.parse(bill['paymentDueDate']) - Date.parse(bill['billDate'])) / 86_400_000).map(Math.round)).toEqual([30, 30, 30])
    // Every month of the three is on the bill, once.
    const lines = await server.get(`${BILL}/appliedCustomerBillingRate?bill.id=${bills[2]!['id']}`)
    expect(lines.map((line: Json) => line['periodCoverage'].startDateTime.slice(0, 10)).sort()).toEqual(['2027-06-04', '2027-07-04', '2027-08-04'])
  })

  test('that changes is followed from the next bill on, and cannot be deleted while it is named', async () => {
    const cycle = await server.post(`${API}/billingCycleSpecification`, { name: 'Monthly', frequency: 'monthly', billingDateShift: 24 })
    const account = await server.account({ billCycleDay: undefined, ...named(cycle['id']) })
    await server.product(account, { startDate: '2027-08-10T12:00:00Z' })
    expect(await stateOf(account)).toMatchObject({ day: 25, months: 1, next: '2027-08-25', due: 14 })
    await server.patch(`${API}/billingCycleSpecification/${cycle['id']}`, { billingDateShift: 14, frequency: 'P2M', paymentDueDateOffset: 7 })
    await server.until(async () => (await stateOf(account))['months'] === 2, 'the account follows')
    expect(await stateOf(account)).toMatchObject({ day: 15, months: 2, next: '2027-08-15', due: 7 })
    const refused = await server.app.inject({ method: 'DELETE', url: `${API}/billingCycleSpecification/${cycle['id']}` })
    expect(refused.statusCode).toBe(409)
    // An account that turns away from it has its own cycle again.
    await server.patch(`${ACCOUNT}/${account['id']}`, { billCycleDay: 3, billStructure: null })
    await server.until(async () => (await stateOf(account))['months'] === 1, 'the account has its own cycle')
    expect(await stateOf(account)).toMatchObject({ day: 3, months: 1, next: '2027-09-03', due: 14 })
  })

  test.each<[Json, string]>([
    [{ frequency: 'whenever' }, 'frequency'],
    [{ frequency: 'weekly' }, 'frequency'],
    [{ billingPeriod: 'P13M' }, 'billingPeriod'],
    [{ billingDateShift: 31 }, 'billingDateShift'],
    [{ paymentDueDateOffset: -1 }, 'paymentDueDateOffset'],
    [{ mailingDateOffset: -1 }, 'mailingDateOffset'],
  ])('that bills cannot be made by is refused: %j', async (more, attribute) => {
    expect((await server.post(`${API}/billingCycleSpecification`, { name: 'Odd', ...more }, 400))['message']).toContain(attribute)
    if (attribute !== 'mailingDateOffset') {
      const account = { name: 'Odd', relatedParty: [party('odd')], billStructure: { cycleSpecification: { name: 'Odd', isRef: false, ...more } } }
      for (const kind of ['billingAccount', 'partyAccount', 'settlementAccount']) expect((await server.post(`${API}/${kind}`, account, 400))['message']).toContain(`billStructure.cycleSpecification.${attribute}`)
    }
  })
})

describe('an account', () => {
  test.each(['partyAccount', 'settlementAccount', 'billingAccount', 'financialAccount'])('%s is suspended, closed, and not opened again', async kind => {
    const account = await server.post(`${API}/${kind}`, { name: 'A', relatedParty: [party('ada')] })
    expect(account['state']).toBe('active')
    for (const state of ['suspended', 'active', 'closed']) await server.patch(`${API}/${kind}/${account['id']}`, { state })
    expect((await server.patch(`${API}/${kind}/${account['id']}`, { state: 'active' }, 409))['message']).toContain('closed is final')
  })

  test('names what exists: means of payment, form and medium of bills, other accounts', async () => {
    const nowhere = { id: 'nowhere', name: 'nowhere' }
    const refused = await server.post(`${API}/partyAccount`, {
      name: 'A', relatedParty: [party('ada')], defaultPaymentMethod: nowhere, financialAccount: nowhere,
      billStructure: { format: { ...nowhere, isRef: true }, presentationMedia: [{ ...nowhere, isRef: true }] },
      accountRelationship: [{ relationshipType: 'pays', account: { ...nowhere, '@referredType': 'BillingAccount' }, validFor: {} }],
    }, 400)
    for (const path of ['defaultPaymentMethod.id', 'financialAccount.id', 'billStructure.format.id', 'billStructure.presentationMedia[0].id', 'accountRelationship[0].account.id']) expect(refused['message']).toContain(path)
    const format = await server.post(`${API}/billFormat`, { name: 'Itemized' })
    await server.post(`${API}/partyAccount`, { name: 'A', relatedParty: [party('ada')], billStructure: { format: { id: format['id'], name: 'Itemized', isRef: true } } })
    expect((await server.app.inject({ method: 'DELETE', url: `${API}/billFormat/${format['id']}` })).statusCode).toBe(409)
  })

  test('is refused with every fault named', async () => {
    const backwards = { startDateTime: '2027-02-01T00:00:00Z', endDateTime: '2027-01-01T00:00:00Z' }
    const refused = await server.post(`${API}/settlementAccount`, {
      name: 'A', relatedParty: [party('ada')], creditLimit: { unit: 'euro', value: -1 }, paymentPlan: [{ numberOfPayments: 0, validFor: backwards }], contact: [{ contactType: 'billing', validFor: backwards }],
    }, 400)
    for (const path of ['creditLimit.unit', 'creditLimit.value', 'paymentPlan[0].numberOfPayments', 'paymentPlan[0].validFor.endDateTime', 'contact[0].validFor.endDateTime']) expect(refused['message']).toContain(path)
  })
})
