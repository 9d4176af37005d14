/** The W3C trace context that requests carry from one system to the next, and the trace that a correlation id stands for. */

export const TRACEPARENT_HEADER = 'traceparent'

/** A span of another system. */
export interface TraceParent {
  /** 32 hexadecimal digits. */
  traceId: string
  /** 16 hexadecimal digits. */
  spanId: string
  /** 1 when the trace is kept, else 0. */
  traceFlags: number
}

const FORM = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-|$)/
const isSet = (id: string): boolean => /[^0]/.test(id)

/** What a traceparent header says; undefined when it says nothing: version ff, an id of zeroes, another form. */
export const parseTraceparent = (header: string | string[] | undefined): TraceParent | undefined => {
  if (typeof header !== 'string' || header.startsWith('ff')) return undefined
  const found = FORM.exec(header)
  if (!found || !isSet(found[1]!) || !isSet(found[2]!)) return undefined
  return { traceId: found[1]!, spanId: found[2]!, traceFlags: Number.parseInt(found[3]!, 16) & 1 }
}

export const formatTraceparent = ({ traceId, spanId, traceFlags }: TraceParent): string => `00-${traceId}-${spanId}-0${traceFlags & 1}`

/** The trace of a correlation id that is a UUID or a trace id itself; undefined for one of another form. */
export const traceIdOf = (correlationId: string | undefined): string | undefined => {
  if (correlationId === undefined || (correlationId.length !== 36 && correlationId.length !== 32)) return undefined
  const id = correlationId.replaceAll('-', '').toLowerCase()
  return /^[\da-f]{32}$/.test(id) && isSet(id) ? id : undefined
}
