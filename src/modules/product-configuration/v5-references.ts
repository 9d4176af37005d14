/** References, characteristics and prices as the fifth version of the definitions has them (TMF760). */
import { Type } from 'typebox'
import { personal } from '../../tmf/tags.ts'
import { entityRef, extensible } from '../../tmf/types/attributes.ts'
import { Money } from '../../tmf/types/basics.ts'

export const ChannelRef = entityRef('A channel')

export const PartyRefOrPartyRoleRef = Type.Object(
  {
    href: Type.Optional(Type.String({ description: 'Where it can be read' })),
    id: Type.String({ description: 'Identifier' }),
    name: Type.Optional(personal(Type.String({ description: 'Name shown to people' }))),
    '@referredType': Type.Optional(Type.String({ description: 'Class of what is referred to' })),
    partyId: Type.Optional(Type.String({ description: 'Identifier of the party' })),
    partyName: Type.Optional(personal(Type.String({ description: 'Name of the party' }))),
    ...extensible,
  },
  { description: 'A party, or a role that it plays' },
)

export const RelatedPartyOrPartyRole = Type.Object(
  {
    role: Type.Optional(Type.String({ description: 'Part that is played here' })),
    partyOrPartyRole: Type.Optional(PartyRefOrPartyRoleRef),
    ...extensible,
  },
  { description: 'A party or role with the part that it plays here' },
)

export const EntityRef = entityRef('Something that it is about')

export const CharacteristicRelationship = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier' })),
    relationshipType: Type.Optional(Type.String({ description: 'Kind of relation, such as requires or excludes' })),
    ...extensible,
  },
  { description: 'A relation to another characteristic' },
)

export const Characteristic = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    valueType: Type.Optional(Type.String({ description: 'Data type of the value' })),
    characteristicRelationship: Type.Optional(Type.Array(CharacteristicRelationship, { description: 'How it relates to other characteristics' })),
    value: Type.Optional(Type.Unknown({ description: 'The value; any JSON' })),
    ...extensible,
  },
  { description: 'A value by name' },
)

export const StateReason = Type.Object(
  {
    code: Type.Optional(Type.String({ description: 'What kind of reason' })),
    label: Type.Optional(Type.String({ description: 'The reason in words' })),
    attribute: Type.Optional(Type.String({ description: 'The attribute of the task that it is about, where it is one (own extension)' })),
    ...extensible,
  },
  { description: 'A reason' },
)

export const ItemRef = Type.Object(
  {
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    '@referredType': Type.Optional(Type.String({ description: 'Class of what is referred to' })),
    entityHref: Type.Optional(Type.String({ description: 'Where what holds the item can be read' })),
    entityId: Type.Optional(Type.String({ description: 'Identifier of what holds the item' })),
    itemId: Type.Optional(Type.String({ description: 'Identifier of the item there' })),
    ...extensible,
  },
  { description: 'An item of something else' },
)

export const ProductOfferingRef = entityRef('An offering', {
  version: Type.Optional(Type.String({ description: 'Label of the edition' })),
})

export const TargetProductSchema = Type.Object(
  {

    ...extensible,
  },
  { description: 'Class of the product and where its schema lies' },
)

export const ProductSpecificationRef = entityRef('A specification of products', {
  version: Type.Optional(Type.String({ description: 'Label of the edition' })),
  targetProductSchema: Type.Optional(TargetProductSchema),
})

export const PolicyRef = entityRef('A rule', {
  version: Type.Optional(Type.String({ description: 'Label of the edition' })),
})

export const ProductOfferingPriceRef = entityRef('A price of the catalog', {
  version: Type.Optional(Type.String({ description: 'Label of the edition' })),
})

export const Price = Type.Object(
  {
    dutyFreeAmount: Type.Optional(Money),
    percentage: Type.Optional(Type.Number({ description: 'Share in percent' })),
    taxIncludedAmount: Type.Optional(Money),
    taxRate: Type.Optional(Type.Number({ description: 'Tax rate in percent' })),
    ...extensible,
  },
  { description: 'Amounts of a price' },
)

export const PriceAlteration = Type.Object(
  {
    applicationDuration: Type.Optional(Type.Integer({ description: 'A length of time' })),
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    productOfferingPrice: Type.Optional(ProductOfferingPriceRef),
    priceType: Type.Optional(Type.String({ description: 'Kind of charge: oneTime, recurring, usage, discount …' })),
    priority: Type.Optional(Type.Integer({ description: 'Order of application; lower comes first' })),
    recurringChargePeriod: Type.Optional(Type.String({ description: 'Period of a recurring charge, such as month' })),
    unitOfMeasure: Type.Optional(Type.String({ description: 'Unit that is counted' })),
    price: Type.Optional(Price),
    ...extensible,
  },
  { description: 'A discount or surcharge' },
)
