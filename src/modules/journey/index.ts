/** Journeys: what each purchase did in all channels, step by step, written down from the events of carts and orders. */
import { defineModule } from '../../tmf/module.ts'
import { journeyHoldings } from './personal.ts'
import { processFlow } from './process-flow.ts'
import { taskFlow } from './task-flow.ts'
import { journeySection } from './view.ts'
import { followCarts, followOrders, writeJourneysJob } from './follow.ts'

export const journeyModule = defineModule({
  name: 'journey',
  dependsOn: ['cart', 'interaction', 'ordering'],
  resources: [processFlow, taskFlow],
  jobs: [writeJourneysJob],
  reactions: [followCarts, followOrders],
  contributions: { view: [journeySection], personal: journeyHoldings },
})

export { processFlow } from './process-flow.ts'
export { taskFlow } from './task-flow.ts'
