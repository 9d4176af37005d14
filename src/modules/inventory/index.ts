/** The inventory: products that customers have, and the services and resources that realize them. */
import { defineModule } from '../../tmf/module.ts'
import { resourceInstance, serviceInstance } from './instance.ts'
import { inventoryHoldings } from './personal.ts'
import { product } from './product.ts'
import { inventorySearch, productSection } from './view.ts'

export const inventory = defineModule({ name: 'inventory', dependsOn: ['catalog', 'customer'], resources: [product, serviceInstance, resourceInstance], contributions: { view: [productSection], personal: inventoryHoldings, search: inventorySearch } })

export { product, partyOf } from './product.ts'
export { resourceInstance, serviceInstance } from './instance.ts'
export { canMoveProduct, type ProductState } from './product-state.ts'
export {
  bundlesAround,
  changeProduct,
  createPendingProduct,
  endInstances,
  instancesOf,
  livingProductsOf,
  loadProducts,
  partIdsOf,
  recordInstances,
  type InventoryWork,
  type ProductChange,
  type ProductDoc,
  type RealizedInstance,
} from './product-life.ts'
