/**
 * Spans for HTTP requests that go out, and the traceparent that they carry. undici tells of each on diagnostics channels, so that nobody
 * who sends one has to know. A span names method and host: paths hold ids.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { CORRELATION_HEADER } from '../http/context.ts'
import { TRACEPARENT_HEADER } from './traceparent.ts'
import type { OpenSpan, Tracing } from './tracing.ts'

/** What undici publishes, as far as it is used here. */
interface Published {
  request: { origin: string | URL; method: string; headers: readonly string[] | string; addHeader: (name: string, value: string) => void }
  response?: { statusCode: number }
  error?: unknown
}

const headerOf = (headers: Published['request']['headers'], name: string): string | undefined => {
  if (typeof headers === 'string') return new RegExp(`^${name}: (.*)$`, 'im').exec(headers)?.[1]?.trim()
  for (let i = 0; i + 1 < headers.length; i += 2) if (headers[i]!.toLowerCase() === name) return headers[i + 1]
  return undefined
}

/** Begins; the answer ends it. */
export const traceOutgoing = (tracing: Tracing): (() => void) => {
  const spans = new WeakMap<object, { span: OpenSpan; status: number | undefined }>()
  const created = (message: unknown): void => {
    const { request } = message as Published
    if (!tracing.isInside() || headerOf(request.headers, TRACEPARENT_HEADER) !== undefined) return
    const { hostname, port, protocol } = new URL(request.origin)
    const span = tracing.open(`${request.method} ${hostname}`, {
      kind: 'client',
      // Work that a job does for an order belongs to the order's trace.
      correlationId: headerOf(request.headers, CORRELATION_HEADER),
      attributes: { 'http.request.method': request.method, 'server.address': hostname, 'server.port': Number(port) || (protocol === 'https:' ? 443 : 80) },
    })
    request.addHeader(TRACEPARENT_HEADER, span.traceparent)
    spans.set(request, { span, status: undefined })
  }
  const answered = (message: unknown): void => {
    const { request, response } = message as Published
    const open = spans.get(request)
    if (open) open.status = response?.statusCode
  }
  const finish = (message: unknown): void => {
    const { request, error } = message as Published
    const open = spans.get(request)
    if (!open) return
    spans.delete(request)
    open.span.end({ 'http.response.status_code': open.status }, error ?? (open.status !== undefined && open.status >= 500 ? { code: String(open.status) } : undefined))
  }
  const channels: readonly [string, (message: unknown) => void][] = [
    ['undici:request:create', created],
    ['undici:request:headers', answered],
    ['undici:request:trailers', finish],
    ['undici:request:error', finish],
  ]
  for (const [name, on] of channels) subscribe(name, on)
  return () => {
    for (const [name, on] of channels) unsubscribe(name, on)
  }
}
