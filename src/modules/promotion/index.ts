/** Promotions (TMF671): the price engine reads them, by their events. */
import { defineModule } from '../../tmf/module.ts'
import { promotion } from './promotion.ts'

export const promotionModule = defineModule({ name: 'promotion', dependsOn: ['pricing'], resources: [promotion] })

export { promotion } from './promotion.ts'
export { promotionsOf } from './promotions-of.ts'
