/** From the short form in which the sample's offerings are written to TMF620 documents: categories, prices, offerings. */
import { categoryName } from './categories.ts'
import { currency, ref } from './record.ts'
import { specificationName } from './specifications.ts'
import type { SampleRecord } from './record.ts'

export interface SampleAlteration {
  name: string
  /** Percent off. */
  percentage?: number
  /** Money off, each period. */
  amount?: number
  /** Months that it lasts; without it as long as the price. */
  months?: number
}

export interface SamplePrice {
  kind: 'recurring' | 'oneTime' | 'usage'
  name: string
  /** Without tax. */
  amount: number
  /** Unit of a usage price. */
  unit?: string
  /** Every how many months a recurring price is charged; 1 unless given. */
  months?: number
  /** Days of a recurring price that counts days (prepaid). */
  days?: number
  alterations?: readonly SampleAlteration[]
}

export interface SampleOffering {
  id: string
  name: string
  description: string
  specification: string
  category: string
  prices: readonly SamplePrice[]
  /** Values that this offering fixes. */
  values?: Readonly<Record<string, string | number | boolean>>
  /** Months that the buyer commits to. */
  commitment?: number
  segment?: string
  channels?: readonly string[]
  /** Sold inside bundles only. */
  onlyInBundle?: boolean
  lifecycleStatus?: string
  parts?: readonly { id: string; name: string; lower: number; upper: number; default: number }[]
  relations?: readonly { type: 'requires' | 'excludes' | 'upgradesTo' | 'replacedBy' | 'recommends'; id: string; name: string }[]
}

export const monthly = (amount: number, name = 'Monthly charge', alterations: readonly SampleAlteration[] = []): SamplePrice => ({ kind: 'recurring', name, amount, alterations })
export const everyDays = (days: number, amount: number): SamplePrice => ({ kind: 'recurring', name: `Every ${days} days`, amount, days })
export const once = (amount: number, name = 'Price'): SamplePrice => ({ kind: 'oneTime', name, amount })
export const setup = (amount: number): SamplePrice => ({ kind: 'oneTime', name: 'Connection fee', amount })
export const per = (unit: string, amount: number, name: string): SamplePrice => ({ kind: 'usage', name, amount, unit })

const alterationDocument = (alteration: SampleAlteration, index: number): Record<string, unknown> => ({
  name: alteration.name,
  priceType: 'discount',
  priority: index + 1,
  price: {
    ...(alteration.percentage === undefined ? {} : { percentage: alteration.percentage }),
    ...(alteration.amount === undefined ? {} : { dutyFreeAmount: { unit: currency, value: alteration.amount } }),
  },
  ...(alteration.months === undefined ? {} : { applicationDuration: { amount: alteration.months, units: 'month' } }),
})

const priceId = (offering: SampleOffering, index: number): string => `${offering.id}-price-${index + 1}`

const priceRecord = (brand: string, offering: SampleOffering, price: SamplePrice, index: number): SampleRecord => ({
  brand,
  resource: 'productOfferingPrice',
  id: priceId(offering, index),
  doc: {
    name: `${offering.name}: ${price.name}`,
    version: '1.0',
    lifecycleStatus: 'Launched',
    isBundle: false,
    priceType: price.kind,
    price: { unit: currency, value: price.amount },
    ...(price.kind === 'recurring' ? { recurringChargePeriodType: price.days === undefined ? 'month' : 'day', recurringChargePeriodLength: price.days ?? price.months ?? 1 } : {}),
    ...(price.unit === undefined ? {} : { unitOfMeasure: { amount: 1, units: price.unit } }),
    tax: [{ taxCategory: 'standard', taxRate: 20 }],
  },
})

const offeringDocument = (offering: SampleOffering): Record<string, unknown> => ({
  name: offering.name,
  description: offering.description,
  version: '1.0',
  lifecycleStatus: offering.lifecycleStatus === 'Retired' ? 'Launched' : (offering.lifecycleStatus ?? 'Launched'),
  isBundle: offering.parts !== undefined,
  isSellable: offering.onlyInBundle !== true,
  category: [ref('Category', offering.category, categoryName(offering.category))],
  productSpecification: { ...ref('ProductSpecification', offering.specification, specificationName(offering.specification)), version: '1.0' },
  ...(offering.values === undefined
    ? {}
    : {
        prodSpecCharValueUse: Object.entries(offering.values).map(([name, value]) => ({
          name,
          valueType: typeof value,
          productSpecCharacteristicValue: [{ value, valueType: typeof value, isDefault: true }],
          productSpecification: ref('ProductSpecification', offering.specification, specificationName(offering.specification)),
        })),
      }),
  productOfferingPrice: offering.prices.map((price, index) => ({
    ...ref('ProductOfferingPrice', priceId(offering, index), `${offering.name}: ${price.name}`),
    ...(price.alterations?.length ? { priceAlteration: price.alterations.map(alterationDocument) } : {}),
  })),
  ...(offering.commitment === undefined ? {} : { productOfferingTerm: [{ name: 'Commitment', description: `At least ${offering.commitment} months`, duration: { amount: offering.commitment, units: 'month' } }] }),
  ...(offering.segment === undefined ? {} : { marketSegment: [{ id: `segment-${offering.segment}`, name: offering.segment, '@referredType': 'MarketSegment' }] }),
  ...(offering.channels === undefined ? {} : { channel: offering.channels.map(name => ({ id: name, name, '@referredType': 'Channel' })) }),
  ...(offering.parts === undefined
    ? {}
    : {
        bundledProductOffering: offering.parts.map(part => ({
          id: part.id,
          name: part.name,
          bundledProductOfferingOption: { numberRelOfferLowerLimit: part.lower, numberRelOfferUpperLimit: part.upper, numberRelOfferDefault: part.default },
        })),
      }),
  ...(offering.relations === undefined
    ? {}
    : { productOfferingRelationship: offering.relations.map(relation => ({ id: relation.id, name: relation.name, relationshipType: relation.type, '@referredType': 'ProductOffering' })) }),
})

/** The prices of an offering. */
export const priceRecords = (brand: string, offering: SampleOffering): SampleRecord[] => offering.prices.map((price, index) => priceRecord(brand, offering, price, index))

/** An offering that is no longer sold was on sale once. */
export const offeringRecord = (brand: string, offering: SampleOffering): SampleRecord => ({
  brand,
  resource: 'productOffering',
  id: offering.id,
  doc: offeringDocument(offering),
  needs: [...(offering.parts ?? []), ...(offering.relations ?? [])].map(other => other.id),
  ...(offering.lifecycleStatus === 'Retired' ? { afterwards: { lifecycleStatus: 'Retired' } } : {}),
})

/** Offerings after those that they point at: a part before its bundle, a successor before what it replaces. Throws on a circle. */
export const inOrder = (offerings: readonly SampleOffering[]): SampleOffering[] => {
  const byId = new Map(offerings.map(offering => [offering.id, offering]))
  const sorted = new Set<SampleOffering>()
  const visit = (id: string, above: readonly string[]): void => {
    const offering = byId.get(id)
    if (!offering) throw new Error(`${above.at(-1) ?? 'The sample'} points at ${id}, which is not in the sample`)
    if (above.includes(id)) throw new Error(`The sample's offerings point at each other in a circle: ${[...above, id].join(' → ')}`)
    if (sorted.has(offering)) return
    for (const { id: other } of [...(offering.parts ?? []), ...(offering.relations ?? [])]) visit(other, [...above, id])
    sorted.add(offering)
  }
  for (const { id } of offerings) visit(id, [])
  return [...sorted]
}
