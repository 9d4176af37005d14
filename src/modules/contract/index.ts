/** Contracts: what a customer is told before one, who signs it, and the proof that it was accepted. */
import { defineModule } from '../../tmf/module.ts'
import { contractSignature } from './contract-signature.ts'
import { contractSummary } from './contract-summary.ts'
import { contractTerms } from './contract-terms.ts'
import { documentRoutes } from './document-routes.ts'
import { closeSignatures } from './signature-gateway.ts'
import { signatureRoutes } from './signature-routes.ts'
import { signatureRule } from './signature-rule.ts'
import { runSignatureJob, startSignature, sweepSignaturesJob } from './signature-run.ts'

/** § 257 HGB: letters of commerce, and what a contract rests on, six years. */
const KEPT_DAYS = 2_190

export const contractModule = defineModule({
  name: 'contract',
  dependsOn: ['catalog', 'customer', 'agreement', 'delivery'],
  resources: [contractTerms, signatureRule, contractSummary, contractSignature],
  jobs: [runSignatureJob, sweepSignaturesJob],
  reactions: [startSignature],
  routes: (app, deps) => {
    documentRoutes(app, deps)
    signatureRoutes(app, deps)
  },
  stop: closeSignatures,
  contributions: {
    personal: [
      {
        name: 'contractSummary',
        purpose: 'What the person was told before a contract, and the proof that they accepted it.',
        onErasure: 'keep',
        days: KEPT_DAYS,
        because: 'The summary becomes part of the contract (Directive (EU) 2018/1972, article 102 (3)), and commercial law wants contracts kept (in Germany § 257 HGB); its hash proves nothing without its text',
      },
      {
        name: 'contractSignature',
        purpose: 'What the person was asked to sign, and the evidence that it was signed.',
        onErasure: 'keep',
        days: KEPT_DAYS,
        endedAt: 'endDate',
        because: 'The signature proves the contract (Regulation (EU) No 910/2014, article 25), which commercial law wants kept (in Germany § 257 HGB)',
        living: doc => (doc.state === 'requested' || doc.state === 'pending' ? `is ${String(doc.state)}` : undefined),
      },
    ],
  },
})

export { acceptedSummary, contractSummary, versionOf, type AcceptedSummary } from './contract-summary.ts'
export { contractSignature, type ContractSignature } from './contract-signature.ts'
export { signatureRuleFor } from './signature-rule.ts'
export { cancelSignature, runSignature } from './signature-run.ts'
export { termsNow } from './contract-terms.ts'
export { priceText } from './summary-document.ts'
export { pdfOf, type PdfBlock, type PdfContent } from './pdf.ts'
