/** The privacy module: what people allow, what is held on them, and how they are forgotten. It stands above all others and puts their parts together. */
import { defineModule } from '../../tmf/module.ts'
import { consentRoutes } from './consent-routes.ts'
import { partyPrivacyAgreement } from './party-privacy-agreement.ts'
import { partyPrivacyProfile } from './party-privacy-profile.ts'
import { partyPrivacyProfileSpecification } from './party-privacy-profile-specification.ts'

export const privacyModule = defineModule({
  name: 'privacy',
  dependsOn: ['customer'],
  resources: [partyPrivacyProfileSpecification, partyPrivacyProfile, partyPrivacyAgreement],
  routes: (scope, deps) => {
    consentRoutes(scope, deps)
  },
})

export { mayUse } from './consent.ts'
