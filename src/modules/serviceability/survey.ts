/** One place, many questions: what all sources say of it is read once, and any number of wishes is held against it. */
import { fault, refuse } from '../../platform/errors.ts'
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { withoutHeld, type OwnPorts } from './capacity-store.ts'
import { assess, expiryOf, refusedPlace, withAsked, type Requirement, type Verdict } from './qualification.ts'
import { rememberedCoverageAt } from './remembered-places.ts'
import { readService, stricter } from './requirement.ts'
import { knownNeeds, needOf } from './service-need.ts'
import { withSitePlace } from './site-place.ts'
import { swapReason, withSwapReason } from './swapped-coordinates.ts'
import { technicalObjections } from './technical-rules.ts'

type Deps = Pick<Services, 'store' | 'database' | 'config' | 'log'>

/** What an offering asks of a line. */
export interface LineWish {
  characteristics: readonly { name?: string; value?: unknown }[]
  serviceSpecificationId?: string
  categoryId?: string
  requirement?: Requirement
}

export interface Survey {
  /** The verdict on one wish, and until when it may be relied on. */
  ask: (wish: LineWish) => Promise<Verdict & { expirationDate: Date }>
}

/** Reads what can be had at a place. Throws a Refusal (400) when the place cannot be understood; `path` leads its faults. */
export const surveyPlace = async (deps: Deps, context: Context, place: Readonly<Record<string, unknown>>, at: Date, now: Date, path = 'place', ownPorts?: OwnPorts): Promise<Survey> => {
  const read = readService({ place: [place] }, '')
  if (read.faults.length > 0) throw refuse.invalid(read.faults.map(one => fault(one.path.replace(/^\.place\[0\]/, path), one.rule, one.value)))
  const where = read.place && (await withSitePlace(deps, context, read.place))
  const known = await rememberedCoverageAt(deps, context, where)
  const rows = 'code' in known ? [] : await withoutHeld(deps.database, context.brand, known.rows, ownPorts)
  const needs = new Map<string, Promise<Requirement>>()
  const need = (id: string | undefined): Promise<Requirement> => {
    if (id === undefined) return Promise.resolve({})
    let found = needs.get(id)
    if (found === undefined) needs.set(id, (found = needOf(deps, context, id)))
    return found
  }
  // Of one place it is looked for once, however much is asked.
  let swap: ReturnType<typeof swapReason> | undefined
  const swapOnce: typeof swapReason = (...asked) => (swap ??= swapReason(...asked))
  return {
    ask: async wish => {
      const asked = readService({ serviceCharacteristic: wish.characteristics }, '')
      const whole = stricter(stricter(asked.need, await need(wish.serviceSpecificationId)), wish.requirement ?? {})
      const service = { characteristics: asked.characteristics, ...(wish.serviceSpecificationId !== undefined && { specificationId: wish.serviceSpecificationId }), ...(wish.categoryId !== undefined && { categoryId: wish.categoryId }) }
      const objections = await technicalObjections(deps, context, service, where, whole, at)
      const found = 'code' in known ? refusedPlace(known.code, known.label) : withAsked(assess(rows, { ...whole, ...(objections !== undefined && { objections }) }, at), known.asked)
      const verdict = await withSwapReason(deps.database, context.brand, where?.point, found, swapOnce)
      return { ...verdict, expirationDate: expiryOf(verdict, now) }
    },
  }
}

/** Which of these kinds of service need a line: those that a serviceNeed is kept of. */
export const needingLine = async (deps: Pick<Services, 'store' | 'database'>, brand: string, specificationIds: readonly string[]): Promise<string[]> => {
  if (specificationIds.length === 0) return []
  const known = await knownNeeds(deps, brand)
  return specificationIds.filter(id => known.has(id))
}
