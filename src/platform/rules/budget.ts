/**
 * Bounds the cost of a CEL expression. Only macros (map, filter, all, exists …) repeat work, so their steps are counted while they run and
 * the clock is looked at with each; everything else costs at most the size of the expression times the size of its input, which are capped.
 */
import { positionAt, RuleError } from './rule-error.ts'

/** What is used of cel-js's syntax tree; the package's types do not show it. Its version is pinned, and the tests fail if it changes. */
export interface Node {
  op: string
  args: unknown
  pos: number
  meta: { evaluate: Evaluate; alternate?: Node }
  setMeta(key: 'evaluate', value: Evaluate): Node
}
type Evaluate = (evaluator: unknown, node: Node, context: unknown) => unknown

interface Comprehension {
  iterable: Node
  init: Node
  step: Node
}

export interface RuleLimits {
  /** Characters of an expression. */
  length: number
  /** Nodes of its syntax tree, and levels of them. */
  nodes: number
  depth: number
  /** Elements of a list or map that is written out in it. */
  elements: number
  /** Macros inside macros. */
  nesting: number
  /** Keys, elements and values of all variables together, and characters of their texts. */
  inputValues: number
  inputCharacters: number
  /** Rounds of all macros of one evaluation. */
  steps: number
  /** Processor time of one evaluation. */
  milliseconds: number
}

export const RULE_LIMITS: RuleLimits = {
  length: 4000,
  nodes: 400,
  depth: 32,
  elements: 200,
  nesting: 3,
  inputValues: 20_000,
  inputCharacters: 500_000,
  steps: 50_000,
  milliseconds: 40,
}

/**
 * `matches` runs a backtracking regular expression: one call blocked a process for 40 s. `bind` names a value: a chain of binds doubles it
 * with each link. `json` parses what nothing here has checked.
 */
const FORBIDDEN = new Set(['matches', 'bind', 'json'])

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'op' in value && 'meta' in value

/** The nodes that stand in a node's arguments. */
export const nodesIn = (value: unknown): Node[] => {
  if (isNode(value)) return [value]
  return Array.isArray(value) ? value.flatMap(nodesIn) : []
}

/** Counts the rounds of one evaluation at a time: evaluation is synchronous and no rule calls another. */
export interface Meter {
  begin(): void
  /** Throws when the budget was used up, also if the expression swallowed it: `||` and `exists` go on after an error. */
  end(): void
}

const cpuMilliseconds = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** Refuses what is not allowed, and puts the meter into the macros of a checked tree. Undefined when it has none: nothing repeats. */
export const meterOf = (root: Node, expression: string, limits: RuleLimits): Meter | undefined => {
  const exhausted = new RuleError('budget', 'The rule needs more work than it may')
  let steps = 0
  let over = false
  let deadline = 0
  let cpuStart = 0

  const charge = (): void => {
    steps += 1
    if (over || steps > limits.steps) {
      over = true
      throw exhausted
    }
    const now = performance.now()
    if (now < deadline) return
    // The wall clock also runs while the process is paused or another one has the processor: that is not the rule's cost.
    const used = cpuMilliseconds() - cpuStart
    if (used < limits.milliseconds) {
      deadline = now + limits.milliseconds - used
      return
    }
    over = true
    throw exhausted
  }

  let metered = false
  const meter = (node: Node, before: () => void): void => {
    const { evaluate } = node.meta
    node.setMeta('evaluate', function (this: unknown, evaluator, own, context) {
      before()
      return evaluate.call(this, evaluator, own, context)
    })
  }
  const visit = (node: Node, nesting: number): void => {
    if (node.op === 'call' || node.op === 'rcall') {
      const [name] = node.args as [string]
      if (FORBIDDEN.has(name)) throw new RuleError('notAllowed', `${name} is not allowed in rules`, positionAt(expression, node.pos))
    }
    const expanded = node.meta.alternate
    if (expanded?.op !== 'comprehension') {
      for (const child of nodesIn(node.args)) visit(child, nesting)
      return
    }
    if (nesting >= limits.nesting) throw new RuleError('notAllowed', `Macros can be nested ${String(limits.nesting)} levels deep at most`, positionAt(expression, node.pos))
    const { iterable, init, step } = expanded.args as Comprehension
    metered = true
    meter(expanded, charge)
    meter(step, charge)
    visit(iterable, nesting)
    visit(init, nesting)
    visit(step, nesting + 1)
  }
  visit(root, 0)
  if (!metered) return undefined
  return {
    begin: () => {
      steps = 0
      over = false
      cpuStart = cpuMilliseconds()
      deadline = performance.now() + limits.milliseconds
    },
    end: () => {
      if (over) throw exhausted
    },
  }
}

/** Refuses variables that are too large; walks no further than the limit. */
export const checkInput = (variables: Readonly<Record<string, unknown>>, limits: RuleLimits): void => {
  let values = 0
  let characters = 0
  const visit = (value: unknown, depth: number): void => {
    values += 1
    if (typeof value === 'string') characters += value.length
    if (values > limits.inputValues || characters > limits.inputCharacters || depth > limits.depth) throw new RuleError('tooLarge', 'The variables of the rule are too large')
    if (typeof value !== 'object' || value === null || value instanceof Date) return
    if (Array.isArray(value)) for (const item of value) visit(item, depth + 1)
    else if (value instanceof Map) for (const [key, item] of value) {
      visit(key, depth + 1)
      visit(item, depth + 1)
    } else for (const key in value) {
      characters += key.length
      visit((value as Record<string, unknown>)[key], depth + 1)
    }
  }
  for (const name in variables) visit(variables[name], 0)
}
