/** The campaign: what is offered, at which discount, to which segment, through which channels and until when. */
import { Type, type Static } from 'typebox'
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import { money } from '../../platform/money.ts'
import type { Context } from '../../platform/principal.ts'
import { defineResource, type Resource } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { TimePeriod } from '../../tmf/types/basics.ts'
import { LONGEST_CODE, MOST_CODES } from '../pricing/index.ts'
import { noticesOf } from './promotion-codes.ts'
import { promiserOf, type CartItem, type Promised, type PromisedTo } from '../cart/index.ts'
import { campaignApi } from './api.ts'

const closed = { additionalProperties: false } as const
const word = (description: string, maxLength = 255) => Type.String({ minLength: 1, maxLength, description })
const Units = Type.String({ pattern: '^([Dd]ay|[Ww]eek|[Mm]onth|[Qq]uarter|[Yy]ear)s?$', description: 'day, week, month, quarter or year' })

const Item = Type.Object(
  {
    productOffering: Type.Object({ id: word('Identifier'), name: Type.Optional(Type.String({ maxLength: 500, description: 'Its name' })), ...extensible }, { description: 'What is offered' }),
    quantity: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, description: '1 when left out' })),
    productCharacteristic: Type.Optional(Type.Array(Type.Object({ name: word('Name'), value: Type.Unknown({ description: 'Value' }) }, closed), { maxItems: 100, description: 'Values that are chosen already' })),
    term: Type.Optional(Type.Object({ amount: Type.Number({ exclusiveMinimum: 0, description: 'How many' }), units: Units }, { ...closed, description: 'The commitment' })),
  },
  { ...closed, description: 'A line of the offer' },
)

const Discount = Type.Object(
  {
    name: word('Name shown to people', 200),
    percentage: Type.Optional(Type.Number({ minimum: 0.01, maximum: 100, description: 'Percent off; this or amount' })),
    amount: Type.Optional(Type.Object({ unit: Type.String({ pattern: '^[A-Z]{3}$', description: 'Currency' }), value: Type.Number({ exclusiveMinimum: 0, description: 'Amount' }) }, { ...closed, description: 'Off the first line' })),
    on: Type.Optional(Type.Enum(['oneTime', 'recurring', 'deposit'], { type: 'string', description: 'Which charges; one-time and recurring ones when left out' })),
    duration: Type.Optional(Type.Object({ amount: Type.Integer({ minimum: 1, description: 'Number of units' }), units: Units }, { ...closed, description: 'How long it lasts on recurring charges' })),
  },
  { ...closed, description: 'What is taken off: a share off each line, or an amount off the first' },
)

const schema = Type.Object(
  {
    id: Type.String({ description: 'Identifier' }),
    href: Type.String({ description: 'Where it can be read' }),
    name: Type.Optional(word('Name shown to people', 200)),
    description: Type.Optional(Type.String({ maxLength: 2_000, description: 'What it is for' })),
    translation: Type.Optional(Type.Array(Type.Object({ language: Type.String({ pattern: '^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$', description: 'Language tag' }), name: Type.Optional(word('Its name', 200)), description: Type.Optional(Type.String({ maxLength: 2_000, description: 'What it is for' })) }, { ...closed, description: 'Name and description in one language' }), { maxItems: 50, description: 'Name and description in other languages: an offer is shown in one that its reader understands' })),
    status: Type.Optional(Type.Enum(['draft', 'active', 'ended'], { type: 'string', description: 'Offers are made and taken while it is active' })),
    item: Type.Optional(Type.Array(Item, { minItems: 1, maxItems: 20, description: 'What is offered' })),
    discount: Type.Optional(Discount),
    promotionCode: Type.Optional(Type.Array(word('Code', LONGEST_CODE), { maxItems: MOST_CODES, description: 'Codes of promotions that the price is computed with' })),
    currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$', description: 'Currency of the price; that of the offerings when they have one only' })),
    segment: Type.Optional(Type.Array(word('Segment'), { minItems: 1, maxItems: 50, description: 'Customers that it is for (their characteristic segment); offers to a list need none' })),
    channel: Type.Optional(Type.Array(word('Channel', 32), { minItems: 1, maxItems: 50, description: 'Channels in which it can be taken; all when left out' })),
    validFor: Type.Optional(TimePeriod),
    uses: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, description: 'How often one offer can be taken; once when left out' })),
    personal: Type.Optional(Type.Boolean({ description: 'Only who it was made to can take it' })),
    consent: Type.Optional(Type.Object({ purpose: Type.Optional(word('Purpose; marketing when left out', 200)), channel: Type.Optional(word('Channel that it is sent through: email, sms, post', 50)) }, { ...closed, description: 'What a recipient has to have allowed (TMF644)' })),
    notice: Type.Optional(Type.Array(Type.Object({ code: Type.String({ description: 'promotionNotInForce, promotionBeginsLater or promotionEndsEarlier' }), message: Type.String({ description: 'In words' }), attribute: Type.String({ description: 'What it is about' }) }, { description: 'Something to know' }), { description: 'What is to be known of its promotion codes, as of its last change' })),
    lastUpdate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was last changed' })),
    ...extensible,
  },
  { description: 'An offer to many' },
)
export type Campaign = Static<typeof schema>

/** The lines of a campaign as a cart has them. */
export const linesOf = ({ id, item = [], discount }: Campaign): CartItem[] =>
  item.map(({ productOffering, quantity, productCharacteristic, term }, index) => ({
    id: String(index + 1), action: 'add', status: 'active', quantity: quantity ?? 1, productOffering,
    ...(productCharacteristic && { product: { productCharacteristic } as NonNullable<CartItem['product']> }),
    ...(term && { itemTerm: [{ duration: { amount: term.amount, units: term.units } }] }),
    ...(discount && (discount.percentage !== undefined || index === 0) && { adjustment: [{ id: `${id}-${index + 1}`, ...discount, campaign: id }] }),
  }))

/** Says what it costs each customer, promised until the campaign ends. */
export const promiserFor = (deps: Services, context: Context, campaign: Campaign): Promise<(to: PromisedTo) => Promise<Promised>> =>
  promiserOf(deps, context, linesOf(campaign), {
    campaign: campaign.id, until: new Date(campaign.validFor?.endDateTime ?? 0),
    ...(campaign.currency !== undefined && { currency: campaign.currency }), ...(campaign.promotionCode && { promotionCode: campaign.promotionCode }),
  })

const CONTENT = ['item', 'discount', 'promotionCode', 'currency', 'uses', 'personal', 'validFor'] as const

const faultsOf = ({ discount, validFor }: Campaign): Fault[] => {
  const faults: Fault[] = []
  if (validFor?.endDateTime === undefined) faults.push(fault('validFor.endDateTime', 'is required: prices are promised until then'))
  else if (validFor.startDateTime !== undefined && Date.parse(validFor.endDateTime) <= Date.parse(validFor.startDateTime)) faults.push(fault('validFor.endDateTime', 'must be after startDateTime', validFor.endDateTime))
  if (discount && (discount.percentage === undefined) === (discount.amount === undefined)) faults.push(fault('discount', 'must have either percentage or amount'))
  if (discount?.amount && money(discount.amount.value, discount.amount.unit).rounded().amount.isZero()) faults.push(fault('discount.amount.value', `is nothing in ${discount.amount.unit}`, discount.amount.value))
  return faults
}

/** Currencies of the charges of lines and their parts. */
const currenciesOf = (lines: readonly CartItem[]): string[] =>
  [...new Set(lines.flatMap(({ priceHold, cartItem }) => [...(priceHold?.component ?? []).map(one => String((one as { currency?: string }).currency)), ...currenciesOf(cartItem ?? [])]))].sort()

export const campaign: Resource<typeof schema> = defineResource({
  api: campaignApi,
  name: 'campaign',
  type: 'Campaign',
  table: 'campaign',
  description: 'Something that is offered to a list of people or a segment at a price that is promised until it ends. Each recipient gets a link; taking it makes the cart.',
  schema,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { required: ['name', 'item', 'validFor'] },
  lifecycle: { attribute: 'status', states: ['draft', 'active', 'ended'], initial: ['draft'], moves: { draft: ['active', 'ended'], active: ['ended'] }, movedBy: 'client' },
  serverSet: ['notice'],
  stamps: { onWrite: ['lastUpdate'] },
  visibility: 'house',
  filters: { name: 'text', status: 'text', 'validFor.endDateTime': 'instant', lastUpdate: 'instant' },
  references: [{ path: 'item[].productOffering', to: 'productOffering' }],
  external: false,
  prepare: async (said, { previous, context, deps, now }) => {
    const faults = faultsOf(said)
    if (faults.length > 0) throw refuse.invalid(faults)
    const { notice: _former, ...rest } = said
    // What has ended stays as it was said.
    const notice = said.status === 'ended' ? [] : await noticesOf(deps, context, said, { activates: said.status === 'active' && previous?.status !== 'active', now })
    const draft: Campaign = { ...rest, ...(notice.length > 0 && { notice }) }
    if (previous?.status === 'active') {
      const changed = CONTENT.filter(name => JSON.stringify(previous[name]) !== JSON.stringify(draft[name]))
      if (changed.length > 0) throw refuse.conflict('campaignRunning', `${changed.join(', ')} cannot be changed while the campaign is active: end it, and make another one`, changed.map(name => fault(name, 'cannot be changed while it is active')))
    }
    if (draft.status !== 'active' || previous?.status === 'active') return draft
    if (new Date(draft.validFor?.endDateTime ?? 0) <= now) throw refuse.conflict('campaignOver', 'validFor has ended: nobody could take it', [fault('validFor.endDateTime', 'lies in the past')])
    const { issue, line } = await (await promiserFor(deps, context, draft))({})
    const off = draft.discount?.amount?.unit
    const prices = currenciesOf(line)
    if (issue.length === 0 && off !== undefined && !prices.includes(off)) throw refuse.conflict('discountWithoutEffect', `The discount is in ${off}, and the prices are in ${prices.join(', ')}`, [fault('discount.amount.unit', 'is no currency of what is offered', off)])
    if (issue.length > 0) throw refuse.conflict('offerNotSellable', `What is offered cannot be sold: ${issue.map(one => one.message).join('; ').slice(0, 900)}`, issue.map(one => fault('item', one.message)))
    return draft
  },
  checkDelete: doc => {
    if (doc.status === 'active') throw refuse.conflict('campaignRunning', `campaign ${doc.id} is active: end it first`)
  },
  example: {
    name: 'Autumn for friends of the house',
    item: [{ productOffering: { id: 'mobile-m', name: 'Mobile M' } }],
    discount: { name: 'Autumn', percentage: 20, duration: { amount: 6, units: 'month' } },
    validFor: { startDateTime: '2026-10-01T00:00:00Z', endDateTime: '2099-12-31T00:00:00Z' },
    personal: true,
    consent: { purpose: 'marketing', channel: 'email' },
  },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'it has no end', attribute: 'validFor.endDateTime' },
    { status: 400, code: 'invalidAttribute', when: 'a discount has neither percentage nor amount, or both', attribute: 'discount' },
    { status: 400, code: 'invalidAttribute', when: 'a code is of no promotion', attribute: 'promotionCode' },
    { status: 409, code: 'promotionNotInForce', when: 'it becomes active with a code whose promotion is over or not released', attribute: 'promotionCode' },
    { status: 409, code: 'offerNotSellable', when: 'it becomes active although what it offers cannot be sold or has no price', attribute: 'item' },
    { status: 409, code: 'discountWithoutEffect', when: 'it becomes active with an amount off in a currency that nothing of it is priced in', attribute: 'discount.amount.unit' },
    { status: 409, code: 'campaignRunning', when: 'what is offered, or until when, changes while it is active, or an active one is deleted', attribute: 'item' },
  ],
})
