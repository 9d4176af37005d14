/** The privacy module: what people allow, what is held on them, and how they are forgotten. It stands above all others and puts their parts together. */
import { defineModule } from '../../tmf/module.ts'
import { consentRoutes } from './consent-routes.ts'
import { consentSection } from './consent-section.ts'
import { erasureRoutes } from './erasure-routes.ts'
import { erasureJob, erasureSweepJob } from './erasure-run.ts'
import { exportRoutes } from './export-routes.ts'
import { exportJob, exportSweepJob } from './export-run.ts'
import { dropSharedExports } from './drop-shared-exports.ts'
import { partyPrivacyAgreement } from './party-privacy-agreement.ts'
import { partyPrivacyProfile } from './party-privacy-profile.ts'
import { partyPrivacyProfileSpecification } from './party-privacy-profile-specification.ts'
import { beingForgotten, privacyHoldings } from './personal.ts'
import { retentionRoutes } from './retention-routes.ts'
import { retentionRule } from './retention-rule.ts'
import { retentionJob } from './retention-run.ts'

export const privacyModule = defineModule({
  name: 'privacy',
  dependsOn: ['customer', 'identity'],
  resources: [partyPrivacyProfileSpecification, partyPrivacyProfile, partyPrivacyAgreement, retentionRule],
  contributions: { view: [consentSection], personal: privacyHoldings, unmergeable: [beingForgotten] },
  reactions: [dropSharedExports],
  jobs: [exportJob, exportSweepJob, erasureJob, erasureSweepJob, retentionJob],
  routes: (scope, deps) => {
    consentRoutes(scope, deps)
    exportRoutes(scope, deps)
    erasureRoutes(scope, deps)
    retentionRoutes(scope, deps)
  },
})

export { mayUse, whoMayBeUsed } from './consent.ts'
