/** Contracts: what a customer is told before one, and the proof that it was accepted. */
import { defineModule } from '../../tmf/module.ts'
import { contractSummary } from './contract-summary.ts'
import { contractTerms } from './contract-terms.ts'
import { documentRoutes } from './document-routes.ts'

export const contractModule = defineModule({
  name: 'contract',
  dependsOn: ['catalog'],
  resources: [contractTerms, contractSummary],
  routes: documentRoutes,
  contributions: {
    personal: [
      {
        name: 'contractSummary',
        purpose: 'What the person was told before a contract, and the proof that they accepted it.',
        onErasure: 'redact',
        because: 'The summary becomes part of the contract (Directive (EU) 2018/1972, article 102 (3)), and commercial law wants contracts kept (in Germany § 257 HGB)',
        redacts: ['acceptedBy'],
      },
    ],
  },
})

export { acceptedSummary, contractSummary } from './contract-summary.ts'
export { priceText } from './summary-document.ts'
export { pdfOf, type PdfBlock, type PdfContent } from './pdf.ts'
