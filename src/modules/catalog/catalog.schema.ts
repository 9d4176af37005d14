/** Stored form of catalog (TMF620), and what creates and updates may carry. */
import { Type, type Static } from 'typebox'
import { CategoryRef } from './shared-types.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { TimePeriod } from '../../tmf/types/basics.ts'
import { RelatedParty } from '../../tmf/types/links.ts'

/** Collection of categories and, through them, of offerings. */
export const Catalog = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    catalogType: Type.Optional(Type.String({ description: 'Kind of catalog, such as Product Catalog' })),
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    lastUpdate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was last written' })),
    lifecycleStatus: Type.Optional(Type.String({ description: 'Where it stands in its life, from In study to Obsolete' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    version: Type.Optional(Type.String({ description: 'Label of the edition' })),
    category: Type.Optional(Type.Array(CategoryRef, { description: 'Categories at the top of the catalog' })),
    relatedParty: Type.Optional(Type.Array(RelatedParty, { description: 'Parties with a part in it, each with its role' })),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'Collection of categories and, through them, of offerings' },
)
export type Catalog = Static<typeof Catalog>

export const catalogCreate = { required: ['name'] }
export const catalogUpdate = { required: [], immutable: ['@baseType', '@type'] }
