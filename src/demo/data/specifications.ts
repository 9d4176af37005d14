/** What products are, whatever they are sold as: specifications with characteristics and their allowed values. */
import { brands } from './record.ts'
import type { SampleRecord } from './record.ts'

type Value = string | number | boolean

interface CharacteristicOptions {
  /** Allowed values, the default first. Without them any value of the type is allowed. */
  values?: readonly Value[]
  unit?: string
  /** The buyer chooses it. */
  configurable?: boolean
  /** The buyer has to say it. */
  mandatory?: boolean
  description?: string
}

interface Specification {
  id: string
  name: string
  description: string
  maker?: string
  number?: string
  services?: readonly [id: string, name: string][]
  resources?: readonly [id: string, name: string][]
  characteristics: Record<string, CharacteristicOptions>
}

const typeOf = (values: readonly Value[] | undefined): string => (values?.[0] === undefined ? 'string' : typeof values[0])

const characteristic = (name: string, options: CharacteristicOptions): Record<string, unknown> => ({
  name,
  ...(options.description === undefined ? {} : { description: options.description }),
  valueType: typeOf(options.values),
  configurable: options.configurable ?? false,
  extensible: options.values === undefined,
  minCardinality: options.mandatory ? 1 : 0,
  maxCardinality: 1,
  ...(options.values === undefined
    ? {}
    : {
        productSpecCharacteristicValue: options.values.map((value, index) => ({
          value,
          valueType: typeof value,
          isDefault: index === 0,
          ...(options.unit === undefined ? {} : { unitOfMeasure: options.unit }),
        })),
      }),
})

/** What a stack answers and the customer sees. */
const given = (description: string): CharacteristicOptions => ({ description })

const access = (id: string, name: string, technology: string, down: readonly number[], up: readonly number[]): Specification => ({
  id,
  name,
  description: `Internet access over ${name.toLowerCase().replace(' access', '')}`,
  services: [['cfs-broadband', 'Broadband']],
  resources: [['rfs-access-port', 'Access port']],
  characteristics: {
    technology: { values: [technology] },
    downloadSpeed: { values: down, unit: 'Mbit/s' },
    uploadSpeed: { values: up, unit: 'Mbit/s' },
    accessPort: given('Port that the line ends on'),
  },
})

const goods = (id: string, name: string, maker: string, number: string, more: Record<string, CharacteristicOptions> = {}): Specification => ({
  id,
  name,
  description: `${name} by ${maker}`,
  maker,
  number,
  resources: [['res-device', 'Device']],
  characteristics: { sku: { values: [number] }, ...more, serialNumber: given('Serial number of the one that was shipped'), trackingNumber: given('Parcel number') },
})

const colours = (...values: string[]): CharacteristicOptions => ({ values, configurable: true })
const storage = (...values: number[]): CharacteristicOptions => ({ values, unit: 'GB', configurable: true })

const own: Specification[] = [
  access('spec-fibre', 'Fibre access', 'fibre', [500, 100, 250, 1000, 2000], [500, 100, 250, 1000, 2000]),
  access('spec-cable', 'Cable access', 'cable', [500, 150, 1000], [50, 25, 100]),
  access('spec-dsl', 'Copper access', 'copper', [80, 16], [20, 2]),
  {
    id: 'spec-home-5g',
    name: '5G home access',
    description: 'Internet access at home over the 5G network',
    services: [['cfs-mobile', 'Mobile line']],
    resources: [['res-number', 'Phone number'], ['res-sim', 'SIM']],
    characteristics: { technology: { values: ['mobile5g'] }, downloadSpeed: { values: [300], unit: 'Mbit/s' }, uploadSpeed: { values: [50], unit: 'Mbit/s' }, msisdn: given('Number of the line'), iccid: given('Number of the SIM') },
  },
  {
    id: 'spec-mobile',
    name: 'Mobile line',
    description: 'A phone number with voice, messages and data',
    services: [['cfs-mobile', 'Mobile line']],
    resources: [['res-number', 'Phone number'], ['res-sim', 'SIM']],
    characteristics: {
      dataGb: { values: [20, 0, 1, 2, 5, 10, 12, 30, 50, 60, 100], unit: 'GB', description: 'High-speed data each month; 0 in a tariff with unlimited data' },
      unlimitedData: { values: [false, true] },
      networkGeneration: { values: ['5G', '4G'] },
      euRoaming: { values: [true, false] },
      simType: { values: ['eSIM', 'nano'], configurable: true },
      numberPorting: { values: [false, true], configurable: true, description: 'Bring a number from another provider' },
      msisdn: given('Phone number in E.164'),
      iccid: given('Number of the SIM'),
    },
  },
  {
    id: 'spec-mobile-option',
    name: 'Option of a mobile line',
    description: 'Something added to a mobile line',
    services: [['cfs-mobile-option', 'Mobile option']],
    characteristics: { option: { values: ['data', 'roaming', 'international', 'multiSim'] }, dataGb: { values: [10, 0, 5], unit: 'GB' }, validDays: { values: [30, 7, 1], unit: 'd' } },
  },
  {
    id: 'spec-tv',
    name: 'Television',
    description: 'Channels over the home line',
    services: [['cfs-tv', 'Television']],
    characteristics: { package: { values: ['start', 'family', 'cinema', 'sports', 'kids'] }, channels: { values: [60, 120, 12, 8, 20] }, ultraHd: { values: [true, false] }, profile: given('Profile on the television platform') },
  },
  {
    id: 'spec-streaming',
    name: 'Partner streaming',
    description: 'Subscription to a streaming partner, opened by a licence',
    services: [['cfs-licence', 'Partner licence']],
    characteristics: { partner: { values: ['Lanternfish'] }, plan: { values: ['standard', 'premium'] }, screens: { values: [2, 4] }, licence: given('Licence to open the account with') },
  },
  {
    id: 'spec-voice',
    name: 'Home phone',
    description: 'A telephone line over the home line',
    services: [['cfs-voice', 'Voice']],
    characteristics: { minutes: { values: ['perMinute', 'nationalFlat'] }, sipAccount: given('Account on the voice platform') },
  },
  {
    id: 'spec-line-option',
    name: 'Option of a home line',
    description: 'Something added to a home line',
    services: [['cfs-line-option', 'Line option']],
    characteristics: { option: { values: ['staticIp', 'security'] }, profile: given('Profile on the network') },
  },
  { id: 'spec-visit', name: 'Technician visit', description: 'A technician comes and sets everything up', characteristics: { wishes: { configurable: true, description: 'What the technician should know' } } },
  { id: 'spec-insurance', name: 'Device insurance', description: 'Repair or replacement of a device', characteristics: { cover: { values: ['damage', 'damageAndTheft'] } } },
  { id: 'spec-package', name: 'Package', description: 'Several products sold as one', characteristics: {} },
  goods('spec-aura-9', 'Aura 9', 'Skerry', 'HS-AURA-9', { colour: colours('midnight', 'foam', 'kelp'), storageGb: storage(128, 256) }),
  goods('spec-aura-9-pro', 'Aura 9 Pro', 'Skerry', 'HS-AURA-9P', { colour: colours('midnight', 'sand'), storageGb: storage(256, 512, 1024) }),
  goods('spec-pebble-mini', 'Pebble Mini', 'Tideline', 'HS-PEBBLE-M', { colour: colours('grey', 'coral'), storageGb: storage(64, 128) }),
  goods('spec-tern-fold', 'Tern Fold', 'Tideline', 'HS-TERN-F', { colour: colours('silver'), storageGb: storage(512) }),
  goods('spec-raft-senior', 'Raft Easy', 'Tideline', 'HS-RAFT-E', { colour: colours('black', 'red') }),
  goods('spec-kelp-11', 'Kelp 11 tablet', 'Skerry', 'TB-KELP-11', { colour: colours('grey'), storageGb: storage(128, 256) }),
  goods('spec-skerry-watch', 'Skerry Watch', 'Skerry', 'WT-SKERRY-2', { colour: colours('black', 'rose'), strap: { values: ['M', 'S', 'L'], configurable: true } }),
  goods('spec-router-7', 'Harbour Router 7', 'Doggerland', 'RT-HARBOUR-7', { wifi: { values: ['Wi-Fi 7'] } }),
  goods('spec-router-6', 'Harbour Router 6', 'Doggerland', 'RT-HARBOUR-6', { wifi: { values: ['Wi-Fi 6'] } }),
  goods('spec-wifi-pod', 'Wi-Fi Pod', 'Doggerland', 'WF-POD-1'),
  goods('spec-tv-box', 'TV Box 4K', 'Doggerland', 'TV-BOX-4K'),
]

const virtual: Specification[] = [
  {
    id: 'breeze-spec-mobile',
    name: 'Breeze line',
    description: 'A phone number on a network without shops and without small print',
    services: [['cfs-mobile', 'Mobile line']],
    resources: [['res-number', 'Phone number'], ['res-sim', 'SIM']],
    characteristics: { dataGb: { values: [10, 3, 5, 30], unit: 'GB' }, networkGeneration: { values: ['4G'] }, simType: { values: ['eSIM', 'nano'], configurable: true }, msisdn: given('Phone number in E.164'), iccid: given('Number of the SIM') },
  },
  {
    id: 'breeze-spec-option',
    name: 'Breeze option',
    description: 'More of something',
    services: [['cfs-mobile-option', 'Mobile option']],
    characteristics: { option: { values: ['data', 'roaming'] }, dataGb: { values: [5, 2], unit: 'GB' }, validDays: { values: [30, 7], unit: 'd' } },
  },
  goods('breeze-spec-pebble', 'Pebble Mini', 'Tideline', 'HS-PEBBLE-M', { colour: colours('grey') }),
]

const toRecord =
  (brand: string) =>
  (specification: Specification): SampleRecord => ({
    brand,
    resource: 'productSpecification',
    id: specification.id,
    doc: {
      name: specification.name,
      description: specification.description,
      version: '1.0',
      lifecycleStatus: 'Launched',
      isBundle: false,
      ...(specification.maker === undefined ? {} : { brand: specification.maker }),
      ...(specification.number === undefined ? {} : { productNumber: specification.number }),
      productSpecCharacteristic: Object.entries(specification.characteristics).map(([name, options]) => characteristic(name, options)),
      ...(specification.services === undefined ? {} : { serviceSpecification: specification.services.map(([id, name]) => ({ id, name, '@referredType': 'ServiceSpecification' })) }),
      ...(specification.resources === undefined ? {} : { resourceSpecification: specification.resources.map(([id, name]) => ({ id, name, '@referredType': 'ResourceSpecification' })) }),
    },
  })

export const specificationRecords: SampleRecord[] = [...own.map(toRecord(brands.own)), ...virtual.map(toRecord(brands.virtual))]

const names = new Map([...own, ...virtual].map(specification => [specification.id, specification.name]))

/** Name of a specification of the sample. */
export const specificationName = (id: string): string => {
  const name = names.get(id)
  if (name === undefined) throw new Error(`The sample has no specification ${id}`)
  return name
}
