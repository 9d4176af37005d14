import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ACCOUNT, BILL, createBillingApp, party, PRODUCT, recurring, type BillingApp, type Json } from './billing-app.ts'

// The schedule bills by itself too; these tests ask for what they want to see and never depend on who was first.
describe('billing over HTTP', () => {
  let app: BillingApp

  beforeAll(async () => {
    app = await createBillingApp()
    await app.moveTo('2027-04-11T08:00:00Z')
    await app.post('/tandem/v1/taxRate', { name: 'German VAT', category: 'standard', jurisdiction: 'DE', rate: 19 })
    await app.post('/tandem/v1/billingSetting', { name: 'Brand', timeZone: 'Europe/Berlin', taxJurisdiction: 'DE', billNumberPrefix: 'T-' })
  })
  afterAll(() => app.close())

  it('bills on demand, and an upgrade as 15.00 new less 10.00 back', async () => {
    const account = await app.account()
    const product = await app.product(account)
    const first = await app.onDemand(account['id'])
    expect(first['state']).toBe('done')
    const bill = await app.get(`${BILL}/customerBill/${first['customerBill'].id}`)
    expect(bill).toMatchObject({
      state: 'new',
      runType: 'offCycle',
      category: 'interim',
      taxExcludedAmount: { unit: 'EUR', value: 20 },
      taxIncludedAmount: { unit: 'EUR', value: 23.8 },
      amountDue: { unit: 'EUR', value: 23.8 },
      remainingAmount: { unit: 'EUR', value: 23.8 },
      billingAccount: { id: account['id'] },
      taxItem: [{ taxCategory: 'standard', taxRate: 19, taxAmount: { unit: 'EUR', value: 3.8 } }],
      paymentDueDate: '2027-04-24T22:00:00.000Z',
      nextBillDate: '2027-05-10T22:00:00.000Z',
    })
    expect(bill.billNo).toMatch(/^T-\d{8}$/)
    expect((await app.onDemand(account['id']))['state']).toBe('rejected')

    await app.moveTo('2027-04-26T08:00:00Z')
    await app.patch(`${PRODUCT}/${product['id']}`, { productPrice: [recurring(30)] })
    await app.followed(product['id'], 2)
    const second = await app.onDemand(account['id'])
    const lines = (await app.get(`${BILL}/appliedCustomerBillingRate?bill.id=${second['customerBill'].id}`)) as Json[]
    expect(lines.map(line => [line['type'], line['taxExcludedAmount'].value, line['isBilled'], line['product'].id])).toEqual(expect.arrayContaining([
      ['recurring', 15, true, product['id']],
      ['repair', -10, true, product['id']],
    ]))
    expect(lines).toHaveLength(2)
    expect(lines.find(line => line['type'] === 'repair')?.['characteristic']).toContainEqual({ name: 'factor', valueType: 'decimal', value: '0.500000000' })
    const document = await app.get(`/tandem/v1/customerBill/${second['customerBill'].id}/document`)
    expect(document).toMatchObject({ taxExcluded: '5.00', taxAmount: '0.95', taxIncluded: '5.95', amountDue: '5.95', state: 'new' })
    expect(document.line.map((line: Json) => line['explanation']).sort()).toEqual([
      'Monthly fee, 2027-04-26 to 2027-05-11 not used: 20.00 charged, 10.00 kept for 15 of 30 days = -10.00 EUR',
      'Monthly fee, 2027-04-26 to 2027-05-11: 30.00 × 15/30 days = 15.00 EUR',
    ])
    const { receivable, credit } = await app.get(`/tandem/v1/billingAccount/${account['id']}/balance`)
    expect(receivable).toEqual([{ currency: 'EUR', amount: '29.75' }])
    expect(credit).toEqual([])
  })

  it('gives a customer without an account one, once, and bills all their products on it', async () => {
    const grace = { relatedParty: [party('grace')] }
    await Promise.all(['Fibre', 'Mobile', 'TV'].map(name => app.product(undefined, { ...grace, name })))
    const accounts = (await app.get(`${ACCOUNT}?relatedParty.id=grace`)) as Json[]
    expect(accounts).toHaveLength(1)
    expect(accounts[0]).toMatchObject({ name: 'Customer grace', currency: 'EUR', timeZone: 'Europe/Berlin', taxJurisdiction: 'DE', state: 'active' })
    const task = await app.post(`${BILL}/customerBillOnDemand`, { relatedParty: { ...party('grace') } })
    const done = await app.until(async () => {
      const state = await app.get(`${BILL}/customerBillOnDemand/${task['id']}`)
      return state.state === 'done' && (state as Json)
    }, 'the bill is made')
    const bill = await app.get(`${BILL}/customerBill/${done['customerBill'].id}`)
    expect(bill.taxExcludedAmount.value).toBe(60)
    expect(bill.relatedParty).toMatchObject([{ id: 'grace', role: 'customer' }])
  })

  it('charges one-time prices once and discounts for as long as they were sold', async () => {
    const account = await app.account({ name: 'Once' })
    await app.product(account, {
      productPrice: [
        { name: 'Installation', priceType: 'oneTime', price: { dutyFreeAmount: { unit: 'EUR', value: 49 } } },
        recurring(20, { productPriceAlteration: [{ name: 'First two months half price', priceType: 'discount', applicationDuration: 2, price: { percentage: 50 } }] }),
      ],
    })
    const { customerBill } = await app.onDemand(account['id'])
    const document = await app.get(`/tandem/v1/customerBill/${customerBill.id}/document`)
    expect(document.line.map((line: Json) => [line['kind'], line['amount']])).toEqual([['oneTime', '49.00'], ['recurring', '10.00'], ['discount', '-5.00']])
  })

  it('bills what a year of missed cycles comes to, in order, after the clock was moved', async () => {
    const account = await app.account({ name: 'Clamped', billCycleDay: 31 })
    await app.product(account)
    await app.moveTo('2027-07-31T08:00:00Z')
    await app.until(async () => {
      await app.app.inject({ method: 'POST', url: '/tandem/v1/billRun', payload: {} })
      return (await app.billsOf(account['id'])).length === 4
    }, 'four bills are made')
    const bills = await app.billsOf(account['id'])
    const documents = await Promise.all(bills.map(bill => app.get(`/tandem/v1/customerBill/${bill['id']}/document`)))
    expect(documents.map(document => [document.billDate, document.taxExcluded])).toEqual([
      ['2027-04-30', '22.67'],
      ['2027-05-31', '20.00'],
      ['2027-06-30', '20.00'],
      ['2027-07-31', '20.00'],
    ])
    const numbers = (await app.database.query<{ number: string }>('select number from bill order by number')).map(row => Number(row.number))
    expect(numbers).toEqual(numbers.map((_, index) => index + 1))
  })

  it('turns what is given back into credit, and consumes it on the next bill', async () => {
    const account = await app.account({ name: 'Credit', billCycleDay: 28 })
    const product = await app.product(account, { startDate: '2027-06-28T08:00:00Z' })
    expect((await app.onDemand(account['id']))['state']).toBe('done')
    await app.patch(`${PRODUCT}/${product['id']}`, { status: 'terminated', terminationDate: '2027-08-01T10:00:00Z' })
    await app.followed(product['id'], 2)
    await app.moveTo('2027-08-02T08:00:00Z')
    const back = await app.onDemand(account['id'])
    const note = await app.get(`${BILL}/customerBill/${back['customerBill'].id}`)
    expect(note).toMatchObject({ category: 'creditNote', amountDue: { value: 0 }, remainingAmount: { value: 0 } })
    expect(note.taxIncludedAmount.value).toBeLessThan(0)
    const before = await app.get(`/tandem/v1/billingAccount/${account['id']}/balance`)
    expect(Number(before.credit[0].amount)).toBe(-note.taxIncludedAmount.value)
    await app.product(account, { name: 'Next' })
    const next = await app.onDemand(account['id'])
    const document = await app.get(`/tandem/v1/customerBill/${next['customerBill'].id}/document`)
    expect(Number(document.creditApplied)).toBeGreaterThan(0)
    expect(Number(document.amountDue)).toBeGreaterThanOrEqual(0)
    expect((Number(document.amountDue) + Number(document.creditApplied)).toFixed(2)).toBe(document.taxIncluded)
  })

  it('charges nothing for a sale that was undone, and gives back what was charged for it', async () => {
    const setup = { name: 'Connection fee', priceType: 'oneTime', price: { dutyFreeAmount: { unit: 'EUR', value: 39 }, taxRate: 19 } }
    const start = '2027-08-02T08:00:00.000Z'
    const undo = async (product: Json): Promise<void> => {
      await app.patch(`${PRODUCT}/${product['id']}`, { status: 'aborted', terminationDate: start })
      await app.followed(product['id'], 2)
    }
    const billed = await app.account({ name: 'Undone, billed', billCycleDay: 28 })
    const first = await app.product(billed, { startDate: start, productPrice: [recurring(20), setup] })
    expect((await app.onDemand(billed['id']))['state']).toBe('done')
    await undo(first)
    const back = await app.onDemand(billed['id'])
    const [bill, note] = await app.billsOf(billed['id'])
    expect(back['customerBill'].id).toBe(note?.['id'])
    expect(note?.['taxExcludedAmount'].value).toBe(-bill?.['taxExcludedAmount'].value)
    expect(((await app.get(`/tandem/v1/customerBill/${note?.['id']}/document`)) as Json)['line'].map((line: Json) => line['explanation'])).toContain(
      'Connection fee, 2027-08-02, once, given back as the sale was undone: -39.00 EUR',
    )
    expect((await app.onDemand(billed['id']))['state']).toBe('rejected')

    const unbilled = await app.account({ name: 'Undone, not billed', billCycleDay: 28 })
    await undo(await app.product(unbilled, { startDate: start, productPrice: [recurring(20), setup] }))
    expect((await app.onDemand(unbilled['id']))['state']).toBe('rejected')
  })

  it('never changes a bill: only its state moves, and only along its moves', async () => {
    const account = await app.account({ name: 'Fixed' })
    await app.product(account)
    const { customerBill } = await app.onDemand(account['id'])
    const url = `${BILL}/customerBill/${customerBill.id}`
    const before = await app.get(url)
    await app.patch(url, { amountDue: { unit: 'EUR', value: 1 } }, 400)
    await app.patch(url, { state: 'sent' }, 409)
    await app.patch(url, { state: 'validated' })
    await app.patch(url, { state: 'sent' })
    await app.patch(url, { state: 'new' }, 409)
    await app.patch(url, { state: 'settled' }, 409)
    await app.patch(url, { billNo: 'another' }, 400)
    const { state: _s, lastUpdate: _l, ...after } = await app.get(url)
    const { state: _t, lastUpdate: _m, ...original } = before
    expect(after).toEqual(original)
    await expect(app.database.query('update bill set amount_due = 0 where id = $1', [customerBill.id])).rejects.toThrow(/append only/)
    await expect(app.database.query('delete from bill_line where bill_id = $1', [customerBill.id])).rejects.toThrow(/append only/)
    await expect(app.database.query('delete from ledger_entry')).rejects.toThrow(/append only/)
  })

  it('keeps a ledger whose transactions sum to zero, and cannot do otherwise', async () => {
    const sums = await app.database.query('select transaction_id from ledger_entry group by transaction_id, currency having sum(amount) <> 0')
    expect(sums).toEqual([])
    const post = app.database.transaction(async tx => {
      await tx.query(`insert into ledger_transaction (brand, id, kind, business_date, posted_at) values ('default', 'lopsided', 'bill', '2027-01-01', now())`)
      await tx.query(`insert into ledger_entry (brand, transaction_id, entry_no, account, sub_account, amount, currency) values ('default', 'lopsided', 1, 'receivable', 'x', 1, 'EUR')`)
    })
    await expect(post).rejects.toThrow(/does not sum to zero/)
  })

  it('puts an account aside that cannot be billed, bills the others, and bills it with its number once it can', async () => {
    const [broken, sound] = await Promise.all([app.account({ name: 'Broken', billCycleDay: 5 }), app.account({ name: 'Sound', billCycleDay: 5 })])
    await Promise.all([app.product(broken), app.product(sound)])
    await app.database.query(`update billing_account_state set related_party = '[{"role": 1}]' where account_id = $1`, [broken['id']])
    await app.moveTo('2027-09-05T08:00:00Z')
    await app.app.inject({ method: 'POST', url: '/tandem/v1/billRun', payload: {} })
    await app.until(async () => (await app.billsOf(sound['id'])).length === 2, 'the sound account is billed')
    const run = await app.until(async () => {
      const runs = (await app.get('/tandem/v1/billRun')) as Json[]
      return runs.find(one => one['cycleDate'] === '2027-08-05' && one['state'] === 'done' && one['failed'] === 1)
    }, 'the run is done, one account failed')
    expect(run['failure']).toMatchObject([{ billingAccount: broken['id'] }])
    expect(run['failure'][0].error).toContain('relatedParty')
    await app.database.query(`update billing_account_state set related_party = '[]' where account_id = $1`, [broken['id']])
    await app.post(`/tandem/v1/billRun/${run['id']}/retry`, {}, 202)
    await app.until(async () => (await app.billsOf(broken['id'])).length === 2, 'the broken account is billed, and for its next cycle too')
    const numbers = (await app.database.query<{ number: string }>('select number from bill order by number')).map(row => Number(row.number))
    expect(numbers).toEqual(numbers.map((_, index) => index + 1))
  })

  it('names what an account cannot be, and products that cannot be billed', async () => {
    const bad = await app.post(ACCOUNT, { name: 'Bad', relatedParty: [party('ada')], currency: 'euro', timeZone: 'Mars/Base', billCycleDay: 32 }, 400)
    expect(bad['message']).toContain('billCycleDay')
    const account = await app.account({ name: 'Dollars', currency: 'USD' })
    const product = await app.product(account)
    const problems = (await app.get('/tandem/v1/billingProblem')) as Json[]
    expect(problems.find(one => one['product'] === product['id'])?.['problem']).toContain('is in EUR')
    const nobodys = await app.post(`${BILL}/customerBillOnDemand`, {})
    const rejected = await app.until(async () => {
      const task = await app.get(`${BILL}/customerBillOnDemand/${nobodys['id']}`)
      return task.state === 'rejected' && (task as Json)
    }, 'the task that names nobody is rejected')
    expect(rejected['description']).toContain('neither billingAccount nor relatedParty')
    await app.post('/tandem/v1/billRun', { cycleDate: '2027-02-30' }, 400)
    await app.post('/tandem/v1/billRun', { cycleDate: '2099-01-01' }, 409)
    await app.get('/tandem/v1/billRun/none', 404)
    await app.get('/tandem/v1/customerBill/none/document', 404)
  })
})
