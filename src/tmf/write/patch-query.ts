/**
 * application/json-patch-query+json (TMF630 part 5): JSON Patch whose paths choose elements of lists by what they hold.
 *
 *     /note/text?note.author=Mary              the text of each note by Mary
 *     /note?note.author=Mary/text              the same
 *     /note?author=Mary                        each note by Mary: without a list's name, the last list on the way is meant
 *     /orderItem/quantity?orderItem.action=add&orderItem.product.id='a/b'
 *     note[?(@.author=='Mary')].text           part 6: JSONPath, which also ties conditions on deeper lists together
 *
 * All conditions on an element must hold; names in them may have slashes for dots. A value ends at & or /, unless it is in quotes.
 * Each element that matches is changed; where none does, the patch is refused.
 */
import { fault, refuse, Refusal } from '../../platform/errors.ts'
import { valuesAt } from '../attributes.ts'
import { holds } from '../filter/path-match.ts'
import { readFilter, type Step } from '../filter/path-syntax.ts'
import { untypedPredicate } from '../filter/predicate.ts'
import { applyOperation, operationsOf } from './json-patch.ts'
import { isForbidden, isIndex, pointerOf, readable, tokensOf } from './pointer.ts'

type Doc = Record<string, unknown>

/** A place in a document: names and positions. */
type Place = (string | number)[]

interface Segment {
  name: string
  conditions: { name: string; value: string }[]
}

const MAX_OPERATIONS = 100
const MAX_CONDITIONS = 20

const isObject = (value: unknown): value is Doc => value !== null && typeof value === 'object' && !Array.isArray(value)

const at = (doc: unknown, place: Place): unknown =>
  place.reduce<unknown>((node, token) => (node !== null && typeof node === 'object' && Object.hasOwn(node, token) ? (node as Doc)[token] : undefined), doc)

/** Reads `/a/b?x=1&y='2'/c`. `wrong` refuses. */
function segmentsOf(path: string, wrong: (rule: string) => never): Segment[] {
  const segments: Segment[] = []
  let conditions = 0
  let i = 0
  const until = (stops: string): string => {
    const start = i
    while (i < path.length && !stops.includes(path[i]!)) i++
    return path.slice(start, i)
  }
  while (i < path.length) {
    if (path[i] !== '/') wrong('must be a JSON Pointer with conditions, as in /note/text?note.author=Mary')
    i++
    const [name] = tokensOf(`/${until('/?')}`) ?? wrong('has a tilde that escapes nothing')
    const segment: Segment = { name: name!, conditions: [] }
    segments.push(segment)
    while (path[i] === '?' || (path[i] === '&' && segment.conditions.length > 0)) {
      i++
      const left = until('=').trim()
      if (left === '' || path[i] !== '=') wrong('has a condition that is not name=value')
      i += path[i + 1] === '=' ? 2 : 1
      const quote = path[i]
      let value: string
      if (quote === "'" || quote === '"') {
        i++
        value = until(quote)
        if (path[i] !== quote) wrong('has a quoted value without an end')
        i++
        if (i < path.length && path[i] !== '&' && path[i] !== '/') wrong('has something after a quoted value')
      } else value = until('&/').trim()
      if (++conditions > MAX_CONDITIONS) wrong(`has more than ${MAX_CONDITIONS} conditions`)
      segment.conditions.push({ name: left.replace(/^\//, '').replaceAll('/', '.'), value })
    }
  }
  return segments
}

/** A value as it is written in a path says nothing of its type: the document's does. */
const isWritten = (found: unknown, text: string): boolean =>
  typeof found === 'string' ? found === text : typeof found === 'number' ? text.trim() !== '' && Number(text) === found : found === null || typeof found === 'boolean' ? String(found) === text : false

type Test = (element: unknown) => boolean

/** What is tested where: at the document itself (-1), or at the elements of the list that a segment names. */
function testsOf(doc: Doc, segments: readonly Segment[], wrong: (rule: string) => never): Map<number, Test[]> {
  const names = segments.map(segment => segment.name)
  const lists = segments.map((_, n) => {
    const parents = names.slice(0, n).filter(name => !isIndex(name))
    const holders = parents.length === 0 ? [doc] : valuesAt(doc, parents.join('.'))
    return holders.some(holder => isObject(holder) && Object.hasOwn(holder, names[n]!) && Array.isArray(holder[names[n]!]))
  })
  const tests = new Map<number, Test[]>()
  for (const [n, segment] of segments.entries()) {
    for (const { name, value } of segment.conditions) {
      const last = lists.lastIndexOf(true, n)
      let where = last
      let rest = name
      for (let k = n; k >= 0; k--) {
        const prefix = names.slice(0, k + 1).filter(one => !isIndex(one)).join('.')
        const prefixes = k === last ? [prefix, names[k]!] : [prefix]
        const found = lists[k] ? prefixes.find(one => name === one || name.startsWith(`${one}.`)) : undefined
        if (found === undefined) continue
        where = k
        rest = name.slice(found.length + 1)
        break
      }
      if (rest.split('.').some(isForbidden)) wrong('is not an attribute')
      // Where no list is, the condition is about what the path names: /state?state=new. Anything else was meant for a list that is not there.
      const isAstray = where < 0 && rest.split('.', 1)[0] !== names[0]
      const test: Test = element => !isAstray && (rest === '' ? [element] : valuesAt(element, rest)).some(one => isWritten(one, value))
      tests.set(where, [...(tests.get(where) ?? []), test])
    }
  }
  return tests
}

/** Places that were chosen by conditions, and whether each is itself an element of a list. */
interface Chosen {
  places: Place[]
  areElements: boolean
}

const unchosen = (place: Place, wrong: (rule: string) => never): never => wrong(`leads through the list ${readable(place)}: say which of its elements by a condition or a position`)

function chosenByQuery(doc: Doc, path: string, wrong: (rule: string) => never): Chosen {
  const segments = segmentsOf(path, wrong)
  const tests = testsOf(doc, segments, wrong)
  let places: Place[] = (tests.get(-1) ?? []).every(test => test(doc)) ? [[]] : []
  let areElements = false
  for (const [n, { name }] of segments.entries()) {
    const next = segments[n + 1]?.name
    const chosen = tests.get(n)
    if (isForbidden(name)) wrong('is not an attribute')
    places = places.flatMap(place => {
      const here: Place = [...place, Array.isArray(at(doc, place)) && isIndex(name) ? Number(name) : name]
      const value = at(doc, here)
      if (next !== undefined && value === undefined) return []
      if (!Array.isArray(value)) return (chosen ?? []).every(test => test(value)) ? [here] : []
      if (chosen !== undefined) return value.flatMap((element, i) => (chosen.every(test => test(element)) ? [[...here, i]] : []))
      return next === undefined || isIndex(next) || next === '-' ? [here] : unchosen(here, wrong)
    })
    areElements = chosen !== undefined
  }
  return { places, areElements }
}

function chosenByJsonPath(doc: Doc, steps: readonly Step[], wrong: (rule: string) => never): Chosen {
  let places: Place[] = [[]]
  for (const step of steps) {
    const test = 'where' in step ? untypedPredicate(step.where) : undefined
    places = places.flatMap(place => {
      const value = at(doc, place)
      if ('where' in step) return Array.isArray(value) ? value.flatMap((element, i) => (holds(element, test!) ? [[...place, i]] : [])) : holds(value, test!) ? [place] : []
      if (isForbidden(step.name)) wrong('is not an attribute')
      if (Array.isArray(value)) unchosen(place, wrong)
      return isObject(value) ? [[...place, step.name]] : []
    })
  }
  return { places, areElements: places.length > 0 && places.every(place => typeof place.at(-1) === 'number') }
}

/** The operations of RFC 6902 that one operation stands for. */
function spelledOut(doc: Doc, operation: Doc, i: number): Doc[] {
  const { op, path, value } = operation
  const wrong = (rule: string): never => {
    throw refuse.invalid([fault(`[${i}].path`, rule, path)])
  }
  if (typeof path !== 'string') return wrong('must be text')
  const isPointer = path === '' || (path.startsWith('/') && !path.includes('?'))
  if (isPointer) return op === 'add' && !Array.isArray(value) && Array.isArray(at(doc, tokensOf(path) ?? [])) ? [{ op, path: `${path}/-`, value }] : [operation]
  if (op === 'move' || op === 'copy') return wrong(`has conditions, which ${op} cannot have`)
  let chosen: Chosen
  if (path.startsWith('/')) chosen = chosenByQuery(doc, path, wrong)
  else {
    const tree = readFilter(path, `[${i}].path`)
    chosen = tree.type === 'exists' ? chosenByJsonPath(doc, tree.path, wrong) : wrong('must be one path')
  }
  const { places, areElements } = chosen
  if (places.length === 0) return wrong('matches nothing in the resource (a value with / or & stands in quotes)')
  // From the end, so that what is removed does not move what is still to be removed.
  if (op === 'remove') return places.reverse().map(place => ({ op, path: pointerOf(place) }))
  if (op !== 'add') return places.map(place => ({ op, path: pointerOf(place), value }))
  if (!areElements) return places.map(place => ({ op, path: pointerOf(Array.isArray(at(doc, place)) && !Array.isArray(value) ? [...place, '-'] : place), value }))
  // Part 6: what is added to an element that was chosen are attributes of it.
  if (!isObject(value)) return wrong('chooses elements: what is added to them is an object of attributes')
  return places.flatMap(place => Object.entries(value).map(([name, one]) => ({ op, path: pointerOf([...place, name]), value: one })))
}

/** Applies the operations one after the other. A failed `test` is a 409; what matches nothing or does not apply is a 400 naming it. */
export function patchByQuery(target: Doc, body: unknown): unknown {
  let doc: unknown = structuredClone(target)
  for (const [i, operation] of operationsOf(body, 'JSON Patch query', MAX_OPERATIONS).entries()) {
    if (!isObject(doc)) throw new Refusal({ status: 400, code: 'invalidAttribute', reason: 'The request has attributes that are not valid', message: `[${i}] has no object left to change` })
    for (const single of spelledOut(doc, operation, i)) doc = applyOperation(doc, single, i)
  }
  return doc
}
