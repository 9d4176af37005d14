/** Tandem's own API for what becomes of products that customers have. */
import { defineApi } from '../../tmf/resource.ts'

export const inLifeApi = defineApi({ name: 'inLife', version: 'v1', release: '1.0.0', title: 'In-life Sales', description: 'What may become of what a customer has: upgrade, downgrade, add, remove, renew, move.', slug: 'in-life' })
