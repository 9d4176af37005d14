/** TMF646 Appointment, v4, and the calendars that its slots come from. */
import { defineApi } from '../../tmf/resource.ts'

export const appointmentApi = defineApi({
  number: 646,
  name: 'appointment',
  version: 'v4',
  release: '4.0.0',
  title: 'Appointment',
  description: 'Free time slots at a place, and appointments in them: to book, to move, to cancel.',
  slug: 'appointment',
})

/** Own resources of this module, below /tandem/v1. */
export const workforceApi = defineApi({
  name: 'workforce',
  version: 'v1',
  release: '1.0.0',
  title: 'Workforce calendars',
  description: 'When technicians with which skills can come to which areas, and how many at once.',
  slug: 'workforce',
})
