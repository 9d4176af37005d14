/** Stored form of quote (TMF648), and what creates and updates may carry. */
import { Type, type Static } from 'typebox'
import { entityRef, extensible } from '../../tmf/types/attributes.ts'
import { ContactMedium, TimePeriod } from '../../tmf/types/basics.ts'
import { productRefOrValueDefinition } from '../../tmf/types/product.ts'
import { AgreementRef, BillingAccountRef, RelatedParty } from '../../tmf/types/references.ts'
import { LONGEST_CODE, MOST_CODES, PromotionCodeResult } from '../pricing/index.ts'
import { Authorization, Note, ProductOfferingQualificationRef, quoteItem, quoteItemDefinition, QuotePrice, QuoteStateType } from './quote-types.ts'

const text = (description: string) => Type.Optional(Type.String({ description }))
const instant = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))

const Finding = Type.Object(
  { '@type': text('QuoteFinding'), code: Type.String({ description: 'What kind of finding' }), message: Type.String({ description: 'The finding in words' }), quoteItemId: text('The item that it is about'), attribute: text('The attribute of the quote that it is about, where it is one'), fix: text('What would mend it'), salesRule: text('The sales rule that says so'), deposit: Type.Optional(Type.Object({ unit: Type.String({ description: 'Currency' }), value: Type.Number({ description: 'Amount' }) }, { description: 'What the rule asks for instead; the checkout of a cart takes it (acceptedDeposit)' })), severity: Type.Optional(Type.Enum(['warning'], { type: 'string', description: 'It is worth knowing, and in the way of nothing; without it the quote cannot be approved as it is' })) },
  { description: 'Why the quote cannot be approved as it is, or what is worth knowing of it (own extension)' },
)

export const Quote = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    category: text('Use of the quote, such as enterprise'),
    description: text('Free text for people'),
    effectiveQuoteCompletionDate: instant('When it was approved, or ended without'),
    expectedFulfillmentStartDate: instant('When delivery should begin'),
    expectedQuoteCompletionDate: instant('When it should be ready'),
    externalId: text('Identifier given by the sender'),
    instantSyncQuote: Type.Optional(Type.Boolean({ description: 'True to have it approved at once where nothing stands against it' })),
    quoteDate: instant('When it was made'),
    requestedQuoteCompletionDate: instant('When the sender wants it ready'),
    version: text('Which version it is; a change of what was approved makes the next one'),
    agreement: Type.Optional(Type.Array(AgreementRef, { description: 'Agreements that it stands under' })),
    authorization: Type.Optional(Type.Array(Authorization, { description: 'Approvals that it needs, and those that were given' })),
    billingAccount: Type.Optional(Type.Array(BillingAccountRef, { description: 'Who pays' })),
    contactMedium: Type.Optional(Type.Array(ContactMedium, { description: 'Ways to reach who asks' })),
    note: Type.Optional(Type.Array(Note, { description: 'Remarks' })),
    productOfferingQualification: Type.Optional(Type.Array(ProductOfferingQualificationRef, { description: 'Answers that it rests on: they have to hold when it is accepted' })),
    quoteItem: Type.Optional(Type.Array(quoteItem, { minItems: 1, maxItems: 300, description: 'Lines of the quote' })),
    quoteTotalPrice: Type.Optional(Type.Array(QuotePrice, { description: 'Totals over the whole quote' })),
    relatedParty: Type.Optional(Type.Array(RelatedParty, { description: 'Parties with a part in it, each with its role' })),
    state: Type.Optional(QuoteStateType),
    validFor: Type.Optional(TimePeriod),
    statusReason: text('Why it stands where it stands: expired (own extension)'),
    finding: Type.Optional(Type.Array(Finding, { description: 'Why it cannot be approved as it is, and warnings (own extension)' })),
    priceVersion: Type.Optional(Type.Integer({ description: 'Position of the catalog that its prices are as of (own extension)' })),
    promotionCode: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: LONGEST_CODE }), { maxItems: MOST_CODES, description: 'Codes that the customer entered (own extension)' })),
    promotionCodeResult: Type.Optional(Type.Array(PromotionCodeResult, { description: 'What each code that was entered did, or why nothing (own extension)' })),
    appliedPromotion: Type.Optional(
      Type.Array(
        Type.Object({
          id: Type.String({ description: 'The promotion' }), revision: Type.Integer({ description: 'Its edition' }), name: Type.String({ description: 'Name shown to people' }),
          reduction: Type.String({ description: 'What it takes off in all, as decimal text' }), currency: Type.String({ description: 'Currency' }),
          line: Type.Array(Type.String(), { description: 'Items that it is on' }), limited: Type.Boolean({ description: 'It is counted once the quote becomes an order' }),
        }, { description: 'A promotion' }),
        { description: 'Promotions that are in its prices (own extension)' },
      ),
    ),
    productOrder: Type.Optional(Type.Array(entityRef('The order that it became'), { description: 'The order that it became (own extension)' })),
    contractSummary: Type.Optional(entityRef('The summary of the contract that was shown before it was accepted (own extension)')),
    ...extensible,
  },
  { description: 'What an offer would cost, until it is accepted and becomes an order', $defs: { QuoteItem: quoteItemDefinition, ProductRefOrValue: productRefOrValueDefinition } },
)
export type Quote = Static<typeof Quote>

export const quoteCreate = {
  required: ['quoteItem'],
  takesId: true,
  // One that is answered at once is the answer.
  alsoAnswers: [200],
  answers: (doc: { instantSyncQuote?: boolean }) => (doc.instantSyncQuote === true ? 200 : 201),
  omits: ['effectiveQuoteCompletionDate', 'expectedQuoteCompletionDate', 'quoteDate', 'quoteTotalPrice', 'state', 'validFor', 'contractSummary'],
}
export const quoteUpdate = { required: ['quoteItem'], immutable: ['quoteDate'] }
