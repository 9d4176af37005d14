/** How the sample's products are delivered: the rule of each specification, and the three back ends as targets. */
import { brands } from './record.ts'
import { specificationName } from './specifications.ts'
import type { DeliveryStep } from '../../modules/delivery/index.ts'
import type { SampleRecord } from './record.ts'

const hours = (count: number): number => count * 3_600

/** Every order has these three words for the fixed network, and these for the mobile one. */
const fixedActions = { add: 'provision', modify: 'change', delete: 'cease' }
const mobileActions = { add: 'add', modify: 'modify', delete: 'delete' }

const line = (technology: string): DeliveryStep => ({
  name: 'line',
  kind: 'service',
  specification: { id: 'cfs-broadband', name: 'Broadband' },
  target: 'fixed',
  targetType: 'broadband',
  action: fixedActions,
  characteristic: [
    { name: 'technology', fromCharacteristic: 'technology', value: technology },
    { name: 'downMbps', fromCharacteristic: 'downloadSpeed' },
    { name: 'upMbps', fromCharacteristic: 'uploadSpeed' },
  ],
  result: [{ name: 'ontPort', toCharacteristic: 'accessPort' }],
  deadlineSeconds: hours(72),
})

const sim = (characteristics: readonly string[]): DeliveryStep => ({
  name: 'sim',
  kind: 'service',
  specification: { id: 'cfs-mobile', name: 'Mobile line' },
  target: 'mobile',
  targetType: 'mobileLine',
  action: mobileActions,
  characteristic: characteristics.map(name => ({ name, fromCharacteristic: name })),
  result: [
    { name: 'msisdn', toCharacteristic: 'msisdn' },
    { name: 'iccid', toCharacteristic: 'iccid' },
  ],
  deadlineSeconds: hours(24),
  pollAfterMs: 10_000,
})

const overTheLine = (name: string, serviceType: string, specification: { id: string; name: string }, characteristics: readonly string[], result: DeliveryStep['result'], after: readonly string[] = []): DeliveryStep => ({
  name,
  kind: 'service',
  specification,
  target: 'fixed',
  targetType: serviceType,
  action: fixedActions,
  characteristic: characteristics.map(one => ({ name: one, fromCharacteristic: one })),
  ...(result === undefined ? {} : { result }),
  afterSpecification: [...after],
  deadlineSeconds: hours(24),
})

const lines = ['spec-fibre', 'spec-cable', 'spec-dsl', 'spec-home-5g']

/** A parcel can be called back until it leaves; then it has to come back. */
const parcel = (sku: string, more: Partial<DeliveryStep> = {}): DeliveryStep => ({
  name: 'parcel',
  kind: 'resource',
  specification: { id: 'res-device', name: 'Device' },
  target: 'warehouse',
  targetType: 'device',
  action: { add: 'ship' },
  characteristic: [
    { name: 'sku', fromCharacteristic: 'sku', value: sku },
    { name: 'colour', fromCharacteristic: 'colour' },
    { name: 'storageGb', fromCharacteristic: 'storageGb' },
  ],
  result: [
    { name: 'serialNumber', toCharacteristic: 'serialNumber' },
    { name: 'trackingNumber', toCharacteristic: 'trackingNumber' },
  ],
  pointOfNoReturn: 'hard',
  // A parcel on its way says nothing about the line that was ordered with it.
  pointOfNoReturnReach: 'task',
  deadlineSeconds: hours(72),
  pollAfterMs: 15_000,
  ...more,
})

/** What belongs to a line leaves when the line is there, and may come back for the cost of the parcel. */
const parcelForLine = (sku: string): DeliveryStep => parcel(sku, { afterSpecification: lines, pointOfNoReturn: 'soft', cancellationFee: { unit: 'GBP', value: 9.99 } })

const visit: DeliveryStep = {
  name: 'visit',
  kind: 'service',
  specification: { id: 'cfs-visit', name: 'Technician visit' },
  target: 'people',
  targetType: 'visit',
  action: { add: 'visit' },
  characteristic: [{ name: 'wishes', fromCharacteristic: 'wishes' }],
  afterSpecification: lines,
  compensation: 'none',
  deadlineSeconds: hours(120),
}

const mobileLine = ['dataGb', 'unlimitedData', 'networkGeneration', 'euRoaming', 'simType', 'numberPorting']
const option = (after: string): DeliveryStep => ({ ...sim(['option', 'dataGb', 'validDays']), name: 'option', specification: { id: 'cfs-mobile-option', name: 'Mobile option' }, targetType: 'mobileOption', result: [], afterSpecification: [after] })

const ownRules: [specification: string, steps: DeliveryStep[]][] = [
  ['spec-fibre', [line('fibre')]],
  ['spec-cable', [line('cable')]],
  ['spec-dsl', [line('copper')]],
  ['spec-home-5g', [sim(['downloadSpeed', 'uploadSpeed'])]],
  ['spec-mobile', [sim(mobileLine)]],
  ['spec-mobile-option', [option('spec-mobile')]],
  ['spec-tv', [overTheLine('channels', 'iptv', { id: 'cfs-tv', name: 'Television' }, ['package', 'channels', 'ultraHd'], [{ name: 'iptvProfile', toCharacteristic: 'profile' }], lines)]],
  ['spec-streaming', [overTheLine('licence', 'partnerLicence', { id: 'cfs-licence', name: 'Partner licence' }, ['partner', 'plan', 'screens'], [{ name: 'networkProfile', toCharacteristic: 'licence' }])]],
  ['spec-voice', [overTheLine('account', 'voice', { id: 'cfs-voice', name: 'Voice' }, ['minutes'], [{ name: 'sipAccount', toCharacteristic: 'sipAccount' }], lines)]],
  ['spec-line-option', [overTheLine('option', 'lineOption', { id: 'cfs-line-option', name: 'Line option' }, ['option'], [{ name: 'networkProfile', toCharacteristic: 'profile' }], lines)]],
  ['spec-visit', [visit]],
  ['spec-aura-9', [parcel('HS-AURA-9')]],
  ['spec-aura-9-pro', [parcel('HS-AURA-9P')]],
  ['spec-pebble-mini', [parcel('HS-PEBBLE-M')]],
  ['spec-tern-fold', [parcel('HS-TERN-F')]],
  ['spec-raft-senior', [parcel('HS-RAFT-E')]],
  ['spec-kelp-11', [parcel('TB-KELP-11')]],
  ['spec-skerry-watch', [parcel('WT-SKERRY-2')]],
  ['spec-router-7', [parcelForLine('RT-HARBOUR-7')]],
  ['spec-router-6', [parcelForLine('RT-HARBOUR-6')]],
  ['spec-wifi-pod', [parcelForLine('WF-POD-1')]],
  ['spec-tv-box', [parcelForLine('TV-BOX-4K')]],
]

const virtualRules: typeof ownRules = [
  ['breeze-spec-mobile', [sim(['dataGb', 'networkGeneration', 'simType'])]],
  ['breeze-spec-option', [option('breeze-spec-mobile')]],
  ['breeze-spec-pebble', [parcel('HS-PEBBLE-M')]],
]

const ruleRecord =
  (brand: string) =>
  ([specification, step]: (typeof ownRules)[number]): SampleRecord => ({
    brand,
    resource: 'deliveryRule',
    id: specification.replace('spec-', 'rule-'),
    doc: { name: `Delivery of ${specificationName(specification)}`, productSpecification: { id: specification, name: specificationName(specification) }, step },
  })

export const deliveryRuleRecords: SampleRecord[] = [...ownRules.map(ruleRecord(brands.own)), ...virtualRules.map(ruleRecord(brands.virtual))]
