/** Which channels a party wants for what, which it does not, and when it is to be left alone. Tandem's own resource. */
import { Type, type Static } from 'typebox'
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import { isTimeZone } from '../../platform/time-zone.ts'
import { defineApi, defineResource } from '../../tmf/resource.ts'
import { personal } from '../../tmf/tags.ts'
import { RelatedParty } from '../../tmf/types/references.ts'
import { channelWord } from './channel-word.ts'

export const interactionApi = defineApi({
  name: 'interaction',
  version: 'v1',
  release: '1.0.0',
  title: 'Interaction',
  description: 'Contacts of customers, and how they want to be contacted.',
  slug: 'interaction',
})

const TIME = '^([01][0-9]|2[0-3]):[0-5][0-9]$'
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

const QuietHours = Type.Object(
  {
    from: Type.String({ pattern: TIME, description: 'First minute of quiet, 22:00' }),
    to: Type.String({ pattern: TIME, description: 'First minute after it, 07:00; on the next day where it is earlier than from' }),
    weekday: Type.Optional(Type.Array(Type.Enum(WEEKDAYS, { type: 'string', description: 'Day of the week' }), { minItems: 1, description: 'Days on which it begins; every day when left out' })),
  },
  { description: 'When the party is not contacted' },
)
export type QuietHours = Static<typeof QuietHours>

const channels = (description: string) => Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 32, description: 'A channel: email, sms, phone, letter, app, web' }), { maxItems: 50, description }))

const schema = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    '@type': Type.Optional(Type.String({ description: 'ContactPreference' })),
    party: Type.Optional(RelatedParty),
    purpose: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'What contacts are for: service, billing, marketing; * for all that nothing else is said of' })),
    description: Type.Optional(personal(Type.String({ description: 'What the party said, in words' }))),
    preferredChannel: channels('Channels in the order in which they are wanted'),
    blockedChannel: channels('Channels that are not used'),
    quietHours: Type.Optional(Type.Array(QuietHours, { maxItems: 50, description: 'When nothing is sent: it waits' })),
    timeZone: Type.Optional(Type.String({ description: 'IANA zone of the quiet hours; UTC when left out' })),
    lastUpdate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was said' })),
  },
  { description: 'How a party wants to be contacted' },
)
export type ContactPreference = Static<typeof schema>

const faultsOf = (doc: ContactPreference): Fault[] => [
  ...(doc.timeZone !== undefined && !isTimeZone(doc.timeZone) ? [fault('timeZone', 'must be an IANA time zone', doc.timeZone)] : []),
  ...(doc.quietHours ?? []).flatMap((hours, index) => (hours.from === hours.to ? [fault(`quietHours[${index}].to`, 'must not be the same as from', hours.to)] : [])),
  ...(doc.preferredChannel ?? []).flatMap((channel, index) => (doc.blockedChannel?.some(blocked => channelWord(blocked) === channelWord(channel)) === true ? [fault(`preferredChannel[${index}]`, 'is blocked too', channel)] : [])),
]

export const contactPreference = defineResource({
  api: interactionApi,
  name: 'contactPreference',
  type: 'ContactPreference',
  table: 'contact_preference',
  description: 'How a party wants to be contacted for a purpose. Of several for one purpose the one that was said last is in force.',
  schema,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { required: ['party', 'purpose'] },
  update: { immutable: ['party', 'purpose'] },
  stamps: { onWrite: ['lastUpdate'] },
  filters: { 'party.id': 'text', purpose: 'text', lastUpdate: 'instant' },
  references: [{ path: 'party' }],
  ownerParty: doc => doc.party?.id,
  check: doc => {
    const faults = faultsOf(doc)
    if (faults.length > 0) throw refuse.invalid(faults)
  },
  example: {
    party: { id: 'ada-lovelace', href: 'https://crm.example.com/party/ada-lovelace', '@referredType': 'Individual' },
    purpose: 'marketing',
    preferredChannel: ['email', 'app'],
    blockedChannel: ['phone'],
    quietHours: [{ from: '20:00', to: '08:00' }],
    timeZone: 'Europe/Berlin',
  },
  refusals: [{ status: 400, code: 'invalidAttribute', when: 'timeZone is none, quiet hours have no length, or a channel is both wanted and blocked', attribute: 'timeZone' }],
})
