/** Checks what Tandem's own routes are given against their TypeBox schemas; the kit's resources have their own validation. */
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import type { Static, TSchema } from 'typebox'
import { cardNumberFaults } from '../card-number-in-input.ts'
import { refuse } from '../errors.ts'
import { faultsOfSchemaErrors } from './validation-faults.ts'

const ajv = new Ajv({ allErrors: true, strict: false, coerceTypes: false, removeAdditional: false })
const coercing = new Ajv({ allErrors: true, strict: false, coerceTypes: 'array', removeAdditional: false })
for (const one of [ajv, coercing]) addFormats.default(one)

/** A function that returns its argument typed, or throws a Refusal (400) that lists every fault; a body that holds a card number has one. Make it once, at start. */
export const inputOf = <S extends TSchema>(schema: S, options: { query?: boolean } = {}): ((input: unknown) => Static<S>) => {
  const validate = (options.query === true ? coercing : ajv).compile(schema)
  return input => {
    // A query is coerced in place, and Fastify's own object stays as it came.
    const value: unknown = options.query === true ? structuredClone(input) : input
    const cards = options.query === true ? [] : cardNumberFaults(input)
    if (cards.length > 0) throw refuse.invalid(cards)
    if (!validate(value)) throw refuse.invalid(faultsOfSchemaErrors(validate.errors ?? [], value))
    return value as Static<S>
  }
}
