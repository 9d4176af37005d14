/** Reads OpenTelemetry's own settings, which name samplers and headers in its way. */

export const SAMPLERS = ['always_on', 'always_off', 'traceidratio', 'parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio'] as const
export type SamplerName = (typeof SAMPLERS)[number]

export interface TracingSettings {
  /** Base address of the collector; traces go to /v1/traces below it. */
  endpoint: string
  headers: Readonly<Record<string, string>>
  serviceName: string
  sampler: SamplerName
  /** For the samplers by ratio: which part of the traces is kept, 0 to 1. */
  ratio: number
}

const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/

/** `key=value,key=value`, values percent-encoded; undefined when it is nothing of the kind. */
export const readHeaders = (text: string): Record<string, string> | undefined => {
  const headers: Record<string, string> = {}
  for (const pair of text.split(',').filter(part => part.trim() !== '')) {
    const at = pair.indexOf('=')
    const name = pair.slice(0, Math.max(at, 0)).trim()
    if (!TOKEN.test(name)) return undefined
    try {
      headers[name] = decodeURIComponent(pair.slice(at + 1).trim())
    } catch {
      return undefined
    }
    if (!/^[\x20-\x7e]*$/.test(headers[name])) return undefined
  }
  return headers
}
