/**
 * The rules of a brand that are in force, compiled once and held in memory. Every process follows the events of rules and reads them anew
 * when one has changed; without rules nothing is read and nothing is asked.
 */
import { systemContext } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { RuleError } from '../../platform/rules/rule-error.ts'
import { compileSalesRule, type CompiledSalesRule } from './compile-sales-rule.ts'
import { isAdvice, type SalesRule } from './sales-rule-types.ts'

export interface RuleBook {
  /** Those of higher priority first. */
  guards: readonly CompiledSalesRule[]
  advice: readonly CompiledSalesRule[]
}

type Deps = Pick<Services, 'database' | 'store' | 'positions' | 'log'>

const MOST_RULES = 10_000

interface Shelf {
  books: Map<string, Promise<RuleBook>>
  unfollow: () => void
}

/** One for each database that this process works with. */
const shelves = new WeakMap<object, Shelf>()

const shelfOf = (deps: Deps): Shelf => {
  const known = shelves.get(deps.database)
  if (known) return known
  const books: Shelf['books'] = new Map()
  const unfollow = deps.positions.follow({
    resources: ['salesRule'],
    handle: events => {
      for (const { brand } of events) books.delete(brand)
    },
  })
  const shelf: Shelf = { books, unfollow }
  shelves.set(deps.database, shelf)
  return shelf
}

const compiled = (deps: Deps, doc: SalesRule): CompiledSalesRule[] => {
  try {
    return [compileSalesRule(doc)]
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    // It compiled when it was written, by another build: it refuses until somebody looks at it, as what cannot be evaluated does.
    deps.log.error({ rule: doc.id, err: error }, 'a sales rule does not compile')
    return [{ ...compileSalesRule({ ...doc, condition: 'true' }), holds: () => error.message }]
  }
}

const open = async (deps: Deps, brand: string): Promise<RuleBook> => {
  const resource = deps.store.resource('salesRule')
  const found = resource === undefined ? [] : await deps.store.find(systemContext(brand, 'sales-rules'), resource, { where: [{ path: 'lifecycleStatus', value: 'active' }], limit: MOST_RULES })
  const rules = found.flatMap(one => compiled(deps, one.doc as SalesRule)).sort((a, b) => (b.doc.priority ?? 0) - (a.doc.priority ?? 0) || (a.id < b.id ? -1 : 1))
  return { guards: rules.filter(one => !isAdvice(one.kind)), advice: rules.filter(one => isAdvice(one.kind)) }
}

/** The rules of a brand. What is read while one changes is used once and not kept. */
export const rulesOf = (deps: Deps, brand: string): Promise<RuleBook> => {
  const { books } = shelfOf(deps)
  const known = books.get(brand)
  if (known) return known
  const book = open(deps, brand)
  books.set(brand, book)
  book.catch(() => books.delete(brand))
  return book
}

/** In the process that wrote, what was written counts from its answer on. */
export const forgetRules = (deps: Pick<Services, 'database'>): void => shelves.get(deps.database)?.books.clear()

export const closeBooks = async (deps: Pick<Services, 'database'>): Promise<void> => {
  shelves.get(deps.database)?.unfollow()
  shelves.delete(deps.database)
  await Promise.resolve()
}
