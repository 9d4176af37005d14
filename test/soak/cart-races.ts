/**
 * Races around one cart: channels that change it side by side, with If-Match and without, a hand-over used twice, a merge, and changes while
 * checkouts run against each other, against a cancelling and against the payment's call-back. What was acknowledged is noted, and verified after it.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { ask, confirmAt, linesOf, CART, type Answer, type Json, type RaceWorld } from './cart-door.ts'
import { verifyRace, type Raced } from './cart-verify.ts'
import { insist } from './orders.ts'
import type { Random } from './random.ts'

/** Longer than the lease on a checkout, which who was killed keeps for 45 s, and the tries after it. */
const GIVE_UP_AFTER_MS = 120_000
const HOLDS_CART = new Set(['checkoutUnderWay', 'cartClosed'])

/** One line by read, change and If-Match, as a channel that respects others puts it in. False when the cart is being bought, or is. */
const putIn = async (world: RaceWorld, cartId: string, channel: string, line: Json): Promise<boolean> => {
  for (;;) {
    const cart = await ask(world, 'GET', `${CART}/${cartId}`)
    if (linesOf(cart.body).some(one => one['id'] === line['id'])) return true
    const { status, body } = await ask(world, 'PATCH', `${CART}/${cartId}`, { cartItem: [...linesOf(cart.body), line] }, { 'if-match': cart.etag, 'x-tandem-channel': channel })
    if (status === 200) return true
    if (status === 409 && HOLDS_CART.has(String(body['code']))) return false
    if (status !== 412) throw new Error(`PATCH of cart ${cartId}: ${status} ${JSON.stringify(body)}`)
  }
}

const fill = async (world: RaceWorld, random: Random, raced: Raced, channel: string, count: number): Promise<void> => {
  for (let n = 0; n < count; n++) {
    const id = `${channel}-${n}`
    if (!(await putIn(world, raced.id, channel, { id, productOffering: { id: random.pick(world.offerings) } }))) throw new Error(`cart ${raced.id} was closed before anybody bought it`)
    raced.acknowledged.push(id)
  }
}

/** Lines without If-Match: added to whatever there is. Of an answer that was lost nobody knows, so each try has a name of its own. */
const throwIn = async (world: RaceWorld, random: Random, raced: Raced, count: number): Promise<void> => {
  for (let n = 0; n < count; n++) {
    for (let attempt = 0; ; attempt++) {
      const campaign = `app-${n}-${attempt}`
      raced.tried.push(campaign)
      const { status, body } = await ask(world, 'POST', `/tandem/v1/shoppingCart/${raced.id}/item`, { productOffering: { id: random.pick(world.offerings) }, campaign }, { 'x-tandem-channel': 'app' }, false)
      if (status === 201) {
        raced.acknowledged.push(campaign)
        break
      }
      if (status !== 0) throw new Error(`POST of an item into cart ${raced.id}: ${status} ${JSON.stringify(body)}`)
    }
  }
}

/** Says something else about the cart without If-Match: it must neither undo lines nor be undone by them. */
const annotate = async (world: RaceWorld, raced: Raced, count: number): Promise<void> => {
  for (let n = 0; n < count; n++) {
    const description = `note ${n}`
    const { status, body } = await ask(world, 'PATCH', `${CART}/${raced.id}`, { description }, { 'x-tandem-channel': 'store' })
    if (status !== 200) throw new Error(`PATCH of cart ${raced.id}: ${status} ${JSON.stringify(body)}`)
    raced.note = description
  }
}

/** Two who were given the same code: it works once. */
const takeOverTwice = async (world: RaceWorld, raced: Raced): Promise<void> => {
  const { status, body } = await ask(world, 'POST', `/tandem/v1/shoppingCart/${raced.id}/handOver`, {})
  if (status !== 201) throw new Error(`hand-over of cart ${raced.id}: ${status} ${JSON.stringify(body)}`)
  const taken = await Promise.all(['store', 'care'].map(channel => ask(world, 'POST', '/tandem/v1/cartTakeOver', { code: body['code'] }, { 'x-tandem-channel': channel })))
  if (taken.filter(one => one.status === 200).length > 1 || taken.some(one => one.status !== 200 && one.status !== 404)) throw new Error(`the code of cart ${raced.id} was taken ${taken.map(one => one.status).join(' and ')}`)
}

/** The guest's cart is merged into the one that is being bought: before it or not at all. */
const merge = async (world: RaceWorld, raced: Raced): Promise<void> => {
  for (;;) {
    const { status, body } = await ask(world, 'POST', `/tandem/v1/shoppingCart/${raced.guest!.id}/merge`, { customer: { id: raced.person, '@referredType': 'Individual' }, strategy: 'merge', into: raced.id })
    raced.guest!.merged ||= status === 200
    if (status === 200 || (status === 409 && HOLDS_CART.has(String(body['code'])))) return
    if (status !== 412) throw new Error(`merge of cart ${raced.guest!.id} into ${raced.id}: ${status} ${JSON.stringify(body)}`)
  }
}

/** One cart from its first line to its order, with all races on the way. */
export const raceCart = async (world: RaceWorld, random: Random, name: string): Promise<void> => {
  const made = (path: string, key: string, body: unknown): Promise<Json> => insist(() => world.door() + path, `${key}-${name}`, body, world.brand === undefined ? {} : { 'x-tandem-brand': world.brand })
  const person = await made('/tmf-api/party/v4/individual', 'person', { givenName: 'Racer', familyName: name, individualIdentification: [{ identificationType: 'passport', identificationId: name }] })
  const cart = await made(CART, 'cart', { relatedParty: [{ id: person['id'], role: 'customer', '@referredType': 'Individual' }] })
  const raced: Raced = { id: String(cart['id']), person: String(person['id']), acknowledged: [], tried: [], orders: new Set() }
  if (random.next() < 0.5) raced.guest = { id: String((await made(CART, 'guest', { cartItem: [{ id: 'guest', productOffering: { id: random.pick(world.offerings) } }] }))['id']), merged: false }
  await Promise.all([
    fill(world, random, raced, 'web', random.between(1, 3)),
    fill(world, random, raced, 'care', random.between(1, 3)),
    throwIn(world, random, raced, random.between(0, 2)),
    annotate(world, raced, random.between(0, 3)),
    ...(random.next() < 0.5 ? [takeOverTwice(world, raced)] : []),
  ])

  const needsConfirming = random.next() < 0.5 && world.brand === undefined
  const said = { shoppingCart: { id: raced.id }, termsAccepted: true, paymentToken: needsConfirming ? 'tok-3ds' : 'tok-visa' }
  const buy = async (channel: string, key?: string): Promise<Answer> => {
    const answer = await ask(world, 'POST', '/tandem/v1/checkout', said, { 'x-tandem-channel': channel, ...(key !== undefined && { 'idempotency-key': key }) })
    if (answer.status === 200) raced.orders.add(String(answer.body['productOrder'].id))
    else if (answer.status !== 202 && answer.status !== 409) throw new Error(`checkout of ${raced.id}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer
  }
  const confirm = async ({ body }: Answer): Promise<void> => {
    const page = body['waitingFor']?.redirectUrl as string | undefined
    if (page !== undefined) await confirmAt(world, new URL(page).pathname)
  }
  const after = async <T>(most: number, work: () => Promise<T>): Promise<T> => {
    await sleep(random.between(0, most))
    return await work()
  }
  let isOver = false
  /** Confirms in the bank's page before the shop has said where that is: the call-back overtakes the gateway's answer. */
  const hasty = async (): Promise<void> => {
    while (!isOver) {
      const { body } = await ask({ door: () => world.backEnds }, 'GET', `/payments/authorisation?reference=${raced.id}`)
      if (Array.isArray(body)) for (const one of body as Json[]) if (one['state'] === 'actionRequired') await confirmAt(world, `/payments/challenge/${one['id']}`)
      await sleep(20)
    }
  }
  const others = needsConfirming && random.next() < 0.5 ? hasty() : Promise.resolve()
  const racing: Promise<unknown>[] = [buy('web', `key-${name}`), buy('web', `key-${name}`), after(30, () => buy('app')), after(30, () => buy('store'))].map(one => one.then(confirm))
  if (random.next() < 0.4) racing.push(after(60, () => ask(world, 'POST', `/tandem/v1/checkout/${raced.id}/cancel`, {})))
  // At its beginning, and in the midst of it.
  for (const [id, most] of [['late', 80], ['later', 600]] as const) {
    const change = async (): Promise<void> => void ((await putIn(world, raced.id, 'care', { id, productOffering: { id: random.pick(world.offerings) } })) && raced.acknowledged.push(id))
    if (random.next() < 0.6) racing.push(after(most, change))
  }
  if (raced.guest && random.next() < 0.8) racing.push(after(60, () => merge(world, raced)))
  await Promise.all(racing)

  for (const until = Date.now() + GIVE_UP_AFTER_MS; raced.orders.size === 0; await sleep(60)) {
    const answer = await buy('app')
    await confirm(answer)
    if (Date.now() > until) throw new Error(`checkout of ${raced.id} does not end: ${JSON.stringify(answer.body)}`)
  }
  isOver = true
  await others
  // Asked again by all, and changed by one who comes too late.
  await Promise.all(['web', 'app', 'store'].map(channel => buy(channel)))
  if (await putIn(world, raced.id, 'web', { id: 'too-late', productOffering: { id: world.offerings[0] } })) throw new Error(`cart ${raced.id} was changed after it was bought`)
  await verifyRace(world, raced)
}
