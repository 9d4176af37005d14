/** What is worth offering to a cart, a customer or in a context: what the rules say, without what is had, refused, or cannot be had there; with its price. */
import { fault, refuse } from '../../platform/errors.ts'
import { actingParty, isConfined, type Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { shoppingCart, type ShoppingCart } from '../cart/index.ts'
import { loadOfferings, type LoadedOffering } from '../catalog/index.ts'
import { customer as customerResource, partyOf, type PartyReference } from '../customer/index.ts'
import { whyNotOffered } from '../offer-qualification/index.ts'
import { customerOf } from '../ordering/index.ts'
import { priceItems, priceLineOf, totalLinesOf } from '../pricing/index.ts'
import { mayUse } from '../privacy/index.ts'
import { adviceFor, buyerOf, type Advice, type Buyer, type SaleItem } from '../sales-rule/index.ts'
import { placeOfPin } from './place-of-pin.ts'
import { refusedBy } from './refusal-store.ts'

/** What a customer has to have allowed for what is known of it to be used (TMF644). */
export const PURPOSE = 'personalisedAdvertising'

export interface AdviceQuestion {
  shoppingCart?: string
  customer?: string
  place?: string
  currency?: string
  item?: readonly { offeringId: string; quantity?: number; characteristic?: Readonly<Record<string, unknown>> }[]
  limit: number
}

interface Around {
  customer: PartyReference | undefined
  cart: ShoppingCart | undefined
  item: SaleItem[]
  place: Readonly<Record<string, unknown>> | undefined
  currency: string | undefined
  promotionCode: readonly string[]
}

type CartLine = NonNullable<ShoppingCart['cartItem']>[number]

const linesOf = (lines: readonly CartLine[], parent?: string): SaleItem[] =>
  lines.flatMap(line => {
    if (line.status === 'saveForLater') return []
    const id = line.id ?? ''
    const place = line.product?.place?.find(one => one.id !== undefined)?.id
    const own: SaleItem = {
      id, offeringId: line.productOffering?.id ?? line.product?.productOffering?.id ?? '', action: line.action ?? 'add', quantity: line.quantity ?? 1,
      characteristic: Object.fromEntries((line.product?.productCharacteristic ?? []).map(({ name, value }) => [name, value])),
      ...(parent !== undefined && { partOf: parent }), ...(place !== undefined && { place }), ...(line.product?.id !== undefined && { productId: line.product.id }),
    }
    return [own, ...linesOf((line.cartItem ?? []) as CartLine[], id)]
  })

/** Who is meant, as far as the caller may reach; 404 where it may not. */
const customerNamed = async (deps: Services, context: Context, id: string): Promise<PartyReference> => {
  if ((await deps.store.get(context, customerResource, id)) !== undefined) return { id, '@referredType': customerResource.type }
  if ((await partyOf(deps, context, { id })) !== undefined) return { id }
  throw refuse.notFound(customerResource.name, id)
}

export const aroundOf = async (deps: Services, context: Context, question: Pick<AdviceQuestion, 'shoppingCart' | 'customer' | 'place' | 'currency' | 'item'>): Promise<Around> => {
  const cart = question.shoppingCart === undefined ? undefined : (await deps.store.get(context, shoppingCart, question.shoppingCart))?.doc
  if (question.shoppingCart !== undefined && cart === undefined) throw refuse.notFound(shoppingCart.name, question.shoppingCart)
  const owner = cart && customerOf(cart)
  const ref = cart?.relatedParty?.find(one => one.id === owner)
  const own = isConfined(context.principal) ? actingParty(context) : undefined
  if (question.customer !== undefined && owner !== undefined && question.customer !== owner) throw refuse.invalid([fault('customer', 'is not whose cart it is', question.customer)])
  const named = question.customer ?? (owner === undefined ? own : undefined)
  const customer = ref ? (ref['@referredType'] === 'Party' ? { id: ref.id } : { id: ref.id, ...(ref['@referredType'] !== undefined && { '@referredType': ref['@referredType'] }) }) : named === undefined ? undefined : await customerNamed(deps, context, named)
  const item = [...linesOf((cart?.cartItem ?? []) as CartLine[]), ...(question.item ?? []).map((one, index): SaleItem => ({ id: `asked${index + 1}`, offeringId: one.offeringId, action: 'add', quantity: one.quantity ?? 1, characteristic: one.characteristic ?? {} }))]
  const inCart = (cart?.cartItem ?? []).flatMap(line => line.product?.place ?? [])[0] as Record<string, unknown> | undefined
  const place = question.place === undefined ? (inCart ?? (cart && (await placeOfPin(deps, context, cart)))) : { id: question.place, role: 'installationAddress', '@referredType': 'GeographicAddress' }
  const currency = question.currency ?? cart?.currency ?? cart?.due?.unit ?? cart?.monthly?.unit
  return { customer, cart, item, place, currency, promotionCode: cart?.promotionCode ?? [] }
}

/** Whose refusals count: the person's, in whatever channel, and those of the cart. */
export const subjectsOf = async ({ cart }: Pick<Around, 'cart'>, buyer: Buyer): Promise<string[]> => [...(await buyer.ids()).map(id => `party/${id}`), ...(cart ? [`shoppingCart/${cart.id}`] : [])]

export const buyerIn = (deps: Services, context: Context, { customer, item }: Pick<Around, 'customer' | 'item'>, at: Date): Buyer =>
  buyerOf(deps, context, { customer, at, without: new Set(item.flatMap(one => (one.action === 'noChange' || one.productId === undefined ? [] : [one.productId]))) })

const REPLACES = /^replac/i
const namesIn = (offering: LoadedOffering | undefined): string[] => (offering?.doc.productOfferingRelationship ?? []).flatMap(one => (one.id !== undefined && REPLACES.test(one.relationshipType ?? '') ? [one.id] : []))

interface Candidate {
  key: string
  advice: Advice
  offeringId: string
}

/** Not what is there, in the cart or refused; nor, but as the better one, what takes its place. */
const wanted = (advice: readonly Advice[], offerings: ReadonlyMap<string, LoadedOffering>, there: ReadonlySet<string>, refused: ReadonlySet<string>): Candidate[] => {
  const successors = new Set([...there].flatMap(id => namesIn(offerings.get(id))))
  const seen = new Set<string>()
  return advice.flatMap(one =>
    one.offer.flatMap(offeringId => {
      if (seen.has(offeringId) || there.has(offeringId) || refused.has(offeringId)) return []
      if (one.rule.kind !== 'upsell' && successors.has(offeringId)) return []
      if (namesIn(offerings.get(offeringId)).some(id => there.has(id))) return []
      seen.add(offeringId)
      return [{ key: `${one.rule.id} ${offeringId}`, advice: one, offeringId }]
    }),
  )
}

const priced = async (deps: Services, context: Context, { offeringId }: Candidate, around: Around) => {
  const answer = await priceItems(deps, context, {
    item: [
      ...around.item.filter(one => one.action === 'add' || one.action === 'modify').map(({ id, offeringId: other, quantity, characteristic, partOf }) => ({ id, offeringId: other, quantity: quantity ?? 1, characteristic: characteristic ?? {}, ...(partOf !== undefined && { partOf }) })),
      { id: 'advised', offeringId, quantity: 1 },
    ],
    promotionCode: around.promotionCode,
    ...(around.currency !== undefined && { currency: around.currency }),
    ...(around.customer && { customerId: around.customer.id }),
    ...(typeof around.place?.['id'] === 'string' && { place: { id: around.place['id'] } }),
  })
  const components = answer.line.find(one => one.id === 'advised')?.component
  return components === undefined ? undefined : { itemPrice: components.map(priceLineOf), totalPrice: totalLinesOf(components) }
}

/** More than anybody reads: what comes after is not looked at. */
const MOST_LOOKED_AT = 50

export const advise = async (deps: Services, context: Context, question: AdviceQuestion) => {
  const at = deps.clock.now()
  const around = await aroundOf(deps, context, question)
  const buyer = buyerIn(deps, context, around, at)
  const person = around.customer && ((await partyOf(deps, context, around.customer))?.id ?? around.customer.id)
  const personalised = person !== undefined && (await mayUse(deps, context, person, PURPOSE))
  const inCart = await loadOfferings(deps, context, around.item.map(one => one.offeringId))
  const { advice, failed, withheld } = await adviceFor(deps, context, {
    item: around.item, at, offerings: inCart, buyer, promotionCode: around.promotionCode,
    ...(around.customer && { customer: around.customer }),
    ...(around.currency !== undefined && { currency: around.currency }),
    ...(typeof around.place?.['id'] === 'string' && { place: { id: around.place['id'] } }),
  }, personalised)
  const said = { personalised, withheld: withheld.length, failedRule: failed }
  if (advice.length === 0) return { ...said, advice: [] }
  // What somebody has is not offered again, whether or not it may be used to find what else to offer.
  const had = new Set((await buyer.products()).map(one => one.offering))
  const there = new Set([...had, ...around.item.filter(one => one.action !== 'delete').map(one => one.offeringId)])
  const [offerings, refused] = await Promise.all([loadOfferings(deps, context, [...new Set([...there, ...advice.flatMap(one => one.offer)])]), refusedBy(deps.database, context.brand, await subjectsOf(around, buyer), at)])
  const candidates = wanted(advice, offerings, there, refused).slice(0, MOST_LOOKED_AT)
  const whyNot = await whyNotOffered(deps, context, candidates.map(({ key, offeringId }) => ({ key, offeringId })), {
    others: around.item.filter(one => one.action !== 'delete').map(one => one.offeringId),
    ...(around.customer && { customer: around.customer }),
    ...(around.place && { place: around.place }),
  })
  const found = []
  for (const one of candidates) {
    const { reasons, needsPlace } = whyNot.get(one.key) ?? { reasons: [], needsPlace: false }
    if (found.length >= question.limit || reasons.length > 0) continue
    const price = await priced(deps, context, one, around)
    if (price === undefined) continue
    const { rule, priority, message, translation, itemId, product } = one.advice
    found.push({
      productOffering: { id: one.offeringId, name: offerings.get(one.offeringId)?.doc.name ?? one.offeringId, '@referredType': 'ProductOffering' },
      kind: rule.kind, message, translation, rule, priority, ...price,
      ...(needsPlace && { needsPlace }),
      ...(itemId !== undefined && { cartItem: { id: itemId } }),
      ...(product && { instead: { productOffering: { id: product.offering } } }),
    })
  }
  return { ...said, advice: found }
}
