/** Stored form of partyInteraction (TMF683), and what creates and updates may carry. */
import { Type, type Static } from 'typebox'
import { personal } from '../../tmf/tags.ts'
import { entityRef, extensible } from '../../tmf/types/attributes.ts'
import { AttachmentRefOrValue, TimePeriod } from '../../tmf/types/basics.ts'
import { RelatedParty } from '../../tmf/types/references.ts'

const text = (description: string) => Type.Optional(Type.String({ description }))
const words = (description: string) => Type.Optional(personal(Type.String({ description })))
const instant = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))

const RelatedChannel = entityRef('A channel', { role: text('Part that the channel plays, such as the one that was used first') })

const Note = Type.Object(
  { id: text('Identifier within the interaction'), author: words('Who wrote it'), date: instant('When it was written'), text: words('What it says'), ...extensible },
  { description: 'A remark' },
)

/** What it is about: an order, a bill, a product; by reference, or by value. */
const RelatedEntity = Type.Object(
  {
    id: text('Identifier, unique among its kind'),
    href: text('Where it can be read'),
    name: words('Name shown to people'),
    role: Type.String({ description: 'Part that it plays here, such as subject' }),
    '@referredType': text('Class of what is referred to'),
    ...extensible,
  },
  { description: 'What an interaction is about' },
)

const notes = Type.Optional(Type.Array(Note, { description: 'Remarks' }))
const attachments = Type.Optional(Type.Array(AttachmentRefOrValue, { description: 'Recordings, letters, pictures, chats' }))
const channels = (description: string) => Type.Array(RelatedChannel, { minItems: 1, description })
const parties = Type.Optional(Type.Array(RelatedParty, { description: 'Who took part, each with its role: the customer, the agent' }))

const InteractionItem = Type.Object(
  {
    id: text('Identifier within the interaction'),
    creationDate: instant('When it was written down'),
    reason: text('Why, as a word for programs'),
    resolution: words('What came of it'),
    attachment: attachments,
    channel: Type.Optional(Type.Array(RelatedChannel, { description: 'Channels of this part' })),
    item: Type.Optional(RelatedEntity),
    itemDate: Type.Optional(TimePeriod),
    note: notes,
    relatedParty: parties,
    ...extensible,
  },
  { description: 'One subject of an interaction' },
)

const InteractionRelationship = Type.Object(
  { id: text('The other interaction'), href: text('Where it can be read'), relationshipType: text('How they relate, such as follows'), ...extensible },
  { description: 'A relation to another interaction' },
)

/** A contact with a party. */
export const PartyInteraction = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    creationDate: instant('When it was written down'),
    description: words('The contact in words'),
    direction: text('inbound, from the party, or outbound, to the party'),
    reason: text('Why, as a word for programs: orderPlaced, billSent, complaint'),
    status: text('open, inProgress or completed'),
    statusChangeDate: instant('When the status changed last'),
    attachment: attachments,
    channel: Type.Optional(channels('Channels that it went through')),
    interactionDate: Type.Optional(TimePeriod),
    interactionItem: Type.Optional(Type.Array(InteractionItem, { description: 'What it was about, subject by subject' })),
    interactionRelationship: Type.Optional(Type.Array(InteractionRelationship, { description: 'Other interactions that belong to it' })),
    note: notes,
    relatedParty: parties,
    ...extensible,
  },
  { description: 'A contact with a party' },
)
export type PartyInteraction = Static<typeof PartyInteraction>

export const partyInteractionCreate = { required: ['interactionDate', 'reason', 'status', 'direction', 'channel'] }
export const partyInteractionUpdate = { required: [], immutable: ['direction'] }
