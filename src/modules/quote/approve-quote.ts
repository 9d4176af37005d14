/** When a quote may be approved, and who may: no findings, and every discount within somebody's authority. */
import { Refusal } from '../../platform/errors.ts'
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { approversOf, authorityOf, beyond, beyondAll, type Authorities, type Given } from './discount-authority.ts'
import type { Finding } from './placed-items.ts'
import type { Quote } from './quote.schema.ts'

type Authorization = NonNullable<Quote['authorization']>[number]

const VALID_DAYS = 30
const DAY_MS = 86_400_000

const refused = (code: string, message: string, faults: { path: string; rule: string }[]): Refusal => new Refusal({ status: 409, code, reason: 'The quote cannot be approved as it is', message, faults })

/** Why the caller may not approve it; undefined when it may. */
export const objectionTo = (given: Given, authorities: Authorities, requestedBy: string | undefined, approver: string): Refusal | undefined => {
  const { mine } = authorities
  const why = beyond(given, mine)
  if (why !== undefined) {
    const others = approversOf(given, authorities, approver)
    return refused('discountBeyondAuthority', `quoteItem.discount: ${why}, which is what ${mine.name} may give; ${others.length > 0 ? `it can be approved by: ${others.join(', ')}. Set state to pending to ask for it` : 'nobody may approve it'}`, [{ path: 'quoteItem.discount', rule: why }])
  }
  if (mine.secondPerson && Number(given.percentage) > 0 && (requestedBy === undefined || requestedBy === approver)) return refused('secondPersonMissing', 'state: a discount is approved by somebody else than who asked for it; set state to pending first', [{ path: 'state', rule: 'needs a second person' }])
  return undefined
}

export const findingsAgainst = (all: readonly Finding[]): Refusal | undefined => {
  const finding = all.filter(one => one.severity !== 'warning')
  return finding.length === 0 ? undefined : refused('quoteIncomplete', finding.map(one => one.message).join('; '), finding.map(one => ({ path: one.attribute !== undefined ? one.attribute : one.quoteItemId === undefined ? 'quoteItem' : `quoteItem[id=${one.quoteItemId}]`, rule: one.message })))
}

/** The approval that was asked for, if it is open. */
export const requestOf = (quote: Partial<Quote>): Authorization | undefined => quote.authorization?.findLast(one => one.name === 'discount' && one.state === 'requested')

/** Nobody is asked for what nobody may give: why. */
export const refusedToAll = (given: Given, authorities: Authorities, context: Context): Refusal | undefined => {
  const why = beyondAll(given, authorities, context.principal.id)
  return why === undefined ? undefined : refused('discountBeyondAuthority', `quoteItem.discount: ${why}`, [{ path: 'quoteItem.discount', rule: why }])
}

/** The same as a finding, told as soon as the quote has such a discount. */
export const authorityFindings = async (given: Given, deps: Services, context: Context): Promise<Finding[]> => {
  if (Number(given.percentage) === 0) return []
  const why = beyondAll(given, await authorityOf(deps, context), context.principal.id)
  return why === undefined ? [] : [{ '@type': 'QuoteFinding', code: 'discountBeyondAuthority', message: why, fix: 'Ask for a smaller discount' }]
}

/** An approval for the discounts is asked for. */
export const withRequest = (quote: Quote, given: Given, authorities: Authorities, context: Context, now: Date): Quote => {
  if (Number(given.percentage) === 0 || requestOf(quote)) return quote
  const able = approversOf(given, authorities, context.principal.id)
  return { ...quote, authorization: [...(quote.authorization ?? []), { name: 'discount', state: 'requested', requestedDate: now.toISOString(), requestedBy: context.principal.id, ...(able.length > 0 && { mayApprove: able }) }] }
}

/** Approved: from now on the customer can accept it, for as long as it is valid. */
export const approved = (quote: Quote, given: Given, context: Context, now: Date): Quote => {
  const decided = { state: 'approved', givenDate: now.toISOString(), givenBy: context.principal.id }
  const authorization = quote.authorization?.map(one => (one.name === 'discount' && one.state === 'requested' ? { ...one, ...decided } : one)) ?? []
  const isNoted = authorization.some(one => one.name === 'discount' && one.givenDate === decided.givenDate)
  return {
    ...quote,
    ...(Number(given.percentage) > 0 || authorization.length > 0 ? { authorization: isNoted || Number(given.percentage) === 0 ? authorization : [...authorization, { name: 'discount', requestedDate: now.toISOString(), ...decided }] } : {}),
    effectiveQuoteCompletionDate: now.toISOString(),
    validFor: { startDateTime: now.toISOString(), endDateTime: new Date(now.getTime() + VALID_DAYS * DAY_MS).toISOString(), ...quote.validFor },
    state: 'approved',
  }
}

/** Where a quote that has just come in with instantSyncQuote stands. */
export const answeredAtOnce = async (quote: Quote, given: Given, finding: readonly Finding[], deps: Services, context: Context, now: Date): Promise<Quote> => {
  if (findingsAgainst(finding)) return quote
  const authorities = await authorityOf(deps, context)
  return objectionTo(given, authorities, undefined, context.principal.id) === undefined ? approved(quote, given, context, now) : { ...withRequest(quote, given, authorities, context, now), state: 'pending' }
}
