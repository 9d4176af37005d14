/**
 * Requests to addresses that a caller chose (hub callbacks, import URLs). They reach public hosts and configured ones only: the check is
 * made on the address that the connection goes to, after name resolution, so that a name cannot be public when asked and private when used.
 */
import { lookup as resolve, type LookupAddress, type LookupOptions } from 'node:dns'
import { isIP } from 'node:net'
import { Agent, buildConnector, request, type Dispatcher } from 'undici'
import { isPublicAddress, parseAllowedHosts, type AllowedHosts } from './address.ts'

/** Thrown before any byte is sent. `message` names the host and can be shown to the caller. */
export class OutboundBlocked extends Error {
  readonly code = 'OUTBOUND_BLOCKED'
  constructor(message: string) {
    super(message)
    this.name = 'OutboundBlocked'
  }
}

export interface OutboundOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  headers?: Record<string, string>
  body?: string | Buffer
  /** Bound on the whole exchange. Default 10 s. */
  timeoutMs?: number
  /** Bound on the answer's body; a longer one fails. Default 1 MiB. */
  maxBytes?: number
  signal?: AbortSignal
}

export interface OutboundAnswer {
  status: number
  headers: Record<string, string | string[] | undefined>
  /** UTF-8 text of the body. */
  body: string
}

export interface Outbound {
  /** Sends one request. Redirects are not followed: a 3xx is returned as it is. Throws OutboundBlocked, or undici's errors. */
  send(url: string, options?: OutboundOptions): Promise<OutboundAnswer>
  /** What is wrong with a URL that is to be stored, in words, without resolving names; undefined when nothing is. */
  objection(url: string): string | undefined
  /** For code that streams: undici's request with this dispatcher has the same guard. */
  readonly dispatcher: Dispatcher
  close(): Promise<void>
}

const bare = (hostname: string): string => (hostname.startsWith('[') ? hostname.slice(1, -1) : hostname)
const portOf = (port: string | number | null | undefined, protocol: string): number => Number(port) || (protocol === 'https:' ? 443 : 80)

const objectionTo = (text: string, allowed: AllowedHosts): string | undefined => {
  if (!URL.canParse(text)) return 'must be an absolute URL'
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'must be an http or https URL'
  if (url.username !== '' || url.password !== '') return 'must not carry a user name or password'
  const host = bare(url.hostname)
  if (allowed.host(host, portOf(url.port, url.protocol))) return undefined
  if (isIP(host) !== 0 && !isPublicAddress(host) && !allowed.address(host)) return 'must not point at a loopback, private or link-local address'
  if (/(^|\.)(localhost|internal|local)\.?$/i.test(host)) return 'must not point at a host of a private network'
  return undefined
}

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void

/** A connector whose name resolution fails when any of the addresses is not to be reached: one bad address is a sign of rebinding. */
const guardedConnector = (allowed: AllowedHosts): buildConnector.connector => {
  const reachable = (address: string): boolean => isPublicAddress(address) || allowed.address(address)
  const lookup = (hostname: string, options: LookupOptions, callback: LookupCallback): void => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, [])
        return
      }
      const first = addresses[0]
      if (first === undefined || !addresses.every(one => reachable(one.address))) {
        callback(new OutboundBlocked(`${hostname} resolves to an address that is not on the public internet`), [])
        return
      }
      if (options.all === true) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
  const guarded = buildConnector({ timeout: 5000, lookup } as buildConnector.BuildOptions)
  const open = buildConnector({ timeout: 5000 })
  return (options, callback) => {
    const host = bare(options.hostname)
    if (allowed.host(host, portOf(options.port, options.protocol))) {
      open(options, callback)
      return
    }
    // Sockets resolve no literal address, so the lookup above never sees one.
    if (isIP(host) !== 0 && !reachable(host)) {
      callback(new OutboundBlocked(`${host} is not on the public internet`), null)
      return
    }
    guarded(options, callback)
  }
}

const textWithin = async (body: Dispatcher.ResponseData['body'], maxBytes: number): Promise<string> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) {
      body.destroy()
      throw new Error(`The answer is longer than ${String(maxBytes)} bytes`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** Makes the guard; `allowedHosts` is the configured list of hosts that may be reached though they are private. */
export const createOutbound = (allowedHosts: readonly string[]): Outbound => {
  const allowed = parseAllowedHosts(allowedHosts)
  const dispatcher = new Agent({ connect: guardedConnector(allowed), connections: 32, pipelining: 1, keepAliveTimeout: 4000 })
  return {
    dispatcher,
    objection: url => objectionTo(url, allowed),
    close: () => dispatcher.close(),
    async send(url, options = {}) {
      const objection = objectionTo(url, allowed)
      if (objection !== undefined) throw new OutboundBlocked(`The URL ${objection}`)
      const timeout = AbortSignal.timeout(options.timeoutMs ?? 10_000)
      const answer = await request(url, {
        dispatcher,
        method: options.method ?? 'GET',
        headers: { 'user-agent': 'tandem', ...options.headers },
        body: options.body ?? null,
        signal: options.signal === undefined ? timeout : AbortSignal.any([timeout, options.signal]),
      })
      return { status: answer.statusCode, headers: answer.headers, body: await textWithin(answer.body, options.maxBytes ?? 1_048_576) }
    },
  }
}
