/** The product inside orders and other products (TMF622, TMF637): prices, terms, places and the recursive product itself. */
import { Type, type Static, type TObject } from 'typebox'
import { personal } from '../tags.ts'
import { definition, extensible } from './attributes.ts'
import { Characteristic, Money, Quantity, TimePeriod } from './basics.ts'
import {
  AgreementItemRef,
  BillingAccountRef,
  ProductOfferingPriceRef,
  ProductOfferingRef,
  ProductSpecificationRef,
  RelatedParty,
  ResourceRef,
  ServiceRef,
} from './references.ts'

/** Amounts of a price. */
export const Price = Type.Object(
  {
    percentage: Type.Optional(Type.Number({ format: 'float', description: 'Share in percent' })),
    taxRate: Type.Optional(Type.Number({ format: 'float', description: 'Tax rate in percent' })),
    dutyFreeAmount: Type.Optional(Money),
    taxIncludedAmount: Type.Optional(Money),
    ...extensible,
  },
  { description: 'Amounts of a price' },
)

/** A discount or surcharge. */
export const PriceAlteration = Type.Object(
  {
    applicationDuration: Type.Optional(Type.Integer({ description: 'How many periods it applies' })),
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    priceType: Type.String({ description: 'Kind of charge: oneTime, recurring, usage, discount …' }),
    priority: Type.Optional(Type.Integer({ description: 'Order of application; lower comes first' })),
    recurringChargePeriod: Type.Optional(Type.String({ description: 'Period of a recurring charge, such as month' })),
    unitOfMeasure: Type.Optional(Type.String({ description: 'Unit that is counted' })),
    price: Price,
    productOfferingPrice: Type.Optional(ProductOfferingPriceRef),
    ...extensible,
  },
  { description: 'A discount or surcharge' },
)

/** A price of the product. */
export const ProductPrice = Type.Object(
  {
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    priceType: Type.String({ description: 'Kind of charge: oneTime, recurring, usage, discount …' }),
    recurringChargePeriod: Type.Optional(Type.String({ description: 'Period of a recurring charge, such as month' })),
    unitOfMeasure: Type.Optional(Type.String({ description: 'Unit that is counted' })),
    billingAccount: Type.Optional(BillingAccountRef),
    price: Price,
    productOfferingPrice: Type.Optional(ProductOfferingPriceRef),
    productPriceAlteration: Type.Optional(Type.Array(PriceAlteration, { description: 'Discounts and surcharges on this price' })),
    ...extensible,
  },
  { description: 'A price of the product' },
)

/** A place with its role. */
export const RelatedPlaceRefOrValue = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
    href: Type.Optional(Type.String({ description: 'Where it can be read' })),
    name: Type.Optional(personal(Type.String({ description: 'Name shown to people' }))),
    role: Type.String({ description: 'Part that is played here' }),
    '@referredType': Type.Optional(Type.String({ description: 'Class of what is referred to' })),
    ...extensible,
  },
  { description: 'A place with its role' },
)

/** An order item that concerned the product. */
export const RelatedProductOrderItem = Type.Object(
  {
    orderItemAction: Type.Optional(Type.String({ description: 'What that item did' })),
    orderItemId: Type.String({ description: 'Identifier of the order item' }),
    productOrderHref: Type.Optional(Type.String({ description: 'Where the order can be read' })),
    productOrderId: Type.String({ description: 'Identifier of the order' }),
    role: Type.Optional(Type.String({ description: 'Part that is played here' })),
    '@referredType': Type.Optional(Type.String({ description: 'Class of what is referred to' })),
    ...extensible,
  },
  { description: 'An order item that concerned the product' },
)

/** A term that the product was sold under. */
export const ProductTerm = Type.Object(
  {
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    duration: Type.Optional(Quantity),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'A term that the product was sold under' },
)

/** State of the product; one value of the definition ends in a space, both spellings are read. */
export const ProductStatusType = Type.Enum(
  [
    'created',
    'pendingActive',
    'cancelled',
    'active',
    'pendingTerminate',
    'terminated',
    'suspended',
    'aborted ',
    'aborted',
  ],
  { type: 'string', description: 'State of the product; one value of the definition ends in a space, both spellings are read' },
)

const productRefOrValueAttributes = {
  id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
  href: Type.Optional(Type.String({ description: 'Where it can be read' })),
  description: Type.Optional(Type.String({ description: 'Free text for people' })),
  isBundle: Type.Optional(Type.Boolean({ description: 'True when it is made of others of its kind' })),
  isCustomerVisible: Type.Optional(Type.Boolean({ description: 'True when the customer sees it' })),
  name: Type.Optional(Type.String({ description: 'Name shown to people' })),
  orderDate: Type.Optional(Type.String({ format: 'date-time', description: 'When the order came in' })),
  productSerialNumber: Type.Optional(Type.String({ description: 'Serial number of goods' })),
  startDate: Type.Optional(Type.String({ format: 'date-time', description: 'When it begins' })),
  terminationDate: Type.Optional(Type.String({ format: 'date-time', description: 'When it ended' })),
  agreement: Type.Optional(Type.Array(AgreementItemRef, { description: 'Agreement items that it stands under' })),
  billingAccount: Type.Optional(BillingAccountRef),
  place: Type.Optional(Type.Array(RelatedPlaceRefOrValue, { description: 'Places concerned' })),
  productCharacteristic: Type.Optional(Type.Array(Characteristic, { description: 'Values of the characteristics' })),
  productOffering: Type.Optional(ProductOfferingRef),
  productOrderItem: Type.Optional(Type.Array(RelatedProductOrderItem, { description: 'Order items that made or changed it' })),
  productPrice: Type.Optional(Type.Array(ProductPrice, { description: 'Prices of the product' })),
  productSpecification: Type.Optional(ProductSpecificationRef),
  productTerm: Type.Optional(Type.Array(ProductTerm, { description: 'Terms that it was sold under' })),
  realizingResource: Type.Optional(Type.Array(ResourceRef, { description: 'Resources that it runs on' })),
  realizingService: Type.Optional(Type.Array(ServiceRef, { description: 'Services that realize it' })),
  relatedParty: Type.Optional(Type.Array(RelatedParty, { description: 'Parties with a part in it, each with its role' })),
  status: Type.Optional(ProductStatusType),
  '@referredType': Type.Optional(Type.String({ description: 'Class of what is referred to' })),
  ...extensible,
}

/** A product, by reference or by value; it may hold others of its kind to any depth. */
export interface ProductRefOrValue extends Static<TObject<typeof productRefOrValueAttributes>> {
  product?: ProductRefOrValue[]
  productRelationship?: Static<typeof ProductRelationship>[]
}

/** Refers to the shared definition; the schema that uses it carries it in $defs. */
export const productRefOrValue = definition<ProductRefOrValue>('ProductRefOrValue')

/** A relation to another product. */
export const ProductRelationship = Type.Object(
  {
    relationshipType: Type.String({ description: 'Kind of relation, such as requires or excludes' }),
    product: productRefOrValue,
    ...extensible,
  },
  { description: 'A relation to another product' },
)

export const productRefOrValueDefinition = Type.Object(
  {
    ...productRefOrValueAttributes,
    product: Type.Optional(Type.Array(productRefOrValue, { description: 'Products inside this one' })),
    productRelationship: Type.Optional(Type.Array(ProductRelationship, { description: 'How it relates to other products' })),
  },
  { description: 'A product, by reference or by value' },
)
