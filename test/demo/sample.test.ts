/** The sample provider: its data says nothing that the modules refuse, goes in once, and never over what users changed. */
import { latLngToCell } from 'h3-js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { note, seedRecords, seedSample, underSeedLock } from '../../src/demo/seed.ts'
import { pointTargetsAt } from '../../src/demo/index.ts'
import { ownCoverage, sampleAddresses, sampleRecords } from '../../src/demo/data/index.ts'
import { createTestApp } from '../support/app.ts'
import type { TestApp } from '../support/app.ts'

const of = (resource: string, brand?: string): typeof sampleRecords => sampleRecords.filter(record => record.resource === resource && (brand === undefined || record.brand === brand))

describe('the sample data', () => {
  it('is as large as a provider that one can try things with', () => {
    expect(of('productOffering').length).toBeGreaterThanOrEqual(60)
    expect(new Set(sampleRecords.map(record => record.brand))).toEqual(new Set(['default', 'breeze']))
    expect(of('customer')).toHaveLength(200)
    expect(of('billingAccount')).toHaveLength(200)
    expect(of('organization').length).toBeGreaterThan(10)
    expect(new Set(sampleRecords.map(record => `${record.brand} ${record.resource} ${record.id}`)).size).toBe(sampleRecords.length)
  })

  it('reaches nobody: mail to example domains, numbers kept for drama', () => {
    const text = JSON.stringify(sampleRecords)
    const mails = text.match(/"emailAddress":"[^"]*"/g) ?? []
    expect(mails).toHaveLength(400)
    for (const mail of mails) expect(mail).toMatch(/(@example\.com|\.example)"$/)
    for (const phone of text.match(/"phoneNumber":"[^"]*"/g) ?? []) expect(phone).toMatch(/"\+441632960\d{3}"$/)
  })

  it('can be delivered: a rule for each specification that has services or resources', () => {
    for (const brand of ['default', 'breeze']) {
      const ruled = new Set(of('deliveryRule', brand).map(record => (record.doc['productSpecification'] as { id: string }).id))
      for (const { id, doc } of of('productSpecification', brand)) if (doc['serviceSpecification'] !== undefined || doc['resourceSpecification'] !== undefined) expect(ruled).toContain(id)
    }
  })

  it('ships what its specifications are called in the warehouse', () => {
    for (const { brand, doc } of of('deliveryRule')) {
      for (const step of doc['step'] as { target: string; characteristic: { name: string; value?: string }[] }[]) {
        if (step.target !== 'warehouse') continue
        const { id } = doc['productSpecification'] as { id: string }
        expect(step.characteristic.find(one => one.name === 'sku')?.value).toBe(of('productSpecification', brand).find(record => record.id === id)?.doc['productNumber'])
      }
    }
  })

  it('has houses with fibre, houses without, and cells that are cells', () => {
    const fibre = new Set(ownCoverage.filter(row => row.technology === 'fibre' && row.since === undefined).map(row => row.cell))
    const served = sampleAddresses.filter(address => fibre.has(latLngToCell(address.latitude, address.longitude, 8)))
    expect(served.length).toBeGreaterThan(100)
    expect(served.length).toBeLessThan(sampleAddresses.length - 20)
    for (const row of ownCoverage) expect((row.cell === undefined) !== (row.addressId === undefined)).toBe(true)
  })
})

describe('seeding', () => {
  let test: TestApp
  beforeAll(async () => {
    test = await createTestApp()
  })
  afterAll(async () => {
    await test.close()
  })

  const get = async (path: string): Promise<any> => (await test.app.inject({ method: 'GET', url: path })).json()

  it('puts everything in by the same path as HTTP, with its events, and quickly', async () => {
    const begin = process.cpuUsage()
    const seeded = await seedSample(test.services)
    const { user, system } = process.cpuUsage(begin)
    for (const resource of new Set(sampleRecords.map(record => record.resource))) expect(seeded.written[resource], resource).toBe(of(resource).length)
    const [events] = await test.database.query<{ count: string }>(`SELECT count(*) AS count FROM event WHERE correlation_id = 'sample-provider' AND event_type LIKE '%CreateEvent'`)
    expect(Number(events?.count)).toBe(sampleRecords.length)
    expect(await get('/tmf-api/productCatalogManagement/v4/productOffering/dsl-16')).toMatchObject({ lifecycleStatus: 'Retired' })
    // Processor time, twice the promise: other test files run beside this one.
    expect((user + system) / 1000).toBeLessThan(4_000)
  })

  it('does nothing a second time, not even for what was changed or removed', async () => {
    const offering = '/tmf-api/productCatalogManagement/v4/productOffering'
    expect((await test.app.inject({ method: 'PATCH', url: `${offering}/fibre-500`, headers: { 'content-type': 'application/merge-patch+json' }, payload: JSON.stringify({ description: 'Ours now' }) })).statusCode).toBe(200)
    expect((await test.app.inject({ method: 'DELETE', url: `${offering}/tv-kids` })).statusCode).toBe(204)
    expect((await seedSample(test.services)).written).toEqual({})
    expect((await get(`${offering}/fibre-500`)).description).toBe('Ours now')
    expect((await test.app.inject({ method: 'GET', url: `${offering}/tv-kids` })).statusCode).toBe(404)
  })

  it('keeps the brands apart', async () => {
    const list = async (brand: string): Promise<string[]> => (await test.app.inject({ method: 'GET', url: '/tmf-api/productCatalogManagement/v4/productOffering?limit=1000&fields=id', headers: { 'x-tandem-brand': brand } })).json().map((one: { id: string }) => one.id)
    expect(await list('breeze')).toEqual(expect.arrayContaining(of('productOffering', 'breeze').map(record => record.id)))
    expect(await list('breeze')).not.toContain('fibre-500')
  })

  it('completes what a killed start left, without touching what is there', async () => {
    await test.database.query(`DELETE FROM sample_seed WHERE name = 'taxRate'`)
    await test.database.query(`DELETE FROM tax_rate WHERE brand = 'breeze'`)
    expect((await seedSample(test.services)).written).toEqual({ taxRate: 3 })
  })

  it('notes nothing when a record is refused, so that the next start tries again', async () => {
    const bad = { brand: 'default', resource: 'taxRate', id: 'tax-bad', doc: { category: 'x', jurisdiction: 'XX', rate: -1 } }
    await expect(underSeedLock(test.services, (tx, notes) => seedRecords(test.services, tx, new Map([...notes].filter(([name]) => name !== 'taxRate')), [bad]))).rejects.toThrow(/rate/)
    expect((await test.app.inject({ method: 'GET', url: '/tandem/v1/taxRate/tax-bad' })).statusCode).toBe(404)
  })

  it('points the delivery targets at the back ends, wherever they answer, unless somebody pointed them elsewhere', async () => {
    const url = async (system: string): Promise<string> => (await get(`/tandem/v1/deliveryTarget/target-${system}`)).baseUrl
    await pointTargetsAt(test.services, 'http://127.0.0.1:3901')
    expect(await url('fixed')).toBe('http://127.0.0.1:3901/fixed')
    await test.app.inject({ method: 'PATCH', url: '/tandem/v1/deliveryTarget/target-mobile', headers: { 'content-type': 'application/merge-patch+json' }, payload: JSON.stringify({ baseUrl: 'http://127.0.0.1:4000/real' }) })
    await pointTargetsAt(test.services, 'http://127.0.0.1:3902')
    expect(await url('fixed')).toBe('http://127.0.0.1:3902/fixed')
    expect(await url('mobile')).toBe('http://127.0.0.1:4000/real')
    await underSeedLock(test.services, tx => note(tx, 'back-ends', { url: 'http://127.0.0.1:3902' }))
  })

  it('finds fibre at the quay, offers something else at the rim, and nothing far out', async () => {
    const check = async (addressId: string, downloadSpeed: number): Promise<any> =>
      (await test.app.inject({
        method: 'POST',
        url: '/tmf-api/serviceQualificationManagement/v4/checkServiceQualification',
        payload: { serviceQualificationItem: [{ id: '1', service: { place: [{ id: addressId, role: 'installation', '@type': 'GeographicAddress' }], serviceCharacteristic: [{ name: 'technology', value: 'fibre' }, { name: 'downloadSpeed', value: downloadSpeed }, { name: 'marketSegment', value: 'residential' }] } }] },
      })).json()
    expect(await check('adr-quay-street-7', 500)).toMatchObject({ qualificationResult: 'qualified' })
    expect(await check('adr-herring-lane-13', 500)).toMatchObject({ qualificationResult: 'alternate' })
    expect(await check('adr-far-skerry-1', 500)).toMatchObject({ qualificationResult: 'unqualified' })
  })
})
