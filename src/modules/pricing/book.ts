/**
 * What the engine knows of a brand, compiled and held in memory: price lists, rules, promotions and tax rates as a whole, offerings with their prices
 * from the first time somebody asks for them. Events keep it up to date: each process follows them by their positions.
 */
import type { PositionedEvent } from '../../tmf/events/positions.ts'
import { systemContext } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { loadOfferings, type LoadedOffering } from '../catalog/index.ts'
import { taxRate, taxRateRow, type TaxRateRow } from '../tax/index.ts'
import type { CompiledOffering } from './candidate.ts'
import { compileAgreement, indexAgreements, type AgreementDoc, type AgreementIndex, type CompiledAgreement } from './frame-prices.ts'
import { compileEntry, compileList, type CompiledList } from './compile-entry.ts'
import { compileOffering, partsOf } from './compile-offering.ts'
import { withPast } from './past-amounts.ts'
import { priceListEntry, type PriceListEntry } from './price-list-entry.ts'
import { priceList, type PriceList } from './price-list.ts'
import { priceRule, type PriceRule } from './price-rule.ts'
import { compilePromotion, type CompiledPattern, type PromotionDoc } from './promotion-pattern.ts'
import { indexPromotions, type PromotionIndex } from './promotion-index.ts'
import { compilePriceRule, type CompiledRule } from './rule.ts'
import { taxTable, type TaxTable } from './tax-table.ts'

type Deps = Pick<Services, 'database' | 'store' | 'positions'>

export const FOLLOWED = ['productOffering', 'productOfferingPrice', 'priceList', 'priceListEntry', 'priceRule', 'promotion', 'taxRate', 'agreement'] as const

const ALL = 1_000_000

export interface Book {
  readonly version: number
  readonly promotions: PromotionIndex
  readonly taxes: TaxTable
  readonly agreements: AgreementIndex
  /** Compiled offerings; what is not held yet is read first. `given` ones are priced as their reader has read them. */
  offerings: (ids: readonly string[], given?: ReadonlyMap<string, LoadedOffering>) => Promise<Map<string, CompiledOffering>>
}

interface Kept extends Book {
  apply: (events: readonly PositionedEvent[]) => void
}

interface Held<T> {
  revision: number
  value: T
}

/** Milliseconds that compiling may keep the process from everything else. */
const AT_ONCE = 10

/** Compiles one after the other and lets others have their turn in between: ten thousand promotions take some hundred milliseconds. */
const inTurns = async <From, To>(list: readonly From[], compile: (one: From) => To): Promise<To[]> => {
  const made: To[] = []
  let since = performance.now()
  for (const one of list) {
    made.push(compile(one))
    if (performance.now() - since < AT_ONCE) continue
    await new Promise(resolve => setImmediate(resolve))
    since = performance.now()
  }
  return made
}

const read = async <T>(deps: Deps, brand: string, resource: Parameters<Services['store']['find']>[1], compile: (doc: any, revision: number) => T): Promise<Map<string, Held<T>>> => {
  const found = await deps.store.find(systemContext(brand, 'pricing'), resource, { limit: ALL })
  return new Map(await inTurns(found, (one): [string, Held<T>] => [one.id, { revision: one.revision, value: compile(one.doc, one.revision) }]))
}

const ruleOf = (doc: PriceRule): CompiledRule => compilePriceRule({ ...doc, about: doc.about ?? 'other' })

const sameParts = (a: CompiledOffering['restsOn'], b: CompiledOffering['restsOn']): boolean => a.length === b.length && a.every((one, index) => one.every((value, at) => value === b[index]?.[at]))

const openBook = async (deps: Deps, brand: string): Promise<Kept> => {
  let version = deps.positions.current()
  const promotionResource = deps.store.resource('promotion')
  const agreementResource = deps.store.resource('agreement')
  const [lists, rules, promotions, rates, agreements] = await Promise.all([
    read<CompiledList>(deps, brand, priceList, (doc: PriceList, revision) => compileList(doc, revision)),
    read<CompiledRule>(deps, brand, priceRule, ruleOf),
    promotionResource ? read<CompiledPattern[]>(deps, brand, promotionResource, (doc: PromotionDoc, revision) => compilePromotion(doc, revision)) : new Map<string, Held<CompiledPattern[]>>(),
    read<TaxRateRow>(deps, brand, taxRate, doc => taxRateRow({ doc } as Parameters<typeof taxRateRow>[0])),
    agreementResource ? read<CompiledAgreement>(deps, brand, agreementResource, (doc: AgreementDoc, revision) => compileAgreement(doc, revision)) : new Map<string, Held<CompiledAgreement>>(),
  ])
  const offerings = new Map<string, CompiledOffering>()
  const usedBy = new Map<string, Set<string>>()
  let index = indexPromotions([...promotions.values()].flatMap(one => one.value))
  let agreed = indexAgreements(new Map([...agreements].map(([id, one]) => [id, one.value])))
  let taxes = taxTable([...rates.values()].map(one => one.value))
  /** Grows with each event: what was read while one came in is used once and not kept. */
  let generation = 0

  const rulesById = (): ReadonlyMap<string, CompiledRule> => new Map([...rules].map(([id, one]) => [id, one.value]))

  const replace = <T>(into: Map<string, Held<T>>, event: PositionedEvent, compile: (doc: any, revision: number) => T): void => {
    if (event.eventType.endsWith('DeleteEvent')) into.delete(event.resourceId)
    else if ((into.get(event.resourceId)?.revision ?? 0) < event.revision) into.set(event.resourceId, { revision: event.revision, value: compile(event.doc, event.revision) })
  }

  const applyOne = (event: PositionedEvent): void => {
    switch (event.resource) {
      case 'productOffering': offerings.delete(event.resourceId); break
      case 'productOfferingPrice': for (const id of usedBy.get(event.resourceId) ?? []) offerings.delete(id); break
      case 'priceListEntry': offerings.delete((event.doc as PriceListEntry).productOffering?.id ?? ''); break
      case 'priceList': replace(lists, event, (doc: PriceList, revision) => compileList(doc, revision)); offerings.clear(); break
      case 'priceRule': replace(rules, event, ruleOf); offerings.clear(); break
      case 'promotion': replace(promotions, event, (doc: PromotionDoc, revision) => compilePromotion(doc, revision)); break
      case 'taxRate': replace(rates, event, doc => taxRateRow({ doc } as Parameters<typeof taxRateRow>[0])); break
      case 'agreement': replace(agreements, event, (doc: AgreementDoc, revision) => compileAgreement(doc, revision)); break
    }
  }

  const keep = (compiled: CompiledOffering): void => {
    offerings.set(compiled.pin.id, compiled)
    for (const [kind, id] of compiled.restsOn) {
      if (kind !== 'productOfferingPrice') continue
      const users = usedBy.get(id)
      if (users) users.add(compiled.pin.id)
      else usedBy.set(id, new Set([compiled.pin.id]))
    }
  }

  const load = async (ids: readonly string[], given: ReadonlyMap<string, LoadedOffering> | undefined): Promise<CompiledOffering[]> => {
    const before = generation
    const unread = ids.filter(id => !given?.has(id))
    const [loaded, entries] = await Promise.all([
      loadOfferings(deps, { brand }, unread),
      deps.store.find(systemContext(brand, 'pricing'), priceListEntry, { where: [{ path: 'productOffering.id', value: [...ids] }], limit: ALL }),
    ])
    const entriesOf = new Map<string, typeof entries>()
    for (const one of entries) entriesOf.set(one.doc.productOffering?.id ?? '', [...(entriesOf.get(one.doc.productOffering?.id ?? '') ?? []), one])
    const ruleBook = rulesById()
    const compile = (offering: LoadedOffering): CompiledOffering => {
      const own = (entriesOf.get(offering.pin.id) ?? []).flatMap(one => compileEntry({ doc: one.doc, revision: one.revision }, lists.get(one.doc.priceList?.id ?? '')?.value, offering.pin) ?? [])
      return compileOffering(offering, own, ruleBook)
    }
    const compiled = await Promise.all((await inTurns(ids.flatMap(id => given?.get(id) ?? loaded.get(id) ?? []), compile)).map(one => withPast(deps, brand, one)))
    if (generation === before) compiled.forEach(keep)
    return compiled
  }

  return {
    get version() {
      return version
    },
    get promotions() {
      return index
    },
    get taxes() {
      return taxes
    },
    get agreements() {
      return agreed
    },
    async offerings(ids, given) {
      const wanted = [...new Set(ids)]
      const missing = wanted.filter(id => !offerings.has(id))
      const fresh = new Map((missing.length === 0 ? [] : await load(missing, given)).map(one => [one.pin.id, one]))
      const answer = new Map<string, CompiledOffering>()
      for (const id of wanted) {
        const known = fresh.get(id) ?? offerings.get(id)
        const own = given?.get(id)
        // What the caller has read counts, when it is another edition than the one held here.
        const compiled = known && own && !sameParts(known.restsOn, partsOf(own)) ? compileOffering(own, known.entries, rulesById()) : known
        if (compiled) answer.set(id, compiled)
      }
      return answer
    },
    apply(events) {
      for (const event of events) {
        generation++
        applyOne(event)
        version = Math.max(version, event.position)
      }
      if (events.some(one => one.resource === 'promotion')) index = indexPromotions([...promotions.values()].flatMap(one => one.value))
      if (events.some(one => one.resource === 'agreement')) agreed = indexAgreements(new Map([...agreements].map(([id, one]) => [id, one.value])))
      if (events.some(one => one.resource === 'taxRate')) taxes = taxTable([...rates.values()].map(one => one.value))
    },
  }
}

interface Shelf {
  books: Map<string, { book: Promise<Kept>; early: PositionedEvent[]; isOpen: boolean }>
  unfollow: () => void
}

/** One shelf for each database that this process works with. */
const shelves = new WeakMap<object, Shelf>()

const shelfOf = (deps: Deps): Shelf => {
  const known = shelves.get(deps.database)
  if (known) return known
  const books: Shelf['books'] = new Map()
  const unfollow = deps.positions.follow({
    resources: FOLLOWED,
    handle: async events => {
      for (const brand of new Set(events.map(one => one.brand))) {
        const open = books.get(brand)
        if (!open) continue
        const own = events.filter(one => one.brand === brand)
        // What comes while a book is being read is put into it once it is there.
        if (open.isOpen) (await open.book).apply(own)
        else open.early.push(...own)
      }
    },
  })
  const shelf: Shelf = { books, unfollow }
  shelves.set(deps.database, shelf)
  return shelf
}

/** A book of what `deps` read, for one pricing: nothing follows it. */
export const bookAsRead = (deps: Deps, brand: string): Promise<Book> => openBook(deps, brand)

/** The book of a brand; read when it is first asked for, or again when it must be `fresh`. */
export const bookOf = async (deps: Deps, brand: string, fresh = false): Promise<Book> => {
  const { books } = shelfOf(deps)
  if (fresh) books.delete(brand)
  const known = books.get(brand)
  if (known) return known.book
  const entry: typeof books extends Map<string, infer E> ? E : never = { book: openBook(deps, brand), early: [], isOpen: false }
  books.set(brand, entry)
  try {
    const book = await entry.book
    book.apply(entry.early.splice(0))
    entry.isOpen = true
    return book
  } catch (error) {
    if (books.get(brand) === entry) books.delete(brand)
    throw error
  }
}

export const closeBooks = async (deps: Pick<Services, 'database'>): Promise<void> => {
  shelves.get(deps.database)?.unfollow()
  shelves.delete(deps.database)
  await Promise.resolve()
}
