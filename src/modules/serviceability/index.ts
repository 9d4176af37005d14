/** The serviceability module: what can be delivered where. What other modules may ask it. */
import { refuse } from '../../platform/errors.ts'
import type { Context } from '../../platform/principal.ts'
import { defineModule } from '../../tmf/module.ts'
import type { Services } from '../../tmf/services.ts'
import { checkServiceQualification } from './check-service-qualification.ts'
import { coverageRoutes } from './coverage-routes.ts'
import { batchRoutes } from './batch/batch-routes.ts'
import { qualificationBatchRun, qualificationBatchSweep } from './batch/batch-run.ts'
import { checkRoutes } from './check-routes.ts'
import { coverageSourceRoutes } from './coverage-source-routes.ts'
import { upsertCoverage } from './coverage-store.ts'
import { capacityExpiry } from './capacity-expiry.ts'
import { capacityReservation } from './capacity-reservation.ts'
import { qualificationRule } from './qualification-rule.ts'
import { readCoverageRow, type CoverageRow } from './coverage-row.ts'
import { answerTo } from './ask.ts'
import { coverageImportRun, coverageImportSweep, coverageVersionDrop } from './import/import-run.ts'
import { closeOutbound } from './import/outbound.ts'
import { serviceabilityHoldings } from './personal.ts'
import { expiryOf, type Requirement, type Verdict } from './qualification.ts'
import { queryServiceQualification } from './query-service-qualification.ts'
import { startRemembering, stopRemembering } from './remembered-places.ts'
import { readService, stricter } from './requirement.ts'
import { serviceNeed } from './service-need.ts'

export { checkServiceQualification } from './check-service-qualification.ts'
export { queryServiceQualification } from './query-service-qualification.ts'
export { serviceNeed } from './service-need.ts'
export type { Coverage, Proposal, Reason, ReasonCode, Requirement, Verdict } from './qualification.ts'
export type { CoverageRow } from './coverage-row.ts'
export { whereIs, type Where } from './where.ts'
export { capacityReservation } from './capacity-reservation.ts'
export { itemNamed, reserveFrom, type LineReader } from './capacity-question.ts'
export { releaseReservation, reserveFor, returnPorts, settleReservation, takeReservation, whyNotTaken, type CapacityWork, type TakenBy } from './capacity.ts'
export { isAbout, objection, qualificationRule, rulesOf, type CompiledRule } from './qualification-rule.ts'
export { ruledProducts } from './technical-rules.ts'
export { needingLine, surveyPlace, type LineWish, type Survey } from './survey.ts'
export { overall, type Result } from './qualification.ts'
export { portsHeldFor } from './own-ports.ts'
export type { OwnPorts } from './capacity-store.ts'
export { recheckService, type Recheck } from './recheck.ts'

export const serviceabilityModule = defineModule({
  name: 'serviceability',
  dependsOn: ['place'],
  resources: [checkServiceQualification, queryServiceQualification, serviceNeed, qualificationRule, capacityReservation],
  contributions: { personal: serviceabilityHoldings },
  jobs: [capacityExpiry, coverageImportRun, coverageImportSweep, coverageVersionDrop, qualificationBatchRun, qualificationBatchSweep],
  routes: (app, deps) => {
    coverageRoutes(app, deps)
    coverageSourceRoutes(app, deps)
    checkRoutes(app, deps)
    batchRoutes(app, deps)
  },
  start: startRemembering,
  stop: async deps => {
    await Promise.all([closeOutbound(deps), stopRemembering(deps)])
  },
})

type Deps = Pick<Services, 'store' | 'database' | 'clock' | 'config' | 'log'>

/** A place as TM Forum documents hold it (RelatedPlaceRefOrValue): by id, by address attributes, by coordinates, by H3 cell. */
export type PlaceDocument = Readonly<Record<string, unknown>>

export interface PlaceAnswer extends Verdict {
  /** Until when the answer may be relied on. */
  expirationDate: Date
}

export interface Wish {
  /** What is needed, said directly … */
  requirement?: Requirement
  /** … or as characteristics of a product or service: technology, downloadSpeed, uploadSpeed, latencyClass, marketSegment, provider, h3Cell. The stricter of both counts. */
  characteristics?: readonly { name?: string; value?: unknown }[]
  /** Kind of service, whose own need (serviceNeed) is added. */
  serviceSpecificationId?: string
  /** Business time it is wanted for; now when left out. */
  at?: Date
}

/**
 * Can this be delivered there? The same answer as a checkServiceQualification gives, kept nowhere.
 * Throws a Refusal (400) when the place or a characteristic cannot be understood.
 */
export const checkPlace = async (deps: Deps, context: Context, place: PlaceDocument | undefined, wish: Wish = {}): Promise<PlaceAnswer> => {
  const now = deps.clock.now()
  const asked = readService({ ...(place !== undefined && { place: [place] }), ...(wish.characteristics !== undefined && { serviceCharacteristic: wish.characteristics }) }, '')
  if (asked.faults.length > 0) throw refuse.invalid(asked.faults.map(one => ({ ...one, path: one.path.replace(/^\./, '') })))
  const need = stricter(asked.need, wish.requirement ?? {})
  const verdict = await answerTo(deps, context, { ...asked, need }, wish.serviceSpecificationId, wish.at ?? now)
  return { ...verdict, expirationDate: expiryOf(verdict, now) }
}

export type Relied = { valid: true } | { valid: false; why: 'unknown' | 'expired' | 'notQualified' }

/** May an order still rely on this qualification (a checkServiceQualification id)? */
export const reliesOn = async (deps: Deps, context: Context, qualificationId: string): Promise<Relied> => {
  const found = await deps.store.get(context, checkServiceQualification, qualificationId)
  if (found === undefined) return { valid: false, why: 'unknown' }
  const { expirationDate, qualificationResult } = found.doc
  if (expirationDate === undefined || new Date(expirationDate) <= deps.clock.now()) return { valid: false, why: 'expired' }
  return qualificationResult === 'qualified' ? { valid: true } : { valid: false, why: 'notQualified' }
}

/** Loads coverage as the bulk operation does: rows that say the same of the same place and start are replaced; one wrong row and nothing is stored. */
export const loadCoverage = async (deps: Deps, context: Context, rows: readonly CoverageRow[]): Promise<{ created: number; updated: number }> => {
  const now = deps.clock.now()
  const read = rows.map((row, index) => readCoverageRow(row, `[${index}]`, now))
  const faults = read.flatMap(row => (Array.isArray(row) ? row : []))
  if (faults.length > 0) throw refuse.invalid(faults.slice(0, 100))
  return deps.database.transaction(tx => upsertCoverage(tx, context.brand, read.flatMap(row => (Array.isArray(row) ? [] : [row]))))
}
