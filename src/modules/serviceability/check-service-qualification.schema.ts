/** Stored form of checkServiceQualification (TMF645), and what creates and updates may carry. */
import { Type, type Static } from 'typebox'
import { CheckServiceQualificationItem, TaskStateType } from './qualification-types.ts'
import { serviceRefOrValueDefinition } from './service-types.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { RelatedParty } from '../../tmf/types/links.ts'

/** Task that tells if given services can be had at a place. */
export const CheckServiceQualification = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    checkServiceQualificationDate: Type.Optional(Type.String({ format: 'date-time', description: 'When the check came in' })),
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    effectiveQualificationDate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was answered' })),
    estimatedResponseDate: Type.Optional(Type.String({ format: 'date-time', description: 'When the answer should be there' })),
    expectedQualificationDate: Type.Optional(Type.String({ format: 'date-time', description: 'When the sender wants the answer' })),
    expirationDate: Type.Optional(Type.String({ format: 'date-time', description: 'Until when the answer can be relied on' })),
    externalId: Type.Optional(Type.String({ description: 'Identifier given by the sender' })),
    instantSyncQualification: Type.Optional(Type.Boolean({ description: 'True when the answer is wanted in the same request' })),
    provideAlternative: Type.Optional(Type.Boolean({ default: false, description: 'True when alternatives are wanted' })),
    provideUnavailabilityReason: Type.Optional(Type.Boolean({ default: false, description: 'True when reasons are wanted for what is not available' })),
    qualificationResult: Type.Optional(Type.String({ description: 'Overall: unqualified if any item is, else alternate if any is, else qualified' })),
    relatedParty: Type.Optional(Type.Array(RelatedParty, { description: 'Parties with a part in it, each with its role' })),
    serviceQualificationItem: Type.Optional(Type.Array(CheckServiceQualificationItem, { description: 'Services that are asked about, each with its answer' })),
    state: Type.Optional(TaskStateType),
    ...extensible,
  },
  { description: 'Task that tells if given services can be had at a place', $defs: { ServiceRefOrValue: serviceRefOrValueDefinition } },
)
export type CheckServiceQualification = Static<typeof CheckServiceQualification>

export const checkServiceQualificationCreate = { required: ['serviceQualificationItem'], omits: ['checkServiceQualificationDate', 'effectiveQualificationDate', 'estimatedResponseDate', 'expirationDate', 'qualificationResult', 'state'] }
export const checkServiceQualificationUpdate = { required: [], immutable: ['checkServiceQualificationDate'] }
