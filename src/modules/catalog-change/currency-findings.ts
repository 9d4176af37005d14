/** Charges that an offering has in one currency and lacks in another: a buyer in that currency would not pay them, or could not buy. Pure. */
import { inForce, placedChildren, priceKind, type LoadedOffering, type LoadedPrice } from '../catalog/index.ts'
import type { Finding } from './change-set-types.ts'
import { docOf, docsOf, finding, labelOf, type Graph, type PriceList, type PriceListEntry } from './graph.ts'

const CHARGES = new Set(['oneTime', 'recurring', 'usage', 'deposit'])
const ALTERNATIVE = /^(alternativ|replac|overrid|substitut)/i

interface Charge {
  /** Kind and period, in words. */
  charge: string
  currency: string
}

const referenced = (price: LoadedPrice, now: Date): Charge[] => {
  const { doc } = price
  const kind = priceKind(doc)
  // An alternative stands in for another charge: it is none of its own.
  if (!CHARGES.has(kind) || !inForce(doc, now) || price.related.some(one => ALTERNATIVE.test(one.relationshipType))) return []
  if (doc.price?.unit === undefined) return price.parts.flatMap(part => referenced(part, now))
  return [{ charge: `${kind}${kind === 'recurring' ? ` per ${doc.recurringChargePeriodLength ?? 1} ${doc.recurringChargePeriodType ?? 'month'}` : ''}`, currency: doc.price.unit }]
}

const chargesOf = (offering: LoadedOffering, now: Date): Charge[] =>
  offering.prices.flatMap((entry): Charge[] => {
    if (entry.kind === 'reference') return referenced(entry.price, now)
    const { value } = entry
    const kind = priceKind(value)
    const unit = value.price?.dutyFreeAmount?.unit ?? value.price?.taxIncludedAmount?.unit
    return unit === undefined || !CHARGES.has(kind) || !inForce(value, now, true) ? [] : [{ charge: `${kind}${kind === 'recurring' ? ` per ${value.recurringChargePeriodLength ?? 1} ${value.recurringChargePeriod ?? 'month'}` : ''}`, currency: unit }]
  })

/** Of price lists, by offering: a list can bring a currency that the offering itself has not. */
const listed = (graph: Graph): Map<string, Charge[]> => {
  const found = new Map<string, Charge[]>()
  for (const doc of docsOf<PriceListEntry>(graph, 'priceListEntry')) {
    const list = docOf<PriceList>(graph, 'priceList', doc.priceList?.id)
    if (list?.lifecycleStatus !== 'active' || doc.productOffering === undefined || doc.priceType === undefined || doc.price?.unit === undefined) continue
    const charge = `${doc.priceType}${doc.priceType === 'recurring' ? ` per ${doc.recurringChargePeriodLength ?? 1} ${doc.recurringChargePeriodType ?? 'month'}` : ''}`
    found.set(doc.productOffering.id, [...(found.get(doc.productOffering.id) ?? []), { charge, currency: doc.price.unit }])
  }
  return found
}

const currenciesOf = (charges: readonly Charge[]): Set<string> => new Set(charges.map(one => one.currency))

export const currencyFindings = (graph: Graph): Finding[] => {
  const entries = listed(graph)
  const ofOffering = (offering: LoadedOffering): { own: Charge[]; all: Charge[] } => {
    const own = chargesOf(offering, graph.now)
    return { own, all: [...own, ...(entries.get(offering.pin.id) ?? [])] }
  }
  return [...graph.launched.values()].flatMap((offering): Finding[] => {
    const { pin, doc } = offering
    const missing = (currency: string, message: string, path = 'productOfferingPrice', severity?: Finding['severity']): Finding =>
      finding('priceMissingForCurrency', severity ?? (graph.currencies.includes(currency) ? 'error' : 'warning'), 'productOffering', pin.id, path, message)
    const { own, all } = ofOffering(offering)
    const wanted = new Set([...currenciesOf(own), ...(all.length > 0 ? graph.currencies : [])])
    const found: Finding[] = []
    for (const charge of new Set(own.map(one => one.charge))) {
      const count = (currency: string, of: readonly Charge[]): number => of.filter(one => one.charge === charge && one.currency === currency).length
      const most = Math.max(...[...currenciesOf(own)].map(currency => count(currency, own)))
      for (const currency of wanted) {
        const have = count(currency, all)
        if (have < most) found.push(missing(currency, `${labelOf(doc, pin.id)} has ${have === 0 ? 'no' : `only ${have} of ${most}`} ${charge} price in ${currency}`))
      }
    }
    for (const { child, path } of placedChildren(doc)) {
      const inside = offering.children.find(one => one.offering.pin.id === child.id)
      if (!inside || inside.lower === 0 || all.length === 0) continue
      const charges = ofOffering(inside.offering).all
      if (charges.length === 0) continue
      const have = currenciesOf(charges)
      const common = [...currenciesOf(all)].some(currency => have.has(currency))
      for (const currency of currenciesOf(all)) {
        if (!have.has(currency)) found.push(missing(currency, `${labelOf(doc, pin.id)} is sold in ${currency}, and ${labelOf(inside.offering.doc, inside.offering.pin.id)} inside it has no price in ${currency}`, `${path}.id`, common ? undefined : 'error'))
      }
    }
    return found
  })
}
