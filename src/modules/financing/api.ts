/** Tandem's own API for instalments. */
import { defineApi } from '../../tmf/resource.ts'

export const financingApi = defineApi({ name: 'financing', version: 'v1', release: '1.0.0', title: 'Financing', description: 'Devices in instalments: on which terms, and what customers still owe of them.', slug: 'financing' })
