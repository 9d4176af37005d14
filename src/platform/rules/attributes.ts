/** What a rule asks of variables whose attributes are known: one that none of them has is a slip of its author's, told before the rule is kept. */
import { Environment } from '@marcbachmann/cel-js'
import { RULE_LIMITS } from './budget.ts'
import { positionAt, RuleError } from './rule-error.ts'
import type { RuleShape } from './rule.ts'

/** By variable (a map, or a list of maps): the attributes that it can have. Variables that are not named may have any. */
export type RuleAttributes = Readonly<Record<string, readonly string[]>>

interface Unknown {
  code?: string
  range?: { start: number }
  summary?: string
}

/**
 * Throws RuleError (type, with its place) where an expression that compiles asks a variable for an attribute that it never has: line.bogus, also within
 * macros. What is guarded by has() is its author's care. Attributes of attributes are not looked at.
 */
export const checkAttributes = (expression: string, { variables }: RuleShape, attributes: RuleAttributes): void => {
  const environment = new Environment({ limits: { maxAstNodes: RULE_LIMITS.nodes, maxDepth: RULE_LIMITS.depth, maxListElements: RULE_LIMITS.elements, maxMapEntries: RULE_LIMITS.elements } })
  for (const [name, type] of Object.entries(variables)) {
    const known = attributes[name]
    if (known === undefined) environment.registerVariable(name, type === 'timestamp' ? 'google.protobuf.Timestamp' : type)
    else {
      const own = `${name}_attributes`
      environment.registerType(own, { fields: Object.fromEntries(known.map(attribute => [attribute, 'dyn'])) })
      environment.registerVariable(name, type === 'list<map>' ? `list<${own}>` : own)
    }
  }
  const { error } = environment.parse(expression).check()
  const unknown = error as Unknown | undefined
  // What else does not fit a type of fixed attributes (`"x" in line`) fits the map that it is.
  if (unknown?.code !== 'no_such_key') return
  throw new RuleError('type', `${unknown.summary ?? 'No such key'}: no attribute of that name is known here; known are ${Object.entries(attributes).map(([name, known]) => `${name} (${known.join(', ')})`).join(', ')}`, unknown.range === undefined ? undefined : positionAt(expression, unknown.range.start))
}
