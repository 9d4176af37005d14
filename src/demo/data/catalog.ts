/** Catalogs and categories of both brands, and all catalog records in the order in which they can be stored. */
import { deviceOfferings, mobileOfferings } from './offerings-mobile.ts'
import { homeOfferings } from './offerings-home.ts'
import { packageOfferings, virtualOfferings } from './offerings-packages.ts'
import { ownCategories, virtualCategories } from './categories.ts'
import { inOrder, offeringRecord, priceRecords } from './offering-document.ts'
import { brands, ref } from './record.ts'
import { specificationRecords } from './specifications.ts'
import type { Category } from './categories.ts'
import type { SampleOffering } from './offering-document.ts'
import type { SampleRecord } from './record.ts'

const categoryRecord =
  (brand: string) =>
  ([id, name, description, parentId]: Category): SampleRecord => ({
    brand,
    resource: 'category',
    id,
    doc: { name, description, version: '1.0', lifecycleStatus: 'Launched', isRoot: parentId === undefined, ...(parentId === undefined ? {} : { parentId }) },
    ...(parentId === undefined ? {} : { needs: [parentId] }),
  })

const catalogRecord = (brand: string, id: string, name: string, description: string, categories: readonly Category[]): SampleRecord => ({
  brand,
  resource: 'catalog',
  id,
  doc: {
    name,
    description,
    catalogType: 'ProductCatalog',
    version: '1.0',
    lifecycleStatus: 'Launched',
    category: categories.filter(([, , , parent]) => parent === undefined).map(([categoryId, categoryName]) => ref('Category', categoryId, categoryName)),
  },
})

const ownOfferings: SampleOffering[] = [...homeOfferings, ...mobileOfferings, ...deviceOfferings, ...packageOfferings]

const offeringRecords = (brand: string, offerings: readonly SampleOffering[]): SampleRecord[] => {
  const sorted = inOrder(offerings)
  return [...sorted.flatMap(offering => priceRecords(brand, offering)), ...sorted.map(offering => offeringRecord(brand, offering))]
}

export const catalogRecords: SampleRecord[] = [
  ...ownCategories.map(categoryRecord(brands.own)),
  ...virtualCategories.map(categoryRecord(brands.virtual)),
  catalogRecord(brands.own, 'catalog-doggerland', 'Doggerland Telecom', 'Everything that Doggerland Telecom sells', ownCategories),
  catalogRecord(brands.virtual, 'catalog-breeze', 'Breeze', 'Everything that Breeze sells, which is not much', virtualCategories),
  ...specificationRecords,
  ...offeringRecords(brands.own, ownOfferings),
  ...offeringRecords(brands.virtual, virtualOfferings),
]
