/** A person with something of everything, for tests of what is held on people. Every text that tells the person apart begins in one way. */
import { randomUUID } from 'node:crypto'
import { modules } from '../../../src/modules/index.ts'
import { DEFAULT_BRAND, systemContext } from '../../../src/platform/principal.ts'
import { createTestApp, type TestApp } from '../../support/app.ts'

export const context = systemContext(DEFAULT_BRAND, 'privacy-test')

export interface Answer {
  status: number
  body: any
  text: string
}

export interface World {
  server: TestApp
  call: (method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT', url: string, payload?: object, headers?: Record<string, string>) => Promise<Answer>
  /** Calls, and fails unless the answer is a success. */
  made: (method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT', url: string, payload?: object, headers?: Record<string, string>) => Promise<any>
  /** Waits until an answer is as it should be. */
  until: (url: string, holds: (body: any) => boolean) => Promise<any>
}

export const createWorld = async (settings: Record<string, string> = {}): Promise<World> => {
  const server = await createTestApp({ modules, settings })
  const call: World['call'] = async (method, url, payload, headers = {}) => {
    const answer = await server.app.inject({ method, url, headers, ...(payload && { payload }) })
    let body: any
    try {
      body = answer.json()
    } catch {
      body = undefined
    }
    return { status: answer.statusCode, body, text: answer.body }
  }
  const made: World['made'] = async (method, url, payload, headers) => {
    const answer = await call(method, url, payload, headers)
    if (answer.status >= 300) throw new Error(`${method} ${url} answered ${answer.status}: ${answer.text}`)
    return answer.body
  }
  const until: World['until'] = async (url, holds) => {
    const end = Date.now() + 40_000
    for (;;) {
      const { body } = await call('GET', url)
      if (holds(body)) return body
      if (Date.now() > end) throw new Error(`${url} did not come to hold: ${JSON.stringify(body)}`)
      await new Promise(resolve => setTimeout(resolve, 50))
    }
  }
  return { server, call, made, until }
}

/** Texts of the person that may be found nowhere once the person is forgotten. */
export const MARKS = ['Quillfeather', 'Zebulonia', 'zebulonia@quill.example', '+447700900987', 'Marmalade Crescent 77', 'PX-7741-QZ', '1971-11-23']

export interface Somebody {
  individual: string
  customer: string
  account: string
  order: string
  qualification: string
}

/** Makes the person, with a customer role, an account, an order that ended, a qualification, consents, and a name in somebody else's record. */
export const makeSomebody = async ({ server, made }: World): Promise<Somebody> => {
  const individual = (
    await made('POST', '/tmf-api/party/v4/individual', {
      givenName: 'Zebulonia', familyName: 'Quillfeather', birthDate: '1971-11-23T00:00:00Z',
      contactMedium: [
        { mediumType: 'email', characteristic: { emailAddress: 'zebulonia@quill.example' } },
        { mediumType: 'phone', characteristic: { phoneNumber: '+447700900987' } },
        { mediumType: 'postalAddress', characteristic: { street1: 'Marmalade Crescent 77', city: 'Farholm' } },
      ],
      individualIdentification: [{ identificationType: 'passport', identificationId: 'PX-7741-QZ' }],
    }, { 'idempotency-key': randomUUID() })
  ).id as string
  const party = { id: individual, name: 'Zebulonia Quillfeather', '@referredType': 'Individual' }
  const customer = (await made('POST', '/tmf-api/customerManagement/v4/customer', { name: 'Zebulonia Quillfeather', engagedParty: party })).id as string
  await made('PATCH', `/tmf-api/party/v4/individual/${individual}`, { title: 'Dr', preferredGivenName: 'Zebulonia' })
  const account = (await made('POST', '/tmf-api/accountManagement/v4/billingAccount', { name: 'Account of Zebulonia Quillfeather', relatedParty: [{ ...party, role: 'customer' }], currency: 'EUR' })).id as string
  const qualification = (
    await made('POST', '/tmf-api/serviceQualificationManagement/v4/checkServiceQualification', {
      relatedParty: [{ ...party, role: 'customer' }],
      serviceQualificationItem: [{ id: '1', service: { serviceCharacteristic: [{ name: 'technology', value: 'fibre' }], place: [{ role: 'installation', '@referredType': 'GeographicAddress', '@type': 'Address', '@baseType': 'RelatedPlaceRefOrValue', streetName: 'Marmalade Crescent 77' }] } }],
    })
  ).id as string
  const order = (
    await server.services.store.create(context, server.services.store.resource('productOrder')!, {
      state: 'completed', orderDate: '2024-01-05T10:00:00Z', completionDate: '2024-01-09T10:00:00Z',
      relatedParty: [{ ...party, role: 'customer' }], billingAccount: { id: account, name: 'Account of Zebulonia Quillfeather' },
      note: [{ text: 'Ring at Quillfeather, Marmalade Crescent 77', author: 'Zebulonia Quillfeather' }],
      notificationContact: 'zebulonia@quill.example', description: 'Call +44 7700 900987 before',
      productOrderItem: [{ id: '1', action: 'add', quantity: 1, state: 'completed', productOffering: { id: 'fibre-500', name: 'Fibre 500' }, product: { productCharacteristic: [{ name: 'contact', value: 'zebulonia@quill.example' }], place: [{ role: 'installation', name: 'Marmalade Crescent 77' }] } }],
    } as never)
  ).id
  await made('POST', '/tandem/v1/consent', { party: individual, action: 'grant', purpose: 'marketing', channel: 'email', textVersion: '2026-1' })
  const specification = (await made('POST', '/tmf-api/privacyManagement/v4/partyPrivacyProfileSpecification', { name: 'Asked', partyPrivacyProfileSpecCharacteristic: [{ name: 'email' }] })).id as string
  await made('POST', '/tmf-api/privacyManagement/v4/partyPrivacyProfile', { name: 'Profile of Zebulonia Quillfeather', agreedByParty: party, partyPrivacyProfileSpecification: { id: specification }, partyPrivacyProfileCharacteristic: [{ name: 'sms', privacyUsagePurpose: 'MARKETING', value: true }] })
  return { individual, customer, account, order, qualification }
}

/** Somebody else, whose record names the person. */
export const makeNeighbour = async ({ made }: World, individual: string): Promise<string> =>
  (await made('POST', '/tmf-api/party/v4/individual', { givenName: 'Orla', familyName: 'Pendragon', relatedParty: [{ id: individual, name: 'Zebulonia Quillfeather', role: 'spouse', '@referredType': 'Individual' }] })).id as string
