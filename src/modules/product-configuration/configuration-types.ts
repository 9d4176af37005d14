/** Parts of a product configuration (TMF760): what can be chosen, with prices and terms, and the recursive items of both tasks. */
import { Type, type Static } from 'typebox'
import { definition, entityRef, extensible } from '../../tmf/types/attributes.ts'
import { Duration, Quantity, TimePeriod } from '../../tmf/types/basics.ts'
import type { Choice } from '../catalog/index.ts'
import { Characteristic, StateReason, ItemRef, ProductOfferingRef, ProductSpecificationRef, PolicyRef, ProductOfferingPriceRef, Price, PriceAlteration } from './v5-references.ts'

export const ProductConfigurationItemRelationship = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier' })),
    relationshipType: Type.Optional(Type.String({ description: 'Kind of relation, such as requires or excludes' })),
    ...extensible,
  },
  { description: 'A relation to another item' },
)

export const BundledProductOfferingOption = Type.Object(
  {
    numberRelOfferDefault: Type.Optional(Type.Integer({ description: 'How many when nothing is said' })),
    numberRelOfferLowerLimit: Type.Optional(Type.Integer({ description: 'Fewest that can be chosen' })),
    numberRelOfferUpperLimit: Type.Optional(Type.Integer({ description: 'Most that can be chosen' })),
    ...extensible,
  },
  { description: 'How many of it a bundle takes' },
)

export const ConfigurationAction = Type.Object(
  {
    action: Type.Optional(Type.String({ description: 'What can be done' })),
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    isSelected: Type.Optional(Type.Boolean({ description: 'True when it is chosen' })),
    ...extensible,
  },
  { description: 'Something that can be done' },
)

export const ConfigurationTerm = Type.Object(
  {
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    duration: Type.Optional(Duration),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    validFor: Type.Optional(TimePeriod),
    isSelectable: Type.Optional(Type.Boolean({ description: 'True when it can be chosen as things are' })),
    isSelected: Type.Optional(Type.Boolean({ description: 'True when it is chosen' })),
    ...extensible,
  },
  { description: 'A term to choose' },
)

export const ConfigurationPrice = Type.Object(
  {
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    productOfferingPrice: Type.Optional(ProductOfferingPriceRef),
    recurringChargePeriod: Type.Optional(Quantity),
    unitOfMeasure: Type.Optional(Type.String({ description: 'Unit that is counted' })),
    price: Type.Optional(Price),
    priceAlteration: Type.Optional(Type.Array(PriceAlteration, { description: 'Discounts and surcharges on this price' })),
    priceType: Type.Optional(Type.String({ description: 'Kind of charge: oneTime, recurring, usage, discount …' })),
    ...extensible,
  },
  { description: 'A price as it is configured' },
)

export const ConfigurationCharacteristicRelationship = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier' })),
    relationshipType: Type.Optional(Type.String({ description: 'Kind of relation, such as requires or excludes' })),
    ...extensible,
  },
  { description: 'A relation to another characteristic' },
)

export const ConfigurationCharacteristicValue = Type.Object(
  {
    isSelectable: Type.Optional(Type.Boolean({ description: 'True when it can be chosen as things are' })),
    isSelected: Type.Optional(Type.Boolean({ description: 'True when it is chosen' })),
    rangeInterval: Type.Optional(Type.String({ description: 'Which ends belong to the range: open, closed, closedBottom or closedTop' })),
    regex: Type.Optional(Type.String({ description: 'Pattern that a value has to match' })),
    unitOfMeasure: Type.Optional(Type.String({ description: 'Unit that is counted' })),
    valueFrom: Type.Optional(Type.Integer({ description: 'Lower end of the range' })),
    valueTo: Type.Optional(Type.Integer({ description: 'Upper end of the range' })),
    characteristicValue: Type.Optional(Characteristic),
    ...extensible,
  },
  { description: 'A value to choose, or a range' },
)

export const ConfigurationCharacteristic = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    minCardinality: Type.Optional(Type.Integer({ description: 'Fewest values that must be given' })),
    maxCardinality: Type.Optional(Type.Integer({ description: 'Most values that may be given' })),
    regex: Type.Optional(Type.String({ description: 'Pattern that a value has to match' })),
    valueType: Type.Optional(Type.String({ description: 'Data type of the value' })),
    isConfigurable: Type.Optional(Type.Boolean({ description: 'True when a buyer may choose the value' })),
    configurationCharacteristicRelationship: Type.Optional(Type.Array(ConfigurationCharacteristicRelationship, { description: 'How it relates to other characteristics' })),
    configurationCharacteristicValue: Type.Optional(Type.Array(ConfigurationCharacteristicValue, { description: 'Values to choose from, and those that are chosen' })),
    ...extensible,
  },
  { description: 'A characteristic and what can be chosen' },
)

export const BundledProductOffering = entityRef('An offering inside a bundle', {
  version: Type.Optional(Type.String({ description: 'Label of the edition' })),
  bundledProductOfferingOption: Type.Optional(BundledProductOfferingOption),
})

export const BundledGroupProductOfferingOption = Type.Object(
  {
    numberRelOfferLowerLimit: Type.Optional(Type.Integer({ description: 'Fewest that can be chosen' })),
    numberRelOfferUpperLimit: Type.Optional(Type.Integer({ description: 'Most that can be chosen' })),
    numberSelected: Type.Optional(Type.Integer({ description: 'How many are chosen (own extension)' })),
    ...extensible,
  },
  { description: 'How many of a group a bundle takes' },
)

/** A step of the smallest change that makes a configuration valid. */
export const ProposedChange = Type.Object(
  {
    '@type': Type.Optional(Type.String({ description: 'ProposedChange' })),
    action: Type.Enum(['add', 'remove', 'setQuantity', 'setValue', 'removeValue'], { type: 'string', description: 'What to do' }),
    description: Type.String({ description: 'The change in words' }),
    itemId: Type.Optional(Type.String({ description: 'Of what is chosen' })),
    offeringId: Type.Optional(Type.String({ description: 'What to add' })),
    quantity: Type.Optional(Type.Integer({ description: 'How many' })),
    characteristic: Type.Optional(Type.String({ description: 'Which characteristic' })),
    value: Type.Optional(Type.Unknown({ description: 'Its value' })),
  },
  { description: 'A change that mends the configuration (own extension)' },
)

export interface BundledGroupProductOffering {
  '@type'?: string
  id?: string
  name?: string
  bundledGroupProductOfferingOption?: Static<typeof BundledGroupProductOfferingOption>
  bundledGroupProductOffering?: BundledGroupProductOffering[]
}

/** What domain code reads and writes of a configuration; the full shape is its definition below. */
export interface ProductConfiguration {
  '@type'?: string
  id?: string
  quantity?: number
  isSelectable?: boolean
  isSelected?: boolean
  isVisible?: boolean
  selectionState?: Choice['state']
  stateReason?: { '@type'?: string; code?: string; label?: string }[]
  productOffering?: Static<typeof ProductOfferingRef>
  productSpecification?: Static<typeof ProductSpecificationRef>
  product?: { id?: string; productCharacteristic?: { name?: string; value?: unknown }[]; place?: { place?: { id?: string } }[] }
  bundledProductOfferingOption?: Static<typeof BundledProductOfferingOption>
  bundledGroupProductOffering?: BundledGroupProductOffering
  configurationAction?: Static<typeof ConfigurationAction>[]
  configurationTerm?: Static<typeof ConfigurationTerm>[]
  configurationPrice?: Static<typeof ConfigurationPrice>[]
  configurationCharacteristic?: Static<typeof ConfigurationCharacteristic>[]
  productConfiguration?: ProductConfiguration[]
}

interface ConfigurationItem {
  '@type'?: string
  id: string
  state?: string
  stateReason?: { '@type'?: string; code?: string; label?: string }[]
  contextItem?: Static<typeof ItemRef>
  productConfiguration?: ProductConfiguration
  proposedChange?: Static<typeof ProposedChange>[]
}
export interface CheckProductConfigurationItem extends ConfigurationItem {
  productConfigurationItem?: CheckProductConfigurationItem[]
  alternateProductConfigurationProposal?: ProductConfiguration[]
}
export interface QueryProductConfigurationItem extends ConfigurationItem {
  queryProductConfigurationItem?: QueryProductConfigurationItem[]
}

export const bundledGroupProductOfferingDefinition = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier' })),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    bundledProductOffering: Type.Optional(Type.Array(BundledProductOffering, { description: 'Offerings inside this bundle' })),
    bundledGroupProductOffering: Type.Optional(Type.Array(definition<BundledGroupProductOffering>('BundledGroupProductOffering'), { description: 'A group to choose from' })),
    bundledGroupProductOfferingOption: Type.Optional(BundledGroupProductOfferingOption),
    ...extensible,
  },
  { description: 'A group of offerings to choose from' },
)

export const productConfigurationDefinition = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier' })),
    version: Type.Optional(Type.String({ description: 'Label of the edition' })),
    quantity: Type.Optional(Type.Number({ description: 'How many' })),
    isSelectable: Type.Optional(Type.Boolean({ description: 'True when it can be chosen as things are' })),
    isSelected: Type.Optional(Type.Boolean({ description: 'True when it is chosen' })),
    isVisible: Type.Optional(Type.Boolean({ description: 'True when it is to be shown' })),
    selectionState: Type.Optional(Type.Enum(['selected', 'defaulted', 'required', 'excluded', 'allowed'], { type: 'string', description: 'Why it is there or not: chosen, put in by default, has to be there, cannot be there, can be added (own extension)' })),
    stateReason: Type.Optional(Type.Array(StateReason, { description: 'Reasons of that (own extension)' })),
    productOffering: Type.Optional(ProductOfferingRef),
    productSpecification: Type.Optional(ProductSpecificationRef),
    product: Type.Optional(definition<NonNullable<ProductConfiguration['product']>>('ProductRefOrValue')),
    bundledProductOfferingOption: Type.Optional(BundledProductOfferingOption),
    bundledGroupProductOffering: Type.Optional(definition<BundledGroupProductOffering>('BundledGroupProductOffering')),
    policy: Type.Optional(Type.Array(PolicyRef, { description: 'Rules that hold' })),
    configurationAction: Type.Optional(Type.Array(ConfigurationAction, { description: 'What can be done with it' })),
    configurationTerm: Type.Optional(Type.Array(ConfigurationTerm, { description: 'Terms to choose from' })),
    configurationPrice: Type.Optional(Type.Array(ConfigurationPrice, { description: 'Prices as it is configured' })),
    configurationCharacteristic: Type.Optional(Type.Array(ConfigurationCharacteristic, { description: 'Characteristics with the values to choose from' })),
    productConfiguration: Type.Optional(Type.Array(definition<ProductConfiguration>('ProductConfiguration'), { description: 'A configuration; inside another one: its parts' })),
    ...extensible,
  },
  { description: 'What is chosen and can be chosen of an offering, with its parts' },
)

export const checkProductConfigurationItemDefinition = Type.Object(
  {
    id: Type.String({ description: 'Identifier' }),
    state: Type.Optional(Type.String({ description: 'Where it stands' })),
    stateReason: Type.Optional(Type.Array(StateReason, { description: 'Why it has its state' })),
    contextItem: Type.Optional(ItemRef),
    productConfigurationItemRelationship: Type.Optional(Type.Array(ProductConfigurationItemRelationship, { description: 'How it relates to other items' })),
    productConfigurationItem: Type.Optional(Type.Array(definition<CheckProductConfigurationItem>('CheckProductConfigurationItem'), { description: 'Items inside this one' })),
    productConfiguration: Type.Optional(definition<ProductConfiguration>('ProductConfiguration')),
    alternateProductConfigurationProposal: Type.Optional(Type.Array(definition<ProductConfiguration>('ProductConfiguration'), { description: 'Configurations that can be had instead, the smallest change first' })),
    proposedChange: Type.Optional(Type.Array(ProposedChange, { description: 'The smallest change that makes all of it valid (own extension)' })),
    ...extensible,
  },
  { description: 'A configuration that is checked, and what was found' },
)

export const queryProductConfigurationItemDefinition = Type.Object(
  {
    id: Type.String({ description: 'Identifier' }),
    state: Type.Optional(Type.String({ description: 'Where it stands' })),
    stateReason: Type.Optional(Type.Array(StateReason, { description: 'Why it has its state' })),
    contextItem: Type.Optional(ItemRef),
    productConfigurationItemRelationship: Type.Optional(Type.Array(ProductConfigurationItemRelationship, { description: 'How it relates to other items' })),
    queryProductConfigurationItem: Type.Optional(Type.Array(definition<QueryProductConfigurationItem>('QueryProductConfigurationItem'), { description: 'Items inside this one' })),
    productConfiguration: Type.Optional(definition<ProductConfiguration>('ProductConfiguration')),
    proposedChange: Type.Optional(Type.Array(ProposedChange, { description: 'The smallest change that makes all of it valid (own extension)' })),
    ...extensible,
  },
  { description: 'A configuration that is asked about, or what can be chosen of it' },
)
