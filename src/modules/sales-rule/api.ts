/** Tandem's own API for what may be sold to whom and with what, and what is worth offering. */
import { defineApi } from '../../tmf/resource.ts'

export const salesRuleApi = defineApi({
  name: 'salesRule',
  version: 'v1',
  release: '1.0.0',
  title: 'Sales Rules',
  description: 'Rules of selling as data, with the cases that they are tried with before they are in force.',
  slug: 'sales-rule',
})
