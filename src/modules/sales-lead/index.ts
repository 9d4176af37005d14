/** Sales leads: who may become a customer. */
import { defineModule } from '../../tmf/module.ts'
import { salesLead } from './sales-lead.ts'

export const salesLeadModule = defineModule({
  name: 'sales-lead',
  dependsOn: ['catalog', 'customer', 'inventory'],
  resources: [salesLead],
  contributions: {
    personal: [
      {
        name: 'salesLead',
        purpose: 'That somebody may want to become a customer, and how to reach them.',
        onErasure: 'erase',
        living: doc => (['acknowledged', 'inProgress', 'pending'].includes(String(doc.status)) && doc.salesOpportunity !== undefined ? 'is being worked on' : undefined),
      },
    ],
  },
})
