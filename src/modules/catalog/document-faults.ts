/** What can be wrong with a catalog document that its schema lets pass. Pure: answers the faults, each naming its attribute. */
import { fault, type Fault } from '../../platform/errors.ts'
import { isCurrency } from '../../platform/money.ts'

interface Period {
  startDateTime?: string
  endDateTime?: string
}

interface Money {
  unit?: string
  value?: number
}

/** Every time period of a document must not end before it begins, however deep it lies. */
export function periodFaults(node: unknown, path = ''): Fault[] {
  if (Array.isArray(node)) return node.flatMap((element, index) => periodFaults(element, `${path}[${index}]`))
  if (node === null || typeof node !== 'object') return []
  return Object.entries(node).flatMap(([name, value]) => {
    const here = path === '' ? name : `${path}.${name}`
    if (name === 'validFor' && value !== null && typeof value === 'object') {
      const { startDateTime, endDateTime } = value as Period
      return startDateTime !== undefined && endDateTime !== undefined && Date.parse(endDateTime) < Date.parse(startDateTime)
        ? [fault(`${here}.endDateTime`, 'must not lie before startDateTime', endDateTime)]
        : []
    }
    // A characteristic's value is any JSON: what it calls validFor is its own.
    return name === 'value' ? [] : periodFaults(value, here)
  })
}

/** An amount of a price: both parts, a currency, not negative. The currency is never guessed. */
export function amountFaults(amount: Money | undefined, path: string): Fault[] {
  if (amount === undefined) return []
  const faults: Fault[] = []
  if (amount.value === undefined) faults.push(fault(`${path}.value`, 'is required'))
  else if (amount.value < 0) faults.push(fault(`${path}.value`, 'must not be negative (what reduces a price is a discount with a positive amount)', amount.value))
  if (amount.unit === undefined) faults.push(fault(`${path}.unit`, 'is required: a currency is never guessed'))
  else if (!isCurrency(amount.unit)) faults.push(fault(`${path}.unit`, 'must be an ISO 4217 currency code', amount.unit))
  return faults
}

/** A share in percent. More than the whole cannot be taken off. */
export const percentageFaults = (percentage: number | undefined, path: string): Fault[] =>
  percentage !== undefined && (percentage < 0 || percentage > 100) ? [fault(path, 'must be from 0 to 100', percentage)] : []

const rateFaults = (rate: number | undefined, path: string): Fault[] => (rate !== undefined && rate < 0 ? [fault(path, 'must not be negative', rate)] : [])

const lengthFaults = (length: number | undefined, path: string): Fault[] => (length !== undefined && length < 1 ? [fault(path, 'must be at least 1', length)] : [])

interface PriceValue {
  percentage?: number
  taxRate?: number
  dutyFreeAmount?: Money
  taxIncludedAmount?: Money
}

const priceValueFaults = (price: PriceValue | undefined, path: string): Fault[] =>
  price === undefined
    ? []
    : [
        ...percentageFaults(price.percentage, `${path}.percentage`),
        ...rateFaults(price.taxRate, `${path}.taxRate`),
        ...amountFaults(price.dutyFreeAmount, `${path}.dutyFreeAmount`),
        ...amountFaults(price.taxIncludedAmount, `${path}.taxIncludedAmount`),
        ...(price.dutyFreeAmount?.unit !== undefined && price.taxIncludedAmount?.unit !== undefined && price.dutyFreeAmount.unit !== price.taxIncludedAmount.unit
          ? [fault(`${path}.taxIncludedAmount.unit`, 'must be the currency of dutyFreeAmount', price.taxIncludedAmount.unit)]
          : []),
      ]

/** A price that an offering carries by value. */
export function embeddedPriceFaults(
  price: { price?: PriceValue; recurringChargePeriodLength?: number; priceAlteration?: readonly { price?: PriceValue }[] },
  path: string,
): Fault[] {
  return [
    ...priceValueFaults(price.price, `${path}.price`),
    ...lengthFaults(price.recurringChargePeriodLength, `${path}.recurringChargePeriodLength`),
    ...(price.priceAlteration ?? []).flatMap((alteration, index) => priceValueFaults(alteration.price, `${path}.priceAlteration[${index}].price`)),
  ]
}

/** A productOfferingPrice: amounts, currency, shares, periods. */
export function offeringPriceFaults(price: { price?: Money; percentage?: number; recurringChargePeriodLength?: number; tax?: readonly { taxRate?: number; taxAmount?: Money }[] }): Fault[] {
  return [
    ...amountFaults(price.price, 'price'),
    ...percentageFaults(price.percentage, 'percentage'),
    ...lengthFaults(price.recurringChargePeriodLength, 'recurringChargePeriodLength'),
    ...(price.tax ?? []).flatMap((tax, index) => [
      ...rateFaults(tax.taxRate, `tax[${index}].taxRate`),
      ...amountFaults(tax.taxAmount, `tax[${index}].taxAmount`),
      ...(tax.taxAmount?.unit !== undefined && price.price?.unit !== undefined && tax.taxAmount.unit !== price.price.unit
        ? [fault(`tax[${index}].taxAmount.unit`, 'must be the currency of the price', tax.taxAmount.unit)]
        : []),
    ]),
  ]
}

/** Characteristics of a specification: cardinalities and ranges the right way round, names given once. */
export function characteristicFaults(characteristics: readonly { name?: string; minCardinality?: number; maxCardinality?: number; productSpecCharacteristicValue?: readonly { valueFrom?: number; valueTo?: number }[] }[], path: string): Fault[] {
  const names = new Set<string>()
  return characteristics.flatMap((characteristic, index) => {
    const here = `${path}[${index}]`
    const faults: Fault[] = []
    const { name, minCardinality: least, maxCardinality: most } = characteristic
    if (name !== undefined && names.has(name)) faults.push(fault(`${here}.name`, 'is given twice', name))
    if (name !== undefined) names.add(name)
    if (least !== undefined && least < 0) faults.push(fault(`${here}.minCardinality`, 'must not be negative', least))
    if (least !== undefined && most !== undefined && most < least) faults.push(fault(`${here}.maxCardinality`, 'must not be less than minCardinality', most))
    for (const [position, value] of (characteristic.productSpecCharacteristicValue ?? []).entries()) {
      if (value.valueFrom !== undefined && value.valueTo !== undefined && value.valueTo < value.valueFrom) {
        faults.push(fault(`${here}.productSpecCharacteristicValue[${position}].valueTo`, 'must not be less than valueFrom', value.valueTo))
      }
    }
    return faults
  })
}
