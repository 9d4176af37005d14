/** TMF673 Geographic Address Management and TMF674 Geographic Site Management, v4. */
import { defineApi } from '../../tmf/resource.ts'

export const addressApi = defineApi({
  number: 673,
  name: 'geographicAddressManagement',
  version: 'v4',
  release: '4.0.1',
  title: 'Geographic Address Management',
  description: 'Addresses with their flats and floors, and whether an address as somebody wrote it is one of them.',
  slug: 'geographic-address',
})

export const siteApi = defineApi({
  number: 674,
  name: 'geographicSiteManagement',
  version: 'v4',
  release: '4.0.0',
  title: 'Geographic Site Management',
  description: 'Places that mean something to people: homes, branches, stores, exchanges, with their address, opening hours and the sites they belong to.',
  slug: 'geographic-site',
})
