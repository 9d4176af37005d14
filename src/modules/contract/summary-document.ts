/** The summary of a contract as data (EECC, article 102 (3) and the template of Regulation (EU) 2019/2243), from a quote or a cart; and its hash. Pure. */
import { contentHash } from '../../platform/content-hash.ts'
import type { ContractTerms } from './contract-terms.ts'

type Doc = Record<string, any>

export interface SummaryLine {
  id: string
  name: string
  quantity: number
  offering?: string
  characteristic: { name: string; value: string }[]
  price: string[]
  place: string[]
  part: SummaryLine[]
}

export interface SummaryDocument {
  source: { resource: string; id: string; version: string }
  date: string
  terms: { id?: string; name?: string; version?: string; url?: string }
  provider: { name?: string; address?: string; contact?: string; complaints?: string }
  service: SummaryLine[]
  total: string[]
  duration: string[]
  termination: string
  renewal: string
  accessibility: string
  remedies: string
}

const MAKES = { quote: { items: 'quoteItem', price: 'quoteItemTotalPrice', total: 'quoteTotalPrice' }, shoppingCart: { items: 'cartItem', price: 'ItemTotalPrice', total: 'cartTotalPrice' } } as const
export type Source = keyof typeof MAKES

const amountOf = (line: Doc): string => {
  const money = (line['price']?.taxIncludedAmount ?? line['price']?.dutyFreeAmount) as { unit?: string; value?: number } | undefined
  if (money?.value === undefined) return ''
  return `${money.unit ?? ''} ${String(money.value)}${line['price']?.taxIncludedAmount === undefined ? ' without tax' : ''}`
}

/** `Total per month: GBP 55` */
export const priceText = (line: Doc): string => [`${String(line['name'] ?? line['priceType'] ?? 'Price')}:`, amountOf(line), line['recurringChargePeriod'] === undefined ? '' : `a ${String(line['recurringChargePeriod'])}`, ...((line['priceAlteration'] ?? []) as Doc[]).map(one => `(${String(one['name'] ?? 'discount')}${one['applicationDuration'] === undefined ? '' : `, for ${String(one['applicationDuration'])}`})`)].filter(Boolean).join(' ')

const NO_NAMES: ReadonlyMap<string, string> = new Map()

const linesOf = (items: readonly Doc[], source: Source, names = NO_NAMES): SummaryLine[] =>
  items.flatMap((item): SummaryLine[] => {
    if (item['action'] === 'delete' || item['status'] === 'saveForLater') return []
    const { productOffering, product = {} } = item as { productOffering?: Doc; product?: Doc }
    const offering = productOffering ?? (product['productOffering'] as Doc | undefined)
    return [
      {
        id: String(item['id'] ?? ''),
        name: String(offering?.['name'] ?? names.get(String(offering?.['id'])) ?? product['name'] ?? offering?.['id'] ?? item['id'] ?? ''),
        quantity: Number(item['quantity'] ?? 1),
        ...(offering?.['id'] !== undefined && { offering: String(offering['id']) }),
        characteristic: ((product['productCharacteristic'] ?? []) as Doc[]).map(one => ({ name: String(one['name']), value: typeof one['value'] === 'object' ? JSON.stringify(one['value']) : String(one['value']) })),
        price: ((item[MAKES[source].price] ?? item['itemTotalPrice'] ?? item['itemPrice'] ?? []) as Doc[]).map(priceText),
        place: ((product['place'] ?? []) as Doc[]).map(one => String(one['name'] ?? one['id'] ?? '')).filter(Boolean),
        part: linesOf((item[MAKES[source].items] ?? []) as Doc[], source, names),
      },
    ]
  })

/** Whether anything is bought, changed or ended by it: lines that are saved for later are not, nor are those that stay as they are. */
export const hasContent = (doc: Doc, source: Source): boolean => {
  const items = (doc[MAKES[source].items] ?? []) as Doc[]
  return items.some(item => item['status'] !== 'saveForLater' && (item['action'] !== 'noChange' || hasContent(item, source)))
}

/** Offerings of the source's items, parts included. */
export const offeringIds = (doc: Doc, source: Source): string[] => {
  const ids = (items: readonly SummaryLine[]): string[] => items.flatMap(one => [...(one.offering === undefined ? [] : [one.offering]), ...ids(one.part)])
  return [...new Set(ids(linesOf((doc[MAKES[source].items] ?? []) as Doc[], source)))]
}

/** `offered`: what the offerings say of their duration, and their names by id. */
export const summaryOf = (doc: Doc, source: Source, version: string, terms: ContractTerms | undefined, offered: { terms: readonly string[]; names: ReadonlyMap<string, string> }, brand: string, now: Date): SummaryDocument => ({
  source: { resource: source, id: String(doc['id']), version },
  date: now.toISOString(),
  terms: { ...(terms && { id: terms.id }), ...(terms?.name !== undefined && { name: terms.name }), ...(terms?.version !== undefined && { version: terms.version }), ...(terms?.url !== undefined && { url: terms.url }) },
  provider: terms?.provider ?? { name: brand },
  service: linesOf((doc[MAKES[source].items] ?? []) as Doc[], source, offered.names),
  total: ((doc[MAKES[source].total] ?? []) as Doc[]).map(priceText),
  duration: offered.terms.length > 0 ? [...offered.terms] : ['No minimum term'],
  termination: terms?.termination ?? '',
  renewal: terms?.renewal ?? '',
  accessibility: terms?.accessibility ?? '',
  remedies: terms?.remedies ?? '',
})

/** SHA-256 over the document with its attributes in order, in hex: who has the document can compute it. */
export const hashOf = contentHash

/** What a summary says of a cart, as far as it can change: while this is the same, the summary is of what is in the cart. */
export const cartVersion = (doc: Doc): string => contentHash({ service: linesOf((doc['cartItem'] ?? []) as Doc[], 'shoppingCart'), total: ((doc['cartTotalPrice'] ?? []) as Doc[]).map(priceText) }).slice(0, 32)
