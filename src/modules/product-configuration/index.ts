/** Product configuration: TMF760 before the configurator of the catalog. */
import { defineModule } from '../../tmf/module.ts'
import { checkProductConfiguration, queryProductConfiguration } from './tasks.ts'

export const productConfigurationModule = defineModule({
  name: 'product-configuration',
  dependsOn: ['catalog', 'pricing', 'customer', 'inventory', 'sales-rule'],
  resources: [checkProductConfiguration, queryProductConfiguration],
  contributions: {
    personal: ['checkProductConfiguration', 'queryProductConfiguration'].map(name => ({ name, purpose: 'What the person has looked at and tried out before buying.', onErasure: 'erase' as const })),
  },
})
