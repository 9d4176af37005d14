/** The payment module: how customers pay. The payments themselves come with a later module. */
import { defineModule } from '../../tmf/module.ts'
import { paymentMethod } from './payment-method.ts'
import { paymentMethodHolding, paymentMethodSection } from './view.ts'

export { paymentMethod } from './payment-method.ts'

export const paymentModule = defineModule({
  name: 'payment',
  dependsOn: [],
  resources: [paymentMethod],
  contributions: { view: [paymentMethodSection], personal: [paymentMethodHolding] },
})
