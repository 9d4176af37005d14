/** Stored form of product (TMF637), and what creates and updates may carry. */
import { Type, type Static } from 'typebox'
import { extensible } from '../../tmf/types/attributes.ts'
import { Characteristic } from '../../tmf/types/basics.ts'
import {
  ProductPrice,
  ProductRelationship,
  ProductStatusType,
  ProductTerm,
  RelatedPlaceRefOrValue,
  RelatedProductOrderItem,
  productRefOrValue,
  productRefOrValueDefinition,
} from '../../tmf/types/product.ts'
import {
  AgreementItemRef,
  BillingAccountRef,
  ProductOfferingRef,
  ProductSpecificationRef,
  RelatedParty,
  ResourceRef,
  ServiceRef,
} from '../../tmf/types/references.ts'

const open = (description: string) => ({ additionalProperties: true, description })
const named = (description: string) => Type.Optional(Type.Object({ id: Type.Optional(Type.String({ description: 'Identifier' })) }, open(description)))

/** How a price came about, as far as products are found by it; the price engine says more. */
const PriceDerivation = Type.Object(
  {
    source: Type.Optional(Type.Object({ price: named('The price of the catalog'), list: named('The price list'), entry: named('Its entry'), agreement: named('The agreement whose frame price it is') }, open('Where the amount comes from'))),
    alterations: Type.Optional(Type.Array(Type.Object({ id: Type.Optional(Type.String({ description: 'The promotion, or who gave it' })) }, open('A discount')), { description: 'Discounts in it' })),
  },
  open('How the price came about when it was sold (own extension)'),
)

/** A price with what it was made of. */
const SoldProductPrice = Type.Object({ ...ProductPrice.properties, derivation: Type.Optional(PriceDerivation) }, { description: 'A price of the product' })

/** An offering that a customer has. */
export const Product = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
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
    product: Type.Optional(Type.Array(productRefOrValue, { description: 'Products inside this one' })),
    productCharacteristic: Type.Optional(Type.Array(Characteristic, { description: 'Values of the characteristics' })),
    productOffering: Type.Optional(ProductOfferingRef),
    productOrderItem: Type.Optional(Type.Array(RelatedProductOrderItem, { description: 'Order items that made or changed it' })),
    productPrice: Type.Optional(Type.Array(SoldProductPrice, { description: 'Prices of the product' })),
    productRelationship: Type.Optional(Type.Array(ProductRelationship, { description: 'How it relates to other products' })),
    productSpecification: Type.Optional(ProductSpecificationRef),
    productTerm: Type.Optional(Type.Array(ProductTerm, { description: 'Terms that it was sold under' })),
    realizingResource: Type.Optional(Type.Array(ResourceRef, { description: 'Resources that it runs on' })),
    realizingService: Type.Optional(Type.Array(ServiceRef, { description: 'Services that realize it' })),
    relatedParty: Type.Optional(Type.Array(RelatedParty, { description: 'Parties with a part in it, each with its role' })),
    status: Type.Optional(ProductStatusType),
    ...extensible,
  },
  { description: 'An offering that a customer has', $defs: { ProductRefOrValue: productRefOrValueDefinition } },
)
export type Product = Static<typeof Product>

export const productCreate = { required: ['status'] }
export const productUpdate = { required: [] }
