/**
 * Rules that business users write, in CEL (cel.dev): typed, without side effects, and with a budget. CEL computes decimals as doubles, so
 * money enters as integer micro-units (`toMicros`) and leaves by `fromMicros`.
 */
import { Environment } from '@marcbachmann/cel-js'
import { checkInput, meterOf, RULE_LIMITS, type Meter, type Node, type RuleLimits } from './budget.ts'
import { positionAt, RuleError, type RuleErrorCode } from './rule-error.ts'

/** Types of variables and results. `map` and `list` hold values as they are in JSON, whose numbers are doubles: compare them with any number, calculate with 1.0. */
export type RuleType = 'bool' | 'int' | 'double' | 'string' | 'timestamp' | 'map' | 'list' | 'list<string>' | 'list<int>' | 'list<map>' | 'dyn'

export interface RuleShape {
  /** Names that the expression may use, with their types. */
  variables: Readonly<Record<string, RuleType>>
  /** What it must answer. */
  returns: Exclude<RuleType, 'dyn'>
}

export interface Rule {
  readonly expression: string
  /**
   * The result for these variables: boolean, bigint (int), number (double), string, Date (timestamp), array or object. All variables of the shape
   * must be given; an int may be given as an integer number. Throws RuleError: a missing key, an overflow, a budget that is used up.
   */
  evaluate(variables: Readonly<Record<string, unknown>>): unknown
}

interface CelError {
  name?: string
  summary?: string
  message?: string
  range?: { start: number }
}

const CODES: Readonly<Record<string, RuleErrorCode>> = { ParseError: 'syntax', TypeError: 'type', EvaluationError: 'evaluation' }

const ruleError = (error: unknown, expression: string, otherwise: RuleErrorCode): RuleError => {
  if (error instanceof RuleError) return error
  const cel = error as CelError
  const range = cel.range
  return new RuleError(CODES[cel.name ?? ''] ?? otherwise, cel.summary ?? cel.message ?? 'The rule failed', range === undefined ? undefined : positionAt(expression, range.start), error)
}

/** CEL types that an answer of the wanted type may have; `dyn` is only known when it is evaluated. */
const fits = (checked: string, wanted: string): boolean =>
  checked === wanted || checked === 'dyn' || (wanted.startsWith('list') && (checked === 'list' || (wanted === 'list' && checked.startsWith('list')))) || (wanted === 'map' && checked.startsWith('map')) || (wanted === 'timestamp' && checked === 'google.protobuf.Timestamp')

const isOf: Readonly<Record<string, (value: unknown) => boolean>> = {
  bool: value => typeof value === 'boolean',
  int: value => typeof value === 'bigint',
  double: value => typeof value === 'number',
  string: value => typeof value === 'string',
  timestamp: value => value instanceof Date,
  map: value => typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date),
  list: Array.isArray,
}

const answers = (value: unknown, wanted: string): boolean => {
  if (!wanted.startsWith('list<')) return isOf[wanted]?.(value) ?? true
  const inner = isOf[wanted.slice(5, -1)]
  return Array.isArray(value) && value.every(item => inner?.(item) ?? true)
}

/** Own variables only, integers as CEL has them: a number is a double to it. */
const contextOf = (variables: Readonly<Record<string, unknown>>, types: Readonly<Record<string, RuleType>>): Record<string, unknown> => {
  const context: Record<string, unknown> = {}
  for (const [name, type] of Object.entries(types)) {
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined
    if (value === undefined) throw new RuleError('evaluation', `The variable ${name} is not given`)
    if (type === 'int' && typeof value === 'number') {
      if (!Number.isSafeInteger(value)) throw new RuleError('evaluation', `The variable ${name} is not an integer`)
      context[name] = BigInt(value)
    } else if (type === 'list<int>' && Array.isArray(value)) context[name] = value.map(item => (typeof item === 'number' && Number.isSafeInteger(item) ? BigInt(item) : (item as unknown)))
    else context[name] = value
  }
  return context
}

const compile = (expression: string, shape: RuleShape, limits: RuleLimits): Rule => {
  if (expression.length > limits.length) throw new RuleError('tooLarge', `A rule has at most ${String(limits.length)} characters`)
  const environment = new Environment({ limits: { maxAstNodes: limits.nodes, maxDepth: limits.depth, maxListElements: limits.elements, maxMapEntries: limits.elements } })
  for (const [name, type] of Object.entries(shape.variables)) environment.registerVariable(name, type === 'timestamp' ? 'google.protobuf.Timestamp' : type)
  let meter: Meter | undefined
  let run: (context: Record<string, unknown>) => unknown
  try {
    const parsed = environment.parse(expression)
    const checked = parsed.check()
    // Before the type check's verdict: what is not allowed is told first, whether or not its types fit.
    meter = meterOf(parsed.ast as unknown as Node, expression, limits)
    if (!checked.valid) throw checked.error ?? new RuleError('type', 'The types of the rule do not fit')
    if (!fits(checked.type ?? 'dyn', shape.returns)) throw new RuleError('type', `The rule must answer ${shape.returns}, not ${String(checked.type)}`)
    run = parsed
  } catch (error) {
    throw ruleError(error, expression, 'syntax')
  }
  return {
    expression,
    evaluate: variables => {
      checkInput(variables, limits)
      const context = contextOf(variables, shape.variables)
      let value: unknown
      meter?.begin()
      try {
        value = run(context)
      } catch (error) {
        meter?.end()
        throw ruleError(error, expression, 'evaluation')
      }
      meter?.end()
      if (!answers(value, shape.returns)) throw new RuleError('evaluation', `The rule must answer ${shape.returns}`)
      return value
    },
  }
}

const MOST_COMPILED = 2000
const compiled = new Map<string, Rule>()

/**
 * Checks an expression and makes it ready; the same expression and shape are compiled once in a process. Throws RuleError (syntax, type,
 * notAllowed, tooLarge) that says where: show it to the author.
 */
export const compileRule = (expression: string, shape: RuleShape): Rule => {
  const key = JSON.stringify([expression, shape.returns, Object.entries(shape.variables).sort(([a], [b]) => (a < b ? -1 : 1))])
  const known = compiled.get(key)
  if (known !== undefined) {
    // Used last, dropped last.
    compiled.delete(key)
    compiled.set(key, known)
    return known
  }
  const rule = compile(expression, shape, RULE_LIMITS)
  if (compiled.size >= MOST_COMPILED) compiled.delete(compiled.keys().next().value as string)
  compiled.set(key, rule)
  return rule
}
