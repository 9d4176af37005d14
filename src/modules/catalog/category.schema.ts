/** Stored form of category (TMF620), and what creates and updates may carry. */
import { Type, type Static } from 'typebox'
import { CategoryRef, ProductOfferingRef } from './shared-types.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { TimePeriod } from '../../tmf/types/basics.ts'

/** Group of offerings and of further categories. */
export const Category = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    isRoot: Type.Optional(Type.Boolean({ description: 'True for a category at the top' })),
    lastUpdate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was last written' })),
    lifecycleStatus: Type.Optional(Type.String({ description: 'Where it stands in its life, from In study to Obsolete' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    parentId: Type.Optional(Type.String({ description: 'Identifier of the category above' })),
    version: Type.Optional(Type.String({ description: 'Label of the edition' })),
    productOffering: Type.Optional(Type.Array(ProductOfferingRef, { description: 'Offerings in this category' })),
    subCategory: Type.Optional(Type.Array(CategoryRef, { description: 'Categories below this one' })),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'Group of offerings and of further categories' },
)
export type Category = Static<typeof Category>

export const categoryCreate = { required: ['name'] }
export const categoryUpdate = { required: [], immutable: ['@baseType', '@type'] }
