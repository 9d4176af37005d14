/** Tandem's own API for campaigns. */
import { defineApi } from '../../tmf/resource.ts'

export const campaignApi = defineApi({
  name: 'campaign',
  version: 'v1',
  release: '1.0.0',
  title: 'Campaigns',
  description: 'Offers to a list of people or a segment, taken with one click at the price that was promised.',
  slug: 'campaign',
})
