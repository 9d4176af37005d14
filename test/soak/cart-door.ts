/** How those who race ask: again and again until somebody answers, through processes that die. */
import { setTimeout as sleep } from 'node:timers/promises'

export type Json = Record<string, any>

export const CART = '/tmf-api/shoppingCart/v4/shoppingCart'
const GIVE_UP_AFTER_MS = 120_000

export interface Answer {
  status: number
  body: Json
  etag: string
}

export interface RaceWorld {
  /** Where the next request goes: each time another process. */
  door: () => string
  backEnds: string
  offerings: readonly string[]
  /** A brand of its own, which no system outside has a say in: carts there are bought in one transaction. */
  brand?: string
}

/** What came of a request whose answer was lost is for the caller to find out: status 0 when it is not to be asked again. */
export const ask = async ({ door, brand }: Pick<RaceWorld, 'door' | 'brand'>, method: string, path: string, body?: unknown, headers: Record<string, string> = {}, again = true): Promise<Answer> => {
  for (const until = Date.now() + GIVE_UP_AFTER_MS; ; await sleep(50)) {
    try {
      const answer = await fetch(door() + path, { method, headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...(brand !== undefined && { 'x-tandem-brand': brand }), ...headers }, ...(body !== undefined && { body: JSON.stringify(body) }), signal: AbortSignal.timeout(15_000) })
      const text = await answer.text()
      if (answer.status !== 503) return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as Json), etag: answer.headers.get('etag') ?? '' }
    } catch (error) {
      if (Date.now() > until) throw new Error(`${method} ${path}: no answer`, { cause: error })
    }
    if (!again) return { status: 0, body: {}, etag: '' }
    if (Date.now() > until) throw new Error(`${method} ${path}: 503 to the end`)
  }
}

export const linesOf = (cart: Json): Json[] => (cart['cartItem'] ?? []) as Json[]

/** The owner of the card says yes in the bank's page. */
export const confirmAt = async ({ backEnds }: RaceWorld, page: string): Promise<void> => void (await ask({ door: () => backEnds }, 'POST', page, { outcome: 'authorised' }))
