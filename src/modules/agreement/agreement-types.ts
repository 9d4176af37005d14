/** Parts of agreements and their specifications (TMF651), and Tandem's own: frame prices and commitments. */
import { Type, type Static } from 'typebox'
import { personal } from '../../tmf/tags.ts'
import { entityRef, extensible } from '../../tmf/types/attributes.ts'
import { Duration, Money, TimePeriod } from '../../tmf/types/basics.ts'
import { ProductOfferingRef } from '../../tmf/types/references.ts'

const text = (description: string) => Type.Optional(Type.String({ description }))
const instant = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))

export const ProductRef = entityRef('A product')
export const AgreementSpecificationRef = entityRef('A template of agreements', { description: text('Free text for people') })

export const AgreementAuthorization = Type.Object(
  {
    date: instant('When it was given or refused'),
    signatureRepresentation: Type.Optional(personal(Type.String({ description: 'How it was signed: digital signature, stamp, name' }))),
    state: text('Where it stands: requested, approved, rejected'),
    signatureRequired: Type.Optional(Type.Boolean({ description: 'It is given by an electronic signature of the agreement alone (own extension)' })),
    signature: Type.Optional(
      Type.Object(
        { id: text('The signature, as the service names it'), date: instant('When'), signer: Type.Optional(personal(Type.String({ description: 'Who signed' }))), hash: text('SHA-256 of what was signed'), reference: text("Where the service keeps its own evidence"), contractSignature: Type.Optional(entityRef('The signature as it was asked for')) },
        { description: 'The electronic signature by which it was given; written when it is signed (own extension)' },
      ),
    ),
    ...extensible,
  },
  { description: 'An approval that the agreement needs' },
)

export const AgreementTermOrCondition = Type.Object(
  { id: text('Identifier within the agreement'), description: text('The term in words'), validFor: Type.Optional(TimePeriod), ...extensible },
  { description: 'A term of the agreement' },
)

/** What one of the offerings costs under the agreement, in the place of what the catalog says. */
export const FramePrice = Type.Object(
  {
    '@type': text('AgreementFramePrice'),
    id: text('Identifier within the agreement'),
    name: text('Name shown to people'),
    productOffering: Type.Optional(ProductOfferingRef),
    priceType: Type.Enum(['oneTime', 'recurring', 'usage'], { type: 'string', description: 'Which charge it is' }),
    recurringChargePeriod: text('Period of a recurring charge, such as month'),
    price: Type.Optional(Money),
    percentage: Type.Optional(Type.Number({ minimum: 0, maximum: 100, description: 'In the place of a price: percent off the catalog price' })),
    fromQuantity: Type.Optional(Type.Integer({ minimum: 1, description: 'Holds from this quantity on; 1 when left out' })),
    validFor: Type.Optional(TimePeriod),
  },
  { description: 'A frame price: what an offering costs under the agreement, for the parties who buy under it (engagedParty.role customer, buyer, owner, orderer or client) (own extension)' },
)
export type FramePrice = Static<typeof FramePrice>

/** What the party has promised for its prices. */
export const Commitment = Type.Object(
  {
    '@type': text('AgreementCommitment'),
    id: text('Identifier within the agreement'),
    kind: Type.Enum(['quantity', 'revenue', 'term'], { type: 'string', description: 'What is promised: so many products, so much revenue in a period, so long a time' }),
    quantity: Type.Optional(Type.Integer({ minimum: 1, description: 'Of kind quantity: fewest products at a time' })),
    revenue: Type.Optional(Money),
    period: text('Of kind revenue: month, quarter, year'),
    duration: Type.Optional(Duration),
    productOffering: Type.Optional(Type.Array(ProductOfferingRef, { description: 'Of what; of all that the agreement is about when left out' })),
  },
  { description: 'A commitment of the party (own extension)' },
)
export type Commitment = Static<typeof Commitment>

export const AgreementItem = Type.Object(
  {
    product: Type.Optional(Type.Array(ProductRef, { description: 'Products that it is about' })),
    productOffering: Type.Optional(Type.Array(ProductOfferingRef, { description: 'Offerings that it is about' })),
    termOrCondition: Type.Optional(Type.Array(AgreementTermOrCondition, { description: 'Terms of the item' })),
    framePrice: Type.Optional(Type.Array(FramePrice, { description: 'What the offerings cost under the agreement' })),
    commitment: Type.Optional(Type.Array(Commitment, { description: 'What the party has promised' })),
    ...extensible,
  },
  { description: 'A part of the agreement: what it is about, with terms, frame prices and commitments' },
)

export const AgreementSpecCharacteristicValue = Type.Object(
  {
    default: Type.Optional(Type.Boolean({ description: 'True for the value taken when none is given' })),
    unitOfMeasure: text('Unit that is counted'),
    valueFrom: text('Lower end of the range'),
    valueTo: text('Upper end of the range'),
    valueType: text('Data type of the value, such as string or number'),
    validFor: Type.Optional(TimePeriod),
    value: Type.Optional(Type.Unknown({ description: 'The value; any JSON' })),
    ...extensible,
  },
  { description: 'A value or range that is allowed' },
)

export const AgreementSpecCharacteristic = Type.Object(
  {
    configurable: Type.Optional(Type.Boolean({ description: 'True when an agreement chooses the value' })),
    description: text('Free text for people'),
    name: text('Name shown to people'),
    valueType: text('Data type of the value, such as string or number'),
    specCharacteristicValue: Type.Optional(Type.Array(AgreementSpecCharacteristicValue, { description: 'Values that are allowed' })),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'A characteristic that agreements of this kind have' },
)

export const AgreementSpecificationRelationship = Type.Object(
  {
    id: text('Identifier of the other template'),
    href: text('Where it can be read'),
    name: text('Its name'),
    relationshipType: text('Kind of relation: dependency, substitution'),
    validFor: Type.Optional(TimePeriod),
    '@referredType': text('Class of what is referred to'),
    ...extensible,
  },
  { description: 'A relation to another template' },
)
