/** TMF671 Promotion Management. */
import { defineApi } from '../../tmf/resource.ts'

export const promotionApi = defineApi({
  number: 671,
  name: 'promotionManagement',
  version: 'v4',
  release: '4.0.0',
  title: 'Promotion Management',
  description: 'Promotions: what is given, to whom, when, and how much of it there is.',
  slug: 'promotion',
})
