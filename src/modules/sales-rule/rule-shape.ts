/** What conditions of sales rules may use: the same variables as those of prices, with what a sale knows beside them. */
import { checkAttributes, type RuleAttributes } from '../../platform/rules/attributes.ts'
import { compileRule, type RuleShape } from '../../platform/rules/rule.ts'
import { RuleError } from '../../platform/rules/rule-error.ts'
import { fault, type Fault } from '../../platform/errors.ts'

/**
 * Numbers inside maps are doubles: compare them with any number. What is not known is not there (customer.creditClass of somebody who has
 * none): `has(customer.creditClass)` asks for it, and a condition that uses it without asking cannot be evaluated.
 */
export const SALE_SHAPE: RuleShape = {
  returns: 'bool',
  variables: { customer: 'map', product: 'list<map>', channel: 'string', market: 'string', place: 'map', currency: 'string', at: 'timestamp', cart: 'map', item: 'map' },
}

/** Amounts (cart.due, cart.monthly) are integer millionths of the currency's unit: CEL calculates with doubles, and money must not. */
const ATTRIBUTES: RuleAttributes = {
  customer: { id: 'string', segment: 'list<string>', agreement: 'list<string>', kind: 'string', status: 'string', creditClass: 'double', creditScore: 'double' },
  product: { offering: 'string', specification: 'string', category: 'list<string>', status: 'string', place: 'string' },
  place: { id: 'list<string>', country: 'string' },
  cart: { offering: 'list<string>', category: 'list<string>', quantity: 'double', due: 'int', monthly: 'int', item: 'list' },
  item: { offering: 'string', category: 'list<string>', specification: 'string', quantity: 'double', characteristic: 'map', termMonths: 'double', partOf: 'string', action: 'string' },
}

/** What is wrong with a condition, and where. */
export const conditionFaults = (expression: string | undefined): Fault[] => {
  if (expression === undefined) return []
  try {
    compileRule(expression, SALE_SHAPE)
    checkAttributes(expression, SALE_SHAPE, ATTRIBUTES)
    return []
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    return [fault('condition', `is no condition: ${error.message}; it may use ${Object.keys(SALE_SHAPE.variables).join(', ')}`, expression)]
  }
}
