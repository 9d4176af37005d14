/** Tandem's own API of contracts: what a customer is told before one, and the proof that it was. */
import { defineApi } from '../../tmf/resource.ts'

export const contractApi = defineApi({ name: 'contract', version: 'v1', release: '1.0.0', title: 'Contracts', description: 'Contract summaries (EECC, article 102) with proof of their acceptance, and the terms of the brand that stand in them.', slug: 'contract' })
