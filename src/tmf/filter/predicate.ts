/**
 * What a JSONPath filter means for a resource: the tree of its grammar held against the schema. Attributes exist, values have the
 * attribute's type, and conditions on one element of a list stay together. SQL (path-sql.ts) and memory (path-match.ts) evaluate the same tree.
 */
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import type { Attribute } from '../attributes.ts'
import { typed, unknownAttribute, type AttributeLookup, type Operator } from './values.ts'
import type { Literal, Node, Sign, Step } from './path-syntax.ts'

/** Names on the way from an element, and for each whether its value is a list; `open` where the schema leaves it to the document. */
export interface Way {
  names: readonly string[]
  lists: readonly (boolean | 'open')[]
}

export type Compared = Exclude<Operator, 'ne'>
export type Scalar = 'text' | 'number' | 'boolean' | 'null' | 'instant' | 'pattern'

/** Lists are gone through on the way and at its end: one value that matches is enough. */
export type Predicate =
  | { kind: 'and' | 'or'; parts: readonly Predicate[] }
  | { kind: 'not'; part: Predicate }
  | { kind: 'exists'; way: Way }
  /** There is an element for which `where` holds. */
  | { kind: 'some'; way: Way; where: Predicate }
  | { kind: 'compare'; way: Way; op: Compared; as: Scalar; value: string | number | boolean | Date | null; ignoreCase?: boolean }

/** != is the negation of ==, made where the comparison stands. */
const OPERATORS: Readonly<Record<Sign, Compared>> = { '==': 'eq', '!=': 'eq', '<': 'lt', '<=': 'lte', '>': 'gt', '>=': 'gte', '=~': 'regex' }
const ORDERED: readonly Compared[] = ['lt', 'lte', 'gt', 'gte']
const WORDS = { text: 'a text in quotes', instant: 'a date-time in quotes (RFC 3339)', number: 'a number', boolean: 'true or false', object: 'nothing: it is an object', any: '' } as const

interface Place {
  lookup: AttributeLookup
  resourceName: string
  faults: Fault[]
}

const nameOf = (names: readonly string[]): string => names.join('.').slice(0, 100)

/** The attribute at the end of a way that begins at `prefix`; a fault and undefined when the schema has none. */
function follow(place: Place, prefix: readonly string[], names: readonly string[]): { way: Way; attribute: Attribute | undefined } | undefined {
  const lists: (boolean | 'open')[] = []
  let attribute: Attribute | undefined
  for (let n = names.length === 0 ? 0 : 1; n <= names.length; n++) {
    const path = [...prefix, ...names.slice(0, n)]
    if (path.length === 0) break
    const name = names[n - 1]
    attribute = path.join('.').length > 200 || name?.includes('.') ? undefined : place.lookup(path.join('.'))
    if (attribute === undefined) {
      place.faults.push(unknownAttribute(nameOf(path), place.resourceName))
      return undefined
    }
    const isList = attribute.lists.at(-1) === true
    if (n > 0) lists.push(isList ? true : attribute.kind === 'any' ? 'open' : false)
  }
  return { way: { names, lists }, attribute }
}

const NOTHING: Predicate = { kind: 'or', parts: [] }

function comparison(place: Place, prefix: readonly string[], names: readonly string[], sign: Sign, literal: Literal): Predicate {
  const found = follow(place, prefix, names)
  const path = nameOf([...prefix, ...names]) || '@'
  if (found?.attribute === undefined) {
    if (found !== undefined) place.faults.push(fault('filter', 'compares the resource itself: name an attribute of it'))
    return NOTHING
  }
  const { way, attribute: { kind } } = found
  const op = OPERATORS[sign]
  const refused = (rule: string): Predicate => {
    place.faults.push(fault(path, rule))
    return NOTHING
  }
  const holds = (as: Scalar, value: string | number | boolean | Date | null, more: { ignoreCase?: boolean } = {}): Predicate => ({ kind: 'compare', way, op, as, value, ...more })
  if (literal.kind === 'null') return ORDERED.includes(op) ? refused(`cannot be compared with null by ${sign}`) : holds('null', null)
  if (kind === 'object') return refused('is an object: compare an attribute below it')
  if (literal.kind === 'pattern') {
    if (kind !== 'text' && kind !== 'any') return refused('cannot be compared by a pattern')
    if (/\(\?/.test(literal.value)) return refused('has a pattern that looks around')
    const [value] = typed(path, 'text', literal.value, 'regex', place.faults)
    return holds('pattern', value as string, { ignoreCase: literal.ignoreCase })
  }
  if (kind === 'instant') {
    const [value] = literal.kind === 'text' ? typed(path, kind, literal.value, op, place.faults) : []
    return literal.kind === 'text' ? holds('instant', value as Date) : refused(`must be compared with ${WORDS.instant}`)
  }
  if (kind !== 'any' && kind !== literal.kind) return refused(`must be compared with ${WORDS[kind]}`)
  if (literal.kind === 'boolean' && ORDERED.includes(op)) return refused(`cannot be compared by ${sign}`)
  return holds(literal.kind, literal.value)
}

/** A path up to its first condition, and what follows it. */
const split = (path: readonly Step[]): { names: string[]; where: Node | undefined; rest: readonly Step[] } => {
  const at = path.findIndex(step => 'where' in step)
  const names = (at < 0 ? path : path.slice(0, at)).map(step => (step as { name: string }).name)
  return { names, where: at < 0 ? undefined : (path[at] as { where: Node }).where, rest: at < 0 ? [] : path.slice(at + 1) }
}

/** What stands at the end of a path: `end` says what must hold there. */
function along(place: Place, prefix: readonly string[], path: readonly Step[], end: (prefix: readonly string[], names: readonly string[]) => Predicate): Predicate {
  const { names, where, rest } = split(path)
  if (where === undefined) return end(prefix, names)
  const found = follow(place, prefix, names)
  if (found === undefined) return NOTHING
  const inner = [...prefix, ...names]
  const condition = predicateOf(place, inner, where)
  const both: Predicate = rest.length === 0 ? condition : { kind: 'and', parts: [condition, along(place, inner, rest, end)] }
  // $[?(…)] is about the resource itself.
  return inner.length === 0 ? both : { kind: 'some', way: found.way, where: both }
}

function predicateOf(place: Place, prefix: readonly string[], node: Node): Predicate {
  switch (node.type) {
    case 'and':
    case 'or':
      return { kind: node.type, parts: node.parts.map(part => predicateOf(place, prefix, part)) }
    case 'not':
      return { kind: 'not', part: predicateOf(place, prefix, node.part) }
    case 'exists':
      return along(place, prefix, node.path, (at, names) => {
        const found = follow(place, at, names)
        return found === undefined ? NOTHING : { kind: 'exists', way: found.way }
      })
    case 'compare': {
      // a != b means that no value at a is b, as .ne does: absent ones differ too.
      const { sign, literal, path } = node
      const positive = along(place, prefix, path, (at, names) => comparison(place, at, names, sign, literal))
      return sign === '!=' ? { kind: 'not', part: positive } : positive
    }
  }
}

/** The tree of a filter for a resource; what does not fit the schema is added to the faults, each naming its attribute. */
export function resolveFilter(lookup: AttributeLookup, resourceName: string, node: Node, faults: Fault[]): Predicate {
  return predicateOf({ lookup, resourceName, faults }, [], node)
}

/** Whether a pattern stands in it. */
export const usesPattern = (predicate: Predicate): boolean => {
  switch (predicate.kind) {
    case 'and':
    case 'or':
      return predicate.parts.some(usesPattern)
    case 'not':
      return usesPattern(predicate.part)
    case 'some':
      return usesPattern(predicate.where)
    case 'compare':
      return predicate.as === 'pattern'
    default:
      return false
  }
}

/** The tree of a condition where no schema says what it is about: values compare by the type that they are written in. */
export function untypedPredicate(node: Node): Predicate {
  const faults: Fault[] = []
  const anything: AttributeLookup = path => ({ schema: {}, lists: path.split('.').map(() => false), kind: 'any' })
  // An element stands somewhere: a condition may be about itself.
  const predicate = predicateOf({ lookup: anything, resourceName: '', faults }, ['element'], node)
  if (usesPattern(predicate)) faults.push(fault('', 'patterns (=~) cannot be used here'))
  if (faults.length > 0) throw refuse.invalid(faults)
  return predicate
}
