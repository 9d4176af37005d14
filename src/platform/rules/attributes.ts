/** What a rule asks of variables whose attributes are known: one that none of them has is a slip of its author's, told before the rule is kept. */
import { Environment } from '@marcbachmann/cel-js'
import { nodesIn, RULE_LIMITS, type Node } from './budget.ts'
import { positionAt, RuleError } from './rule-error.ts'
import type { RuleShape, RuleType } from './rule.ts'

/** By variable (a map, or a list of maps): the attributes that it can have, with their types. Variables that are not named may have any. */
export type RuleAttributes = Readonly<Record<string, Readonly<Record<string, RuleType>>>>

interface Checked {
  valid: boolean
  type?: string
  error?: unknown
}

interface CelFault {
  code?: string
  range?: { start: number }
  summary?: string
}

/** What is known of a value inside an expression: the attributes that it, or each of its elements, can have. */
interface Known {
  names: ReadonlySet<string>
  isList: boolean
}
type Scope = ReadonlyMap<string, Known | undefined>

const MACROS = new Set(['all', 'exists', 'exists_one', 'existsOne', 'map', 'filter'])

const either = (a: Known | undefined, b: Known | undefined): Known | undefined =>
  a === undefined || b === undefined || a.isList !== b.isList ? undefined : { names: new Set([...a.names, ...b.names]), isList: a.isList }

interface Macro {
  name: string
  over: Node
  variable: string
  inside: readonly Node[]
}

const macroOf = ({ op, args }: Node): Macro | undefined => {
  if (op !== 'rcall') return undefined
  const [name, over, [variable, ...inside]] = args as [string, Node, Node[]]
  return MACROS.has(name) && variable?.op === 'id' ? { name, over, variable: variable.args as string, inside } : undefined
}

const elementOf = (known: Known | undefined): Known | undefined => (known?.isList === true ? { ...known, isList: false } : undefined)
const within = (scope: Scope, { over, variable }: Macro): Scope => new Map([...scope, [variable, elementOf(knownOf(over, scope))]])

const knownOf = (node: Node, scope: Scope): Known | undefined => {
  const args = node.args as Node[]
  const macro = macroOf(node)
  if (macro?.name === 'filter') return knownOf(macro.over, scope)
  if (macro?.name === 'map') {
    const result = macro.inside.at(-1)
    const element = result && knownOf(result, within(scope, macro))
    return element?.isList === false ? { ...element, isList: true } : undefined
  }
  if (node.op === 'id') return scope.get(node.args as string)
  if (node.op === '?:' && args[1] !== undefined && args[2] !== undefined) return either(knownOf(args[1], scope), knownOf(args[2], scope))
  if (node.op === '[]' && args[0] !== undefined) return elementOf(knownOf(args[0], scope))
  if (node.op !== 'list' || args.length === 0) return undefined
  const element = args.map(one => knownOf(one, scope)).reduce(either)
  return element?.isList === false ? { ...element, isList: true } : undefined
}

/** The attribute that a node asks for by its name, and of what: a.b, has(a.b), a["b"], "b" in a. */
const askedBy = ({ op, args }: Node): { of: Node; name: string } | undefined => {
  if (!Array.isArray(args)) return undefined
  const [first, second] = args as [Node, Node | string | undefined]
  if (op === '.' && typeof second === 'string') return { of: first, name: second }
  if (typeof second !== 'object') return undefined
  if (op === '[]' && second.op === 'value' && typeof second.args === 'string') return { of: first, name: second.args }
  return op === 'in' && first.op === 'value' && typeof first.args === 'string' ? { of: second, name: first.args } : undefined
}

const firstUnknown = (node: Node, scope: Scope): { name: string; at: number } | undefined => {
  const asked = askedBy(node)
  const known = asked && knownOf(asked.of, scope)
  if (asked !== undefined && known?.isList === false && !known.names.has(asked.name)) return { name: asked.name, at: node.pos }
  const macro = macroOf(node)
  const parts: [Node, Scope][] = macro === undefined ? nodesIn(node.args).map(one => [one, scope]) : [[macro.over, scope], ...macro.inside.map((one): [Node, Scope] => [one, within(scope, macro)])]
  for (const [part, of] of parts) {
    const found = firstUnknown(part, of)
    if (found !== undefined) return found
  }
  return undefined
}

/**
 * Throws RuleError (type, with its place) where an expression that compiles asks a variable for an attribute that it never has (line.bogus, also within
 * macros, and where it only asks whether it is there), asks something of what has no attributes, or answers something else than it must.
 */
export const checkAttributes = (expression: string, { variables, returns }: RuleShape, attributes: RuleAttributes): void => {
  const environment = new Environment({ limits: { maxAstNodes: RULE_LIMITS.nodes, maxDepth: RULE_LIMITS.depth, maxListElements: RULE_LIMITS.elements, maxMapEntries: RULE_LIMITS.elements } })
  for (const [name, type] of Object.entries(variables)) {
    const known = attributes[name]
    if (known === undefined) environment.registerVariable(name, type === 'timestamp' ? 'google.protobuf.Timestamp' : type)
    else {
      const own = `${name}_attributes`
      environment.registerType(own, { fields: { ...known } })
      environment.registerVariable(name, type === 'list<map>' ? `list<${own}>` : own)
    }
  }
  const unknown = (what: string, at: number | undefined): RuleError =>
    new RuleError('type', `${what}: no attribute of that name is known here; known are ${Object.entries(attributes).map(([name, known]) => `${name} (${Object.keys(known).join(', ')})`).join(', ')}`, at === undefined ? undefined : positionAt(expression, at))
  const parsed = environment.parse(expression)
  const { valid, type, error } = parsed.check() as Checked
  const wrong = error as CelFault | undefined
  if (wrong?.code === 'no_such_key') throw unknown(wrong.summary ?? 'No such key', wrong.range?.start)
  if (wrong?.code === 'cannot_index_type') throw new RuleError('type', wrong.summary ?? 'It has no attributes', wrong.range === undefined ? undefined : positionAt(expression, wrong.range.start))
  // What else does not fit a type of fixed attributes (`line.download == 25`) fits the map that it is.
  if (valid && type !== undefined && type !== 'dyn' && type !== returns) throw new RuleError('type', `The rule must answer ${returns}, not ${type}`)
  const found = firstUnknown(parsed.ast as unknown as Node, new Map(Object.entries(attributes).map(([name, known]) => [name, { names: new Set(Object.keys(known)), isList: variables[name] === 'list<map>' }])))
  if (found !== undefined) throw unknown(`No such key: ${found.name}`, found.at)
}
