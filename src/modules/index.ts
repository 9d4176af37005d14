/** The modules that Tandem is made of, each after those it depends on. Settings can switch one off. */
import type { Module } from '../tmf/module.ts'
import { accessModule } from './access/index.ts'
import { accountModule } from './account/index.ts'
import { billingModule } from './billing/index.ts'
import { catalogModule } from './catalog/index.ts'
import { customerModule } from './customer/index.ts'
import { customerViewModule } from './customer-view/index.ts'
import { delivery } from './delivery/index.ts'
import { extensionsModule } from './extensions/index.ts'
import { identityModule } from './identity/index.ts'
import { interactionModule } from './interaction/index.ts'
import { inventory } from './inventory/index.ts'
import { ordering } from './ordering/index.ts'
import { paymentModule } from './payment/index.ts'
import { privacyModule } from './privacy/index.ts'
import { serviceabilityModule } from './serviceability/index.ts'

export const modules: readonly Module[] = [extensionsModule, catalogModule, customerModule, identityModule, accessModule, interactionModule, serviceabilityModule, inventory, ordering, delivery, paymentModule, accountModule, billingModule, privacyModule, customerViewModule]
