/** TMF701 Process Flow Management, v4. */
import { defineApi } from '../../tmf/resource.ts'

export const processFlowApi = defineApi({
  number: 701,
  name: 'processFlowManagement',
  version: 'v4',
  release: '4.0.0',
  title: 'Process Flow Management',
  description: 'Journeys: the steps of each purchase over all channels, from the first look at a cart to the delivered order, and flows of other systems.',
  slug: 'process-flow',
})
