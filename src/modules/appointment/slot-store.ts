/** How many appointments each slot has, counted by the database: a slot is taken by one conditional statement, so that none has more than it holds. */
import type { Sql, Transaction } from '../../platform/database/sql.ts'
import type { Slot } from './slots.ts'

/** Appointments by slot id; slots that nobody has booked are not in it. */
export const takenSlots = async (sql: Sql, brand: string, calendarIds: readonly string[], from: Date, to: Date): Promise<Map<string, number>> => {
  const rows = await sql.query<{ calendar_id: string; starts_at: Date; taken: number }>(
    { name: 'appointment-slots-taken', text: 'SELECT calendar_id, starts_at, taken FROM appointment_slot WHERE brand = $1 AND calendar_id = ANY($2::text[]) AND starts_at >= $3 AND starts_at <= $4 AND taken > 0' },
    [brand, calendarIds, from.toISOString(), to.toISOString()],
  )
  return new Map(rows.map(row => [`${row.calendar_id}~${row.starts_at.toISOString()}`, row.taken]))
}

/** Takes a place in the slot; false when it is full. The slot's row stays locked until the transaction ends. */
export const takeSlot = async (tx: Transaction, brand: string, appointmentId: string, slot: Slot): Promise<boolean> => {
  const taken = await tx.query(
    {
      name: 'appointment-slot-take',
      text: `INSERT INTO appointment_slot (brand, calendar_id, starts_at, ends_at, capacity, taken) VALUES ($1, $2, $3, $4, $5, 1)
        ON CONFLICT (brand, calendar_id, starts_at) DO UPDATE SET taken = appointment_slot.taken + 1, capacity = excluded.capacity, ends_at = excluded.ends_at
        WHERE appointment_slot.taken < excluded.capacity
        RETURNING taken`,
    },
    [brand, slot.calendarId, slot.start.toISOString(), slot.end.toISOString(), slot.capacity],
  )
  if (taken.length === 0) return false
  await tx.query({ name: 'appointment-booking-add', text: 'INSERT INTO appointment_booking (brand, appointment_id, calendar_id, starts_at) VALUES ($1, $2, $3, $4)' }, [brand, appointmentId, slot.calendarId, slot.start.toISOString()])
  return true
}

/** Gives back the slot of an appointment; nothing happens when it has none. */
export const freeSlot = async (tx: Transaction, brand: string, appointmentId: string): Promise<void> => {
  await tx.query(
    {
      name: 'appointment-slot-free',
      text: `WITH gone AS (DELETE FROM appointment_booking WHERE brand = $1 AND appointment_id = $2 RETURNING calendar_id, starts_at)
        UPDATE appointment_slot SET taken = appointment_slot.taken - 1 FROM gone
        WHERE appointment_slot.brand = $1 AND appointment_slot.calendar_id = gone.calendar_id AND appointment_slot.starts_at = gone.starts_at`,
    },
    [brand, appointmentId],
  )
}

/** Whether anybody still has a slot of the calendar that begins after an instant. */
export const isBooked = async (sql: Sql, brand: string, calendarId: string, after: Date): Promise<boolean> => {
  const rows = await sql.query('SELECT 1 FROM appointment_slot WHERE brand = $1 AND calendar_id = $2 AND starts_at > $3 AND taken > 0 LIMIT 1', [brand, calendarId, after.toISOString()])
  return rows.length > 0
}
