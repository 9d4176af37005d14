/** Appointments: calendars of technicians by area and skill, their free slots, and what is booked of them. */
import { defineModule } from '../../tmf/module.ts'
import { appointment } from './appointment.ts'
import { appointmentHoldings } from './personal.ts'
import { searchTimeSlot } from './search-time-slot.ts'
import { technicianCalendar } from './technician-calendar.ts'

export const appointmentModule = defineModule({
  name: 'appointment',
  dependsOn: ['serviceability'],
  resources: [appointment, searchTimeSlot, technicianCalendar],
  contributions: { personal: appointmentHoldings },
})
