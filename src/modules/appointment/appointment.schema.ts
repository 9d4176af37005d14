/** Stored form of the appointment (TMF646), and what creates and updates may carry. */
import { Type, type Static } from 'typebox'
import { personal } from '../../tmf/tags.ts'
import { entityRef, extensible } from '../../tmf/types/attributes.ts'
import { AttachmentRefOrValue, ContactMedium, TimePeriod } from '../../tmf/types/basics.ts'
import { RelatedPlaceRefOrValue } from '../../tmf/types/product.ts'
import { RelatedParty } from '../../tmf/types/references.ts'

/** Something with a role. */
export const RelatedEntity = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.Optional(Type.String({ description: 'Where it can be read' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    role: Type.String({ description: 'Part that is played here' }),
    '@referredType': Type.String({ description: 'Class of what is referred to: ProductOrder, Skill …' }),
    ...extensible,
  },
  { description: 'Something with a role; a Skill is one that the technician must have' },
)

const Note = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
    author: Type.Optional(personal(Type.String({ description: 'Who wrote it' }))),
    date: Type.Optional(Type.String({ format: 'date-time', description: 'When it was written' })),
    text: Type.Optional(Type.String({ description: 'The remark' })),
    ...extensible,
  },
  { description: 'A remark' },
)

export const CalendarEventRef = entityRef('The slot of a calendar')

const AppointmentStateType = Type.Enum(['initialized', 'confirmed', 'cancelled', 'completed', 'failed'], { type: 'string', description: 'State of the appointment' })

export const Appointment = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    category: Type.Optional(Type.String({ description: 'Kind of work, such as intervention' })),
    creationDate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was made' })),
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    externalId: Type.Optional(Type.String({ description: 'Identifier given by the sender' })),
    lastUpdate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was last changed' })),
    attachment: Type.Optional(Type.Array(AttachmentRefOrValue, { description: 'Files that belong to it' })),
    calendarEvent: Type.Optional(CalendarEventRef),
    contactMedium: Type.Optional(Type.Array(ContactMedium, { description: 'How to reach whom it is with' })),
    note: Type.Optional(Type.Array(Note, { description: 'Remarks' })),
    relatedEntity: Type.Optional(Type.Array(RelatedEntity, { description: 'What it is about, and the skills that it needs' })),
    relatedParty: Type.Optional(Type.Array(RelatedParty, { description: 'Parties with a part in it, each with its role' })),
    relatedPlace: Type.Optional(RelatedPlaceRefOrValue),
    status: Type.Optional(AppointmentStateType),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'When somebody comes, or calls' },
)
export type Appointment = Static<typeof Appointment>

export const appointmentCreate = { required: ['validFor'], omits: ['creationDate', 'lastUpdate', 'status'] }
export const appointmentUpdate = { required: ['validFor'], immutable: ['creationDate'] }
