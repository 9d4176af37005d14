/** References whose href must have the form of an address, as TMF620 and TMF645 define them. Our own hrefs are paths, so relative ones are read too. */
import { Type } from 'typebox'
import { personal } from '../tags.ts'
import { entityLink, extensible } from './attributes.ts'

/** A party with its role. */
export const RelatedParty = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.Optional(Type.String({ format: 'uri-reference', description: 'Where it can be read' })),
    name: Type.Optional(personal(Type.String({ description: 'Name shown to people' }))),
    role: Type.Optional(Type.String({ description: 'Part that is played here' })),
    '@referredType': Type.String({ description: 'Class of what is referred to' }),
    ...extensible,
  },
  { description: 'A party with its role' },
)

export const ServiceSpecificationRef = entityLink('A specification of services', {
  version: Type.Optional(Type.String({ description: 'Label of the edition' })),
})
