/** The catalog: what can be sold, at which price. The functions here are all that other modules may call. */
import { defineModule } from '../../tmf/module.ts'
import { catalog } from './catalog.ts'
import { category } from './category.ts'
import { exportJob } from './export-job.ts'
import { importJob } from './import-job.ts'
import { productOffering } from './product-offering.ts'
import { productOfferingPrice } from './product-offering-price.ts'
import { productSpecification } from './product-specification.ts'
import { exportRoutes } from './transfer/export-routes.ts'
import { dropExport, exportRun, exportSweep, startExport } from './transfer/export-run.ts'
import { importRun, importSweep, startImport } from './transfer/import-run.ts'
import { closeOutbound } from './transfer/job-state.ts'

export const catalogModule = defineModule({
  name: 'catalog',
  dependsOn: [],
  resources: [catalog, category, productSpecification, productOffering, productOfferingPrice, importJob, exportJob],
  jobs: [importRun, importSweep, exportRun, exportSweep],
  reactions: [startImport, startExport, dropExport],
  routes: exportRoutes,
  stop: closeOutbound,
})

export { catalog, category, productOffering, productOfferingPrice, productSpecification }
export { configure, type ChosenValue, type Configuration } from './configuration.ts'
export { configureSelection } from './selection.ts'
export { applyFix } from './selection-fix.ts'
export { type CharacteristicChoice, type Choice, type ChoiceGroupState, type Finding, type Fix, type SelectedItem, type SelectionAnswer, type SelectionRequest } from './selection-types.ts'
export { loadOfferings, offeringFrom, type BundleChild, type EmbeddedPrice, type LoadedOffering, type LoadedPrice, type Pin, type Pinned } from './offering-loader.ts'
export { bundleChoiceReasons, isSellable, type NotSellable } from './sellable.ts'
export { matches, meantFor, priceKind, type Chosen } from './price-applies.ts'
export { IN_USE } from './lifecycle.ts'
export { orderRecords, pointersOf, type OrderedRecord } from './transfer/record-order.ts'
export { applies, hasCharges, inForce, within } from './price-applies.ts'
export { childIdsOf, groupsOutOfLimits, placedChildren, rangeInWords, type ChoiceGroup } from './choice-groups.ts'
export { childLimits } from './bundle-limits.ts'
export { EXCLUDES, REQUIRES } from './selection-findings.ts'
