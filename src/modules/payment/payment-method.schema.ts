/**
 * Stored form of paymentMethod (TMF670): what all kinds have, and what each kind has of its own. There is no attribute for a card number or
 * its verification code: the definition's bankCard has both, and nobody may send them here.
 */
import { Type, type Static } from 'typebox'
import { personal, secret } from '../../tmf/tags.ts'
import { entityRef, extensible } from '../../tmf/types/attributes.ts'
import { AttachmentRefOrValue, Quantity, TimePeriod } from '../../tmf/types/basics.ts'
import { RelatedParty } from '../../tmf/types/references.ts'

const text = (description: string) => Type.Optional(Type.String({ description }))
const about = (description: string) => Type.Optional(personal(Type.String({ description })))
const hidden = (description: string) => Type.Optional(secret(Type.String({ description: `${description}. Taken, and shown only to callers with paymentMethod:readSecret` })))
const instant = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))

const RelatedPlace = Type.Object(
  { id: text('Identifier of the place'), href: text('Where it can be read'), name: about('Name of the place'), role: text('What the place is to the means of payment, such as billing address'), '@referredType': text('Class of what is referred to'), ...extensible },
  { description: 'A place that has to do with the means of payment' },
)

const lastFourDigits = Type.Optional(personal(Type.String({ pattern: '^[0-9]{4}$', description: 'Last four digits of the card number, for people to tell cards apart' })))

const card = { brand: text('Brand of the card'), cardType: text('Kind of card: credit or debit'), lastFourDigits, expirationDate: instant('When it expires') }

const bankAccount = {
  accountNumber: about('Number of the bank account, an IBAN where there is one'),
  accountNumberType: text('Kind of number, such as IBAN'),
  BIC: text('Code of the bank (ISO 9362)'),
  owner: about('Whose account it is'),
  bank: text('Name of the bank'),
}

/** The attributes of each kind; the kinds that the definition leaves empty have none. */
export const KINDS = {
  cash: {},
  digitalWallet: { service: text('Who runs the wallet'), walletId: about('Account at the wallet'), walletUrl: about('Where the wallet is') },
  tokenizedCard: { ...card, tokenType: text('Kind of token: emv or another'), token: hidden('What stands for the card at the payment gateway; never the number of the card'), issuer: text('Who has issued the token') },
  bankAccountTransfer: bankAccount,
  bankAccountDebit: bankAccount,
  bankCard: { ...card, nameOnCard: about('Name on the card'), bank: text('Bank that has issued it') },
  voucher: {
    code: hidden('What the voucher is redeemed with'),
    value: Type.Optional(Quantity),
    discount: text('Discount that it gives'),
    expirationDate: instant('When it expires'),
    campaign: text('Campaign that it belongs to'),
  },
  check: { checkId: about('Number of the check'), drawer: about('Who draws it'), payee: about('Who is paid'), signedDate: instant('When it was signed'), bank: text('Bank that it is drawn on') },
  bucketPaymentMethod: {},
  accountPaymentMethod: {},
  loyaltyPaymentMethod: {},
  directDebit: {
    ...bankAccount,
    mandateId: about('Identifier of the mandate'),
    mandateStatus: text('Where the mandate stands'),
    mandateType: text('Kind of mandate, such as recurrent'),
    mandateCategory: text('Category of the mandate, such as core or B2B'),
    signature: hidden('The signature of the mandate'),
    signatureDate: instant('When the mandate was signed'),
    mandateStatusDate: instant('When its status changed'),
    firstDebitDate: instant('First debit'),
    lastDebitDate: instant('Last debit'),
    cancellationDate: instant('When it was cancelled'),
    reference: text('Reference shown on the statement'),
    attachment: Type.Optional(Type.Array(AttachmentRefOrValue, { description: 'The mandate as a document' })),
  },
} as const

export type Kind = keyof typeof KINDS

export const PaymentMethod = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    name: Type.Optional(personal(Type.String({ description: 'Name shown to people' }))),
    description: about('Free text for people'),
    isPreferred: Type.Optional(Type.Boolean({ description: 'True for the one that the owner wants used first' })),
    authorizationCode: hidden('Code that a financial institution gave for recurring payments'),
    status: text('Where it stands, in the words of the provider; active when left out'),
    statusDate: instant('When the status changed'),
    statusReason: text('Why the status changed'),
    account: Type.Optional(Type.Array(entityRef('An account', { description: text('Free text for people') }), { description: 'Accounts that it pays for' })),
    relatedParty: Type.Optional(RelatedParty),
    relatedPlace: Type.Optional(RelatedPlace),
    validFor: Type.Optional(TimePeriod),
    ...KINDS.digitalWallet,
    ...KINDS.bankCard,
    ...KINDS.tokenizedCard,
    ...KINDS.voucher,
    ...KINDS.check,
    ...KINDS.directDebit,
    '@baseType': extensible['@baseType'],
    '@schemaLocation': extensible['@schemaLocation'],
    '@type': Type.Optional(Type.String({ description: `Kind of means of payment, which says what else it has: ${Object.keys(KINDS).join(', ')}, or an extension with @baseType` })),
  },
  { description: 'A means of payment' },
)
export type PaymentMethod = Static<typeof PaymentMethod>

export const paymentMethodCreate = { required: ['@type', 'name'] }
export const paymentMethodUpdate = { required: ['@type', 'name'] }
