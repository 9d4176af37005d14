/** Coverage rows as callers write them: their schemas, and reading them into what is stored with every fault named. */
import { Type, type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { fault, type Fault } from '../../platform/errors.ts'
import { faultsOfSchemaErrors, type SchemaError } from '../../platform/http/validation-faults.ts'
import { newId } from '../../platform/ids.ts'
import { instantOf } from '../../tmf/filter/values.ts'
import type { CoverageInput, StoredCoverage } from './coverage-store.ts'
import { normaliseCell } from './place.ts'
import { segmentOf } from './requirement.ts'
import { technologyOf } from './technology.ts'

const name = (description: string) => Type.String({ minLength: 1, maxLength: 200, description })
const instant = (description: string) => Type.String({ format: 'date-time', description })
/** numeric(12,3) holds it. */
const speed = (description: string) => Type.Number({ minimum: 0, maximum: 999_999_999, description })

export const CoverageRow = Type.Object(
  {
    provider: name('The stack or wholesale partner that delivers'),
    technology: Type.Union([Type.String({ minLength: 1, maxLength: 40 }), Type.Integer()], { description: 'fibre, cable, copper, mobile5g …, or an FCC technology code' }),
    maxDownload: Type.Optional(speed('Mbit/s down at most')),
    maxUpload: Type.Optional(speed('Mbit/s up at most')),
    latencyClass: Type.Optional(Type.Enum(['low', 'standard'], { type: 'string', description: 'low or standard; standard when left out' })),
    marketSegment: Type.Optional(Type.String({ maxLength: 20, description: 'business, residential or both (also B, R, X); both when left out' })),
    addressId: Type.Optional(name('Address that it holds for; this or a cell')),
    cell: Type.Optional(name('H3 cell of any resolution that it holds for; this or an address')),
    since: Type.Optional(instant('From when it can be delivered')),
    until: Type.Optional(instant('Until when it can be delivered')),
    capacity: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_000_000_000, description: 'Ports left; not counted when left out' })),
    source: Type.Optional(name('Where the row comes from; manual when left out')),
    asOf: Type.Optional(instant('When its facts were true; now when left out')),
  },
  { additionalProperties: false, description: 'What one provider can deliver at one place' },
)
export type CoverageRow = Static<typeof CoverageRow>

const coverageValidator = Compile(CoverageRow)

const at = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`)

/** TypeBox names all missing or unknown attributes of an object in one error: one for each, as ajv has them. */
export const errorsOf = (errors: readonly SchemaError[]): SchemaError[] =>
  errors.flatMap(error => {
    const { requiredProperties, additionalProperties } = error.params
    if (error.keyword === 'required' && Array.isArray(requiredProperties)) return requiredProperties.map(missingProperty => ({ ...error, params: { missingProperty } }))
    // TypeBox tells an unknown attribute a second time, as one whose schema is false.
    if (error.keyword === 'boolean') return []
    if (error.keyword === 'additionalProperties' && Array.isArray(additionalProperties)) return additionalProperties.map(additionalProperty => ({ ...error, params: { additionalProperty } }))
    return [error]
  })
const below = (path: string, faults: readonly Fault[]): Fault[] => faults.map(one => ({ ...one, path: one.path === '' ? path : at(path, one.path) }))

/** A row ready to be stored, or what is wrong with it. `path` leads the faults. */
export const readCoverageRow = (given: unknown, path: string, now: Date): CoverageInput | Fault[] => {
  if (!coverageValidator.Check(given)) return below(path, faultsOfSchemaErrors(errorsOf(coverageValidator.Errors(given)), given))
  const faults: Fault[] = []
  const technology = technologyOf(given.technology)
  if (technology === undefined) faults.push(fault(at(path, 'technology'), 'must be a technology of letters and digits, such as fibre', given.technology))
  const marketSegment = segmentOf(given.marketSegment ?? 'both')
  if (marketSegment === undefined) faults.push(fault(at(path, 'marketSegment'), 'must be business, residential or both', given.marketSegment))
  if ((given.addressId === undefined) === (given.cell === undefined)) faults.push(fault(at(path, 'addressId'), 'or cell must be given, and not both'))
  const cell = given.cell === undefined ? undefined : normaliseCell(given.cell)
  if (given.cell !== undefined && cell === undefined) faults.push(fault(at(path, 'cell'), 'must be an H3 cell index', given.cell))
  const [since, until, asOf] = (['since', 'until', 'asOf'] as const).map(name => {
    const text = given[name]
    const date = text === undefined ? undefined : instantOf(text)
    if (text !== undefined && date === undefined) faults.push(fault(at(path, name), 'must be a date-time with an offset (RFC 3339)', text))
    return date
  })
  if (since !== undefined && until !== undefined && since >= until) faults.push(fault(at(path, 'until'), 'must be after since', given.until))
  if (faults.length > 0 || technology === undefined || marketSegment === undefined) return faults
  return {
    id: newId(),
    provider: given.provider,
    technology,
    maxDownload: given.maxDownload ?? null,
    maxUpload: given.maxUpload ?? null,
    latencyClass: given.latencyClass ?? 'standard',
    marketSegment,
    placeKind: cell === undefined ? 'address' : 'cell',
    placeId: cell ?? given.addressId ?? '',
    since: since?.toISOString() ?? null,
    until: until?.toISOString() ?? null,
    capacity: given.capacity ?? null,
    source: given.source ?? 'manual',
    asOf: (asOf ?? now).toISOString(),
  }
}

export const StoredCoverageRow = Type.Object({ id: Type.String({ description: 'Identifier' }), ...CoverageRow.properties, updatedAt: instant('When the row was last written') }, { description: 'A coverage row as it is kept' })

/** A stored row as callers see it. */
export const shownCoverage = (row: StoredCoverage): Record<string, unknown> => ({
  id: row.id,
  provider: row.provider,
  technology: row.technology,
  ...(row.maxDownload !== null && { maxDownload: row.maxDownload }),
  ...(row.maxUpload !== null && { maxUpload: row.maxUpload }),
  latencyClass: row.latencyClass,
  marketSegment: row.marketSegment,
  ...(row.placeKind === 'cell' ? { cell: row.placeId } : { addressId: row.placeId }),
  ...(row.since !== null && { since: row.since.toISOString() }),
  ...(row.until !== null && { until: row.until.toISOString() }),
  ...(row.capacity !== null && { capacity: row.capacity }),
  source: row.source,
  asOf: row.asOf.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
})
