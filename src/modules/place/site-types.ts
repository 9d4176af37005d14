/** Parts of a site (TMF674): opening hours, places, relations to other sites. */
import { Type } from 'typebox'
import { personal } from '../../tmf/tags.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { TimePeriod } from '../../tmf/types/basics.ts'
import { addressAttributes } from './geographic-address.schema.ts'

const text = (description: string) => Type.Optional(Type.String({ description }))

/** Hours of a day. */
export const HourPeriod = Type.Object(
  {
    startHour: text('When the status begins: 08:00'),
    endHour: text('When the status ends: 18:30'),
    ...extensible,
  },
  { description: 'Hours of a day' },
)

/** Days with the same hours. */
export const CalendarPeriod = Type.Object(
  {
    day: text('Day or days: monday, mon-to-fri, weekdays, weekend, all week …'),
    status: text('What holds then, such as open'),
    timeZone: text('Time zone of the hours'),
    hourPeriod: Type.Optional(Type.Array(HourPeriod, { description: 'Hours of the day' })),
    ...extensible,
  },
  { description: 'Days with the same hours' },
)

/** A place by reference (an address or a site that is known here), or an address by value. */
export const PlaceRefOrValue = Type.Object(
  {
    id: text('Identifier, unique among its kind'),
    href: text('Where it can be read'),
    '@referredType': text('Class of what is referred to: GeographicAddress, GeographicSite'),
    ...addressAttributes,
    name: Type.Optional(personal(Type.String({ description: 'Name shown to people' }))),
  },
  { description: 'A place by reference, or an address by value' },
)

/** A relation to another site. */
export const GeographicSiteRelationship = Type.Object(
  {
    id: Type.String({ description: 'Identifier of the other site' }),
    href: text('Where it can be read'),
    relationshipType: Type.String({ description: 'Kind of relation, such as parent' }),
    role: text('Part that the other site plays'),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'A relation to another site' },
)
