/** Writes verdicts into the attributes of TMF645: what of the answer stands where. Pure. */
import { ANSWER_HOLDS_DAYS, expiryOf, type Coverage, type Verdict } from './qualification.ts'
import type { CheckServiceQualification } from './check-service-qualification.schema.ts'
import type { QueryServiceQualification } from './query-service-qualification.schema.ts'

export type CheckItem = NonNullable<CheckServiceQualification['serviceQualificationItem']>[number]
export type QueryItem = NonNullable<QueryServiceQualification['serviceQualificationItem']>[number]
type Service = NonNullable<CheckItem['service']>
type ServiceCharacteristic = NonNullable<Service['serviceCharacteristic']>[number]

const characteristic = (name: string, value: string | number | undefined): ServiceCharacteristic[] => (value === undefined ? [] : [{ name, valueType: typeof value, value }])

/** A line as characteristics of a service; the names are those that a question uses too. Speeds are the most that can be had, in Mbit/s. */
const characteristicsOf = (line: Coverage): ServiceCharacteristic[] => [
  ...characteristic('technology', line.technology),
  ...characteristic('provider', line.provider),
  ...characteristic('maxDownloadSpeed', line.maxDownload),
  ...characteristic('maxUploadSpeed', line.maxUpload),
  ...characteristic('latencyClass', line.latencyClass),
  ...characteristic('coverageId', line.id),
  ...characteristic('coverageSource', line.source),
  ...characteristic('coverageAsOf', line.asOf.toISOString()),
  ...characteristic('coverageHeard', line.heard),
]

/** What became of the sources that were asked, for whoever wants to know how sure the answer is. */
export const askedOf = (verdict: Verdict): ServiceCharacteristic[] => (verdict.asked === undefined ? [] : [{ name: 'coverageSourcesAsked', valueType: 'array', value: verdict.asked }])

const nameOf = (line: Coverage): string => `${line.technology} by ${line.provider}${line.maxDownload === undefined ? '' : `, up to ${line.maxDownload} Mbit/s`}`

/** The service that a line can carry, at the place and of the kind that was asked for. */
const serviceOn = (line: Coverage, asked: Service | undefined): Service => ({
  name: nameOf(line),
  ...(asked?.serviceSpecification !== undefined && { serviceSpecification: asked.serviceSpecification }),
  ...(asked?.place !== undefined && { place: asked.place }),
  serviceCharacteristic: characteristicsOf(line),
  state: 'feasibilityChecked',
})

export const withFurther = (service: Service, further: ServiceCharacteristic[]): Service => (further.length === 0 ? service : { ...service, serviceCharacteristic: [...(service.serviceCharacteristic ?? []), ...further] })

export interface Flags {
  alternatives: boolean
  reasons: boolean
}

/** What a client said about the item, without what only an answer says. */
const questionOf = (item: CheckItem): CheckItem => {
  const { alternateServiceProposal: _proposals, eligibilityUnavailabilityReason: _reasons, qualificationResult: _result, terminationError: _error, state: _state, expirationDate: _expiry, ...question } = item
  return question
}

/** One item with its answer. */
export const checkedItem = (item: CheckItem, verdict: Verdict, now: Date, flags: Flags): CheckItem => {
  const [line] = verdict.lines
  const missing = verdict.reasons.find(reason => reason.code === 'placeMissing')
  const given = item.service?.serviceCharacteristic ?? []
  const named = new Set(given.map(one => one.name))
  return {
    ...questionOf(item),
    // Without a place there was nothing to check: the definition's own example of an item that ends with an error.
    state: missing === undefined ? 'done' : 'terminatedWithError',
    qualificationResult: verdict.result,
    expirationDate: expiryOf(verdict, now).toISOString(),
    ...(missing !== undefined && { terminationError: [{ id: '1', value: missing.label }] }),
    ...((line !== undefined || verdict.asked !== undefined) && {
      service: { ...item.service, serviceCharacteristic: [...given, ...[...(line === undefined ? [] : characteristicsOf(line)), ...askedOf(verdict)].filter(one => !named.has(one.name))] },
    }),
    ...(flags.reasons && verdict.reasons.length > 0 && { eligibilityUnavailabilityReason: verdict.reasons.map(({ code, label }) => ({ code, label })) }),
    ...(flags.alternatives &&
      verdict.proposals.length > 0 && {
        alternateServiceProposal: verdict.proposals.map((proposal, index) => ({
          id: String(index + 1),
          alternateServiceAvailabilityDate: (proposal.availableFrom ?? now).toISOString(),
          alternateService: serviceOn(proposal.line, item.service),
        })),
      }),
  }
}

/** What can be had at the place, one item for each line, the best first. */
export const foundItems = (criteria: QueryItem, verdict: Verdict, now: Date): QueryItem[] =>
  verdict.lines.map((line, index) => ({
    id: String(index + 1),
    ...(criteria.category !== undefined && { category: criteria.category }),
    expectedServiceAvailabilityDate: (line.since !== undefined && line.since > now ? line.since : now).toISOString(),
    expirationDate: expiryOf({ ...verdict, lines: [line] }, now).toISOString(),
    service: withFurther(serviceOn(line, criteria.service), askedOf(verdict)),
  }))

/** The whole answer holds as long as its shortest-lived part. */
export const expiryOfAll = (items: readonly { expirationDate?: string }[], now: Date): string =>
  items
    .map(item => item.expirationDate)
    .filter(date => date !== undefined)
    .reduce((soonest, date) => (date < soonest ? date : soonest), new Date(now.getTime() + ANSWER_HOLDS_DAYS * 86_400_000).toISOString())
