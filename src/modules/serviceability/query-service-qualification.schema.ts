/** Stored form of queryServiceQualification (TMF645), and what creates and updates may carry. */
import { Type, type Static } from 'typebox'
import { ServiceQualificationItem, TaskStateType } from './qualification-types.ts'
import { serviceRefOrValueDefinition } from './service-types.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { RelatedParty } from '../../tmf/types/links.ts'

/** Task that finds the services that can be had at a place. */
export const QueryServiceQualification = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    effectiveQualificationDate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was answered' })),
    estimatedResponseDate: Type.Optional(Type.String({ format: 'date-time', description: 'When the answer should be there' })),
    expectedQualificationDate: Type.Optional(Type.String({ format: 'date-time', description: 'When the sender wants the answer' })),
    expirationDate: Type.Optional(Type.String({ format: 'date-time', description: 'Until when the answer can be relied on' })),
    externalId: Type.Optional(Type.String({ description: 'Identifier given by the sender' })),
    instantSyncQualification: Type.Optional(Type.Boolean({ description: 'True when the answer is wanted in the same request' })),
    queryServiceQualificationDate: Type.Optional(Type.String({ format: 'date-time', description: 'When the query came in' })),
    relatedParty: Type.Optional(Type.Array(RelatedParty, { description: 'Parties with a part in it, each with its role' })),
    searchCriteria: Type.Optional(ServiceQualificationItem),
    serviceQualificationItem: Type.Optional(Type.Array(ServiceQualificationItem, { description: 'Services that were found' })),
    state: Type.Optional(TaskStateType),
    ...extensible,
  },
  { description: 'Task that finds the services that can be had at a place', $defs: { ServiceRefOrValue: serviceRefOrValueDefinition } },
)
export type QueryServiceQualification = Static<typeof QueryServiceQualification>

export const queryServiceQualificationCreate = { required: ['searchCriteria'], omits: ['effectiveQualificationDate', 'estimatedResponseDate', 'expirationDate', 'queryServiceQualificationDate', 'serviceQualificationItem', 'state'] }
export const queryServiceQualificationUpdate = { required: [], immutable: ['queryServiceQualificationDate'] }
