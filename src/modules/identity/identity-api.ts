/** What the identity module is served as: an API of Tandem's own, below /tandem/v1. */
import { defineApi } from '../../tmf/resource.ts'

export const identityApi = defineApi({
  name: 'identity',
  version: 'v1',
  release: '1.0.0',
  title: 'Identity',
  description: 'How parties are recognized, which of them are one person, suggestions for a person to decide, and merges that can be undone.',
  slug: 'identity',
})
