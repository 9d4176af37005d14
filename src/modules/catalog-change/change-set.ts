/** A change set: changes of the catalog that take effect together, and where the work on them stands. Its changes are resources of their own. */
import { Type, type Static } from 'typebox'
import { fault, refuse } from '../../platform/errors.ts'
import { isConfined } from '../../platform/principal.ts'
import { defineResource } from '../../tmf/resource.ts'
import { catalogChangeApi } from './api.ts'
import { dropChanges } from './change-store.ts'
import { Finding, PriceTest } from './change-set-types.ts'

export const SET_STATES = ['draft', 'submitted', 'approved', 'scheduled', 'failed', 'active', 'rolledBack', 'cancelled'] as const
export type SetState = (typeof SET_STATES)[number]

const text = (description: string) => Type.Optional(Type.String({ maxLength: 2000, description }))
const instant = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))

export const CatalogChangeSet = Type.Object(
  {
    id: Type.String({ description: 'Identifier' }),
    href: Type.String({ description: 'Where it can be read' }),
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'Name shown to people: Summer tariffs' })),
    description: text('What it is for'),
    state: Type.Optional(Type.Enum([...SET_STATES], { type: 'string', description: 'draft (is worked on), submitted (waits for approval), approved, scheduled (will be activated at activateAt), failed (could not be activated then), active, rolledBack, cancelled' })),
    test: Type.Optional(Type.Array(PriceTest, { maxItems: 200, description: 'What must cost how much with the changes: tried by each validation' })),
    createdBy: text('Who made it'),
    creationDate: instant('When it was made'),
    submittedBy: text('Who submitted it'),
    submissionDate: instant('When it was submitted'),
    approvalRequired: Type.Optional(Type.Boolean({ description: 'Whether a second person had to approve when it was submitted' })),
    approval: Type.Optional(
      Type.Array(
        Type.Object({ by: Type.String({ description: 'Who' }), at: Type.String({ format: 'date-time', description: 'When' }), outcome: Type.Enum(['approved', 'rejected'], { type: 'string', description: 'What was decided' }), note: text('Why') }, { description: 'A decision' }),
        { maxItems: 100, description: 'What others decided on it' },
      ),
    ),
    activateAt: instant('When it is to be activated'),
    scheduledBy: text('Who asked for its activation at that time'),
    activationDate: instant('When it became active'),
    activatedBy: text('Who activated it'),
    rollbackDate: instant('When it was rolled back'),
    rolledBackBy: text('Who rolled it back'),
    finding: Type.Optional(Type.Array(Finding, { maxItems: 500, description: 'Why its activation failed' })),
    lastUpdate: instant('When it was last changed'),
  },
  { description: 'Changes of the catalog that take effect together' },
)
export type CatalogChangeSet = Static<typeof CatalogChangeSet>

export const catalogChangeSet = defineResource({
  api: catalogChangeApi,
  name: 'catalogChangeSet',
  type: 'CatalogChangeSet',
  table: 'catalog_change_set',
  description: 'Changes of the catalog that take effect together: drafted, validated, previewed, approved by a second person where the brand asks for it, activated at a moment, rolled back.',
  schema: CatalogChangeSet,
  external: false,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { required: ['name'] },
  serverSet: ['createdBy', 'submittedBy', 'submissionDate', 'approvalRequired', 'approval', 'activateAt', 'scheduledBy', 'activationDate', 'activatedBy', 'rollbackDate', 'rolledBackBy', 'finding'],
  lifecycle: {
    attribute: 'state',
    states: SET_STATES,
    initial: ['draft'],
    moves: {
      draft: ['submitted', 'approved', 'cancelled'],
      submitted: ['draft', 'approved', 'cancelled'],
      approved: ['draft', 'scheduled', 'active', 'cancelled'],
      scheduled: ['approved', 'draft', 'failed', 'active', 'cancelled'],
      failed: ['draft', 'cancelled'],
      active: ['rolledBack'],
    },
    movedBy: 'server',
  },
  stamps: { onCreate: ['creationDate'], onWrite: ['lastUpdate'] },
  visibility: 'house',
  filters: { name: 'text', state: 'text', createdBy: 'text', creationDate: 'instant', activateAt: 'instant', activationDate: 'instant', lastUpdate: 'instant' },
  prepare: (draft, { context, previous }) => (previous ? draft : { ...draft, createdBy: context.principal.id }),
  check: (doc, { context, previous, by }) => {
    // It says what becomes of what all of the brand read: not for those who see some rows only.
    if (isConfined(context.principal)) throw refuse.forbidden('A caller that is confined to some parties\' rows has no part in work on the catalog')
    if (by === 'client' && previous && previous.state !== 'draft') throw refuse.conflict('notADraft', `catalogChangeSet ${doc.id} is ${previous.state ?? 'without a state'}; only a draft can be changed`, [fault('state', 'must be draft', previous.state)])
  },
  checkDelete: doc => {
    if (doc.state !== 'draft' && doc.state !== 'cancelled') throw refuse.conflict('notADraft', `catalogChangeSet ${doc.id} is ${doc.state ?? 'without a state'}; only a draft or a cancelled one can be deleted`, [fault('state', 'must be draft or cancelled', doc.state)])
  },
  changeConsequences: async (doc, { context, previous, deps, tx }) => {
    if (!doc) await dropChanges(deps, context, tx, previous.id)
  },
  example: { name: 'Summer tariffs', description: 'New mobile tariffs for the summer' },
})
