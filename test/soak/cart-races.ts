/**
 * Races around one cart: channels that change it side by side, checkouts against each other, against a cancelling and against the payment's
 * call-back. Whatever dies meanwhile: no acknowledged change is lost, there is one order a cart, and the money held is the money due.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { insist, type Door } from './orders.ts'
import type { Random } from './random.ts'

type Json = Record<string, any>

const CART = '/tmf-api/shoppingCart/v4/shoppingCart'
/** Longer than the lease on a checkout, which who was killed keeps for 45 s, and the tries after it. */
const GIVE_UP_AFTER_MS = 120_000

interface Answer {
  status: number
  body: Json
  etag: string
}

const at = (door: Door): string => (typeof door === 'string' ? door : door())

/** Asks again until somebody answers; what came of a request whose answer was lost is for the caller to find out. */
const ask = async (door: Door, method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> => {
  for (const until = Date.now() + GIVE_UP_AFTER_MS; ; await sleep(50)) {
    try {
      const answer = await fetch(at(door) + path, { method, headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers }, ...(body !== undefined && { body: JSON.stringify(body) }), signal: AbortSignal.timeout(15_000) })
      const text = await answer.text()
      if (answer.status !== 503) return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as Json), etag: answer.headers.get('etag') ?? '' }
    } catch (error) {
      if (Date.now() > until) throw new Error(`${method} ${path}: no answer`, { cause: error })
    }
    if (Date.now() > until) throw new Error(`${method} ${path}: 503 to the end`)
  }
}

export interface RaceWorld {
  door: Door
  backEnds: string
  offerings: readonly string[]
}

/** Puts lines in by read, change and If-Match, as a channel that respects others does. Answers the ids that were acknowledged. */
const fill = async ({ door, offerings }: RaceWorld, random: Random, cartId: string, channel: string, count: number): Promise<string[]> => {
  const done: string[] = []
  for (let n = 0; n < count; n++) {
    const line = { id: `${channel}-${n}`, productOffering: { id: random.pick(offerings) } }
    for (;;) {
      const cart = await ask(door, 'GET', `${CART}/${cartId}`)
      if (((cart.body['cartItem'] ?? []) as Json[]).some(one => one['id'] === line.id)) break
      const { status, body } = await ask(door, 'PATCH', `${CART}/${cartId}`, { cartItem: [...(cart.body['cartItem'] ?? []), line] }, { 'if-match': cart.etag, 'x-tandem-channel': channel })
      if (status === 200) break
      if (status !== 412) throw new Error(`PATCH of cart ${cartId}: ${status} ${JSON.stringify(body)}`)
    }
    done.push(line.id)
  }
  return done
}

const confirm = async (world: RaceWorld, answer: Answer): Promise<void> => {
  const page = answer.body['waitingFor']?.redirectUrl as string | undefined
  if (page !== undefined) await ask(world.backEnds, 'POST', new URL(page).pathname, { outcome: 'authorised' })
}

/** One cart from its first line to its order, with all races on the way. */
export const raceCart = async (world: RaceWorld, random: Random, name: string): Promise<void> => {
  const { door } = world
  const person = await insist(typeof door === 'string' ? `${door}/tmf-api/party/v4/individual` : () => `${door()}/tmf-api/party/v4/individual`, `person-${name}`, { givenName: 'Racer', familyName: name, individualIdentification: [{ identificationType: 'passport', identificationId: name }] })
  const made = await insist(typeof door === 'string' ? door + CART : () => door() + CART, `cart-${name}`, { relatedParty: [{ id: person['id'], role: 'customer', '@referredType': 'Individual' }] })
  const id = String(made['id'])
  const lines = (await Promise.all([fill(world, random, id, 'web', random.between(1, 3)), fill(world, random, id, 'care', random.between(1, 3))])).flat()

  const needsConfirming = random.next() < 0.5
  const said = { shoppingCart: { id }, termsAccepted: true, paymentToken: needsConfirming ? 'tok-3ds' : 'tok-visa' }
  const buyers = ['web', 'app', 'store'].map(async channel => {
    await sleep(random.between(0, 30))
    const answer = await ask(door, 'POST', '/tandem/v1/checkout', said, { 'x-tandem-channel': channel })
    await confirm(world, answer)
  })
  const canceller = random.next() < 0.4 ? [sleep(random.between(0, 60)).then(() => ask(door, 'POST', `/tandem/v1/checkout/${id}/cancel`, {}))] : []
  await Promise.all([...buyers, ...canceller])

  let order: string | undefined
  for (const until = Date.now() + GIVE_UP_AFTER_MS; order === undefined; await sleep(60)) {
    const answer = await ask(door, 'POST', '/tandem/v1/checkout', said, { 'x-tandem-channel': 'app' })
    if (answer.status === 200) order = String(answer.body['productOrder'].id)
    else if (answer.status !== 202 && answer.status !== 409) throw new Error(`checkout of ${id}: ${answer.status} ${JSON.stringify(answer.body)}`)
    else await confirm(world, answer)
    if (Date.now() > until) throw new Error(`checkout of ${id} does not end: ${JSON.stringify(answer.body)}`)
  }
  await verifyRace(world, { id, order, lines, person: String(person['id']) })
}

interface Raced {
  id: string
  order: string
  lines: readonly string[]
  person: string
}

const verifyRace = async ({ door, backEnds }: RaceWorld, { id, order, lines, person }: Raced): Promise<void> => {
  const wrong = (what: string, seen: unknown): Error => new Error(`cart ${id}: ${what}: ${JSON.stringify(seen)}`)
  const cart = (await ask(door, 'GET', `${CART}/${id}`)).body
  const kept = ((cart['cartItem'] ?? []) as Json[]).map(one => String(one['id']))
  if (lines.some(line => !kept.includes(line)) || kept.length !== lines.length) throw wrong(`has lost a change, or has one twice; ${lines.join(' ')} were acknowledged`, kept)
  const orders = (await ask(door, 'GET', `/tmf-api/productOrderingManagement/v4/productOrder?relatedParty.id=${person}&fields=id,state,productOrderItem`)).body as unknown as Json[]
  if (orders.length !== 1 || orders[0]!['id'] !== order || orders[0]!['state'] === 'rejected') throw wrong(`has not exactly the order ${order}`, orders.map(one => [one['id'], one['state']]))
  if (orders[0]!['productOrderItem'].length !== lines.length) throw wrong('has an order of other lines', orders[0]!['productOrderItem'].length)
  const held = (): Promise<Answer> => ask(backEnds, 'GET', `/payments/authorisation?reference=${id}`)
  for (const until = Date.now() + GIVE_UP_AFTER_MS; ; await sleep(100)) {
    // The gateway answers wrongly at times, also to us.
    const seen = (await held()).body as unknown
    if (!Array.isArray(seen)) continue
    const living = (seen as Json[]).filter(one => one['state'] === 'authorised' || one['state'] === 'captured' || one['state'] === 'actionRequired')
    const due = cart['due']?.value as number | undefined
    const right = due === undefined ? living.length === 0 : living.length === 1 && living[0]!['amount'].value === due && living[0]!['state'] === 'captured'
    if (right) return
    if (Date.now() > until) throw wrong(`holds other money than is due, ${due ?? 'nothing'}`, living)
  }
}
