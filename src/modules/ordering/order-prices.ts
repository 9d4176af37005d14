/**
 * Prices on an order, fixed from what the catalog computes: one line a charge with its discounts and where it comes from, and totals by kind,
 * period and currency. An amount is rounded here, once. Pure.
 */
import { exact, jsonNumber, money, type Money } from '../../platform/money.ts'
import type { PricedAlteration, PricedComponent } from '../catalog/index.ts'
import type { PriceLine, Ref } from './order-document.ts'

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

const monthsIn: Readonly<Record<string, number>> = { month: 1, quarter: 3, year: 12 }

/** A discount's duration, in periods of the charge that it is on: billing counts periods. Undefined when it lasts as long as the charge. */
const periodsOf = (alteration: PricedAlteration, component: PricedComponent): number | undefined => {
  const { duration } = alteration
  if (!duration) return undefined
  const unit = duration.units.toLowerCase().replace(/s$/, '')
  const period = component.recurring
  if (!period) return duration.amount
  if (unit === period.unit) return Math.ceil(duration.amount / period.count)
  const [have, every] = [monthsIn[unit], monthsIn[period.unit]]
  return have !== undefined && every !== undefined ? Math.ceil((duration.amount * have) / (every * period.count)) : duration.amount
}

const sourceRef = (component: { source: PricedComponent['source'] }): { productOfferingPrice?: Ref } => {
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
export const itemPriceOf = (component: PricedComponent): PriceLine => {
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
    derivation: { source: component.source, unitAmount: component.unitAmount, quantity: component.quantity, amount: component.amount, alterations: component.alterations, net: component.net, currency: component.currency },
  }
}

/** Totals after discounts, one line for each kind, period, currency and way of stating tax. Usage has none before it is used. */
export const totalsOf = (components: readonly PricedComponent[]): PriceLine[] => {
  const totals = new Map<string, { component: PricedComponent; total: Money }>()
  for (const component of components) {
    if (component.kind === 'usage') continue
    const key = [component.kind, periodOf(component) ?? '', component.currency, component.taxIncluded].join(' ')
    const net = money(component.net, component.currency)
    const have = totals.get(key)
    totals.set(key, { component, total: have ? have.total.plus(net) : net })
  }
  return [...totals.values()].map(({ component, total }) => {
    const period = periodOf(component)
    return {
      name: component.kind === 'oneTime' ? 'One-time total' : `Total per ${period ?? 'period'}`,
      priceType: component.kind,
      ...(period === undefined ? {} : { recurringChargePeriod: period }),
      price: amountOf({ ...component, tax: [] }, total.rounded()),
    }
  })
}
