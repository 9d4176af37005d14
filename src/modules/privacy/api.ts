/** The APIs that privacy serves: TMF644 whole, and Tandem's own for retention. */
import { defineApi } from '../../tmf/resource.ts'

export const privacyApi = defineApi({
  number: 644,
  name: 'privacyManagement',
  version: 'v4',
  release: '4.0.0',
  title: 'Privacy Management',
  description: 'What parties have said may be done with their data: the profiles that can be offered, those that were agreed, and the agreements on them.',
  slug: 'privacy',
})

export const retentionApi = defineApi({
  name: 'privacy',
  version: 'v1',
  release: '1.0.0',
  title: 'Privacy',
  description: 'How long what is held.',
  slug: 'privacy',
})
