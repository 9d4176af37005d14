/**
 * The settings: the only reader of process.env. Each is described by a row of `settings`, from which it is read, checked and documented;
 * all wrong values are refused together, each by its name.
 */
import path from 'node:path'
import { isSupportedCountry } from 'libphonenumber-js'
import { isLoopback } from './platform/http/address.ts'
import { StartError } from './platform/start-error.ts'
import { readHeaders, SAMPLERS, type SamplerName, type TracingSettings } from './platform/telemetry/tracing-settings.ts'

export type Role = 'api' | 'worker'
export type AuthMode = 'open' | 'key' | 'oidc'

export interface Config {
  host: string
  port: number
  /** Where this server is reached from outside; the address that it listens on when it is not set. */
  publicUrl: string | undefined
  /** Pages of the shop that take carts over, by brand; `*` for all others. */
  shopUrls: Readonly<Record<string, string>>
  /** An external PostgreSQL; undefined means the embedded one below dataDir. */
  databaseUrl: string | undefined
  databaseConnections: number
  dataDir: string
  /** Jobs go through this Redis or Valkey; undefined means through PostgreSQL. */
  redisUrl: string | undefined
  roles: readonly Role[]
  auth: AuthMode
  bootstrapKey: string | undefined
  oidc: { issuer: string; audience: string; permissionsClaim: string; brandsClaim: string; rolesClaim: string; partiesClaim: string; storeClaim: string; partnerClaim: string } | undefined
  seed: 'sample' | 'none'
  logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** Where the sample provider's back ends answer; undefined means it starts its own. */
  backendsUrl: string | undefined
  /** Hosts that hub callbacks may go to although they are not public addresses. */
  hubAllowedHosts: readonly string[]
  /** Largest request body, in bytes. */
  bodyLimit: number
  /** Most resources on one page. */
  pageLimit: number
  /** Country by whose rules phone numbers without one are read: by brand, `*` for all others. */
  phoneCountries: Readonly<Record<string, string>>
  /** Modules that run; undefined means all. */
  modules: readonly string[] | undefined
  /** `production` hides what is meant for trying out: moving the clock, open access. */
  production: boolean
  /** Requests are refused with 503 when the event loop lags longer, in milliseconds. */
  overloadLagMs: number
  /** How long a stop waits for work in hand, in milliseconds. */
  stopTimeoutMs: number
  /** Seals secrets in the database; undefined leaves them in clear. */
  secretsKey: string | undefined
  /** Whether a customer who asks to be forgotten is so at once, or once somebody has confirmed it. */
  ownErasure: 'direct' | 'approval'
  /** After how many days events leave the log; undefined keeps them. */
  eventRetentionDays: number | undefined
  /** Live event streams that may be open at once, in this process. */
  eventStreams: { all: number; perCaller: number }
  /** Where traces go; undefined means that there are none. */
  tracing: TracingSettings | undefined
}

/** What a setting's text may be: answers the value, or throws an Error that says what is expected. */
type Reader = (text: string) => unknown

export interface Setting {
  name: string
  /** Shown in README's table. */
  description: string
  /** Text that is read when the variable is not set; undefined leaves the setting out. */
  fallback?: string
  /** Shown instead of the fallback. */
  otherwise?: string
  secret?: boolean
  read: Reader
}

const expected = (what: string): never => {
  throw new Error(what)
}

const integer =
  (least: number, most: number): Reader =>
  text => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    return value >= least && value <= most ? value : expected(`a whole number from ${least} to ${most}`)
  }

const oneOf =
  (...values: readonly string[]): Reader =>
  text =>
    values.includes(text) ? text : expected(`one of ${values.join(', ')}`)

const parts = (text: string): string[] =>
  text
    .split(',')
    .map(part => part.trim())
    .filter(Boolean)

const listOf =
  (what: string, allowed?: readonly string[]): Reader =>
  text => {
    const values = parts(text)
    if (values.length === 0 || (allowed && values.some(value => !allowed.includes(value)))) expected(allowed ? `a list of ${allowed.join(', ')}` : what)
    return [...new Set(values)]
  }

const url =
  (...schemes: readonly string[]): Reader =>
  text =>
    URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1)) ? text : expected(`a URL that starts with ${schemes.map(scheme => `${scheme}://`).join(' or ')}`)

const origin: Reader = text => (url('http', 'https')(text) as string).replace(/\/+$/, '')

/** A host name or address to bind: what an URL would take as its host. */
const host: Reader = text => (/^[\w.:-]+$/.test(text) ? text : expected('a host name or an IP address'))

/** `DE,north=NO`: a country for all brands, and others for some. */
const phoneCountries: Reader = text => {
  const entries = parts(text).map(part => (part.includes('=') ? part.split('=', 2) : ['*', part]).map(word => word.trim()) as [string, string])
  if (entries.length === 0 || entries.some(([brand, country]) => brand === '' || !isSupportedCountry(country.toUpperCase()))) expected('country codes such as DE, or brand=DE')
  return Object.fromEntries(entries.map(([brand, country]) => [brand, country.toUpperCase()]))
}

/** `https://shop.example/cart,north=https://north.example/cart`: a page for all brands, and others for some. */
const pages: Reader = text => {
  const entries = parts(text).map(part => /^(?:([A-Za-z0-9][A-Za-z0-9_.-]*)=)?(https?:\/\/.+)$/.exec(part))
  if (entries.length === 0 || entries.some(entry => entry?.[2] === undefined || !URL.canParse(entry[2]))) expected('URLs that start with http:// or https://, or brand=URL')
  return Object.fromEntries(entries.map(entry => [entry?.[1] ?? '*', entry?.[2]]))
}

/** Every setting, in the order in which README lists them. */
export const settings = {
  PORT: { name: 'PORT', description: 'Port to listen on; 0 takes a free one', fallback: '3000', read: integer(0, 65_535) },
  HOST: { name: 'HOST', description: 'Address to listen on; anything but loopback needs AUTH=key or AUTH=oidc', fallback: '127.0.0.1', read: host },
  PUBLIC_URL: { name: 'PUBLIC_URL', description: 'Where this server is reached from outside: back ends call back there, and links that start so are its own', otherwise: 'the address that it listens on', read: origin },
  SHOP_URL: { name: 'SHOP_URL', description: 'Page of the shop that takes carts over, for all brands and for some: `https://shop.example/cart,north=https://north.example/cart`. Links of hand-overs lead there (`?handOver=…`), and whoever took an offer', otherwise: 'hand-overs have a code and no link', read: pages },
  DATABASE_URL: { name: 'DATABASE_URL', description: 'PostgreSQL 15 or later', otherwise: 'an embedded PostgreSQL 18 under DATA_DIR', secret: true, read: url('postgres', 'postgresql') },
  DATABASE_CONNECTIONS: { name: 'DATABASE_CONNECTIONS', description: 'Most database connections of this process; filtered lists have up to half as many more', fallback: '20', read: integer(4, 500) },
  DATA_DIR: { name: 'DATA_DIR', description: 'Where the embedded PostgreSQL keeps its data', fallback: '.data', read: text => path.resolve(text) },
  REDIS_URL: { name: 'REDIS_URL', description: 'Redis or Valkey for the jobs, which scales out further', otherwise: 'jobs run on PostgreSQL', secret: true, read: url('redis', 'rediss') },
  ROLES: { name: 'ROLES', description: 'What this process does: `api` answers requests, `worker` runs jobs', fallback: 'api,worker', read: listOf('', ['api', 'worker']) },
  AUTH: { name: 'AUTH', description: '`open` (everybody may do everything, on loopback only), `key` (API keys) or `oidc` (bearer tokens, and API keys)', fallback: 'open', read: oneOf('open', 'key', 'oidc') },
  BOOTSTRAP_KEY: {
    name: 'BOOTSTRAP_KEY',
    description: 'An API key that may do everything, to make others with; at least 24 characters',
    secret: true,
    read: text => (/^[\x21-\x7e]{24,}$/.test(text) ? text : expected('at least 24 printable characters without spaces')),
  },
  OIDC_ISSUER: { name: 'OIDC_ISSUER', description: 'Issuer of the tokens, for AUTH=oidc', read: url('https', 'http') },
  OIDC_AUDIENCE: { name: 'OIDC_AUDIENCE', description: 'Audience that tokens must name, for AUTH=oidc', read: text => text },
  OIDC_PERMISSIONS_CLAIM: { name: 'OIDC_PERMISSIONS_CLAIM', description: 'Claim with the permissions (`productOrder:create`, `*:read`), a list or words in one text; dots reach into nested claims', fallback: 'permissions', read: text => text },
  OIDC_BRANDS_CLAIM: { name: 'OIDC_BRANDS_CLAIM', description: 'Claim with the brands; tokens without it act for the default brand', fallback: 'brands', read: text => text },
  OIDC_ROLES_CLAIM: { name: 'OIDC_ROLES_CLAIM', description: 'Claim with the names or ids of roles (TMF672 userRole), a list or words in one text: the caller may do what they entitle to', fallback: 'roles', read: text => text },
  OIDC_PARTY_CLAIM: { name: 'OIDC_PARTY_CLAIM', description: 'Claim with the party, or a list of parties, whose rows alone the caller sees; tokens that name neither party, store nor partner see all rows of their brands', fallback: 'party', read: text => text },
  OIDC_STORE_CLAIM: { name: 'OIDC_STORE_CLAIM', description: 'Claim with the store or dealer: the caller sees what it sold', fallback: 'store', read: text => text },
  OIDC_PARTNER_CLAIM: { name: 'OIDC_PARTNER_CLAIM', description: 'Claim with the partner: the caller sees what belongs to it and what it sold', fallback: 'partner', read: text => text },
  SEED: { name: 'SEED', description: '`sample` fills an empty database with the sample provider, `none` leaves it empty', fallback: 'sample', read: oneOf('sample', 'none') },
  BACKENDS_URL: { name: 'BACKENDS_URL', description: "Where the sample provider's back-end simulators answer", otherwise: 'simulators are started beside the server', read: origin },
  HUB_ALLOWED_HOSTS: { name: 'HUB_ALLOWED_HOSTS', description: 'Hosts that event listeners may have although they are not public addresses: `127.0.0.1,crm.internal`', fallback: '', read: parts },
  BODY_LIMIT: { name: 'BODY_LIMIT', description: 'Largest request body in bytes', fallback: '1048576', read: integer(1_024, 104_857_600) },
  PHONE_COUNTRY: { name: 'PHONE_COUNTRY', description: 'Country of phone numbers that are written without one, for all brands and for some: `DE,north=NO`', otherwise: 'such numbers identify nobody', read: phoneCountries },
  PAGE_LIMIT: { name: 'PAGE_LIMIT', description: 'Most resources on one page', fallback: '1000', read: integer(1, 10_000) },
  MODULES: { name: 'MODULES', description: 'Modules to run: `catalog,customer`', otherwise: 'all', read: listOf('a list of modules') },
  LOG_LEVEL: { name: 'LOG_LEVEL', description: '`trace`, `debug`, `info`, `warn`, `error` or `silent`', fallback: 'info', read: oneOf('trace', 'debug', 'info', 'warn', 'error', 'silent') },
  NODE_ENV: { name: 'NODE_ENV', description: '`production` switches off what is for trying out: AUTH=open, moving the clock', fallback: 'development', read: oneOf('development', 'test', 'production') },
  OVERLOAD_LAG_MS: { name: 'OVERLOAD_LAG_MS', description: 'Requests are refused with 503 while the event loop lags longer than this; 60000 means never', fallback: '1000', read: integer(50, 60_000) },
  STOP_TIMEOUT_MS: { name: 'STOP_TIMEOUT_MS', description: 'How long a stop waits for work in hand; the database has its own two seconds after that', fallback: '5000', read: integer(0, 60_000) },
  SECRETS_KEY: {
    name: 'SECRETS_KEY',
    description: 'Seals what the database keeps of the secrets of listeners, and makes what it keeps of forgotten records unreadable; at least 32 characters, the same in every process and for good',
    otherwise: 'secrets are kept in clear',
    secret: true,
    read: text => (/^[\x21-\x7e]{32,}$/.test(text) ? text : expected('at least 32 printable characters without spaces')),
  },
  OWN_ERASURE: { name: 'OWN_ERASURE', description: 'What becomes of a customer\'s own wish to be forgotten: `direct` (carried out), `approval` (somebody who looks after all parties confirms it)', fallback: 'direct', read: oneOf('direct', 'approval') },
  EVENT_RETENTION_DAYS: { name: 'EVENT_RETENTION_DAYS', description: 'After how many days events leave the log, once everybody who has to know of them does', otherwise: 'events are kept', read: integer(1, 36_500) },
  EVENT_STREAMS: { name: 'EVENT_STREAMS', description: 'Most live event streams of this process; a further one is a 503', fallback: '500', read: integer(0, 100_000) },
  EVENT_STREAMS_PER_CALLER: { name: 'EVENT_STREAMS_PER_CALLER', description: 'Most of them of one caller', fallback: '20', read: integer(1, 100_000) },
  OTEL_EXPORTER_OTLP_ENDPOINT: { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', description: 'OpenTelemetry collector that traces are sent to, over HTTP: `http://127.0.0.1:4318`', otherwise: 'no traces', read: origin },
  OTEL_EXPORTER_OTLP_HEADERS: { name: 'OTEL_EXPORTER_OTLP_HEADERS', description: 'Headers for the collector: `authorization=Bearer%20…,x-tenant=7`', secret: true, read: text => readHeaders(text) ?? expected('a list of name=value') },
  OTEL_EXPORTER_OTLP_PROTOCOL: { name: 'OTEL_EXPORTER_OTLP_PROTOCOL', description: 'How the collector is talked to; there is one way', fallback: 'http/json', read: oneOf('http/json') },
  OTEL_SERVICE_NAME: { name: 'OTEL_SERVICE_NAME', description: 'Name of this service in traces', fallback: 'tandem', read: text => text },
  OTEL_TRACES_SAMPLER: { name: 'OTEL_TRACES_SAMPLER', description: `Which traces are kept: ${SAMPLERS.map(sampler => `\`${sampler}\``).join(', ')}`, fallback: 'parentbased_always_on', read: oneOf(...SAMPLERS) },
  OTEL_TRACES_SAMPLER_ARG: { name: 'OTEL_TRACES_SAMPLER_ARG', description: 'For the samplers by ratio: which part is kept', fallback: '1', read: text => (/^(0|1|0?\.\d+|1\.0+)$/.test(text) ? Number(text) : expected('a number from 0 to 1')) },
} as const satisfies Record<string, Setting>

export type SettingName = keyof typeof settings

/** The faults that only show between settings. */
const contradictions = (config: Config): string[] => {
  const faults: string[] = []
  if (config.auth === 'open' && !isLoopback(config.host)) {
    faults.push(`AUTH=open answers everybody, so HOST must be a loopback address, not ${config.host}: set AUTH=key or AUTH=oidc`)
  }
  if (config.auth === 'open' && config.production) faults.push('AUTH=open is not for NODE_ENV=production: set AUTH=key or AUTH=oidc')
  if (config.auth === 'oidc' && !config.oidc) faults.push('OIDC_ISSUER and OIDC_AUDIENCE must be set for AUTH=oidc')
  return faults
}

/** Reads the settings from variables (the process's, unless a test gives others). Throws one StartError that names every wrong one. */
export const readConfig = (variables: Readonly<Record<string, string | undefined>> = process.env): Config => {
  const faults: string[] = []
  const value = (name: SettingName): unknown => {
    const setting: Setting = settings[name]
    // A variable that is set to nothing counts as not set: that is how compose files leave one out.
    const text = variables[name]?.trim() || setting.fallback
    if (text === undefined) return undefined
    try {
      return setting.read(text)
    } catch (error) {
      faults.push(`${name} must be ${(error as Error).message}${setting.secret ? '' : `, not ${JSON.stringify(text.slice(0, 80))}`}`)
      return undefined
    }
  }
  const issuer = value('OIDC_ISSUER') as string | undefined
  const audience = value('OIDC_AUDIENCE') as string | undefined
  const claims = { permissionsClaim: value('OIDC_PERMISSIONS_CLAIM') as string, brandsClaim: value('OIDC_BRANDS_CLAIM') as string, rolesClaim: value('OIDC_ROLES_CLAIM') as string, partiesClaim: value('OIDC_PARTY_CLAIM') as string, storeClaim: value('OIDC_STORE_CLAIM') as string, partnerClaim: value('OIDC_PARTNER_CLAIM') as string }
  const endpoint = value('OTEL_EXPORTER_OTLP_ENDPOINT') as string | undefined
  value('OTEL_EXPORTER_OTLP_PROTOCOL')
  const tracing = {
    headers: (value('OTEL_EXPORTER_OTLP_HEADERS') as Record<string, string> | undefined) ?? {},
    serviceName: value('OTEL_SERVICE_NAME') as string,
    sampler: value('OTEL_TRACES_SAMPLER') as SamplerName,
    ratio: value('OTEL_TRACES_SAMPLER_ARG') as number,
  }
  const config: Config = {
    host: value('HOST') as string,
    port: value('PORT') as number,
    publicUrl: value('PUBLIC_URL') as string | undefined,
    shopUrls: (value('SHOP_URL') as Record<string, string> | undefined) ?? {},
    databaseUrl: value('DATABASE_URL') as string | undefined,
    databaseConnections: value('DATABASE_CONNECTIONS') as number,
    dataDir: value('DATA_DIR') as string,
    redisUrl: value('REDIS_URL') as string | undefined,
    roles: value('ROLES') as Role[],
    auth: value('AUTH') as AuthMode,
    bootstrapKey: value('BOOTSTRAP_KEY') as string | undefined,
    oidc: issuer && audience ? { issuer, audience, ...claims } : undefined,
    seed: value('SEED') as Config['seed'],
    logLevel: value('LOG_LEVEL') as Config['logLevel'],
    backendsUrl: value('BACKENDS_URL') as string | undefined,
    hubAllowedHosts: (value('HUB_ALLOWED_HOSTS') as string[] | undefined) ?? [],
    bodyLimit: value('BODY_LIMIT') as number,
    pageLimit: value('PAGE_LIMIT') as number,
    phoneCountries: (value('PHONE_COUNTRY') as Record<string, string> | undefined) ?? {},
    modules: value('MODULES') as string[] | undefined,
    production: value('NODE_ENV') === 'production',
    overloadLagMs: value('OVERLOAD_LAG_MS') as number,
    stopTimeoutMs: value('STOP_TIMEOUT_MS') as number,
    secretsKey: value('SECRETS_KEY') as string | undefined,
    ownErasure: value('OWN_ERASURE') as Config['ownErasure'],
    eventRetentionDays: value('EVENT_RETENTION_DAYS') as number | undefined,
    eventStreams: { all: value('EVENT_STREAMS') as number, perCaller: value('EVENT_STREAMS_PER_CALLER') as number },
    tracing: endpoint ? { endpoint, ...tracing } : undefined,
  }
  if (faults.length === 0) faults.push(...contradictions(config))
  if (faults.length > 0) throw new StartError(faults.length === 1 ? (faults[0] as string) : `These settings are wrong:\n${faults.map(fault => `  ${fault}`).join('\n')}`)
  return config
}
