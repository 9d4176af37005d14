/** The adapters that there are. A new kind of system is a file beside this one and a line here. */
import { fixedRest } from './fixed-rest.ts'
import { manualWork } from './manual-work.ts'
import { mobileServiceOrder } from './mobile-service-order.ts'
import type { Adapter } from './target.ts'
import { warehouseShipment } from './warehouse-shipment.ts'

const adapters: readonly Adapter[] = [fixedRest, mobileServiceOrder, warehouseShipment, manualWork]

export const adapterKinds: readonly string[] = adapters.map(adapter => adapter.kind)

export const adapterOf = (kind: string | undefined): Adapter | undefined => adapters.find(adapter => adapter.kind === kind)
