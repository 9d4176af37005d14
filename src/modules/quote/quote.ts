/** TMF648 quote: priced when it comes in, approved within somebody's authority, accepted or ended; and its versions. */
import { isDeepStrictEqual } from 'node:util'
import { fault, refuse, Refusal, type Fault } from '../../platform/errors.ts'
import { actingParty } from '../../platform/principal.ts'
import { defineResource, type Work } from '../../tmf/resource.ts'
import { isPeriod } from '../pricing/index.ts'
import { accepted } from './accept-quote.ts'
import { answeredAtOnce, approved, authorityFindings, findingsAgainst, objectionTo, refusedToAll, requestOf, withRequest } from './approve-quote.ts'
import { quoteApi } from './api.ts'
import { authorityOf } from './discount-authority.ts'
import { customerOf, placed, withoutAnswers } from './placed-items.ts'
import { priceQuote, type PricedQuote } from './price-quote.ts'
import { QUOTE_STATES } from './quote-types.ts'
import { Quote, quoteCreate, quoteUpdate } from './quote.schema.ts'

const DAY_MS = 86_400_000
const FINAL = ['accepted', 'rejected', 'cancelled']

/** What its prices follow from; a change of what was approved is a new version. */
const CONTENT = ['agreement', 'billingAccount', 'expectedFulfillmentStartDate', 'productOfferingQualification', 'promotionCode', 'relatedParty', 'version'] as const

const contentChanged = (before: Quote, after: Quote): string[] => [
  ...CONTENT.filter(name => !isDeepStrictEqual(before[name], after[name])),
  ...(isDeepStrictEqual((before.quoteItem ?? []).map(withoutAnswers), (after.quoteItem ?? []).map(withoutAnswers)) ? [] : ['quoteItem']),
]

const messageFaults = (quote: Quote): Fault[] => {
  const faults: Fault[] = []
  const seen = new Set<string>()
  for (const { item, id } of placed(quote.quoteItem ?? [])) {
    const at = `quoteItem[id=${id}]`
    if (seen.has(id)) faults.push(fault(`${at}.id`, 'is the id of another item too', id))
    seen.add(id)
    item.discount?.forEach((one, index) => {
      if ((one.percentage === undefined) === (one.amount === undefined)) faults.push(fault(`${at}.discount[${index}]`, 'must have either percentage or amount'))
      if (one.amount !== undefined && (one.amount.unit === undefined || !((one.amount.value ?? 0) > 0))) faults.push(fault(`${at}.discount[${index}].amount`, 'must have a currency (unit) and a value above 0'))
      if (one.duration !== undefined && !((one.duration.amount ?? 0) > 0 && isPeriod(one.duration.units ?? 'month'))) faults.push(fault(`${at}.discount[${index}].duration`, 'must be more than none of days, weeks, months, quarters or years'))
    })
  }
  const { startDateTime: from, endDateTime: until } = quote.validFor ?? {}
  if (from !== undefined && until !== undefined && new Date(from) >= new Date(until)) faults.push(fault('validFor.endDateTime', 'must be after startDateTime', until))
  return faults
}

const withPrices = (quote: Quote, priced: PricedQuote): Quote => {
  const { quoteTotalPrice: _total, finding: _finding, promotionCodeResult: _codes, appliedPromotion: _promotion, ...rest } = quote
  const state = quote.state ?? 'inProgress'
  const stated = (items: PricedQuote['quoteItem']): PricedQuote['quoteItem'] => items.map(item => ({ ...item, state, ...(item.quoteItem && { quoteItem: stated(item.quoteItem) }) }))
  return { ...rest, quoteItem: stated(priced.quoteItem), ...(priced.quoteTotalPrice.length > 0 && { quoteTotalPrice: priced.quoteTotalPrice }), ...(priced.finding.length > 0 && { finding: priced.finding as NonNullable<Quote['finding']> }), ...(priced.promotionCodeResult.length > 0 && { promotionCodeResult: priced.promotionCodeResult }), ...(priced.promotion.length > 0 && { appliedPromotion: priced.promotion }), priceVersion: priced.priceVersion }
}

const withItemStates = (quote: Quote): Quote => {
  const stated = (items: NonNullable<Quote['quoteItem']>): NonNullable<Quote['quoteItem']> => items.map(item => ({ ...item, ...(quote.state !== undefined && { state: quote.state }), ...(item.quoteItem && { quoteItem: stated(item.quoteItem) }) }))
  return { ...quote, ...(quote.quoteItem && { quoteItem: stated(quote.quoteItem) }) }
}

/** Priced, with what is wrong with its discounts: somebody has to be able to approve them. */
const judged = async (quote: Quote, { deps, context, now }: Pick<Work<Quote>, 'deps' | 'context' | 'now'>): Promise<PricedQuote> => {
  const priced = await priceQuote(deps, context, quote, now)
  const beyond = await authorityFindings(priced.given, deps, context)
  return beyond.length === 0 ? priced : { ...priced, finding: [...priced.finding, ...beyond] }
}

const taken = async (draft: Quote, { context, deps, now, by }: Work<Quote>): Promise<Quote> => {
  const own = actingParty(context)
  const quote: Quote = {
    ...draft,
    version: draft.version ?? '1',
    expectedQuoteCompletionDate: draft.requestedQuoteCompletionDate ?? new Date(now.getTime() + DAY_MS).toISOString(),
    ...(own !== undefined && customerOf(draft) === undefined && { relatedParty: [...(draft.relatedParty ?? []), { id: own, role: 'customer', '@referredType': 'Party' }] }),
  }
  const faults = messageFaults(quote)
  if (faults.length > 0) throw refuse.invalid(faults)
  // An import brings quotes that ended elsewhere: they are kept as they are.
  if (by === 'server' && FINAL.includes(quote.state ?? '')) return quote
  const priced = await judged(quote, { context, deps, now })
  const made = quote.instantSyncQuote === true ? await answeredAtOnce(quote, priced.given, priced.finding, deps, context, now) : quote
  return withPrices(made, priced)
}

/** A move that a client or Tandem itself asks for. */
const moved = async (quote: Quote, before: Quote, { context, deps, now }: Work<Quote>): Promise<Quote> => {
  switch (quote.state) {
    case 'pending':
    case 'approved': {
      const priced = await priceQuote(deps, context, quote, now)
      const against = findingsAgainst(priced.finding)
      if (against) throw against
      const authorities = await authorityOf(deps, context)
      if (quote.state === 'pending') {
        const vain = refusedToAll(priced.given, authorities, context)
        if (vain) throw vain
        return withPrices(withRequest(quote, priced.given, authorities, context, now), priced)
      }
      const objection = objectionTo(priced.given, authorities, (requestOf(before) as { requestedBy?: string } | undefined)?.requestedBy, context.principal.id)
      if (objection) throw objection
      return withPrices(approved(quote, priced.given, context, now), priced)
    }
    case 'accepted':
      return withItemStates(await accepted(quote, deps, context, now))
    case 'inProgress': {
      // What the customer has seen stays readable as its version; what is asked for approval again is decided anew.
      const { validFor: _valid, effectiveQuoteCompletionDate: _done, contractSummary: _summary, statusReason: _reason, ...open } = quote
      const next = before.state === 'approved' ? { ...open, version: String((Number.parseInt(before.version ?? '1', 10) || 1) + 1) } : open
      const authorization = next.authorization?.map(one => (one.name === 'discount' && one.state === 'requested' ? { ...one, state: 'withdrawn' } : one))
      const reopened = { ...next, ...(authorization && { authorization }) }
      return withPrices(reopened, await judged(reopened, { context, deps, now }))
    }
    default: {
      const authorization = quote.authorization?.map(one => (one.state === 'requested' ? { ...one, state: 'rejected', givenDate: now.toISOString() } : one))
      return withItemStates({ ...quote, ...(authorization && { authorization }), effectiveQuoteCompletionDate: before.effectiveQuoteCompletionDate ?? now.toISOString() })
    }
  }
}

const changed = async (quote: Quote, before: Quote, work: Work<Quote>): Promise<Quote> => {
  const faults = messageFaults(quote)
  if (faults.length > 0) throw refuse.invalid(faults)
  const content = contentChanged(before, quote)
  const isOpen = before.state === 'inProgress' || before.state === 'pending' || quote.state === 'inProgress'
  if (content.length > 0 && !isOpen) {
    throw new Refusal({
      status: 409,
      code: 'quoteBinding',
      reason: 'What was quoted does not change',
      message: `${content.join(', ')} cannot be changed in state ${before.state ?? ''}${before.state === 'approved' ? '; set state to inProgress with it to make the next version' : ''}`,
      faults: content.map(name => fault(name, `cannot be changed in state ${before.state ?? ''}`)),
    })
  }
  if (quote.state !== before.state) return await moved(quote, before, work)
  // Prices stay as they were told, whatever a client sends back of them.
  if (content.length === 0) return before.quoteItem === undefined ? quote : { ...quote, quoteItem: before.quoteItem }
  const priced = await judged(quote, work)
  const vain = quote.state === 'pending' ? refusedToAll(priced.given, await authorityOf(work.deps, work.context), work.context) : undefined
  if (vain) throw vain
  return withPrices(quote, priced)
}

export const quote = defineResource({
  api: quoteApi,
  name: 'quote',
  type: 'Quote',
  table: 'quote',
  description: 'What an offer would cost: priced and completed when it comes in, with discounts that somebody has to answer for. Approved it is binding until it expires; accepted it becomes an order with its prices.',
  schema: Quote,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: quoteCreate,
  update: quoteUpdate,
  serverSet: ['quoteTotalPrice', 'finding', 'promotionCodeResult', 'appliedPromotion', 'priceVersion', 'productOrder', 'effectiveQuoteCompletionDate', 'authorization'],
  lifecycle: {
    attribute: 'state',
    states: QUOTE_STATES,
    initial: ['inProgress'],
    moves: { inProgress: ['pending', 'approved', 'rejected', 'cancelled'], pending: ['inProgress', 'approved', 'rejected', 'cancelled'], approved: ['accepted', 'rejected', 'cancelled', 'inProgress'] },
    movedBy: 'client',
  },
  stamps: { onCreate: ['quoteDate'] },
  history: true,
  filters: { state: 'text', quoteDate: 'instant', externalId: 'text', category: 'text', version: 'text', 'validFor.endDateTime': 'instant', expectedQuoteCompletionDate: 'instant' },
  references: [
    { path: 'relatedParty[]' },
    { path: 'billingAccount[]', to: 'billingAccount' },
    { path: 'agreement[]', to: 'agreement' },
    { path: 'contractSummary', to: 'contractSummary', weak: true },
    ...['quoteItem[]', 'quoteItem[].quoteItem[]', 'quoteItem[].quoteItem[].quoteItem[]'].flatMap(path => [{ path: `${path}.productOffering`, to: 'productOffering' }, { path: `${path}.product`, to: 'product', onMissing: 'record' as const, weak: true }, { path: `${path}.relatedParty[]` }]),
  ],
  ownerParty: doc => customerOf(doc)?.id,
  prepare: (draft, work) => (work.previous === undefined ? taken(draft, work) : changed(draft, work.previous, work)),
  checkDelete: doc => {
    if (doc.state === 'accepted') throw refuse.conflict('quoteAccepted', `quote ${doc.id} has become an order, which refers to it`)
  },
  example: {
    category: 'residential',
    description: 'A line for the new flat',
    externalId: 'crm-4711',
    quoteItem: [{ id: '1', action: 'add', quantity: 1, productOffering: { id: 'mobile-m' } }],
  },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'two items have one id, or a discount has neither percentage nor amount', attribute: 'quoteItem' },
    { status: 409, code: 'quoteBinding', when: 'a PATCH changes what was quoted without making the next version', attribute: 'quoteItem' },
    { status: 409, code: 'quoteIncomplete', when: 'it is to be approved although its selection is not complete or has no prices', attribute: 'quoteItem' },
    { status: 409, code: 'discountBeyondAuthority', when: 'who approves it may not give so much, or an approval is asked for that nobody may give', attribute: 'quoteItem.discount' },
    { status: 409, code: 'secondPersonMissing', when: 'who asked for a discount would approve it', attribute: 'state' },
    { status: 409, code: 'quoteExpired', when: 'it is accepted after its validity', attribute: 'validFor' },
    { status: 409, code: 'qualificationInvalid', when: 'an answer that it rests on does not hold any more', attribute: 'productOfferingQualification' },
    { status: 409, code: 'signatureMissing', when: 'a rule wants the contract signed and it is not', attribute: 'contractSummary' },
    { status: 409, code: 'contractSummaryMissing', when: 'a consumer accepts it without having accepted the summary of the contract', attribute: 'contractSummary' },
    { status: 409, code: 'quoteNotOrderable', when: 'something in it is not on sale any more', attribute: 'quoteItem' },
  ],
})
