/** Stored form of searchTimeSlot (TMF646), and what creates and updates may carry. */
import { Type, type Static } from 'typebox'
import { extensible } from '../../tmf/types/attributes.ts'
import { TimePeriod } from '../../tmf/types/basics.ts'
import { RelatedPlaceRefOrValue } from '../../tmf/types/product.ts'
import { RelatedParty } from '../../tmf/types/references.ts'
import { RelatedEntity } from './appointment.schema.ts'

const TimeSlot = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier of the slot: an appointment may name it as its calendarEvent' })),
    href: Type.Optional(Type.String({ description: 'Where it can be read' })),
    relatedParty: Type.Optional(RelatedParty),
    validFor: TimePeriod,
    ...extensible,
  },
  { description: 'A time in which an appointment can be' },
)

const SearchTimeSlotStateType = Type.Enum(['inProgress', 'done', 'rejected', 'terminatedWithError'], { type: 'string', description: 'State of the search' })

export const SearchTimeSlot = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    searchDate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was searched' })),
    searchResult: Type.Optional(Type.String({ description: 'success, or why nothing was found' })),
    availableTimeSlot: Type.Optional(Type.Array(TimeSlot, { description: 'Free slots, the earliest first' })),
    relatedEntity: Type.Optional(Type.Array(RelatedEntity, { description: 'What it is about, and the skills that it needs' })),
    relatedParty: Type.Optional(RelatedParty),
    relatedPlace: Type.Optional(RelatedPlaceRefOrValue),
    requestedTimeSlot: Type.Optional(Type.Array(TimeSlot, { description: 'Times that suit; the coming two weeks when left out' })),
    status: Type.Optional(SearchTimeSlotStateType),
    ...extensible,
  },
  { description: 'Looks for free time slots' },
)
export type SearchTimeSlot = Static<typeof SearchTimeSlot>

export const searchTimeSlotCreate = { omits: ['searchDate', 'searchResult', 'availableTimeSlot', 'status'] }
export const searchTimeSlotUpdate = { required: [], immutable: ['searchDate'] }
