/** Reads everything that a sale needs to know about offerings in one round trip. */
import { reachedFrom, type Reached } from '../../tmf/storage/reached.ts'
import { productOfferingPrice } from './product-offering-price.ts'
import { productOffering } from './product-offering.ts'
import { productSpecification } from './product-specification.ts'

export type PartKind = 'productOffering' | 'productSpecification' | 'productOfferingPrice'
export type Part = Reached<PartKind>

/** The offerings, what their bundles contain, and every specification and price that these name, each once. */
export const readOfferingParts = reachedFrom<PartKind>({
  name: 'catalog_offering_parts',
  from: 'productOffering',
  kinds: { productOffering, productSpecification, productOfferingPrice },
  paths: ['bundledProductOffering[]', 'bundledGroupProductOffering[].bundledProductOffering[]', 'bundledGroupProductOffering[].bundledGroupProductOffering[].bundledProductOffering[]', 'productSpecification', 'productOfferingPrice[]', 'popRelationship[]', 'bundledPopRelationship[]'],
})
