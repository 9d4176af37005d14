/**
 * Prices as TM Forum documents carry them (itemPrice of orders, carts and quotes), fixed from what the engine computes: one line a charge with its
 * discounts and where it comes from, and totals by kind, period and currency. Pure.
 */
import { exact, jsonNumber, money, type Money } from '../../platform/money.ts'
import { periodsIn } from './circumstances.ts'
import type { PricedAlteration, PricedComponent } from './priced.ts'

interface Amount {
  unit?: string
  value?: number
}

interface PriceRef {
  id: string
  href?: string
  name?: string
  [attribute: string]: unknown
}

/** OrderPrice, CartPrice, QuotePrice: one shape in all definitions. */
export interface PriceLine {
  name?: string
  priceType?: string
  recurringChargePeriod?: string
  price?: { taxRate?: number; percentage?: number; dutyFreeAmount?: Amount; taxIncludedAmount?: Amount }
  productOfferingPrice?: PriceRef
  [attribute: string]: unknown
}

const offeringPriceHref = (id: string): string => `/tmf-api/productCatalogManagement/v4/productOfferingPrice/${encodeURIComponent(id)}`

/** `month`, `3 months`: how often a recurring charge comes back. */
const periodOf = (component: PricedComponent): string | undefined =>
  component.recurring && (component.recurring.count === 1 ? component.recurring.unit : `${component.recurring.count} ${component.recurring.unit}s`)

const amountOf = (component: PricedComponent, amount: Money): NonNullable<PriceLine['price']> => {
  const rate = component.tax[0]?.rate
  return {
    ...(rate === undefined ? {} : { taxRate: jsonNumber(exact(rate)) }),
    ...(component.taxIncluded ? { taxIncludedAmount: amount.toJSON() } : { dutyFreeAmount: amount.toJSON() }),
  }
}

/** A discount's duration, in periods of the charge that it is on: billing counts periods. Undefined when it lasts as long as the charge. */
const periodsOf = ({ duration }: PricedAlteration, { recurring }: PricedComponent): number | undefined => duration && (recurring ? (periodsIn(duration, recurring) ?? duration.amount) : duration.amount)

const sourceRef = (component: { source: PricedComponent['source'] }): { productOfferingPrice?: PriceRef } => {
  const pin = component.source.price
  return pin
    ? {
        productOfferingPrice: {
          id: pin.id,
          href: offeringPriceHref(pin.id),
          ...(pin.name === undefined ? {} : { name: pin.name }),
          ...(pin.version === undefined ? {} : { version: pin.version }),
          revision: pin.revision,
          '@type': 'PinnedProductOfferingPriceRef',
          '@baseType': 'ProductOfferingPriceRef',
        },
      }
    : {}
}

/** The price of one: the charge before discounts, its discounts, and how it came about. */
export const priceLineOf = (component: PricedComponent): PriceLine => {
  const period = periodOf(component)
  const category = component.tax[0]?.category
  return {
    name: component.name,
    priceType: component.kind,
    ...(period === undefined ? {} : { recurringChargePeriod: period }),
    ...(component.per ? { unitOfMeasure: component.per.amount === 1 ? component.per.units : `${component.per.amount} ${component.per.units}` } : {}),
    price: amountOf(component, money(component.unitAmount, component.currency)),
    ...(component.alterations.length > 0
      ? {
          priceAlteration: component.alterations.map((alteration, index) => {
            const periods = periodsOf(alteration, component)
            const unitAmount = alteration.amount === undefined ? undefined : money(alteration.amount, component.currency).over(component.quantity)
            return {
              name: alteration.name,
              priceType: 'discount',
              priority: index,
              ...(periods === undefined ? {} : { applicationDuration: periods }),
              ...(period === undefined ? {} : { recurringChargePeriod: period }),
              price: unitAmount === undefined ? { percentage: jsonNumber(exact(alteration.percentage ?? '0')) } : amountOf({ ...component, tax: [] }, unitAmount.rounded()),
              ...sourceRef(alteration),
            }
          }),
        }
      : {}),
    ...sourceRef(component),
    '@type': 'DerivedOrderPrice',
    '@baseType': 'OrderPrice',
    ...(category === undefined ? {} : { taxCategory: category }),
    derivation: {
      source: component.source,
      unitAmount: component.unitAmount,
      quantity: component.quantity,
      amount: component.amount,
      alterations: component.alterations,
      net: component.net,
      currency: component.currency,
      tax: component.taxed,
      // What is said by nothing else: why this price and not another, and what may be shown beside it.
      ...(component.considered.length > 1 || (component.considered[0]?.rules.length ?? 0) > 0 ? { considered: component.considered } : {}),
      ...(component.was === undefined ? {} : { was: component.was }),
      ...(component.lowestPrice30Days === undefined ? {} : { lowestPrice30Days: component.lowestPrice30Days }),
      ...(component.recurring?.until === undefined ? {} : { until: component.recurring.until }),
      ...(component.tariff === undefined || (component.tariff.tiers.length === 1 && component.tariff.allowance === undefined) ? {} : { tariff: component.tariff }),
    },
  }
}

const TOTAL_NAMES: Readonly<Record<string, string>> = { oneTime: 'One-time total', deposit: 'Deposit total' }

/** Totals after discounts, one line for each kind, period, currency and way of stating tax: sums of rounded amounts, without tax and with it. Usage and penalties have none before they are due. */
export const totalLinesOf = (components: readonly PricedComponent[]): PriceLine[] => {
  const totals = new Map<string, { component: PricedComponent; net: Money; gross: Money }>()
  for (const component of components) {
    if (component.kind === 'usage' || component.kind === 'penalty') continue
    const key = [component.kind, periodOf(component) ?? '', component.currency, component.taxIncluded].join(' ')
    const [net, gross] = [money(component.taxExcludedAmount, component.currency), money(component.taxIncludedAmount, component.currency)]
    const have = totals.get(key)
    totals.set(key, have ? { component, net: have.net.plus(net), gross: have.gross.plus(gross) } : { component, net, gross })
  }
  return [...totals.values()].map(({ component, net, gross }) => {
    const period = periodOf(component)
    return {
      name: TOTAL_NAMES[component.kind] ?? `Total per ${period ?? 'period'}`,
      priceType: component.kind,
      ...(period === undefined ? {} : { recurringChargePeriod: period }),
      price: { dutyFreeAmount: net.toJSON(), taxIncludedAmount: gross.toJSON() },
    }
  })
}
