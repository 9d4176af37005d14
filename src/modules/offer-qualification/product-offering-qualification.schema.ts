/** Stored form of productOfferingQualification (TMF679), and what creates and updates may carry. */
import { Type, type Static } from 'typebox'
import { personal } from '../../tmf/tags.ts'
import { entityRef, extensible } from '../../tmf/types/attributes.ts'
import { OrderItemActionType } from '../../tmf/types/basics.ts'
import { productRefOrValue, productRefOrValueDefinition, RelatedPlaceRefOrValue } from '../../tmf/types/product.ts'
import { ProductOfferingRef, RelatedParty } from '../../tmf/types/references.ts'

const text = (description: string) => Type.Optional(Type.String({ description }))
const instant = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))

const Note = Type.Object(
  { id: Type.String({ description: 'Identifier, unique among its kind' }), author: Type.Optional(personal(Type.String({ description: 'Who wrote it' }))), date: instant('When it was written'), text: Type.String({ description: 'The remark' }), ...extensible },
  { description: 'A remark' },
)
const CategoryRef = entityRef('A category of the catalog', { version: text('Label of the edition') })
const ChannelRef = entityRef('A channel')
const TaskStateType = Type.Enum(['acknowledged', 'terminatedWithError', 'inProgress', 'done'], { type: 'string', description: 'State of the task' })

const AlternateProductOfferingProposal = Type.Object(
  { id: text('Identifier, unique among its kind'), alternateActivationDate: instant('When the alternative can be there'), alternateProduct: Type.Optional(productRefOrValue), alternateProductOffering: Type.Optional(ProductOfferingRef), ...extensible },
  { description: 'An offering that could be had instead, or the same one later' },
)
const EligibilityUnavailabilityReason = Type.Object({ code: text('Machine-readable code'), label: text('Reason in words'), ...extensible }, { description: 'A reason for not being available' })
const QualificationItemRelationship = Type.Object({ id: text('The other item'), relationshipType: text('Kind of relation, such as requires or excludes'), ...extensible }, { description: 'A relation to another item' })
const TerminationError = Type.Object({ id: text('Identifier, unique among its kind'), value: text('What went wrong'), ...extensible }, { description: 'An error that ended the item' })

const ProductOfferingQualificationItem = Type.Object(
  {
    id: Type.String({ description: 'Identifier within the qualification' }),
    expectedActivationDate: instant('When it should be activated'),
    qualificationItemResult: text('qualified, alternate or unqualified'),
    action: Type.Optional(OrderItemActionType),
    alternateProductOfferingProposal: Type.Optional(Type.Array(AlternateProductOfferingProposal, { description: 'What could be had instead, the best fit first' })),
    eligibilityUnavailabilityReason: Type.Optional(Type.Array(EligibilityUnavailabilityReason, { description: 'Why it is not available' })),
    note: Type.Optional(Type.Array(Note, { description: 'Remarks' })),
    product: Type.Optional(productRefOrValue),
    productOffering: Type.Optional(ProductOfferingRef),
    qualificationItemRelationship: Type.Optional(Type.Array(QualificationItemRelationship, { description: 'How it relates to other items' })),
    state: Type.Optional(TaskStateType),
    terminationError: Type.Optional(Type.Array(TerminationError, { description: 'Why it ended with an error' })),
    ...extensible,
  },
  { description: 'One offering that is asked about, or was found' },
)

export const ProductOfferingQualification = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    description: text('Free text for people'),
    effectiveQualificationDate: instant('When it was answered'),
    expectedPOQCompletionDate: instant('When the answer should be there'),
    expirationDate: instant('Until when the answer can be relied on'),
    instantSyncQualification: Type.Optional(Type.Boolean({ description: 'Always true: the answer is in the answer' })),
    productOfferingQualificationDate: instant('When it came in'),
    provideAlternative: Type.Optional(Type.Boolean({ description: 'True when alternatives are wanted' })),
    provideOnlyAvailable: Type.Optional(Type.Boolean({ description: 'True when only what can be had is to be listed' })),
    provideUnavailabilityReason: Type.Optional(Type.Boolean({ description: 'False when reasons are not wanted' })),
    qualificationResult: text('Overall: unqualified if any item is, else alternate if any is, else qualified'),
    requestedPOQCompletionDate: instant('When the sender wants the answer at the latest'),
    category: Type.Optional(CategoryRef),
    channel: Type.Optional(ChannelRef),
    note: Type.Optional(Type.Array(Note, { description: 'Remarks' })),
    place: Type.Optional(Type.Array(RelatedPlaceRefOrValue, { description: 'Where it is wanted' })),
    productOfferingQualificationItem: Type.Optional(Type.Array(ProductOfferingQualificationItem, { description: 'What is asked about; what was found where nothing was named' })),
    relatedParty: Type.Optional(Type.Array(RelatedParty, { description: 'For whom, and who asks' })),
    state: Type.Optional(TaskStateType),
    ...extensible,
  },
  { description: 'Task that tells which offerings a customer can buy', $defs: { ProductRefOrValue: productRefOrValueDefinition } },
)
export type ProductOfferingQualification = Static<typeof ProductOfferingQualification>
export type QualificationItem = NonNullable<ProductOfferingQualification['productOfferingQualificationItem']>[number]

export const productOfferingQualificationCreate = { omits: ['effectiveQualificationDate', 'expectedPOQCompletionDate', 'expirationDate', 'productOfferingQualificationDate', 'qualificationResult', 'state'] }
export const productOfferingQualificationUpdate = { required: [], immutable: ['productOfferingQualificationDate'] }
