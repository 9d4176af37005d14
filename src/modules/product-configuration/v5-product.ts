/** A product as the fifth version of the definitions has it (TMF760): what a configuration becomes or is about. */
import { Type } from 'typebox'
import { personal } from '../../tmf/tags.ts'
import { definition, entityRef, extensible } from '../../tmf/types/attributes.ts'
import { Duration, Quantity, TimePeriod } from '../../tmf/types/basics.ts'
import { RelatedPartyOrPartyRole, EntityRef, Characteristic, ProductOfferingRef, ProductSpecificationRef, ProductOfferingPriceRef, Price, PriceAlteration } from './v5-references.ts'

export const AgreementItemRef = Type.Object(
  {
    agreementName: Type.Optional(Type.String({ description: 'Name of the agreement' })),
    agreementHref: Type.Optional(Type.String({ description: 'Where the agreement can be read' })),
    '@referredType': Type.Optional(Type.String({ description: 'Class of what is referred to' })),
    agreementId: Type.Optional(Type.String({ description: 'Identifier of the agreement' })),
    agreementItemId: Type.Optional(Type.String({ description: 'Identifier of the item in the agreement' })),
    ...extensible,
  },
  { description: 'An item of an agreement' },
)

export const BillingAccountRef = entityRef('A billing account', {
  ratingType: Type.Optional(Type.String({ description: 'How the account is rated: prepaid or postpaid' })),
})

export const RelatedOrderItem = Type.Object(
  {
    orderItemAction: Type.Optional(Type.Enum(['add', 'modify', 'delete', 'noChange'], { type: 'string', description: 'What that item did' })),
    orderHref: Type.Optional(Type.String({ description: 'Where the order can be read' })),
    '@referredType': Type.Optional(Type.String({ description: 'Class of what is referred to' })),
    role: Type.Optional(Type.String({ description: 'Part that is played here' })),
    orderId: Type.Optional(Type.String({ description: 'Identifier of the order' })),
    orderItemId: Type.Optional(Type.String({ description: 'Identifier of the order item' })),
    ...extensible,
  },
  { description: 'An order item that concerned the product' },
)

export const ProductPrice = Type.Object(
  {
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    productOfferingPrice: Type.Optional(ProductOfferingPriceRef),
    recurringChargePeriod: Type.Optional(Type.String({ description: 'Period of a recurring charge, such as month' })),
    unitOfMeasure: Type.Optional(Type.String({ description: 'Unit that is counted' })),
    price: Type.Optional(Price),
    priceAlteration: Type.Optional(Type.Array(PriceAlteration, { description: 'Discounts and surcharges on this price' })),
    priceType: Type.Optional(Type.String({ description: 'Kind of charge: oneTime, recurring, usage, discount …' })),
    ...extensible,
  },
  { description: 'A price of the product' },
)

export const ProductRelationship = Type.Object(
  {
    href: Type.Optional(Type.String({ description: 'Where it can be read' })),
    id: Type.Optional(Type.String({ description: 'Identifier' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    '@referredType': Type.Optional(Type.String({ description: 'Class of what is referred to' })),
    relationshipType: Type.Optional(Type.String({ description: 'Kind of relation, such as requires or excludes' })),
    ...extensible,
  },
  { description: 'A relation to another product' },
)

export const ProductTerm = Type.Object(
  {
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    duration: Type.Optional(Duration),
    validFor: Type.Optional(TimePeriod),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    ...extensible,
  },
  { description: 'A term of the product' },
)

export const ResourceRef = entityRef('A resource')

export const ServiceRef = entityRef('A service')

export const PlaceRef = Type.Object(
  {
    href: Type.Optional(Type.String({ description: 'Where it can be read' })),
    id: Type.String({ description: 'Identifier' }),
    name: Type.Optional(personal(Type.String({ description: 'Name shown to people' }))),
    '@referredType': Type.Optional(Type.String({ description: 'Class of what is referred to' })),
    ...extensible,
  },
  { description: 'A place' },
)

export const RelatedPlaceRefOrValue = Type.Object(
  {
    role: Type.Optional(Type.String({ description: 'Part that is played here' })),
    place: Type.Optional(PlaceRef),
    ...extensible,
  },
  { description: 'A place with its role' },
)

export const EntityRelationship = Type.Object(
  {
    href: Type.Optional(Type.String({ description: 'Where it can be read' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    role: Type.Optional(Type.String({ description: 'Part that is played here' })),
    validFor: Type.Optional(TimePeriod),
    associationSpec: Type.Optional(EntityRef),
    relationshipType: Type.Optional(Type.String({ description: 'Kind of relation, such as requires or excludes' })),
    id: Type.Optional(Type.String({ description: 'Identifier' })),
    '@referredType': Type.Optional(Type.String({ description: 'Class of what is referred to' })),
    ...extensible,
  },
  { description: 'A relation to something else' },
)

export const AttachmentRefOrValue = Type.Object(
  {
    href: Type.Optional(Type.String({ description: 'Where it can be read' })),
    id: Type.Optional(Type.String({ description: 'Identifier' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    url: Type.Optional(Type.String({ description: 'Where the file can be fetched' })),
    content: Type.Optional(Type.String({ description: 'The file itself, in base64' })),
    size: Type.Optional(Quantity),
    validFor: Type.Optional(TimePeriod),
    attachmentType: Type.Optional(Type.String({ description: 'Kind of file, such as picture or video' })),
    mimeType: Type.Optional(Type.String({ description: 'Media type, such as image/png' })),
    '@referredType': Type.Optional(Type.String({ description: 'Class of what is referred to' })),
    ...extensible,
  },
  { description: 'A file, by reference or by value' },
)

export const Expression = Type.Object(
  {
    expressionLanguage: Type.Optional(Type.Enum(['Turtle', 'JSON-LD', 'RDF-XML', 'Other'], { type: 'string', description: 'Language of the expression' })),
    iri: Type.Optional(Type.String({ description: 'Where the vocabulary of the expression lies' })),
    expressionValue: Type.Optional(Type.String({ description: 'The expression' })),
    ...extensible,
  },
  { description: 'What is intended, in a formal language' },
)

export const IntentRefOrValue = Type.Object(
  {
    href: Type.Optional(Type.String({ description: 'Where it can be read' })),
    id: Type.Optional(Type.String({ description: 'Identifier' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    '@referredType': Type.Optional(Type.String({ description: 'Class of what is referred to' })),
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    validFor: Type.Optional(TimePeriod),
    isBundle: Type.Optional(Type.Boolean({ description: 'True when it is made of others of its kind' })),
    priority: Type.Optional(Type.String({ description: 'Order of application; lower comes first' })),
    statusChangeDate: Type.Optional(Type.String({ format: 'date-time', description: 'When the status changed last' })),
    context: Type.Optional(Type.String({ description: 'What the intent is about' })),
    version: Type.Optional(Type.String({ description: 'Label of the edition' })),
    intentSpecification: Type.Optional(EntityRef),
    intentRelationship: Type.Optional(Type.Array(EntityRelationship, { description: 'How it relates to other intents' })),
    characteristic: Type.Optional(Type.Array(Characteristic, { description: 'Further values by name' })),
    relatedParty: Type.Optional(Type.Array(RelatedPartyOrPartyRole, { description: 'Parties with a part in it, each with its role' })),
    attachment: Type.Optional(Type.Array(AttachmentRefOrValue, { description: 'Pictures, documents and other files' })),
    expression: Type.Optional(Expression),
    creationDate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was made' })),
    lastUpdate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was last written' })),
    lifecycleStatus: Type.Optional(Type.String({ description: 'Where it stands in its life, from In study to Obsolete' })),
    ...extensible,
  },
  { description: 'An intent, by reference or by value' },
)

export const productRefOrValueDefinition = Type.Object(
  {
    href: Type.Optional(Type.String({ description: 'Where it can be read' })),
    id: Type.Optional(Type.String({ description: 'Identifier' })),
    agreementItem: Type.Optional(Type.Array(AgreementItemRef, { description: 'What it is about' })),
    billingAccount: Type.Optional(BillingAccountRef),
    creationDate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was made' })),
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    isBundle: Type.Optional(Type.Boolean({ description: 'True when it is made of others of its kind' })),
    isCustomerVisible: Type.Optional(Type.Boolean({ description: 'True when the customer sees it' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    orderDate: Type.Optional(Type.String({ format: 'date-time', description: 'When the order came in' })),
    productCharacteristic: Type.Optional(Type.Array(Characteristic, { description: 'Values of the characteristics' })),
    productOffering: Type.Optional(ProductOfferingRef),
    productOrderItem: Type.Optional(Type.Array(RelatedOrderItem, { description: 'Items inside this one' })),
    product: Type.Optional(Type.Array(definition<Record<string, unknown>>('ProductRefOrValue'), { description: 'Products inside this one' })),
    productPrice: Type.Optional(Type.Array(ProductPrice, { description: 'Prices of the product' })),
    productRelationship: Type.Optional(Type.Array(ProductRelationship, { description: 'How it relates to other products' })),
    productSerialNumber: Type.Optional(Type.String({ description: 'Serial number of goods' })),
    productSpecification: Type.Optional(ProductSpecificationRef),
    productTerm: Type.Optional(Type.Array(ProductTerm, { description: 'Terms that it was sold under' })),
    realizingResource: Type.Optional(Type.Array(ResourceRef, { description: 'Resources that it runs on' })),
    realizingService: Type.Optional(Type.Array(ServiceRef, { description: 'Services that realize it' })),
    relatedParty: Type.Optional(Type.Array(RelatedPartyOrPartyRole, { description: 'Parties with a part in it, each with its role' })),
    place: Type.Optional(Type.Array(RelatedPlaceRefOrValue, { description: 'Places concerned' })),
    startDate: Type.Optional(Type.String({ format: 'date-time', description: 'When it begins' })),
    status: Type.Optional(Type.Enum(['created', 'pendingActive', 'cancelled', 'active', 'pendingTerminate', 'terminated', 'suspended', 'aborted ', 'aborted'], { type: 'string', description: 'Where it stands in its life' })),
    terminationDate: Type.Optional(Type.String({ format: 'date-time', description: 'When it ended' })),
    intent: Type.Optional(IntentRefOrValue),
    '@referredType': Type.Optional(Type.String({ description: 'Class of what is referred to' })),
    ...extensible,
  },
  { description: 'A product, by reference or by value' },
)
