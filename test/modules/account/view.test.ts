import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestApp, type TestApp } from '../../support/app.ts'

let server: TestApp
const call = async (method: 'GET' | 'POST', url: string, payload?: object) => {
  const answer = await server.app.inject({ method, url, ...(payload && { payload }) })
  expect([200, 201], `${url}: ${answer.body}`).toContain(answer.statusCode)
  return answer.json()
}

beforeAll(async () => {
  server = await createTestApp({ settings: { ROLES: 'api' } })
})
afterAll(() => server.close())

test('accounts with balances, means of payment without tokens, roles and contacts are in the 360° view', async () => {
  const mira = await call('POST', '/tmf-api/party/v4/individual', { givenName: 'Mira', familyName: 'Aldenhoven' })
  const company = await call('POST', '/tmf-api/party/v4/organization', { tradingName: 'Lindqvist' })
  const ref = (role?: string) => ({ id: mira.id, name: 'Mira', ...(role !== undefined && { role }), '@referredType': 'Individual' })
  const customer = await call('POST', '/tmf-api/customerManagement/v4/customer', { name: 'Mira', engagedParty: ref() })
  const API = '/tmf-api/accountManagement/v4'
  const billing = await call('POST', `${API}/billingAccount`, { name: 'Household', currency: 'EUR', relatedParty: [ref('customer')] })
  const financial = await call('POST', `${API}/financialAccount`, { name: 'Group', relatedParty: [ref('customer')] })
  const card = await call('POST', '/tmf-api/paymentMethod/v4/paymentMethod', { '@type': 'tokenizedCard', name: 'Visa', lastFourDigits: '4242', token: 'tok_never_shown', relatedParty: ref('owner') })
  const role = await call('POST', '/tmf-api/partyRoleManagement/v4/partyRole', { name: 'Technical contact', engagedParty: ref(), relatedParty: [{ id: company.id, role: 'company', '@referredType': 'Organization' }] })
  const contact = await call('POST', '/tandem/v1/customerContact', { customer: { id: customer.id }, reason: 'tariffQuestion' })
  const preference = await call('POST', '/tandem/v1/contactPreference', { party: ref(), purpose: 'marketing', blockedChannel: ['phone'] })

  for (const id of [mira.id, customer.id]) {
    const view = await call('GET', `/tandem/v1/customer360/${id}?sections=accounts,paymentMethods,roles,interactions,contactPreferences`)
    const section = (name: string): { total: number; item: any[] } => view.section?.[name] ?? view[name]
    const ids = (name: string): string[] => section(name).item.map(one => one.id).sort()
    expect(ids('accounts')).toEqual([billing.id, financial.id].sort())
    expect(section('accounts').item.find(one => one.id === billing.id)).toMatchObject({ '@type': 'BillingAccount', currency: 'EUR', accountBalance: [{ balanceType: 'receivable', amount: { unit: 'EUR', value: 0 } }] })
    expect(ids('paymentMethods')).toEqual([card.id])
    expect(section('paymentMethods').item[0]).toMatchObject({ lastFourDigits: '4242', '@type': 'tokenizedCard' })
    expect(ids('roles')).toEqual([customer.id, role.id].sort())
    expect(ids('interactions')).toEqual([contact.id])
    expect(ids('contactPreferences')).toEqual([preference.id])
    expect(JSON.stringify(view)).not.toContain('tok_never_shown')
  }
})
