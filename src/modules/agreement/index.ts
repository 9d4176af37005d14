/** Agreements: what the provider and a party have agreed on. The price engine asks here what counts for a customer. */
import { defineModule } from '../../tmf/module.ts'
import { agreement } from './agreement.ts'
import { agreementSpecification } from './agreement-specification.ts'
import { commitmentRoutes } from './commitment-routes.ts'
import { supersede } from './version.ts'
import { versionRoutes } from './version-routes.ts'
import { agreementSection } from './view.ts'

export const agreementModule = defineModule({
  name: 'agreement',
  dependsOn: ['catalog', 'pricing', 'customer', 'inventory'],
  resources: [agreementSpecification, agreement],
  reactions: [supersede],
  routes: (app, deps) => {
    versionRoutes(app, deps)
    commitmentRoutes(app, deps)
  },
  contributions: {
    view: [agreementSection],
    personal: [
      {
        name: 'agreement',
        purpose: 'What was agreed with the person or its company: terms, prices, commitments.',
        onErasure: 'redact',
        because: 'Commercial law wants agreements kept (in Germany § 257 HGB)',
        redacts: ['description', 'statementOfIntent'],
        living: doc => (doc.status === 'approved' ? 'is in force' : undefined),
      },
    ],
  },
})

export { agreement } from './agreement.ts'
export { agreementHash, withSignature } from './binding.ts'
export { agreementsOf, type AgreementInForce } from './agreements-of.ts'
export { type Commitment, type FramePrice } from './agreement-types.ts'
