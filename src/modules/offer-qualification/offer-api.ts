/** TMF679 Product Offering Qualification Management, v4. */
import { defineApi } from '../../tmf/resource.ts'

export const offerQualificationApi = defineApi({
  number: 679,
  name: 'productOfferingQualification',
  version: 'v4',
  release: '4.0.0',
  title: 'Product Offering Qualification',
  description: 'Whether a customer can buy offerings at a place through a channel, which ones can be had, what instead, and why not.',
  slug: 'product-offering-qualification',
})
