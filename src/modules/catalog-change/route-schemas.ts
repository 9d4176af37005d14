/** Schemas of the answers of this module's own operations. */
import { Type } from 'typebox'
import { Finding } from './change-set-types.ts'

export const ErrorBody = Type.Object({ code: Type.String(), reason: Type.String(), message: Type.Optional(Type.String()), status: Type.Optional(Type.String()) }, { description: 'What was wrong' })
export const errors = { 400: ErrorBody, 401: ErrorBody, 403: ErrorBody, 404: ErrorBody, 409: ErrorBody, 500: ErrorBody }

export const params = Type.Object({ id: Type.String({ description: 'The change set' }) })
export const ProductParams = Type.Object({ id: Type.String({ description: 'The change set' }), resource: Type.String({ description: 'Kind of what a change is about' }), resourceId: Type.String({ description: 'Its identifier' }) })

export const findingsAnswer = Type.Object(
  {
    finding: Type.Array(Finding, { description: 'Errors first' }),
    error: Type.Integer({ description: 'How many are errors' }),
    warning: Type.Integer({ description: 'How many are warnings' }),
    blocking: Type.Integer({ description: 'Errors that are not in the catalog already' }),
  },
  { description: 'What is wrong' },
)

const open = (description: string) => Type.Object({}, { additionalProperties: true, description })
export const PricePreviewAnswer = Type.Object({ before: open('As the catalog is, as POST /tandem/v1/price answers it'), after: open('With the changes') }, { description: 'Two prices' })

export const DifferenceAnswer = Type.Object(
  {
    difference: Type.Array(
      Type.Object(
        {
          resource: Type.String({ description: 'Kind of what changes' }),
          resourceId: Type.String({ description: 'Its identifier' }),
          action: Type.String({ description: 'create, update or delete' }),
          before: Type.Optional(open('As it is, or was before the activation')),
          after: Type.Optional(open('As it will be, or was right after the activation')),
          changed: Type.Array(Type.Object({ path: Type.String({ description: 'Where: price.value' }), before: Type.Optional(Type.Unknown({ description: 'The value before; none when there was none' })), after: Type.Optional(Type.Unknown({ description: 'The value after; none when there is none any more' })) }, { description: 'A value that differs' }), { description: 'Of an update: the innermost values that differ' }),
        },
        { description: 'A change' },
      ),
      { description: 'In the order of the changes' },
    ),
  },
  { description: 'Before and after' },
)

export const TouchedAnswer = Type.Object(
  {
    touched: Type.Array(
      Type.Object({ resource: Type.String({ description: 'Kind of what changes' }), resourceId: Type.String({ description: 'Its identifier' }), action: Type.String({ description: 'update or delete' }), count: Type.Integer({ description: 'Living products that were sold by it, or are taxed by it' }) }, { description: 'A change' }),
      { description: 'For each change of an offering, a price, a rule of prices, a specification, a promotion, a price list or an entry of one, and each tax rate' },
    ),
  },
  { description: 'What is touched' },
)

export const Retired = Type.Object({ resource: Type.String({ description: 'Kind' }), resourceId: Type.String({ description: 'Identifier' }) }, { description: 'Something that others refer to' })
export const ImportAnswer = Type.Object(
  { create: Type.Integer({ description: 'Changes that make something' }), update: Type.Integer({ description: 'Changes of something' }), delete: Type.Integer({ description: 'Changes that delete something' }), unchanged: Type.Integer({ description: 'Records that the catalog has already' }) },
  { description: 'What the file became' },
)
