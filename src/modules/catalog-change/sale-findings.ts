/** What is said to be on sale and cannot be sold, and prices that say no amount. Pure. */
import { childIdsOf, hasCharges, IN_USE, isSellable, placedChildren, priceKind, type LoadedOffering } from '../catalog/index.ts'
import { isPeriod } from '../pricing/index.ts'
import type { Finding } from './change-set-types.ts'
import { bundleRings } from './cycle-findings.ts'
import { docOf, docsOf, endOf, finding, labelOf, startOf, type Graph, type Offering } from './graph.ts'
import type { Doc } from './kinds.ts'

const PATHS: Readonly<Record<string, string>> = { childNotSellable: 'bundledProductOffering', childMissing: 'bundledProductOffering', noValidPrice: 'productOfferingPrice', noLongerValid: 'validFor.endDateTime', notLaunched: 'lifecycleStatus', notYetValid: 'validFor.startDateTime' }

/** Now, or when its sale begins. */
const saleTime = (doc: Offering, now: Date): Date => new Date(Math.max(now.getTime(), startOf(doc.validFor) === -Infinity ? 0 : startOf(doc.validFor)))

const unsellable = (graph: Graph, offering: LoadedOffering): Finding[] => {
  const { doc, pin } = offering
  // One whose time is over is out of sale, as it should be.
  if (endOf(doc.validFor) <= graph.now.getTime()) return []
  return isSellable(offering, saleTime(doc, graph.now), { insideBundle: true }).map(reason => {
    const path = PATHS[reason.code]
    const child = path === 'bundledProductOffering' ? placedChildren(doc).find(one => one.child.id === reason.offeringId) : undefined
    return finding('notSellable', 'error', 'productOffering', pin.id, child ? `${child.path}.id` : reason.code === 'childNotSellable' && reason.offeringId === pin.id ? 'bundledGroupProductOffering' : path, reason.message)
  })
}

/** Offerings that are inside some bundle. */
const bundled = (graph: Graph): Set<string> => new Set(docsOf<Offering>(graph, 'productOffering').flatMap(childIdsOf))

const withoutCharges = (offering: LoadedOffering, entries: ReadonlySet<string>): boolean =>
  !hasCharges(offering) && !entries.has(offering.pin.id) && offering.children.every(child => withoutCharges(child.offering, entries))

export const saleFindings = (graph: Graph): Finding[] => {
  const inBundle = bundled(graph)
  const entries = new Set(docsOf<{ productOffering?: { id: string } }>(graph, 'priceListEntry').flatMap(entry => entry.productOffering?.id ?? []))
  const inRing = bundleRings(graph)
  const found = [...graph.launched.values()].flatMap(offering => {
    const { doc, pin } = offering
    // A ring is cut where it closes: what is inside it cannot be told.
    const findings = inRing.has(pin.id) ? [] : unsellable(graph, offering)
    if (doc.isSellable === false && !inBundle.has(pin.id)) findings.push(finding('unreachable', 'warning', 'productOffering', pin.id, 'isSellable', `${labelOf(doc, pin.id)} is sold inside bundles only, and no bundle has it`))
    if (doc.isSellable !== false && withoutCharges(offering, entries)) findings.push(finding('withoutPrice', 'warning', 'productOffering', pin.id, 'productOfferingPrice', `${labelOf(doc, pin.id)} has no price: it is free`))
    const specification = docOf(graph, 'productSpecification', doc.productSpecification?.id)
    if (['Retired', 'Obsolete', 'Rejected'].includes(String(specification?.['lifecycleStatus']))) findings.push(finding('specificationOutOfUse', 'warning', 'productOffering', pin.id, 'productSpecification.id', `${labelOf(doc, pin.id)} sells ${labelOf(specification, String(specification?.['id']))}, which is ${String(specification?.['lifecycleStatus'])}`))
    return findings
  })
  return [...found, ...withoutAmount(graph), ...notUnderstood(graph)]
}

interface PriceDoc extends Doc {
  id: string
  lifecycleStatus?: string
  priceType?: string
  price?: { unit?: string; value?: number }
  recurringChargePeriodType?: string
  percentage?: number
  bundledPopRelationship?: unknown[]
}

const withoutAmount = (graph: Graph): Finding[] =>
  docsOf<PriceDoc>(graph, 'productOfferingPrice').flatMap(doc => {
    if (!IN_USE.includes(doc.lifecycleStatus ?? '') || doc.price?.value !== undefined || (doc.bundledPopRelationship ?? []).length > 0) return []
    const kind = priceKind(doc)
    if (kind === 'oneTime' || kind === 'recurring' || kind === 'deposit') return [finding('priceWithoutAmount', 'error', 'productOfferingPrice', doc.id, 'price', `${labelOf(doc, doc.id)} is ${doc.lifecycleStatus ?? ''} and has no amount: what it is on cannot be priced`)]
    return kind === 'discount' && doc.percentage === undefined ? [finding('priceWithoutAmount', 'warning', 'productOfferingPrice', doc.id, 'price', `${labelOf(doc, doc.id)} is a discount without a share or an amount: it takes nothing off`)] : []
  })

/** Misspelt, a charge would never be made: what it is on cannot be priced. */
const notUnderstood = (graph: Graph): Finding[] =>
  docsOf<PriceDoc>(graph, 'productOfferingPrice').flatMap(doc => {
    if (!IN_USE.includes(doc.lifecycleStatus ?? '')) return []
    const [kind, period] = [priceKind(doc), doc.recurringChargePeriodType]
    if (kind === 'other') return [finding('unknownPriceType', 'error', 'productOfferingPrice', doc.id, 'priceType', `${labelOf(doc, doc.id)} is ${JSON.stringify(doc.priceType)}, which is no kind of price: what it is on cannot be priced`)]
    return kind === 'recurring' && period !== undefined && !isPeriod(period) ? [finding('unknownPeriod', 'error', 'productOfferingPrice', doc.id, 'recurringChargePeriodType', `${labelOf(doc, doc.id)} is charged each ${JSON.stringify(period)}, which is no period: what it is on cannot be priced`)] : []
  })
