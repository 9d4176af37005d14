/** A source of coverage as operators write it: its schema, and reading it with every fault named. */
import { Type, type Static } from 'typebox'
import { Compile } from 'typebox/compile'
import { fault, type Fault } from '../../platform/errors.ts'
import { faultsOfSchemaErrors } from '../../platform/http/validation-faults.ts'
import { objectionToText } from '../../platform/text.ts'
import { errorsOf } from './coverage-row.ts'
import { templateFaults } from './live/mapping.ts'
import { technologyOf } from './technology.ts'

const short = (description: string) => Type.String({ minLength: 1, maxLength: 200, description })
const path = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 200, description }))

export const FORMATS = ['rows', 'fcc', 'geojson'] as const
export type CoverageFormat = (typeof FORMATS)[number]

const ImportSettings = Type.Object(
  {
    technology: Type.Optional(short('Technology of rows that name none, such as polygons')),
    marketSegment: Type.Optional(Type.Enum(['business', 'residential', 'both'], { type: 'string', description: 'Customers of rows that name none' })),
    latencyClass: Type.Optional(Type.Enum(['low', 'standard'], { type: 'string', description: 'Latency of rows that name none' })),
    maxDownload: Type.Optional(Type.Number({ minimum: 0, maximum: 999_999_999, description: 'Mbit/s down of rows that name none' })),
    maxUpload: Type.Optional(Type.Number({ minimum: 0, maximum: 999_999_999, description: 'Mbit/s up of rows that name none' })),
    resolution: Type.Optional(Type.Integer({ minimum: 0, maximum: 12, description: 'H3 resolution that polygons are turned into; 9 (about 0.1 km² a cell) when left out' })),
    providerFrom: Type.Optional(Type.Enum(['brandName', 'providerId', 'source'], { type: 'string', description: 'What names the provider of an FCC row: its brand_name (as when left out), its provider_id, or this source' })),
    addressSource: Type.Optional(short('System whose external ids location_id is looked up under to find an address; fcc when left out')),
    maxRejectedShare: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: 'Share of lines that may be rejected before the whole import fails; 0.05 when left out' })),
  },
  { additionalProperties: false, description: 'How files of this source are read' },
)
export type ImportSettings = Static<typeof ImportSettings>

const LiveSettings = Type.Object(
  {
    url: Type.String({ minLength: 1, maxLength: 2000, description: 'Address to ask, with {addressId}, {latitude}, {longitude}, {cell}, {street}, {streetNumber}, {postcode} or {city} where the place goes' }),
    method: Type.Optional(Type.Enum(['GET', 'POST'], { type: 'string', description: 'GET when left out' })),
    body: Type.Optional(Type.Unknown({ description: 'JSON to POST; texts in it take the same names in braces' })),
    secret: Type.Optional(
      Type.Object(
        {
          header: Type.String({ pattern: '^[A-Za-z][A-Za-z0-9-]{0,62}$', description: 'Header that carries it' }),
          name: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$', description: 'File below <DATA_DIR>/secrets' }),
        },
        { additionalProperties: false, description: 'Credential that goes with each request' },
      ),
    ),
    timeoutMs: Type.Optional(Type.Integer({ minimum: 50, maximum: 3000, description: 'How long it may take to answer, in milliseconds; 1000 when left out' })),
    cacheSeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 2_592_000, description: 'For how long an answer is taken without asking again; 300 when left out' })),
    maxAgeSeconds: Type.Optional(Type.Integer({ minimum: 0, maximum: 31_536_000, description: 'How old a kept answer may be when the source cannot be reached (fallback cache); 86400 when left out' })),
    breakerFailures: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: 'Failures in a row after which it is left alone; 3 when left out' })),
    breakerOpenMs: Type.Optional(Type.Integer({ minimum: 100, maximum: 3_600_000, description: 'For how long, in milliseconds; 30000 when left out' })),
    fallback: Type.Optional(Type.Enum(['cache', 'imported', 'unknown'], { type: 'string', description: 'What counts when it cannot be reached: what it last said up to maxAgeSeconds, the imported coverage of its provider, or nothing (as when left out)' })),
    response: Type.Object(
      {
        rows: path('Where the list of lines stands, as a dotted path; the answer itself when left out'),
        technology: path('Path in a line of its technology'),
        maxDownload: path('Path in a line of the Mbit/s down'),
        maxUpload: path('Path in a line of the Mbit/s up'),
        latencyClass: path('Path in a line of its latency: low or standard, or true for low'),
        marketSegment: path('Path in a line of its customers'),
        capacity: path('Path in a line of the ports left'),
        since: path('Path in a line of the date-time from when'),
        until: path('Path in a line of the date-time until when'),
        available: path('Path in a line of a truth value; a line without it or where it is not true does not count'),
        defaults: Type.Optional(Type.Object({ technology: Type.Optional(short('Technology')), latencyClass: Type.Optional(Type.Enum(['low', 'standard'], { type: 'string', description: 'Latency' })), marketSegment: Type.Optional(Type.Enum(['business', 'residential', 'both'], { type: 'string', description: 'Customers' })) }, { additionalProperties: false, description: 'What a line is that does not say' })),
      },
      { additionalProperties: false, description: 'Where the answer says what' },
    ),
  },
  { additionalProperties: false, description: 'How a live source is asked' },
)
export type LiveSettings = Static<typeof LiveSettings>

export const CoverageSourceInput = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200, description: 'Name, unique in the brand; lines name it as their source' }),
    provider: short('The stack or wholesale partner that it speaks for'),
    kind: Type.Enum(['imported', 'live'], { type: 'string', description: 'imported: files; live: asked at each check' }),
    format: Type.Optional(Type.Enum([...FORMATS], { type: 'string', description: 'Of its files: rows (our own, CSV or a JSON object a line), fcc (the availability CSV of the FCC), geojson; rows when neither source nor import says it' })),
    priority: Type.Optional(Type.Integer({ minimum: -1000, maximum: 1000, description: 'Of two sources that speak of one offer at one place the higher counts; 0 when left out' })),
    enabled: Type.Optional(Type.Boolean({ description: 'Whether checks read it; true when left out' })),
    settings: Type.Optional(ImportSettings),
    live: Type.Optional(LiveSettings),
  },
  { additionalProperties: false, description: 'Where coverage comes from' },
)
export type CoverageSourceInput = Static<typeof CoverageSourceInput>

const instant = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))

export const CoverageSource = Type.Object(
  {
    id: Type.String({ description: 'Identifier' }),
    href: Type.String({ description: 'Where it can be read' }),
    ...CoverageSourceInput.properties,
    currentVersion: Type.Optional(Type.Integer({ description: 'Version that checks read; missing until an import is done' })),
    asOf: instant('Of when the facts of that version are'),
    ageSeconds: Type.Optional(Type.Integer({ description: 'How old they are' })),
    rowCount: Type.Optional(Type.Integer({ description: 'Rows of that version' })),
    importId: Type.Optional(Type.String({ description: 'Import that made it' })),
    unreachableUntil: instant('Of a live source that failed too often: until when it is left alone'),
    createdAt: instant('When it was made'),
    updatedAt: instant('When it was last changed'),
  },
  { description: 'A source of coverage as it is kept' },
)

const validator = Compile(CoverageSourceInput)

const textFaults = (value: unknown, at: string): Fault[] => {
  if (typeof value === 'string') {
    const objection = objectionToText(value)
    return objection === undefined ? [] : [fault(at, objection)]
  }
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => textFaults(inner, at === '' ? name : `${at}.${name}`))
}

/** Reads a whole source. `objection` says what is wrong with a URL that is to be asked. */
export const readCoverageSource = (given: unknown, objection: (url: string) => string | undefined): CoverageSourceInput | Fault[] => {
  if (!validator.Check(given)) return faultsOfSchemaErrors(errorsOf(validator.Errors(given)), given)
  const faults = textFaults(given, '')
  const technologies: [string, string | undefined][] = [['settings.technology', given.settings?.technology], ['live.response.defaults.technology', given.live?.response.defaults?.technology]]
  for (const [at, technology] of technologies) {
    if (technology !== undefined && technologyOf(technology) === undefined) faults.push(fault(at, 'must be a technology of letters and digits, such as fibre', technology))
  }
  if (given.kind === 'live') {
    if (given.live === undefined) faults.push(fault('live', 'is required of a live source'))
    else {
      faults.push(...templateFaults(given.live))
      const wrong = objection(given.live.url.replaceAll(/\{\w+\}/g, 'x'))
      if (wrong !== undefined) faults.push(fault('live.url', wrong, given.live.url))
      if (given.live.response.technology === undefined && given.live.response.defaults?.technology === undefined) faults.push(fault('live.response.technology', 'or defaults.technology must be given'))
    }
    if (given.format !== undefined) faults.push(fault('format', 'is for imported sources'))
  } else if (given.live !== undefined) faults.push(fault('live', 'is for live sources'))
  return faults.length > 0 ? faults : given
}
