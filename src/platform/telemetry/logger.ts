/** The log: JSON lines on standard output, with what is personal or secret hidden. */
import { pino, type DestinationStream, type Level, type Logger } from 'pino'
import { describeError, hideCredentials, hideTagged, type TaggedNames } from './redaction.ts'

export interface LoggerOptions {
  level: Level | 'silent'
  /** Names of the attributes that schemas tag. */
  tagged: TaggedNames
  /** Texts that must never appear: the bootstrap key, passwords of URLs. */
  secrets?: readonly (string | undefined)[]
  /** Standard output unless a test reads along. */
  destination?: DestinationStream
}

/** Lines are gathered up to 4 KB or a quarter of a second: one system call a line costs more than making the line. */
const standardOutput = (): DestinationStream => {
  const stream = pino.destination({ dest: 1, sync: false, minLength: 4096 })
  setInterval(() => { stream.flush() }, 250).unref()
  return stream
}

/** The password inside a URL; it may also turn up alone, in a message of the driver. */
export const passwordOf = (url: string | undefined): string | undefined => {
  if (url === undefined || !URL.canParse(url)) return undefined
  const { password } = new URL(url)
  return password === '' ? undefined : decodeURIComponent(password)
}

let output: DestinationStream | undefined

export const createLogger = (options: LoggerOptions): Logger => {
  const secrets = (options.secrets ?? []).filter(secret => secret !== undefined)
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }), log: hideTagged(options.tagged) },
      serializers: { err: error => describeError(error), error: error => describeError(error), cause: error => describeError(error) },
      hooks: { streamWrite: hideCredentials(secrets) },
    },
    // One for the process: each would hold a timer and an exit handler.
    options.destination ?? (output ??= standardOutput()),
  )
}
