/** Everything that the sample provider sells can be ordered, and the three back ends deliver it; what it does not sell is refused. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pointTargetsAt, seedSample, startBackEnds } from '../../src/demo/index.ts'
import { sampleRecords } from '../../src/demo/data/index.ts'
import { createTestApp } from '../support/app.ts'
import type { BackEnds, BooksSummary } from '../../src/demo/index.ts'
import type { TestApp } from '../support/app.ts'

interface Sold {
  brand: string
  id: string
  requires: string[]
  sellable: boolean
  forBusiness: boolean
}

/** A technician has to say that the visit is done. */
const byHand = 'install-visit'

/** What has to be bought with it. */
const requiredBy = (doc: Record<string, unknown>): string[] =>
  ((doc['productOfferingRelationship'] ?? []) as { relationshipType: string; id: string }[]).filter(relation => relation.relationshipType === 'requires').map(relation => relation.id)

const offerings: Sold[] = sampleRecords
  .filter(record => record.resource === 'productOffering')
  .map(({ brand, id, doc, afterwards }) => ({ brand, id, requires: requiredBy(doc), sellable: doc['lifecycleStatus'] === 'Launched' && doc['isSellable'] === true && afterwards === undefined, forBusiness: doc['marketSegment'] !== undefined && JSON.stringify(doc['marketSegment']).includes('business') }))

let test: TestApp
let backEnds: BackEnds
let dataDir: string

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'back-ends-'))
  backEnds = await startBackEnds({ port: 0, dataDir, mobileMs: 20, pickMs: 20, transitMs: 20 })
  test = await createTestApp()
  await test.listen()
  await seedSample(test.services)
  await pointTargetsAt(test.services, backEnds.url)
})

afterAll(async () => {
  await test.close()
  await backEnds.close()
  rmSync(dataDir, { recursive: true, force: true })
})

const order = async ({ brand, id, requires, forBusiness }: Sold): Promise<any> => {
  const [party, account] = brand !== 'default' ? ['ind-b001', 'acc-b001'] : forBusiness ? ['org-151', 'acc-151'] : ['ind-001', 'acc-001']
  const answer = await test.app.inject({
    method: 'POST',
    url: '/tmf-api/productOrderingManagement/v4/productOrder',
    headers: { 'x-tandem-brand': brand },
    payload: {
      relatedParty: [{ id: party, role: 'customer', '@referredType': party!.startsWith('org') ? 'Organization' : 'Individual' }],
      billingAccount: { id: account },
      productOrderItem: [id, ...requires].map((offering, index) => ({ id: String(index + 1), action: 'add', quantity: 1, productOffering: { id: offering }, product: { place: [{ id: 'adr-quay-street-7', role: 'installation' }] } })),
    },
  })
  expect(answer.statusCode, `${id}: ${answer.body}`).toBe(201)
  return answer.json()
}

const stateOf = async (brand: string, id: string): Promise<string> =>
  (await test.app.inject({ method: 'GET', url: `/tmf-api/productOrderingManagement/v4/productOrder/${id}`, headers: { 'x-tandem-brand': brand } })).json().state

describe('the sample provider', () => {
  it('sells what it shows, and refuses what is retired, not launched, or a part of a package', async () => {
    for (const offering of offerings.filter(one => !one.sellable)) expect((await order(offering)).state, offering.id).toBe('rejected')
  })

  it('delivers every offering of both brands, each thing once', { timeout: 120_000 }, async () => {
    const sold = offerings.filter(one => one.sellable)
    expect(sold.length).toBeGreaterThan(55)
    const placed = new Map<string, Sold>()
    for (const offering of sold) {
      const { id, state, rejectionReason } = await order(offering)
      expect(state, `${offering.id}: ${JSON.stringify(rejectionReason)}`).toBe('acknowledged')
      placed.set(id, offering)
    }
    const open = new Map(placed)
    const deadline = Date.now() + 90_000
    while (open.size > 1 && Date.now() < deadline) {
      for (const [id, { brand }] of open) if ((await stateOf(brand, id)) === 'completed') open.delete(id)
      await new Promise(tick => setTimeout(tick, 100))
    }
    expect([...open.values()].map(offering => offering.id)).toEqual([byHand])
    const summary = (await (await fetch(`${backEnds.url}/books/summary`)).json()) as BooksSummary
    expect(summary.executedTwice).toEqual([])
    for (const system of ['fixed', 'mobile', 'warehouse'] as const) expect(summary.systems[system].standing, system).toBeGreaterThan(10)
  })
})
