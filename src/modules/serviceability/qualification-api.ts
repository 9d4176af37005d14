/** TMF645 Service Qualification Management, v4. */
import { defineApi } from '../../tmf/resource.ts'

export const qualificationApi = defineApi({
  number: 645,
  name: 'serviceQualificationManagement',
  version: 'v4',
  release: '4.0.0',
  title: 'Service Qualification Management',
  description: 'Whether services can be delivered at a place, which ones can, what could be had instead, and why not.',
  slug: 'service-qualification',
})

/** Own resources of this module, below /tandem/v1. */
export const serviceabilityApi = defineApi({
  name: 'serviceability',
  version: 'v1',
  release: '1.0.0',
  title: 'Serviceability',
  description: 'Coverage, the addresses it names, and what kinds of service need of a line.',
  slug: 'serviceability',
})
