/** What the configurator says as TMF760 configurations. Pure but for the prices, which are given. */
import type { Choice, ChoiceGroupState, Fix, LoadedOffering } from '../catalog/index.ts'
import type { PriceLine } from '../pricing/index.ts'
import type { ProductConfiguration } from './configuration-types.ts'

const href = (kind: string, id: string): string => `/tmf-api/productCatalogManagement/v4/${kind}/${encodeURIComponent(id)}`

const characteristics = (choice: Choice): NonNullable<ProductConfiguration['configurationCharacteristic']> =>
  choice.characteristic.map(one => {
    const free = one.chosen.filter(value => !one.value.some(listed => listed.isSelected && (listed.value === undefined || JSON.stringify(listed.value) === JSON.stringify(value))))
    const valueType = one.valueType ?? 'string'
    return {
      '@type': 'ConfigurationCharacteristic',
      id: one.name,
      name: one.name,
      valueType,
      isConfigurable: one.configurable,
      minCardinality: one.least,
      ...(one.most !== undefined && { maxCardinality: one.most }),
      ...(one.regex !== undefined && { regex: one.regex }),
      configurationCharacteristicValue: [
        ...one.value.map(({ value, isDefault: _isDefault, ...rest }) => ({ '@type': 'ConfigurationCharacteristicValue', ...rest, ...(value !== undefined && { characteristicValue: { '@type': 'Characteristic', name: one.name, valueType, value } }) })),
        // Chosen freely or within a range.
        ...free.map(value => ({ '@type': 'ConfigurationCharacteristicValue', isSelectable: true, isSelected: true, characteristicValue: { '@type': 'Characteristic', name: one.name, valueType, value } })),
      ],
    }
  })

const PERIOD = /^(?:(\d+) )?(\w+?)s?$/

const prices = (lines: readonly PriceLine[]): NonNullable<ProductConfiguration['configurationPrice']> =>
  lines.map(line => {
    const [, amount, units] = PERIOD.exec(line.recurringChargePeriod ?? '') ?? []
    const { unitOfMeasure } = line as { unitOfMeasure?: string }
    return {
      '@type': 'ConfigurationPrice',
      ...(line.name !== undefined && { name: line.name }),
      ...(line.priceType !== undefined && { priceType: line.priceType }),
      ...(units !== undefined && { recurringChargePeriod: { amount: Number(amount ?? 1), units } }),
      ...(unitOfMeasure !== undefined && { unitOfMeasure }),
      price: { '@type': 'Price', ...line.price },
      ...((line['priceAlteration'] as object[] | undefined) && { priceAlteration: (line['priceAlteration'] as { name?: string; priceType?: string; price?: object; priority?: number; applicationDuration?: number; recurringChargePeriod?: string }[]).map(({ name, priceType, price, priority, applicationDuration, recurringChargePeriod }) => ({ '@type': 'PriceAlteration', ...(name !== undefined && { name }), ...(priceType !== undefined && { priceType }), ...(priority !== undefined && { priority }), ...(applicationDuration !== undefined && { applicationDuration }), ...(recurringChargePeriod !== undefined && { recurringChargePeriod }), ...(price && { price }) })) }),
      ...(line.productOfferingPrice && { productOfferingPrice: { '@type': 'ProductOfferingPriceRef', id: line.productOfferingPrice.id, ...(line.productOfferingPrice.name !== undefined && { name: line.productOfferingPrice.name }) } }),
    }
  })

const ACTION: Readonly<Record<Choice['state'], string>> = { selected: 'add', defaulted: 'add', required: 'add', allowed: 'add', excluded: 'noChange' }

type ShownGroup = NonNullable<ProductConfiguration['bundledGroupProductOffering']>

/** The outer group with the one inside it. */
const shownGroup = ([outer, ...inner]: readonly ChoiceGroupState[]): ShownGroup => ({
  '@type': 'BundledGroupProductOffering',
  ...(outer && { id: outer.id, name: outer.name, bundledGroupProductOfferingOption: { '@type': 'BundledGroupProductOfferingOption', numberRelOfferLowerLimit: outer.lower, ...(outer.upper !== undefined && { numberRelOfferUpperLimit: outer.upper }), numberSelected: outer.chosen } }),
  ...(inner.length > 0 && { bundledGroupProductOffering: [shownGroup(inner)] }),
})

export const shownChoice = (choice: Choice, offerings: ReadonlyMap<string, LoadedOffering>, priced: ReadonlyMap<string, readonly PriceLine[]>): ProductConfiguration => {
  const offering = offerings.get(choice.offeringId)
  const specification = offering?.specification?.pin
  const isSelected = choice.itemId !== undefined
  const terms = offering?.doc.productOfferingTerm ?? []
  return {
    '@type': 'ProductConfiguration',
    id: choice.itemId ?? choice.offeringId,
    quantity: choice.quantity,
    isSelectable: choice.state !== 'excluded',
    isSelected,
    isVisible: true,
    selectionState: choice.state,
    ...(choice.reason.length > 0 && { stateReason: choice.reason.map(({ code, message }) => ({ '@type': 'StateReason', code, label: message })) }),
    productOffering: { '@type': 'ProductOfferingRef', id: choice.offeringId, href: href('productOffering', choice.offeringId), name: choice.name },
    ...(specification && { productSpecification: { '@type': 'ProductSpecificationRef', id: specification.id, href: href('productSpecification', specification.id), ...(specification.name !== undefined && { name: specification.name }) } }),
    ...(choice.lower !== undefined && { bundledProductOfferingOption: { '@type': 'BundledProductOfferingOption', numberRelOfferLowerLimit: choice.lower, ...(choice.upper !== undefined && { numberRelOfferUpperLimit: choice.upper }), numberRelOfferDefault: choice.preset ?? 0 } }),
    ...(choice.group && { bundledGroupProductOffering: shownGroup(choice.group) }),
    configurationAction: [{ '@type': 'ConfigurationAction', action: ACTION[choice.state], isSelected }],
    ...(terms.length > 0 && { configurationTerm: terms.map(term => ({ '@type': 'ConfigurationTerm', ...(term.name !== undefined && { name: term.name }), ...(term.description !== undefined && { description: term.description }), ...(term.duration && { duration: term.duration }), isSelectable: terms.length > 1, isSelected: terms.length === 1 })) }),
    ...(isSelected && (priced.get(choice.itemId ?? '') ?? []).length > 0 && { configurationPrice: prices(priced.get(choice.itemId ?? '') ?? []) }),
    ...(choice.characteristic.length > 0 && { configurationCharacteristic: characteristics(choice) }),
    ...(choice.child.length > 0 && { productConfiguration: choice.child.map(child => shownChoice(child, offerings, priced)) }),
  }
}

export const shownReasons = (findings: readonly { code: string; message: string; attribute?: string | undefined }[]): { '@type': string; code: string; label: string; attribute?: string }[] =>
  findings.map(({ code, message, attribute }) => ({ '@type': 'StateReason', code, label: message, ...(attribute !== undefined && { attribute }) }))

export const shownFix = (fixes: readonly Fix[]): { '@type': string; action: Fix['action']; description: string; itemId?: string; offeringId?: string; quantity?: number; characteristic?: string; value?: unknown }[] =>
  fixes.map(({ message, action, ...rest }) => ({ '@type': 'ProposedChange', action, description: message, ...('itemId' in rest && { itemId: rest.itemId }), ...('partOf' in rest && rest.partOf !== undefined && { itemId: rest.partOf }), ...('offeringId' in rest && { offeringId: rest.offeringId }), ...('quantity' in rest && { quantity: rest.quantity }), ...('characteristic' in rest && { characteristic: rest.characteristic, ...('value' in rest && { value: rest.value }) }) }))
