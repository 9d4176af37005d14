/** Stored forms of processFlow and taskFlow (TMF701). What tells of time is Tandem's own, declared here; the definition has none. */
import { Type, type Static } from 'typebox'
import { entityRef, extensible } from '../../tmf/types/attributes.ts'
import { Characteristic } from '../../tmf/types/basics.ts'
import { RelatedParty } from '../../tmf/types/references.ts'

const text = (description: string) => Type.Optional(Type.String({ description }))
const instant = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))
const seconds = (description: string) => Type.Optional(Type.Number({ minimum: 0, description: `${description}, in seconds of business time (own extension)` }))

export const FLOW_STATES = ['active', 'cancelled', 'hold', 'completed'] as const
export const TASK_STATES = ['new', 'active', 'hold', 'cancelled', 'completed'] as const

const ChannelRef = entityRef('A channel')
const channel = Type.Optional(Type.Array(ChannelRef, { maxItems: 50, description: 'Channels in which it went on, the first one first' }))
const characteristic = Type.Optional(Type.Array(Characteristic, { maxItems: 200, description: 'Further values' }))
const relatedParty = Type.Optional(Type.Array(RelatedParty, { maxItems: 50, description: 'Parties with a part in it: the customer, who sold' }))

const RelatedEntity = Type.Object(
  {
    id: Type.String({ description: 'Identifier of what is referred to' }),
    href: text('Where it can be read'),
    name: text('Name of what is referred to'),
    role: Type.String({ description: 'Part that it has: cart, qualification, order, mergedCart' }),
    '@referredType': Type.String({ description: 'Class of what is referred to' }),
    ...extensible,
  },
  { description: 'What it is about' },
)
const relatedEntity = Type.Optional(Type.Array(RelatedEntity, { maxItems: 200, description: 'What it is about' }))

const TaskFlowRef = Type.Object(
  {
    id: Type.String({ description: 'Identifier of the task' }),
    href: text('Where it can be read'),
    taskFlowSpecification: text('Which step it is (own extension)'),
    state: text('Where it stands (own extension)'),
    '@referredType': text('Class of what is referred to'),
    ...extensible,
  },
  { description: 'A task of the flow' },
)

export const ProcessFlow = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    processFlowDate: instant('When it was made'),
    processFlowSpecification: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'Which process it is an instance of: purchaseJourney is written by Tandem' })),
    channel,
    characteristic,
    relatedEntity,
    relatedParty,
    state: Type.Optional(Type.Enum([...FLOW_STATES], { type: 'string', description: 'Where it stands' })),
    taskFlow: Type.Optional(Type.Array(TaskFlowRef, { description: 'Its tasks, in their order' })),
    startDate: instant('When it began (own extension)'),
    endDate: instant('When it ended (own extension)'),
    durationSeconds: seconds('From its beginning to the last thing that happened'),
    stoppedAt: Type.Optional(
      Type.Object({ taskFlowSpecification: Type.String({ description: 'The step' }), channel: text('The channel'), reason: text('Why, as far as it is known') }, { description: 'Where it rests or ended without success (own extension)' }),
    ),
    lastUpdate: instant('When it was last written (own extension)'),
    ...extensible,
  },
  { description: 'A process with its tasks' },
)
export type ProcessFlow = Static<typeof ProcessFlow>

export const TaskFlow = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    completionMethod: text('How it is completed: manual or automatic'),
    isMandatory: Type.Optional(Type.Boolean({ description: 'Whether the flow cannot be completed without it' })),
    priority: Type.Optional(Type.Integer({ description: 'Order among tasks that can be done' })),
    taskFlowSpecification: text('Which step it is'),
    channel,
    characteristic,
    relatedEntity,
    relatedParty,
    state: Type.Optional(Type.Enum([...TASK_STATES], { type: 'string', description: 'Where it stands' })),
    informationRequired: Type.Optional(
      Type.Array(Type.Object({ name: Type.String({ minLength: 1, maxLength: 200, description: 'What has to be known' }), description: Type.Optional(Type.String({ maxLength: 2_000, description: 'What it is for, in words for people' })) }, { description: 'Something that has to be known' }), { maxItems: 50, description: 'What somebody has to say before it can go on; told by TaskFlowInformationRequiredEvent (own extension)' }),
    ),
    taskFlowRelationship: Type.Optional(
      Type.Array(Type.Object({ relationshipType: Type.String({ description: 'Kind of relation: follows' }), taskFlow: TaskFlowRef, ...extensible }, { description: 'A relation to another task' }), { maxItems: 50, description: 'Relations to other tasks' }),
    ),
    processFlow: Type.Optional(Type.Object({ id: Type.String({ description: 'Identifier of the flow' }), href: text('Where it can be read') }, { description: 'The flow that it is a task of (own extension)' })),
    isObserved: Type.Optional(Type.Boolean({ description: 'Tandem writes down what happened: nobody else changes it (own extension)' })),
    sequence: Type.Optional(Type.Integer({ minimum: 1, description: 'Its place in the flow (own extension)' })),
    startDate: instant('When it began (own extension)'),
    endDate: instant('When it ended: the last thing that was done in it (own extension)'),
    durationSeconds: seconds('From its beginning to the last thing that was done in it'),
    waitSeconds: seconds('From the last thing that was done in the step before to its beginning'),
    outcome: text('What became of it, where that is more than its state says (own extension)'),
    ...extensible,
  },
  { description: 'A task of a process' },
)
export type TaskFlow = Static<typeof TaskFlow>
