/** Stored form of geographicAddressValidation (TMF673), and what creates and updates may carry. */
import { Type, type Static } from 'typebox'
import { personal } from '../../tmf/tags.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { AddressValue } from './geographic-address.schema.ts'

/** An address that could have been meant, and how well it fits. */
export const AlternateGeographicAddress = Type.Object(
  {
    ...AddressValue.properties,
    score: Type.Optional(Type.Number({ minimum: 0, maximum: 1, description: 'How well it fits what was submitted: 1 is the same' })),
  },
  { description: 'An address that could have been meant (class ScoredGeographicAddress, an address with a score)' },
)

/** State of the task. */
export const TaskStateType = Type.Enum(['accepted', 'terminatedWithError', 'inProgress', 'done'], { type: 'string', description: 'State of the task' })

/** Task that tells whether an address is one of those that are known. */
export const GeographicAddressValidation = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    provideAlternative: Type.Optional(Type.Boolean({ description: 'True when other addresses are wanted where the result is partial or fails' })),
    validationDate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was validated' })),
    validationResult: Type.Optional(Type.String({ description: 'success: it is a known address. partial: the street is known, but not the number, the flat or which of several it is. fails: it is not known' })),
    alternateGeographicAddress: Type.Optional(Type.Array(AlternateGeographicAddress, { description: 'What could have been meant, the best first' })),
    state: Type.Optional(TaskStateType),
    submittedGeographicAddress: Type.Optional(personal(AddressValue)),
    validGeographicAddress: Type.Optional(AddressValue),
    ...extensible,
  },
  { description: 'Task that tells whether an address is one of those that are known' },
)
export type GeographicAddressValidation = Static<typeof GeographicAddressValidation>

export const validationCreate = {
  required: ['submittedGeographicAddress', 'provideAlternative'],
  omits: ['alternateGeographicAddress', 'validGeographicAddress', 'state', 'validationResult', 'validationDate'],
}
