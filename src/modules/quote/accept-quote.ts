/** Acceptance: what has to hold for it, and the order that it becomes, with the prices of the quote. */
import { Refusal, refuse } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Context } from '../../platform/principal.ts'
import type { Reaction } from '../../tmf/module.ts'
import type { Services } from '../../tmf/services.ts'
import { acceptedSummary, signatureRuleFor } from '../contract/index.ts'
import { partyOf } from '../customer/index.ts'
import { recheckPin, type Pin } from '../offer-qualification/index.ts'
import { productOrder, type OrderItem } from '../ordering/index.ts'
import { customerOf, placed, type Placed } from './placed-items.ts'
import { priceQuote } from './price-quote.ts'
import type { QuoteItem } from './quote-types.ts'
import type { Quote } from './quote.schema.ts'

const MOST_PINS = 50

const pinsOf = (quote: Quote): Pin[] => {
  const items = placed(quote.quoteItem ?? []).flatMap(({ item: { productOfferingQualificationItem: one } }): Pin[] => (one === undefined ? [] : [{ id: one.productOfferingQualificationId, itemId: one.id }]))
  return [...items, ...(quote.productOfferingQualification ?? []).filter(one => !items.some(item => item.id === one.id)).map(({ id }) => ({ id }))]
}

const conflict = (code: string, messages: readonly string[], path: string): Refusal =>
  new Refusal({ status: 409, code, reason: 'The quote cannot be accepted as it is', message: messages.join('; '), faults: messages.map(rule => ({ path, rule })) })

export const isExpired = (quote: Partial<Quote>, now: Date): boolean => quote.validFor?.endDateTime !== undefined && new Date(quote.validFor.endDateTime) <= now

/** Throws what stands against it; else the accepted quote, which names the order that it becomes. */
export const accepted = async (quote: Quote, deps: Services, context: Context, now: Date): Promise<Quote> => {
  if (isExpired(quote, now)) throw conflict('quoteExpired', [`validFor: the quote could be accepted until ${quote.validFor?.endDateTime ?? ''}; set state to inProgress to renew it`], 'validFor')
  const pins = pinsOf(quote)
  if (pins.length > MOST_PINS) throw conflict('qualificationInvalid', [`productOfferingQualification: a quote rests on at most ${MOST_PINS} answers, this one on ${pins.length}`], 'productOfferingQualification')
  const broken: string[] = []
  for (const pin of pins) {
    const { valid, why } = await recheckPin(deps, context, pin)
    if (!valid) broken.push(`qualification ${pin.id}${pin.itemId === undefined ? '' : `, item ${pin.itemId}`} is ${why ?? 'invalid'}`)
  }
  if (broken.length > 0) throw conflict('qualificationInvalid', broken, 'productOfferingQualification')
  // Its prices are agreed; whether it can still be sold is not.
  const { finding } = await priceQuote(deps, context, quote, now)
  const against = finding.filter(one => one.severity !== 'warning' && one.code !== 'noPriceInCurrency')
  if (against.length > 0) throw conflict('quoteNotOrderable', against.map(one => one.message), 'quoteItem')
  const buyer = customerOf(quote)
  const party = buyer === undefined ? undefined : await partyOf(deps, context, buyer)
  // EECC, article 102: a consumer has the summary before the contract.
  const rule = await signatureRuleFor(deps, context, 'quote', quote, context.channel)
  if (party?.kind === 'individual' || quote.contractSummary !== undefined || rule !== undefined) {
    const summary = quote.contractSummary === undefined ? undefined : await acceptedSummary(deps, context, quote.contractSummary.id, { resource: 'quote', id: quote.id, version: quote.version ?? '1' })
    if (summary === undefined) throw conflict('contractSummaryMissing', ['contractSummary: name the summary of this version of the quote that the customer has accepted (POST /tandem/v1/contractSummary, then set its state to accepted)'], 'contractSummary')
    if (rule !== undefined && summary.signature === undefined) throw conflict('signatureMissing', [`contractSummary: it has to be signed (${rule.name}): POST /tandem/v1/contractSignature`], 'contractSummary')
  }
  const id = newId()
  return { ...quote, state: 'accepted', productOrder: [{ id, href: `/tmf-api/productOrderingManagement/v4/productOrder/${id}`, '@referredType': 'ProductOrder' }] }
}

const quoteHref = (id: string): string => `/tmf-api/quoteManagement/v4/quote/${encodeURIComponent(id)}`

/** Items of an order. Groups such as a site have no offering: what is inside them stands by itself, at their place. */
const orderItems = (items: readonly QuoteItem[], quote: Quote, places: ReadonlyMap<string, Placed['place']>): OrderItem[] =>
  items.flatMap((item): OrderItem[] => {
    const inside = orderItems(item.quoteItem ?? [], quote, places)
    const isGroup = item.productOffering === undefined && item.product?.productOffering === undefined && item.product?.id === undefined
    if (isGroup) return inside
    const id = item.id ?? ''
    const place = places.get(id) ?? []
    const isSold = item.action !== 'delete' && item.action !== 'noChange'
    const { appointment, productOfferingQualificationItem, quoteItemRelationship } = item
    return [
      {
        id,
        action: item.action ?? 'add',
        quantity: item.quantity ?? 1,
        ...(item.productOffering && { productOffering: item.productOffering }),
        ...((item.product !== undefined || place.length > 0) && { product: { ...item.product, ...(place.length > 0 && { place: [...place] }) } as NonNullable<OrderItem['product']> }),
        ...(isSold && { itemPrice: (item.quoteItemPrice ?? []) as NonNullable<OrderItem['itemPrice']>, ...(item.quoteItemTotalPrice && { itemTotalPrice: item.quoteItemTotalPrice as NonNullable<OrderItem['itemTotalPrice']> }) }),
        ...(appointment?.[0] && { appointment: appointment[0] }),
        ...(productOfferingQualificationItem && { productOfferingQualificationItem }),
        quoteItem: { id, quoteId: quote.id, quoteHref: quoteHref(quote.id), '@referredType': 'QuoteItem' },
        ...(quoteItemRelationship && { productOrderItemRelationship: quoteItemRelationship.filter(one => one.id !== undefined && places.has(one.id)) }),
        ...(inside.length > 0 && { productOrderItem: inside }),
      },
    ]
  })

/** The order of an accepted quote. */
export const orderOf = (quote: Quote, channel: string | undefined): Record<string, unknown> => {
  const every = placed(quote.quoteItem ?? [])
  return {
    ...(quote.category !== undefined && { category: quote.category }),
    ...(quote.description !== undefined && { description: quote.description }),
    ...(quote.externalId !== undefined && { externalId: quote.externalId }),
    ...(quote.expectedFulfillmentStartDate !== undefined && { requestedStartDate: quote.expectedFulfillmentStartDate }),
    ...(quote.agreement && { agreement: quote.agreement }),
    ...(quote.billingAccount?.[0] && { billingAccount: quote.billingAccount[0] }),
    ...(quote.relatedParty && { relatedParty: quote.relatedParty }),
    ...(quote.productOfferingQualification && { productOfferingQualification: quote.productOfferingQualification }),
    ...(channel !== undefined && { channel: [{ id: channel, name: channel }] }),
    quote: [{ id: quote.id, href: quoteHref(quote.id), ...(quote.description !== undefined && { name: quote.description }), '@referredType': 'Quote' }],
    productOrderItem: orderItems(quote.quoteItem ?? [], quote, new Map(every.map(one => [one.id, one.place]))),
    ...(quote.quoteTotalPrice && { orderTotalPrice: quote.quoteTotalPrice }),
    ...(quote.promotionCode && { promotionCode: quote.promotionCode }),
    ...(quote.promotionCodeResult && { promotionCodeResult: quote.promotionCodeResult }),
    // What was approved is a promise: it counts as a use, and holds also when others have used up what was left.
    ...(quote.appliedPromotion && { appliedPromotion: quote.appliedPromotion.map(one => ({ ...one, promised: true })) }),
  }
}

/** Makes the order of an accepted quote, once, in the transaction that records that it did. */
export const orderQuote: Reaction = {
  name: 'quote.order',
  on: ['QuoteStateChangeEvent'],
  run: async (event, { tx, context, deps }) => {
    const quote = event.doc as unknown as Quote
    const id = quote.productOrder?.[0]?.id
    if (quote.state !== 'accepted' || id === undefined) return
    if (await deps.store.get(context, productOrder, id, { tx })) return
    if (quote.quoteItem === undefined) throw refuse.conflict('quoteNotOrderable', `quote ${quote.id} has no items`)
    await deps.store.create(context, productOrder, orderOf(quote, event.channel) as never, { tx, id })
  },
}
