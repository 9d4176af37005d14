/** Items, reasons and alternatives of service qualifications (TMF645). */
import { Type } from 'typebox'
import { serviceRefOrValue } from './service-types.ts'
import { entityLink, extensible } from '../../tmf/types/attributes.ts'

/** A service that could be had instead. */
export const AlternateServiceProposal = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
    alternateServiceAvailabilityDate: Type.Optional(Type.String({ format: 'date-time', description: 'When the alternative can be there' })),
    alternateService: Type.Optional(serviceRefOrValue),
    ...extensible,
  },
  { description: 'A service that could be had instead' },
)

export const ServiceCategoryRef = entityLink('A category of services', {
  version: Type.Optional(Type.String({ description: 'Label of the edition' })),
})

/** A reason for not being available. */
export const ServiceEligibilityUnavailabilityReason = Type.Object(
  {
    code: Type.Optional(Type.String({ description: 'Machine-readable code' })),
    label: Type.Optional(Type.String({ description: 'Reason in words' })),
    ...extensible,
  },
  { description: 'A reason for not being available' },
)

/** A relation to another item. */
export const ServiceQualificationItemRelationship = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
    relationshipType: Type.Optional(Type.String({ description: 'Kind of relation, such as requires or excludes' })),
    ...extensible,
  },
  { description: 'A relation to another item' },
)

/** A relation to another qualification. */
export const ServiceQualificationRelationship = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
    relationshipType: Type.Optional(Type.String({ description: 'Kind of relation, such as requires or excludes' })),
    ...extensible,
  },
  { description: 'A relation to another qualification' },
)

/** An error that ended the item. */
export const TerminationError = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
    value: Type.Optional(Type.String({ description: 'What went wrong' })),
    ...extensible,
  },
  { description: 'An error that ended the item' },
)

/** One service that is checked. */
export const CheckServiceQualificationItem = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
    expectedActivationDate: Type.Optional(Type.String({ format: 'date-time', description: 'When it should be activated' })),
    expectedServiceAvailabilityDate: Type.Optional(Type.String({ format: 'date-time', description: 'When the service can be there' })),
    expirationDate: Type.Optional(Type.String({ format: 'date-time', description: 'Until when the answer can be relied on' })),
    qualificationResult: Type.Optional(Type.String({ description: 'qualified, alternate or unqualified' })),
    state: Type.Optional(Type.String({ description: 'Where the item stands' })),
    alternateServiceProposal: Type.Optional(Type.Array(AlternateServiceProposal, { description: 'What could be had instead' })),
    category: Type.Optional(ServiceCategoryRef),
    eligibilityUnavailabilityReason: Type.Optional(Type.Array(ServiceEligibilityUnavailabilityReason, { description: 'Why it is not available' })),
    qualificationItemRelationship: Type.Optional(Type.Array(ServiceQualificationItemRelationship, { description: 'How it relates to other items' })),
    qualificationRelationship: Type.Optional(Type.Array(ServiceQualificationRelationship, { description: 'How it relates to other qualifications' })),
    service: Type.Optional(serviceRefOrValue),
    terminationError: Type.Optional(Type.Array(TerminationError, { description: 'Why it ended with an error' })),
    ...extensible,
  },
  { description: 'One service that is checked' },
)

/** One service that is looked for or was found. */
export const ServiceQualificationItem = Type.Object(
  {
    id: Type.Optional(Type.String({ description: 'Identifier, unique among its kind' })),
    expectedActivationDate: Type.Optional(Type.String({ format: 'date-time', description: 'When it should be activated' })),
    expectedServiceAvailabilityDate: Type.Optional(Type.String({ format: 'date-time', description: 'When the service can be there' })),
    expirationDate: Type.Optional(Type.String({ format: 'date-time', description: 'Until when the answer can be relied on' })),
    category: Type.Optional(ServiceCategoryRef),
    service: Type.Optional(serviceRefOrValue),
    ...extensible,
  },
  { description: 'One service that is looked for or was found' },
)

/** State of the task. */
export const TaskStateType = Type.Enum(
  [
    'accepted',
    'terminatedWithError',
    'inProgress',
    'done',
  ],
  { type: 'string', description: 'State of the task' },
)
