/** The privacy module: what people allow, what is held on them, and how they are forgotten. It stands above all others and puts their parts together. */
import { defineModule } from '../../tmf/module.ts'
import { consentRoutes } from './consent-routes.ts'
import { exportRoutes } from './export-routes.ts'
import { exportJob, exportSweepJob } from './export-run.ts'
import { partyPrivacyAgreement } from './party-privacy-agreement.ts'
import { partyPrivacyProfile } from './party-privacy-profile.ts'
import { partyPrivacyProfileSpecification } from './party-privacy-profile-specification.ts'

export const privacyModule = defineModule({
  name: 'privacy',
  dependsOn: ['customer', 'identity'],
  resources: [partyPrivacyProfileSpecification, partyPrivacyProfile, partyPrivacyAgreement],
  jobs: [exportJob, exportSweepJob],
  routes: (scope, deps) => {
    consentRoutes(scope, deps)
    exportRoutes(scope, deps)
  },
})

export { mayUse } from './consent.ts'
