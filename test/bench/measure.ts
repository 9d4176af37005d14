/** Measures a request against its floor: turn by turn in the same run, so that what the machine does besides hits both. */
import autocannon from 'autocannon'

export interface Request {
  url: string
  /** Makes it a POST; several bodies take turns. */
  bodies?: readonly string[]
}

export interface Measured {
  name: string
  unit: 'requests/s' | 'rows/s' | 'pricings/s' | 'conversations/s'
  value: number
  floor: number
  /** Median over the turns of value / floor. */
  ratio: number
  /** Milliseconds, of Tandem. */
  p50: number
  p99: number
  /** Requests answered by Tandem. */
  n: number
  /** What is to be said of it beside the numbers. */
  note?: string
}

interface Options {
  turns: number
  seconds: number
  connections: number
}

const load = async (request: Request, { seconds, connections }: Options): Promise<autocannon.Result> => {
  const result = await autocannon({
    url: request.url,
    ...(request.bodies && { method: 'POST', headers: { 'content-type': 'application/json' }, requests: request.bodies.map(body => ({ body })) }),
    connections,
    duration: seconds,
  })
  const failed = result.non2xx + result.errors + result.timeouts
  if (failed > 0 || result.requests.total === 0) throw new Error(`${request.bodies ? 'POST' : 'GET'} ${request.url}: ${failed} of ${result.requests.total} requests failed (${JSON.stringify(result.statusCodeStats)})`)
  return result
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!

const rate = (result: autocannon.Result): number => result['2xx'] / result.duration

export async function measure(name: string, tandem: Request, floor: Request, options: Options): Promise<Measured> {
  // A server runs for weeks: what its first seconds cost, while its code is compiled, is the start's business.
  await load(tandem, options)
  await load(floor, options)
  const turns: { value: number; floor: number; result: autocannon.Result }[] = []
  for (let turn = 0; turn < options.turns; turn++) {
    const below = await load(floor, options)
    const result = await load(tandem, options)
    turns.push({ value: rate(result), floor: rate(below), result })
  }
  return {
    name,
    unit: 'requests/s',
    value: Math.round(median(turns.map(t => t.value))),
    floor: Math.round(median(turns.map(t => t.floor))),
    ratio: Math.round(median(turns.map(t => t.value / t.floor)) * 1000) / 1000,
    p50: median(turns.map(t => t.result.latency.p50)),
    p99: median(turns.map(t => t.result.latency.p99)),
    n: turns.reduce((sum, t) => sum + t.result['2xx'], 0),
  }
}
