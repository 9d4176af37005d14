/** The service that a qualification is about, with all that it can hold (TMF645). */
import { Type, type Static, type TObject } from 'typebox'
import { personal } from '../../tmf/tags.ts'
import { definition, entityLink, entityRef, extensible } from '../../tmf/types/attributes.ts'
import { OrderItemActionType } from '../../tmf/types/basics.ts'
import { RelatedParty, ServiceSpecificationRef } from '../../tmf/types/links.ts'
import { RelatedPlaceRefOrValue } from '../../tmf/types/product.ts'

/** A relation to another characteristic. */
export const CharacteristicRelationship = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
    relationshipType: Type.Optional(Type.String({ description: 'Kind of relation, such as requires or excludes' })),
    ...extensible,
  },
  { description: 'A relation to another characteristic' },
)

/** A value by name. */
export const Characteristic = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
    name: Type.String({ description: 'Name shown to people' }),
    valueType: Type.Optional(Type.String({ description: 'Data type of the value, such as string or number' })),
    characteristicRelationship: Type.Optional(Type.Array(CharacteristicRelationship, { description: 'How it relates to other characteristics' })),
    value: Type.Unknown({ description: 'The value; any JSON' }),
    ...extensible,
  },
  { description: 'A value by name' },
)

export const ConstraintRef = entityRef('A policy', {
  version: Type.Optional(Type.String({ description: 'Label of the edition' })),
})

/** A span of time. */
export const TimePeriod = Type.Object(
  {
    endDateTime: Type.Optional(Type.String({ format: 'date-time', description: 'End of the time; open when left out' })),
    startDateTime: Type.Optional(Type.String({ format: 'date-time', description: 'First instant; open when left out' })),
    ...extensible,
  },
  { description: 'A span of time' },
)

/** A relation to another feature. */
export const FeatureRelationship = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
    name: Type.String({ description: 'Name shown to people' }),
    relationshipType: Type.String({ description: 'Kind of relation, such as requires or excludes' }),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'A relation to another feature' },
)

/** A feature of the service. */
export const Feature = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
    isBundle: Type.Optional(Type.Boolean({ description: 'True when it is made of others of its kind' })),
    isEnabled: Type.Optional(Type.Boolean({ description: 'True when the feature is on' })),
    name: Type.String({ description: 'Name shown to people' }),
    constraint: Type.Optional(Type.Array(ConstraintRef, { description: 'Policies that limit the feature' })),
    featureCharacteristic: Type.Array(Characteristic, { minItems: 1, description: 'Values of the feature' }),
    featureRelationship: Type.Optional(Type.Array(FeatureRelationship, { description: 'How it relates to other features' })),
    ...extensible,
  },
  { description: 'A feature of the service' },
)

/** A remark. */
export const Note = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
    author: Type.Optional(personal(Type.String({ description: 'Who wrote it' }))),
    date: Type.Optional(Type.String({ format: 'date-time', description: 'When it was written' })),
    text: Type.Optional(Type.String({ description: 'The remark' })),
    ...extensible,
  },
  { description: 'A remark' },
)

/** Something with a role. */
export const RelatedEntityRefOrValue = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
    href: Type.Optional(Type.String({ description: 'Where it can be read' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    role: Type.String({ description: 'Part that is played here' }),
    '@referredType': Type.Optional(Type.String({ description: 'Class of what is referred to' })),
    ...extensible,
  },
  { description: 'Something with a role' },
)

/** A service order item. */
export const RelatedServiceOrderItem = Type.Object(
  {
    itemId: Type.String({ description: 'Identifier of the item' }),
    role: Type.Optional(Type.String({ description: 'Part that is played here' })),
    serviceOrderHref: Type.Optional(Type.String({ description: 'Where the service order can be read' })),
    serviceOrderId: Type.String({ description: 'Identifier of the service order' }),
    itemAction: Type.Optional(OrderItemActionType),
    '@referredType': Type.Optional(Type.String({ description: 'Class of what is referred to' })),
    ...extensible,
  },
  { description: 'A service order item' },
)

export const ResourceRef = entityLink('A resource')

/** State of the service. */
export const ServiceStateType = Type.Enum(
  [
    'feasibilityChecked',
    'designed',
    'reserved',
    'inactive',
    'active',
    'terminated',
  ],
  { type: 'string', description: 'State of the service' },
)

const serviceRefOrValueAttributes = {
  id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
  href: Type.Optional(Type.String({ description: 'Where it can be read' })),
  category: Type.Optional(Type.String({ description: 'Kind: customer-facing or resource-facing' })),
  description: Type.Optional(Type.String({ description: 'Free text for people' })),
  endDate: Type.Optional(Type.String({ format: 'date-time', description: 'When it ends' })),
  hasStarted: Type.Optional(Type.Boolean({ description: 'True once it has started' })),
  isBundle: Type.Optional(Type.Boolean({ description: 'True when it is made of others of its kind' })),
  isServiceEnabled: Type.Optional(Type.Boolean({ description: 'True when it is switched on' })),
  isStateful: Type.Optional(Type.Boolean({ description: 'True when it can change without an order' })),
  name: Type.Optional(Type.String({ description: 'Name shown to people' })),
  serviceDate: Type.Optional(Type.String({ description: 'When it was made' })),
  serviceType: Type.Optional(Type.String({ description: 'Kind of service' })),
  startDate: Type.Optional(Type.String({ format: 'date-time', description: 'When it begins' })),
  startMode: Type.Optional(Type.String({ description: 'How it is started' })),
  feature: Type.Optional(Type.Array(Feature, { description: 'Features of the service' })),
  note: Type.Optional(Type.Array(Note, { description: 'Remarks' })),
  place: Type.Optional(Type.Array(RelatedPlaceRefOrValue, { description: 'Places concerned' })),
  relatedEntity: Type.Optional(Type.Array(RelatedEntityRefOrValue, { description: 'Other things with a part in it' })),
  relatedParty: Type.Optional(Type.Array(RelatedParty, { description: 'Parties with a part in it, each with its role' })),
  serviceCharacteristic: Type.Optional(Type.Array(Characteristic, { description: 'Values of the service' })),
  serviceOrderItem: Type.Optional(Type.Array(RelatedServiceOrderItem, { description: 'Service order items concerned' })),
  serviceSpecification: Type.Optional(ServiceSpecificationRef),
  state: Type.Optional(ServiceStateType),
  supportingResource: Type.Optional(Type.Array(ResourceRef, { description: 'Resources that it runs on' })),
  '@referredType': Type.Optional(Type.String({ description: 'Class of what is referred to' })),
  ...extensible,
}

/** A service, by reference or by value; it may hold others of its kind to any depth. */
export interface ServiceRefOrValue extends Static<TObject<typeof serviceRefOrValueAttributes>> {
  serviceRelationship?: Static<typeof ServiceRelationship>[]
  supportingService?: ServiceRefOrValue[]
}

/** Refers to the shared definition; the schema that uses it carries it in $defs. */
export const serviceRefOrValue = definition<ServiceRefOrValue>('ServiceRefOrValue')

/** A relation to another service. */
export const ServiceRelationship = Type.Object(
  {
    relationshipType: Type.String({ description: 'Kind of relation, such as requires or excludes' }),
    service: Type.Optional(serviceRefOrValue),
    serviceRelationshipCharacteristic: Type.Optional(Type.Array(Characteristic, { description: 'Values of the relation' })),
    ...extensible,
  },
  { description: 'A relation to another service' },
)

export const serviceRefOrValueDefinition = Type.Object(
  {
    ...serviceRefOrValueAttributes,
    serviceRelationship: Type.Optional(Type.Array(ServiceRelationship, { description: 'How it relates to other services' })),
    supportingService: Type.Optional(Type.Array(serviceRefOrValue, { description: 'Services that it rests on' })),
  },
  { description: 'A service, by reference or by value' },
)
