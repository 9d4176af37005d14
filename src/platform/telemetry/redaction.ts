/**
 * What must not reach the log. Attributes are hidden by the tags of their schemas (names given by the application), credentials by their
 * names and by their form, wherever they stand in a line.
 */

export interface TaggedNames {
  /** Hidden wherever they are logged. */
  secret: readonly string[]
  /** Hidden inside logged objects; the fields of the log record itself are our own vocabulary (`name` of a job). */
  personal: readonly string[]
}

export const HIDDEN = '[redacted]'

/** Names that carry credentials whatever schema they come from. Compared in lower case. */
const ALWAYS = ['authorization', 'proxy-authorization', 'x-api-key', 'cookie', 'set-cookie', 'password', 'passwd', 'secret', 'clientsecret', 'client_secret', 'token', 'accesstoken', 'access_token', 'refreshtoken', 'refresh_token', 'apikey', 'api_key', 'privatekey', 'bootstrapkey', 'connectionstring', 'databaseurl', 'redisurl']

const DEEPEST = 8
const MOST_ITEMS = 50

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** For pino's `formatters.log`: a copy of the record with what is tagged hidden. Errors pass: their serializer knows them. */
export const hideTagged = (names: TaggedNames): ((record: Record<string, unknown>) => Record<string, unknown>) => {
  const secret = new Set([...ALWAYS, ...names.secret.map(name => name.toLowerCase())])
  const personal = new Set(names.personal.map(name => name.toLowerCase()))
  const copy = (value: unknown, depth: number): unknown => {
    if (typeof value !== 'object' || value === null) return value
    if (depth > DEEPEST) return '[deep]'
    if (Array.isArray(value)) {
      const items = value.slice(0, MOST_ITEMS).map(item => copy(item, depth + 1))
      return value.length > MOST_ITEMS ? [...items, `… ${String(value.length - MOST_ITEMS)} more`] : items
    }
    if (!isPlain(value)) return value
    const result: Record<string, unknown> = {}
    for (const [name, inner] of Object.entries(value)) {
      const lower = name.toLowerCase()
      result[name] = inner !== undefined && (secret.has(lower) || (depth > 0 && personal.has(lower))) ? HIDDEN : copy(inner, depth + 1)
    }
    return result
  }
  return record => copy(record, 0) as Record<string, unknown>
}

/** The password of a URL, a bearer credential, one of our API keys. */
const FORMS: readonly [string, RegExp, string][] = [
  ['://', /([a-z][a-z0-9+.-]*:\/\/[^\s:@/"'\\]*:)[^\s@/"'\\]+@/gi, `$1${HIDDEN}@`],
  ['earer ', /\b(Bearer) +[\w.~+/=-]{8,}/gi, `$1 ${HIDDEN}`],
  ['tdm_', /\btdm_[\w-]{20,}/g, HIDDEN],
]

/** For pino's `hooks.streamWrite`: the last look at a line. `secrets` are texts that are known to be secret, such as the bootstrap key. */
export const hideCredentials = (secrets: readonly string[]): ((line: string) => string) => {
  const known = secrets.filter(secret => secret.length >= 6)
  return line => {
    let safe = line
    for (const secret of known) if (safe.includes(secret)) safe = safe.replaceAll(secret, HIDDEN)
    for (const [sign, form, replacement] of FORMS) if (safe.includes(sign)) safe = safe.replace(form, replacement)
    return safe
  }
}

/** What a database error says beside its message. Its `detail`, `where` and `hint` quote values of rows and are left out. */
const DETAILS = ['code', 'errno', 'syscall', 'status', 'severity', 'constraint', 'schema', 'table', 'column', 'routine', 'internal'] as const
const LONGEST_MESSAGE = 2000

/** For pino's `serializers.err`: type, message, stack and cause; no attribute that is not known to be harmless. */
export const describeError = (error: unknown, depth = 0): unknown => {
  if (!(error instanceof Error)) return error
  const described: Record<string, unknown> = { type: error.name === 'Error' ? error.constructor.name : error.name, message: error.message.slice(0, LONGEST_MESSAGE) }
  // The frames say where; the text before them repeats the message, at whatever length.
  const frames = error.stack?.indexOf('\n    at ') ?? -1
  if (frames >= 0) described['stack'] = error.stack?.slice(frames + 1)
  for (const name of DETAILS) {
    const value = (error as unknown as Record<string, unknown>)[name]
    if (typeof value === 'string' || typeof value === 'number') described[name] = value
  }
  if (error.cause !== undefined && depth < 4) described['cause'] = describeError(error.cause, depth + 1)
  if (error instanceof AggregateError && depth < 4) described['errors'] = error.errors.slice(0, 5).map(one => describeError(one, depth + 1))
  return described
}
