/**
 * Lines that change what a customer has: made from an answer of in-life sales, and kept as that answer says. Nobody but that answer says what such a
 * line does, so what a client writes over it is put back; once the prices of the cart hold no more it is asked anew.
 */
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { inLifeOption, type BuiltOption, type ChangeLine, type InLifeAction, type Reason } from '../in-life/index.ts'
import type { CartItem, CartPrice, LineAdjustment, LineInLife, LineIssue } from './cart-types.ts'
import type { ShoppingCart } from './shopping-cart.schema.ts'

/** What somebody wants done with a product. */
export interface ChangeRequest {
  product: string
  action: InLifeAction
  productOffering?: string
  place?: Record<string, unknown>
  effectiveDate?: string
  device?: 'keepPaying' | 'payOff'
  /** Of a bundle: the part that leaves it (with `add`, for what comes in its place), and what is taken of another one that it is exchanged for. */
  part?: string
  choice?: readonly string[]
  /** Why the rules are not asked, where somebody has waived them. */
  waiver?: string
}

type Asker = Pick<Services, never> & Services

/** The answer to it now, undefined when there is no such product or no such option, with the places in `choice` of what cannot be chosen, and whether it has no such part. */
export const answerChange = async (deps: Asker, context: Context, request: ChangeRequest): Promise<{ built: BuiltOption | undefined; unknownChoice: readonly number[]; unknownPart: boolean }> => {
  const { product, action, productOffering, place, effectiveDate, device, part, choice, waiver } = request
  const answer = await inLifeOption(deps, context, {
    productId: product,
    action: [action],
    ...(productOffering !== undefined && { offeringId: productOffering }),
    ...(place && { place }),
    ...(effectiveDate !== undefined && { effectiveDate: new Date(effectiveDate) }),
    ...(device !== undefined && { device }),
    ...(part !== undefined && { partId: part }),
    ...(choice && { choice }),
    ...(waiver !== undefined && { waiver }),
  })
  return { built: answer?.built, unknownChoice: answer?.unknown.choice ?? [], unknownPart: answer?.unknown.part ?? false }
}

/** The answer alone. */
export const askChange = async (deps: Asker, context: Context, request: ChangeRequest): Promise<BuiltOption | undefined> => (await answerChange(deps, context, request)).built

type Waiver = NonNullable<CartItem['waiver']>

const GIVEN = 'kept-'

/** Whether a discount was kept from before, and not given by somebody on this line. */
export const isKept = ({ id }: { id: string }): boolean => id.startsWith(GIVEN)

export const keptOnLine = (adjustments: Readonly<ChangeLine['adjustment']>): LineAdjustment[] =>
  adjustments.map(one => ({ id: one.id, name: one.name, ...(one.percentage !== undefined && { percentage: Number(one.percentage) }), ...(one.amount && { amount: { unit: one.amount.unit, value: Number(one.amount.value) } }), ...(one.on && { on: one.on }), ...(one.duration && { duration: one.duration }), reason: 'kept from before' }))

/** What of a line follows from the answer; `within` is the id of the bundle's line. */
const answered = (line: CartItem, change: ChangeLine, inLife: LineInLife, within: string | undefined): CartItem => {
  const { productOffering: _offering, itemTerm: _term, product: _product, cartItem: _parts, adjustment, ...rest } = line
  const given = (adjustment ?? []).filter(one => !isKept(one))
  const kept = keptOnLine(change.adjustment)
  const { payOff: _payOff, reason: _reason, fee: _fee, oneTimeCharges: _once, option: _option, ...common } = inLife
  const parts = (change.parts ?? []).map((part, index): CartItem => {
    const id = within === undefined ? undefined : `${within}.${index + 1}`
    const own: LineInLife = { ...common, part: 0, option: { ...(part.productOffering && { productOffering: part.productOffering }), takesEffect: inLife.option['takesEffect'] }, ...feesOf(part) }
    return answered({ ...(id !== undefined && { id }), status: 'active', ...(line.addedBy && { addedBy: line.addedBy }) }, part, own, id)
  })
  return {
    ...rest,
    action: change.action,
    quantity: 1,
    product: change.product as NonNullable<CartItem['product']>,
    ...(change.productOffering && { productOffering: change.productOffering }),
    ...(change.itemTerm && { itemTerm: change.itemTerm }),
    ...(given.length + kept.length > 0 && { adjustment: [...given, ...kept] }),
    inLife,
    ...(parts.length > 0 && { cartItem: parts }),
  }
}

/** The waiver with what it spares: shown with the line, and kept on its order. */
export const waivedAs = ({ fee: _fee, refusal: _refusal, ...said }: Waiver, { fee, issue }: { fee: readonly CartPrice[]; issue: readonly LineIssue[] }): Waiver => ({ ...said, ...(fee.length > 0 && { fee: [...fee] }), ...(issue.length > 0 && { refusal: [...issue] }) })

const feesOf = (change: ChangeLine): Pick<LineInLife, 'fee' | 'oneTimeCharges'> => ({ ...(change.fee.length > 0 && { fee: change.fee as CartPrice[] }), ...(change.oneTimeCharges && { oneTimeCharges: true }) })

/** The line as the answer has it, with those of a bundle's parts. Discounts that people gave on it stay. */
const lineFrom = (line: CartItem, built: BuiltOption, part: number, request: ChangeRequest, until: Date): CartItem => {
  const change = built.lines[part]!
  const { itemPrice: _price, ...option } = built.option
  const { waiver: _waiver, ...asked } = request
  const inLife: LineInLife = {
    request: asked as unknown as Record<string, unknown>,
    part,
    option: option as unknown as Record<string, unknown>,
    action: built.option.action,
    effectiveDate: built.option.effectiveDate,
    expirationDate: until.toISOString(),
    ...feesOf(change),
    ...(part === 0 && built.payOff.length > 0 && { payOff: built.payOff }),
    ...(built.option.reason.length > 0 && { reason: built.option.reason.map(({ code, message }) => ({ code, message })) }),
  }
  const { waived } = built
  return answered({ ...line, ...(part === 0 && line.waiver && waived && { waiver: waivedAs(line.waiver, { fee: waived.fee as CartPrice[], issue: waived.refusal.map(({ code, message }) => ({ code, message })) }) }) }, change, inLife, line.id)
}

/** The lines of an answer; the parts of one answer belong together. */
export const linesFrom = (built: BuiltOption, request: ChangeRequest, until: Date, waiver?: Waiver): CartItem[] => built.lines.map((_, part) => lineFrom({ status: 'active', ...(waiver && part === 0 && { waiver }) }, built, part, request, until))

/** What was asked, and that it was waived: that is said of the line. */
const requestOf = ({ inLife, waiver }: CartItem): ChangeRequest | undefined => inLife && { ...(inLife.request as unknown as ChangeRequest), ...(waiver && { waiver: waiver.reason }) }

/** What of such a line is the answer's. */
const core = ({ action, quantity, product, productOffering, itemTerm, inLife, cartItem }: CartItem): Partial<CartItem> => ({ ...(action && { action }), ...(quantity !== undefined && { quantity }), ...(product && { product }), ...(productOffering && { productOffering }), ...(itemTerm && { itemTerm }), ...(inLife && { inLife }), ...(cartItem && { cartItem }) })

/** The cart's lines with changes as they were answered, or are answered now where that holds no more. */
export const withAnswers = async (cart: ShoppingCart, previous: ShoppingCart | undefined, { deps, context, now }: { deps: Services; context: Context; now: Date }, pinMs: number): Promise<CartItem[]> => {
  const before = new Map((previous?.cartItem ?? []).map(line => [line.id, line]))
  const answers = new Map<string, Promise<BuiltOption | undefined>>()
  return await Promise.all(
    (cart.cartItem ?? []).map(async line => {
      const request = requestOf(line)
      if (request === undefined || line.inLife === undefined) return line
      const was = before.get(line.id)
      const holds = (cart.pricePin !== undefined || previous === undefined || was?.inLife === undefined) && new Date(line.inLife.expirationDate) > now && line.waiver?.reason === was?.waiver?.reason
      if (holds) {
        const { productOffering: _offering, itemTerm: _term, product: _product, cartItem: _parts, ...rest } = line
        return was?.inLife === undefined ? line : { ...rest, ...core(was) }
      }
      const key = JSON.stringify(request)
      const answer = answers.get(key) ?? askChange(deps, context, request)
      answers.set(key, answer)
      const built = await answer
      if (built?.lines[line.inLife.part] !== undefined) return lineFrom(line, built, line.inLife.part, request, new Date(now.getTime() + pinMs))
      return { ...line, inLife: { ...line.inLife, reason: [{ code: 'changeNotOffered', message: 'this can no longer be done with the product' }] } }
    }),
  )
}

/** Why a change cannot be made any more, asked anew; it costs what was answered as long as that holds. */
export const changeReasons = async (deps: Services, context: Context, line: CartItem): Promise<Reason[]> => {
  const request = requestOf(line)
  if (request === undefined || line.inLife?.part !== 0) return []
  const built = await askChange(deps, context, request)
  return built === undefined ? [{ code: 'changeNotOffered', message: 'this can no longer be done with the product' }] : built.option.reason
}

/** When the changes of a cart shall take effect, where that is not at once. One order has one date. */
export const laterDates = (lines: readonly CartItem[]): string[] => [
  ...new Set(lines.flatMap(({ inLife }) => (inLife === undefined || ((inLife.option as { takesEffect?: string }).takesEffect === 'now' && requestOf({ inLife })?.effectiveDate === undefined) ? [] : [inLife.effectiveDate]))),
]
