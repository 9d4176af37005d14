/** The simulators' HTTP server: all systems by path prefix, their books, their faults. Plain node:http, so that the process starts at once and shares nothing with Tandem. */
import { createServer } from 'node:http'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { keyAccounts, summary } from './accounts.ts'
import { ledgerKey, nextNumber, openBooks } from './books.ts'
import { fateOf, faultsChange, faultsOf, noFaults, readFaults } from './faults.ts'
import { fixedStack } from './fixed.ts'
import { deskStack } from './desk.ts'
import { mobileStack } from './mobile.ts'
import { paymentStack } from './payments.ts'
import { refusalBody, refused, StackRefusal } from './refused.ts'
import { systemNames } from './rows.ts'
import { defaultSettings } from './settings.ts'
import { signatureStack } from './signatures.ts'
import { startTimers } from './timers.ts'
import { warehouseStack } from './warehouse.ts'
import { countRequest, given, isRecord } from './work.ts'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { SystemName } from './rows.ts'
import type { BackEndSettings } from './settings.ts'
import type { Floor, Reply, Stack, StackRequest } from './work.ts'

export interface BackEnds {
  url: string
  settings: BackEndSettings
  /** When the last request came in, or when it started. */
  lastRequestAt(): number
  close(): Promise<void>
}

/** What a process of its own lets others do to it. */
export interface ProcessControl {
  /** POST /stop */
  stop(): void
  /** POST /keeper {pid}: whose death, after a while without requests, ends it too. */
  keptBy(pid: number): void
}

const maxBody = 1 << 20

const readBody = async (request: IncomingMessage): Promise<Record<string, unknown>> => {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length
    if (size > maxBody) throw refused(413, 'invalidRequest', 'The body is too large')
    parts.push(part)
  }
  const text = Buffer.concat(parts).toString('utf8')
  if (text === '') return {}
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    throw refused(400, 'invalidRequest', 'The body is not JSON')
  }
  if (!isRecord(body)) throw refused(400, 'invalidRequest', 'The body must be an object')
  return body
}

const header = (request: IncomingMessage, name: string): string | undefined => {
  const value = request.headers[name]
  const text = Array.isArray(value) ? value[0] : value
  if (text !== undefined && text.length > 500) throw refused(400, 'invalidRequest', `${name} is too long`)
  return text === '' ? undefined : text
}

const answer = (response: ServerResponse, reply: Reply): void => {
  response.writeHead(reply.status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(reply.body))
}

/** Starts the simulators in this process. Their folder can be used by one process at a time. */
export const startBackEnds = async (options: Partial<BackEndSettings> & { dataDir: string }, control?: ProcessControl): Promise<BackEnds> => {
  const settings: BackEndSettings = { ...defaultSettings, ...options }
  const books = openBooks(settings.dataDir)
  const floor: Floor = { books, settings, now: () => new Date() }
  const stacks: Record<SystemName, Stack> = {
    fixed: fixedStack(floor), mobile: mobileStack(floor), warehouse: warehouseStack(floor),
    credit: deskStack(floor, 'credit'), identity: deskStack(floor, 'identity'), fraud: deskStack(floor, 'fraud'), payments: paymentStack(floor), signature: signatureStack(floor),
  }
  const timers = startTimers(floor, stacks)
  const startedAt = new Date().toISOString()

  const isSystem = (name: string | undefined): name is SystemName => (systemNames as readonly string[]).includes(name ?? '')

  /** Reconciliation by key, the same for every stack. */
  const byKey = (request: StackRequest): Reply | undefined => {
    const match = /^\/by-key\/([^/]+)(\/cancel)?$/.exec(request.path)
    if (!match) return undefined
    const key = decodeURIComponent(match[1] ?? '')
    const work = books.get('work', books.get('ledger', ledgerKey(request.system, key))?.workId ?? '')
    const stack = stacks[request.system]
    if (request.method === 'GET' && match[2] === undefined) {
      if (!work) throw refused(404, 'notFound', `Nothing was done under key ${key}`)
      return { status: 200, body: stack.view(work) }
    }
    if (request.method !== 'POST' || match[2] === undefined) return undefined
    if (work && work.state !== 'failed') stack.cancel(work)
    else books.write([['blocked', ledgerKey(request.system, key), true]])
    return { status: 200, body: { key, state: 'cancelled', ...given({ id: work?.id }) } }
  }

  const handleStack = async (system: SystemName, path: string, query: URLSearchParams, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const faults = faultsOf(books, system, settings.seed)
    if (faults.down) {
      request.socket.destroy()
      return
    }
    const body = await readBody(request)
    if (faults.latencyMs > 0) await new Promise(resolve => setTimeout(resolve, faults.latencyMs))
    const stackRequest: StackRequest = {
      system,
      method: request.method ?? 'GET',
      path,
      query,
      body,
      ...given({ key: header(request, 'idempotency-key'), reference: header(request, 'x-work-reference'), correlationId: header(request, 'x-correlation-id'), callback: header(request, 'x-callback-url') }),
    }
    const [n, used] = nextNumber(books, `request:${system}`)
    books.write([used])
    const fate = path.startsWith('/stock') || path.startsWith('/answers') || path.startsWith('/decide') || path.startsWith('/challenge') || path.startsWith('/sign/') ? 'none' : fateOf(faults, system, n)
    if (stackRequest.method === 'POST' && !path.includes('ancel')) countRequest(floor, stackRequest)
    if (fate === 'errorBefore') throw refused(503, 'temporarilyUnavailable', 'Try again')
    const hang = (): void => {
      setTimeout(() => request.socket.destroy(), settings.hangMs).unref()
    }
    if (fate === 'hangBefore') return hang()
    const reply = byKey(stackRequest) ?? stacks[system].handle(stackRequest)
    timers.wake()
    if (!reply) throw refused(404, 'notFound', `${stackRequest.method} ${path} is not an operation of ${system}`)
    if (fate === 'errorAfter') throw refused(503, 'temporarilyUnavailable', 'Try again')
    if (fate === 'hangAfter') return hang()
    if (fate === 'wrongAnswer') {
      response.writeHead(reply.status, { 'content-type': 'application/json' })
      response.end(n % 2 === 0 ? '{"orderId": "' : '{"state":"ok"}')
      return
    }
    answer(response, reply)
  }

  const handleFaults = async (system: SystemName, request: IncomingMessage): Promise<Reply> => {
    if (request.method === 'DELETE') books.write([faultsChange(system, null)])
    else if (request.method === 'PUT') books.write([faultsChange(system, readFaults(await readBody(request), settings.seed))])
    else if (request.method !== 'GET') throw refused(405, 'invalidRequest', 'GET, PUT or DELETE')
    timers.wake()
    return { status: 200, body: books.get('faults', system) ?? noFaults(settings.seed) }
  }

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://back-ends')
    const [, area, name, rest] = url.pathname.split('/')
    if (isSystem(area)) return handleStack(area, url.pathname.slice(area.length + 1), url.searchParams, request, response)
    if (url.pathname === '/health') return answer(response, { status: 200, body: { service: 'tandem-back-ends', status: 'up', pid: process.pid, dataDir: settings.dataDir, startedAt, settings } })
    if (control && request.method === 'POST' && url.pathname === '/stop') {
      response.once('finish', () => control.stop())
      return answer(response, { status: 202, body: { state: 'stopping' } })
    }
    if (control && request.method === 'POST' && url.pathname === '/keeper') {
      const { pid } = await readBody(request)
      if (typeof pid !== 'number' || !Number.isInteger(pid) || pid < 1) throw refused(400, 'invalidRequest', 'pid must be a process id')
      control.keptBy(pid)
      return answer(response, { status: 200, body: { pid } })
    }
    if (area === 'faults' && isSystem(name) && rest === undefined) return answer(response, await handleFaults(name, request))
    if (url.pathname === '/books/summary') return answer(response, { status: 200, body: summary(books, settings) })
    if (area === 'books' && isSystem(name) && rest === undefined) {
      const filter = given({ key: url.searchParams.get('key') ?? undefined, reference: url.searchParams.get('reference') ?? undefined })
      return answer(response, { status: 200, body: keyAccounts(books, name, filter) })
    }
    throw refused(404, 'notFound', `There is nothing at ${url.pathname}`)
  }

  let lastRequestAt = Date.now()
  const server = createServer((request, response) => {
    lastRequestAt = Date.now()
    handle(request, response).catch((error: unknown) => {
      if (request.socket.destroyed) return
      const refusal = error instanceof StackRefusal ? error : new StackRefusal(500, 'internalError', 'The simulator failed', false)
      if (refusal !== error) process.stderr.write(`back ends: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
      if (!response.headersSent) answer(response, { status: refusal.status, body: refusalBody(refusal) })
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(settings.port, settings.host, resolve)
  }).catch((error: unknown) => {
    books.close()
    throw error
  })
  const url = `http://${settings.host}:${(server.address() as AddressInfo).port}`
  const whereabouts = join(settings.dataDir, 'process.json')
  mkdirSync(settings.dataDir, { recursive: true })
  // Whoever starts on this folder next finds a survivor by it, on whatever port it listens.
  writeFileSync(whereabouts, JSON.stringify({ pid: process.pid, url }))
  timers.wake()

  return {
    url,
    settings,
    lastRequestAt: () => lastRequestAt,
    close: async () => {
      const closed = new Promise<void>(resolve => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
      await timers.close()
      rmSync(whereabouts, { force: true })
      books.close()
    },
  }
}
