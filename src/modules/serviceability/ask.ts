/** From a service in a TM Forum document to a verdict: what it asks, what its kind needs, and what the place gives. */
import type { Fault } from '../../platform/errors.ts'
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { checkPlace, type Looking } from './place-check.ts'
import type { Verdict } from './qualification.ts'
import { readService, stricter, type Asked, type AskedService } from './requirement.ts'
import { needOf } from './service-need.ts'
import { withSitePlace } from './site-place.ts'
import { technicalObjections } from './technical-rules.ts'

type Deps = Pick<Services, 'store' | 'database' | 'config' | 'log'>

interface Dated {
  expectedActivationDate?: string
  expectedServiceAvailabilityDate?: string
}

/** The date that counts: when it should be active, else available, else now; never in the past. */
export const wantedAt = (item: Dated, now: Date): Date => {
  const asked = item.expectedActivationDate ?? item.expectedServiceAvailabilityDate
  const date = asked === undefined ? now : new Date(asked)
  return date > now ? date : now
}

/** Checks a service whose question has been read (and found without faults). */
export const answerTo = async (deps: Deps, context: Context, asked: Asked, specificationId: string | undefined, at: Date, categoryId?: string, looking?: Looking): Promise<Verdict> => {
  const need = stricter(asked.need, await needOf(deps, context, specificationId))
  const service = { characteristics: asked.characteristics, ...(specificationId !== undefined && { specificationId }), ...(categoryId !== undefined && { categoryId }) }
  const place = asked.place && (await withSitePlace(deps, context, asked.place))
  const objections = await technicalObjections(deps, context, service, place, need, at)
  return checkPlace(deps, context, place, { ...need, ...(objections !== undefined && { objections }) }, at, looking)
}

/** Reads several services at once, so that one refusal names every fault of all of them. */
export const readAll = (services: readonly (AskedService | undefined)[], pathOf: (index: number) => string): { asked: Asked[]; faults: Fault[] } => {
  const asked = services.map((service, index) => readService(service ?? {}, pathOf(index)))
  return { asked, faults: asked.flatMap(one => one.faults) }
}
