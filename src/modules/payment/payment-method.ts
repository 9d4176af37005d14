/** TMF670 paymentMethod: how somebody pays. Of a card only a token and the last four digits are kept. */
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import { cardDataFaults } from '../../tmf/cards/card-data.ts'
import { defineApi, defineResource } from '../../tmf/resource.ts'
import { KINDS, PaymentMethod, paymentMethodCreate, paymentMethodUpdate, type Kind } from './payment-method.schema.ts'

export const paymentMethodApi = defineApi({
  number: 670,
  name: 'paymentMethod',
  version: 'v4',
  release: '4.0.0',
  title: 'Payment Method',
  description: 'How customers pay: cards by token, bank accounts and mandates, wallets, vouchers.',
  slug: 'payment-method',
})

const kinds = Object.keys(KINDS) as Kind[]
/** Attributes that belong to some kinds and not to others. */
const special = new Set(kinds.flatMap(kind => Object.keys(KINDS[kind])))

/** The kind by its @type; clients write TokenizedCard and tokenizedCard. */
const kindOf = (type: string | undefined): Kind | undefined => kinds.find(kind => kind.toLowerCase() === type?.toLowerCase())

/** An extension says by @baseType or @schemaLocation what it extends: of a kind it has its attributes, else any. */
const isExtension = (doc: PaymentMethod): boolean => kindOf(doc['@type']) === undefined && (doc['@baseType'] !== undefined || doc['@schemaLocation'] !== undefined)

const kindFaults = (doc: PaymentMethod): Fault[] => {
  const kind = kindOf(doc['@type']) ?? (isExtension(doc) ? kindOf(doc['@baseType']) : undefined)
  if (kind === undefined) return isExtension(doc) ? [] : [fault('@type', `must be one of ${kinds.join(', ')}, or an extension with @baseType`, doc['@type'])]
  const own = Object.keys(KINDS[kind])
  return Object.keys(doc)
    .filter(name => special.has(name) && !own.includes(name))
    .map(name => fault(name, `is not an attribute of ${kind}`))
}

const periodFaults = ({ validFor }: PaymentMethod): Fault[] =>
  validFor?.startDateTime !== undefined && validFor.endDateTime !== undefined && Date.parse(validFor.endDateTime) < Date.parse(validFor.startDateTime)
    ? [fault('validFor.endDateTime', 'must not be before startDateTime', validFor.endDateTime)]
    : []

export const paymentMethod = defineResource({
  api: paymentMethodApi,
  name: 'paymentMethod',
  type: 'PaymentMethod',
  table: 'payment_method',
  description: 'How somebody pays. Of a card a token and the last four digits are kept; whatever looks like a card number is refused in any attribute.',
  schema: PaymentMethod,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: paymentMethodCreate,
  update: paymentMethodUpdate,
  // TMF670 names no states: each provider has its own words, and a change of them is a state change.
  lifecycle: { attribute: 'status', states: [], initial: [], moves: {}, movedBy: 'client', open: true, changeEvent: 'StatusChangeEvent' },
  filters: { name: 'text', '@type': 'text', status: 'text', statusDate: 'instant', isPreferred: 'boolean', 'relatedParty.id': 'text', expirationDate: 'instant', 'validFor.endDateTime': 'instant' },
  references: [{ path: 'relatedParty' }, { path: 'account[]' }, { path: 'relatedPlace' }],
  ownerParty: doc => doc.relatedParty?.id,
  screen: cardDataFaults,
  prepare: (draft, { now, previous }) => {
    const status = draft.status ?? 'active'
    const given = previous === undefined ? draft.statusDate : undefined
    const kept = previous !== undefined && previous.status === status ? draft.statusDate : undefined
    return { ...draft, '@type': kindOf(draft['@type']) ?? draft['@type']!, status, statusDate: given ?? kept ?? now.toISOString() }
  },
  check: doc => {
    const faults = [...kindFaults(doc), ...periodFaults(doc)]
    if (faults.length > 0) throw refuse.invalid(faults)
  },
  example: {
    '@type': 'tokenizedCard',
    name: 'Visa ending in 4242',
    isPreferred: true,
    brand: 'Visa',
    cardType: 'credit',
    lastFourDigits: '4242',
    tokenType: 'gateway',
    token: 'tok_6Qe9sample',
    issuer: 'Sample gateway',
    expirationDate: '2029-10-31T23:59:59Z',
    relatedParty: { id: 'ada-lovelace', name: 'Ada Lovelace', role: 'owner', '@referredType': 'ExternalParty' },
  },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'any text, name or number holds what looks like a card number (13 to 19 digits that pass the Luhn check); the answer does not repeat it', attribute: 'token' },
    { status: 400, code: 'invalidAttribute', when: 'cardNumber, cvv or the like is sent, or an attribute that @type does not have', attribute: 'cardNumber' },
  ],
})
