/** Prices items for a cart, a quote, an order: looks up what the prices ask for, then computes. The function that other modules call. */
import type { Transaction } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import { insideOf } from '../../tmf/inside.ts'
import type { Services } from '../../tmf/services.ts'
import { areasAt } from '../place/index.ts'
import { bookAsRead, bookOf, type Book } from './book.ts'
import type { CompiledOffering } from './candidate.ts'
import { codeOf, type Circumstances } from './circumstances.ts'
import { customerFacts, type CustomerFacts } from './customer-facts.ts'
import { price, ruledItem } from './price.ts'
import type { PricingItem, PricingOptions, PricingRequest } from './price-request.ts'
import type { PricingAnswer } from './priced.ts'
import { asEntered } from './promotion-code.ts'
import { candidatePatterns } from './promotion-index.ts'
import { readUsage } from './usage-store.ts'

type Deps = Pick<Services, 'database' | 'store' | 'positions' | 'clock'>

const NO_FACTS: CustomerFacts = { segment: [], agreement: [], product: [] }

/** Facts about the customer that some rule of these offerings, or some promotion, asks for. */
const needsOf = (book: Book, offerings: readonly CompiledOffering[]): Set<'customer' | 'product'> => {
  const needs = new Set(book.promotions.needs)
  for (const offering of offerings) for (const one of [...offering.slots.flatMap(slot => slot.candidates), ...offering.entries]) for (const rule of one.rules) for (const need of rule.needs) needs.add(need)
  // An agreement that has a price for them: who is party to it is asked of the customer's record.
  if (book.agreements.concerns(offerings.map(one => one.pin.id))) needs.add('customer')
  return needs
}

const circumstances = (request: PricingRequest, context: Pick<Context, 'channel'>, at: Date, facts: CustomerFacts, book: Book): Circumstances => ({
  at: at.getTime(),
  currency: request.currency,
  channel: request.channel ?? context.channel,
  market: request.market,
  customerId: request.customerId,
  segment: new Set([...(request.segment ?? []), ...facts.segment]),
  agreement: new Set([...(request.agreement ?? []), ...(facts === NO_FACTS ? [] : book.agreements.inForce(facts.agreement, [request.customerId, facts.party], at.getTime()))]),
  product: [...(request.product ?? []), ...facts.product],
  place: new Set([...(request.place?.id === undefined ? [] : [request.place.id]), ...(request.place?.within ?? [])]),
  country: request.place?.country,
  jurisdiction: request.jurisdiction ?? request.place?.country,
  promotionCode: new Set((request.promotionCode ?? []).map(codeOf)),
  usage: new Map(),
})

/** Where it is used, with the areas around it. What the caller says of the country goes before what is known. */
const placed = async (deps: Deps, context: Context, request: PricingRequest): Promise<PricingRequest> => {
  const { place } = request
  if (place?.id === undefined || (place.country !== undefined && place.within !== undefined)) return request
  const { country, within } = await areasAt(deps, context, place.id)
  return { ...request, place: { ...(country !== undefined && { country }), ...place, within: [...(place.within ?? []), ...within] } }
}

const isPriceable = (item: PricingItem): boolean => Number(item.quantity ?? 1) > 0

/** Promotions with a budget or a limit that could apply: only these are counted, and only these are asked for in the database. */
const limitedIds = (book: Book, c: Circumstances, request: PricingRequest, offerings: ReadonlyMap<string, CompiledOffering>): string[] => {
  if (book.promotions.size === 0) return []
  const items = request.item.flatMap(item => {
    const offering = offerings.get(item.offeringId)
    return offering && isPriceable(item) ? [ruledItem({ ...item, quantity: 1 }, offering)] : []
  })
  return [...new Set(candidatePatterns(book.promotions, c, items).flatMap(one => (one.promotion.isLimited ? [one.promotion.id] : [])))]
}

const tell = (answer: PricingAnswer, rely: NonNullable<PricingOptions['rely']>): void => {
  for (const { source } of answer.line.flatMap(line => line.component)) {
    if (source.price) rely('productOfferingPrice', source.price.id, source.price.revision)
    if (source.entry) rely('priceListEntry', source.entry.id, source.entry.revision)
    if (source.agreement) rely('agreement', source.agreement.id, source.agreement.revision)
    if (source.list) rely('priceList', source.list.id, source.list.revision)
  }
  for (const one of answer.promotion) rely('promotion', one.id, one.revision)
}

/**
 * Prices items in their circumstances. Nothing is thrown for business content: an item without a price is a fault in the answer, with its reason.
 * What is known of the customer is read as far as the caller may read it.
 */
export async function priceItems(deps: Deps, context: Context, request: PricingRequest, options: PricingOptions = {}): Promise<PricingAnswer> {
  return priceBy(await bookOf(deps, context.brand, options.fresh), deps, context, request, options)
}

/** The same by what a transaction sees, what it has written itself included: what would it cost. Reads all lists, rules and promotions of the brand. */
export async function priceItemsIn(tx: Transaction, deps: Deps, context: Context, request: PricingRequest): Promise<PricingAnswer> {
  const inside = insideOf(tx, deps)
  return priceBy(await bookAsRead(inside, context.brand), inside, context, request, {})
}

async function priceBy(book: Book, deps: Deps, context: Context, asked: PricingRequest, options: PricingOptions): Promise<PricingAnswer> {
  const request = await placed(deps, context, asked)
  const offerings = await book.offerings(request.item.map(item => item.offeringId), options.offerings)
  const needs = request.customerId === undefined ? new Set<never>() : needsOf(book, [...offerings.values()])
  const facts = request.customerId === undefined || needs.size === 0 ? NO_FACTS : await customerFacts(deps, context, request.customerId, needs)
  const known = circumstances(request, context, request.at ?? deps.clock.now(), facts, book)
  const limited = limitedIds(book, known, request, offerings)
  const c = limited.length === 0 ? known : { ...known, usage: await readUsage(deps.database, context.brand, limited, { customerId: request.customerId, orderId: request.orderId }) }
  const framed = (offering: CompiledOffering | undefined): CompiledOffering | undefined => offering && book.agreements.framed(offering, c.agreement)
  const answer = price({ version: book.version, offering: id => framed(offerings.get(id)), promotions: book.promotions, taxes: book.taxes }, c, request.item)
  if (options.rely) tell(answer, options.rely)
  return answer.promotionCodeResult ? { ...answer, promotionCodeResult: asEntered(answer.promotionCodeResult, request.promotionCode ?? [], codeOf) } : answer
}
