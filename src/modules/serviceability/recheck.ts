/** Asks a qualification's question again, as things are now: what a cart line or an order relies on. */
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { answerTo, wantedAt } from './ask.ts'
import { checkServiceQualification } from './check-service-qualification.ts'
import { portsHeldFor } from './own-ports.ts'
import { readService } from './requirement.ts'

export interface Recheck {
  itemId: string
  pinned: string
  current: string
  expirationDate: string | undefined
  /** What is otherwise than it was answered. */
  changed: { attribute: string; before: unknown; after: unknown }[]
  reasons: { code: string; label: string }[]
}

/** What an answer says of the line; the question's own characteristics have other names, or the same value. */
const LINE = ['technology', 'provider', 'maxDownloadSpeed', 'maxUploadSpeed', 'latencyClass'] as const
const ANSWERED = new Set<string>(['maxDownloadSpeed', 'maxUploadSpeed', 'coverageId', 'coverageSource', 'coverageAsOf', 'coverageHeard', 'coverageSourcesAsked'])

/** Each item of a checkServiceQualification, or the one that is named, asked again; undefined when there is none. Ports that are reserved from it, or named, do not count against it. */
export const recheckService = async (deps: Services, context: Context, id: string, itemId: string | undefined, reservationIds: readonly string[] = []): Promise<Recheck[] | undefined> => {
  const found = await deps.store.get(context, checkServiceQualification, id)
  const items = (found?.doc.serviceQualificationItem ?? []).filter(item => itemId === undefined || item.id === itemId)
  if (found === undefined || items.length === 0) return undefined
  const now = deps.clock.now()
  return await Promise.all(
    items.map(async item => {
      const given = item.service?.serviceCharacteristic ?? []
      const asked = readService({ ...item.service, serviceCharacteristic: given.filter(one => !ANSWERED.has(one.name)) } as Parameters<typeof readService>[0], 'service')
      const verdict = await answerTo(deps, context, asked, item.service?.serviceSpecification?.id, wantedAt(item, now), item.category?.id, { ownPorts: portsHeldFor(deps, context, { qualification: { id, itemId: item.id ?? '1' }, reservationIds }) })
      const [line] = verdict.lines
      const after: Record<(typeof LINE)[number], unknown> = { technology: line?.technology, provider: line?.provider, maxDownloadSpeed: line?.maxDownload, maxUploadSpeed: line?.maxUpload, latencyClass: line?.latencyClass }
      const before = Object.fromEntries(given.map(one => [one.name, one.value]))
      const pinned = item.qualificationResult ?? 'unqualified'
      return {
        itemId: item.id ?? '1',
        pinned,
        current: verdict.result,
        expirationDate: item.expirationDate ?? found.doc.expirationDate,
        changed: [
          ...(pinned === verdict.result ? [] : [{ attribute: 'qualificationResult', before: pinned, after: verdict.result as unknown }]),
          ...(pinned === 'qualified' && verdict.result === 'qualified' ? LINE.filter(name => before[name] !== undefined && before[name] !== after[name]).map(attribute => ({ attribute, before: before[attribute], after: after[attribute] })) : []),
        ],
        reasons: verdict.reasons.map(({ code, label }) => ({ code, label })),
      }
    }),
  )
}
