/** What the page of an offer shows: what it is, what it costs with tax and until when, and what became of it. Pure. */
import { exact } from '../../platform/money.ts'
import type { CartPrice, HandOver, ShoppingCart } from '../cart/index.ts'
import { afterDiscounts } from './after-discounts.ts'
import { html, type Html } from './html.ts'
import type { Words } from './offer-page-words.ts'
import type { ShownLine, ShownOffer } from './take-offer.ts'

const PERIOD = /^(?:(\d+) )?(day|week|month|quarter|year)s?$/i

/** `3 months` in the reader's language. */
const spell = (words: Words, text: string): string => {
  const [, count, unit = ''] = PERIOD.exec(text) ?? []
  const name = (count === undefined || count === '1' ? words.period : words.periods)[unit.toLowerCase()]
  return name === undefined ? text : count === undefined ? name : `${count} ${name}`
}

const amountIn = (words: Words, { unit = '', value = 0 }: { unit?: string; value?: number }): string => new Intl.NumberFormat(words.locale, { style: 'currency', currency: unit }).format(value)

/** The browser says it in its own time zone (page.js). */
const moment = (words: Words, instant: string): Html =>
  html`<time datetime="${instant}">${new Intl.DateTimeFormat(words.locale, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' }).format(new Date(instant))} UTC</time>`

const linesOf = (lines: readonly ShownLine[]): ShownLine[] => lines.flatMap(line => [line, ...linesOf(line.cartItem ?? [])])

const listOf = (lines: readonly ShownLine[], words: Words): Html =>
  html`<ul>${lines.map(({ quantity = 1, productOffering, itemTerm, cartItem = [] }) => {
    const term = itemTerm?.map(one => one.duration).find(one => one?.amount !== undefined)
    return html`<li>${quantity > 1 && `${quantity} × `}${productOffering?.name ?? productOffering?.id}${term && ` (${words.term}: ${spell(words, `${term.amount ?? ''} ${term.units ?? ''}`)})`}${cartItem.length > 0 && listOf(cartItem, words)}</li>`
  })}</ul>`

const labelOf = (words: Words, { priceType, recurringChargePeriod, name }: CartPrice): string =>
  priceType === 'oneTime' ? words.oneTime : priceType === 'deposit' ? words.deposit : recurringChargePeriod === undefined ? (name ?? '') : words.recurring(spell(words, recurringChargePeriod))

/** A price of what is used, with tax. */
const usageOf = (words: Words, { name, price, unitOfMeasure }: CartPrice): Html => {
  const shown = price?.taxIncludedAmount ?? price?.dutyFreeAmount
  const value = exact(shown?.value ?? 0).times(price?.taxIncludedAmount ? 1 : exact(100).plus(price?.taxRate ?? 0).div(100))
  const text = new Intl.NumberFormat(words.locale, { style: 'currency', currency: shown?.unit ?? 'EUR', maximumFractionDigits: 6 }).format(value.toNumber())
  return html`<dt>${name ?? words.usage}</dt><dd>${text}${unitOfMeasure !== undefined && ` / ${unitOfMeasure}`}</dd>`
}

const discountsOf = (lines: readonly ShownLine[], words: Words): Html[] => {
  const said = new Map<string, Html>()
  const prices = linesOf(lines).flatMap(one => one.itemPrice ?? [])
  // What lasts is told of what is charged again and again; of what is charged once it is the same discount.
  for (const { priceAlteration = [] } of [...prices.filter(one => one.recurringChargePeriod !== undefined), ...prices.filter(one => one.recurringChargePeriod === undefined)]) {
    for (const { name = words.discount, price, applicationDuration, recurringChargePeriod } of priceAlteration) {
      const off = price?.percentage === undefined ? amountIn(words, price?.taxIncludedAmount ?? price?.dutyFreeAmount ?? {}) : new Intl.NumberFormat(words.locale, { style: 'percent', maximumFractionDigits: 2 }).format(price.percentage / 100)
      const time = applicationDuration !== undefined && recurringChargePeriod !== undefined ? ` (${words.lasting(spell(words, `${applicationDuration} ${recurringChargePeriod}`))})` : ''
      if (recurringChargePeriod === undefined && [...said.keys()].some(key => key.startsWith(`${name} ${off} `))) continue
      said.set(`${name} ${off} ${time}`, html`<dt>${name}${time}</dt><dd>−${off}</dd>`)
    }
  }
  return [...said.values()]
}

const pricesOf = (lines: readonly ShownLine[], total: readonly CartPrice[], later: readonly CartPrice[], words: Words): Html => {
  const usage = linesOf(lines).flatMap(one => one.itemPrice ?? []).filter(one => one.priceType === 'usage')
  return html`<h2>${words.prices}</h2><dl>${total.map(one => html`<dt>${labelOf(words, one)}</dt><dd>${amountIn(words, one.price?.taxIncludedAmount ?? one.price?.dutyFreeAmount ?? {})}</dd>`)}${discountsOf(lines, words)}${later.map(one => html`<dt>${words.afterwards(spell(words, one.recurringChargePeriod ?? ''))}</dt><dd>${amountIn(words, one.price?.taxIncludedAmount ?? {})}</dd>`)}${usage.map(one => usageOf(words, one))}</dl>`
}

/** Through which channels it is sold, where it is not sold here. */
export const elsewhere = (words: Words, channel: readonly string[]): string => (channel.length > 0 ? `${words.elsewhere}${channel.join(', ')}` : words.elsewhere.replace(/,[^,]*$/, '.'))

/** A sentence, where there is nothing more to show. */
export const noticeOf = (title: string, text: string, more?: Html): Html => html`<h1>${title}</h1><p>${text}</p>${more}`

export const goTo = (url: string | undefined, label: string): Html | undefined => (url === undefined ? undefined : html`<p><a class="go" href="${url}" rel="noreferrer">${label}</a></p>`)

/** The offer, with what can be done about it through this channel. */
export const offerOf = (offer: ShownOffer, words: Words, { channel, shop }: { channel: string; shop?: string | undefined }): Html => {
  const { state, campaign, description, item, totalPrice, expirationDate, startDate, personal, usesLeft } = offer
  const sold = offer.channel === undefined || offer.channel.includes(channel)
  const next =
    usesLeft > 0 && state !== 'open' ? html`<p role="status">${words[state]}${state === 'notYet' && startDate !== undefined && html` ${words.from} ${moment(words, startDate)}.`}</p>`
    : !sold ? html`<p role="status">${elsewhere(words, offer.channel ?? [])}</p>`
    : personal ? html`<p role="status">${words.personal}</p>${goTo(shop, words.logIn)}`
    : usesLeft > 0 ? html`<p><button type="button" data-ask="accepted">${words.take}</button></p><p>${words.free}</p>`
    : html`<p role="status">${words.taken}</p><p><button type="button" data-ask="accepted">${words.show}</button></p>`
  return html`<h1>${campaign.name}</h1>${description !== undefined && html`<p>${description}</p>`}<h2>${words.contains}</h2>${listOf(item, words)}${pricesOf(item, totalPrice, offer.afterDiscounts ?? [], words)}<p>${words.until} ${moment(words, expirationDate)}.</p>${next}`
}

/** The cart that it made, and where to go on with it. */
export const cartOf = (cart: ShoppingCart, words: Words, { handOver }: { handOver?: HandOver | undefined }): Html => {
  if (cart.status === 'completed') return noticeOf(cart.description ?? words.title, words.ordered)
  if (cart.status === 'checkingOut') return noticeOf(cart.description ?? words.title, words.checkingOut)
  const active = (cart.cartItem ?? []).filter(one => one.status !== 'saveForLater')
  const wrong = linesOf(active).some(one => (one.issue ?? []).length > 0)
  return html`<h1>${words.inCart}</h1><p role="status">${wrong ? words.changed : words.held}</p>${listOf(active, words)}${pricesOf(active, cart.cartTotalPrice ?? [], afterDiscounts(active), words)}${
    handOver && html`${goTo(handOver.link, words.goOn)}<p>${words.code}</p><output>${handOver.code}</output><p>${words.codeUntil} ${moment(words, handOver.expirationDate)}.</p><p><button type="button" data-ask="accepted">${words.newCode}</button></p>`
  }`
}
