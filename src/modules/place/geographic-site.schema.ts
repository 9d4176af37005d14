/** Stored form of geographicSite (TMF674), and what creates may carry. */
import { Type, type Static } from 'typebox'
import { personal } from '../../tmf/tags.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { RelatedParty } from '../../tmf/types/references.ts'
import { CalendarPeriod, GeographicSiteRelationship, PlaceRefOrValue } from './site-types.ts'

/** A place that means something to somebody. */
export const GeographicSite = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    code: Type.Optional(Type.String({ description: 'Code in a scheme of addresses' })),
    description: Type.Optional(personal(Type.String({ description: 'Free text for people' }))),
    name: Type.Optional(personal(Type.String({ description: 'Name shown to people' }))),
    status: Type.Optional(Type.String({ description: 'Where it stands: planned, underConstruction, cancelled, active, inactive, former' })),
    calendar: Type.Optional(Type.Array(CalendarPeriod, { description: 'When it is open' })),
    place: Type.Optional(Type.Array(PlaceRefOrValue, { description: 'Where it is' })),
    relatedParty: Type.Optional(Type.Array(RelatedParty, { description: 'Parties with a part in it, each with its role' })),
    siteRelationship: Type.Optional(Type.Array(GeographicSiteRelationship, { description: 'Sites that it belongs to or has to do with' })),
    ...extensible,
  },
  { description: 'A place that means something to somebody' },
)
export type GeographicSite = Static<typeof GeographicSite>
