/** A change in a change set: one resource of the catalog that is made, patched or deleted, with the revision that it was drafted on. */
import { Type, type Static } from 'typebox'
import { requirePermission } from '../../platform/auth/permission.ts'
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import { isConfined, systemContext } from '../../platform/principal.ts'
import { defineResource, type Resource, type Work } from '../../tmf/resource.ts'
import { entityRef } from '../../tmf/types/attributes.ts'
import { catalogChangeApi } from './api.ts'
import { lockDraft } from './change-store.ts'
import { KIND_NAMES, kindNamed, volatileOf } from './kinds.ts'

const schema = Type.Object(
  {
    id: Type.String({ description: 'Identifier' }),
    href: Type.String({ description: 'Where it can be read' }),
    catalogChangeSet: Type.Optional(entityRef('The set that it is in')),
    resource: Type.Optional(Type.Enum([...KIND_NAMES], { type: 'string', description: 'Kind of what it changes' })),
    resourceId: Type.Optional(Type.String({ minLength: 1, maxLength: 255, description: 'Identifier of what it changes. Of what is made it is given when left out, so that other changes can refer to it' })),
    action: Type.Optional(Type.Enum(['create', 'update', 'delete'], { type: 'string', description: 'What becomes of it' })),
    document: Type.Optional(Type.Object({}, { additionalProperties: true, description: 'The whole resource for a create; a merge patch (RFC 7396) for an update' })),
    baseRevision: Type.Optional(Type.Integer({ minimum: 1, description: 'Revision that it was drafted on, the present one when left out: the set is activated only while it stands. null in a change takes the present one again' })),
    changedBy: Type.Optional(Type.Array(Type.String(), { maxItems: 200, description: 'Who wrote it' })),
    note: Type.Optional(Type.String({ maxLength: 2000, description: 'Why' })),
    lastUpdate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was last changed' })),
  },
  { description: 'What becomes of one resource' },
)
export type CatalogChange = Static<typeof schema>
type ChangeWork = Work<CatalogChange>

const PERMISSIONS = { create: 'create', update: 'update', delete: 'delete' } as const

/** What the server says of a document, a draft cannot. */
const documentFaults = ({ resource, action, document, resourceId }: CatalogChange): Fault[] => {
  const kind = kindNamed(resource)
  if (!kind) return []
  if (action === 'delete') return document === undefined ? [] : [fault('document', 'says nothing for a delete')]
  if (document === undefined) return [fault('document', `is required for ${action === 'create' ? 'a create' : 'an update'}`)]
  const sent = document as Record<string, unknown>
  if (action === 'create') return volatileOf(kind).flatMap(name => (sent[name] === undefined || (name === 'id' && sent[name] === resourceId) ? [] : [fault(`document.${name}`, name === 'id' ? 'is given as resourceId' : 'is given by the server', sent[name])]))
  const fixed = [...volatileOf(kind), ...(kind.update?.immutable ?? [])]
  return fixed.flatMap(name => (Object.hasOwn(sent, name) ? [fault(`document.${name}`, 'cannot be changed', sent[name] ?? 'null')] : []))
}

/** The revision that a change of something is drafted on; 400 where the thing is not as the action takes it. */
const baseOf = async (draft: CatalogChange, { context, deps, previous }: ChangeWork): Promise<number | undefined> => {
  const kind = kindNamed(draft.resource)
  if (!kind || draft.resourceId === undefined) return undefined
  if (previous && previous.baseRevision !== undefined && draft.baseRevision === previous.baseRevision && draft.action === previous.action && draft.resourceId === previous.resourceId) return draft.baseRevision
  const found = await deps.store.get(systemContext(context.brand, context.correlationId), kind, draft.resourceId)
  if (draft.action === 'create') {
    if (found) throw refuse.invalid([fault('resourceId', `is the id of a ${kind.name} that exists already: update it`, draft.resourceId)])
    if (draft.baseRevision !== undefined) throw refuse.invalid([fault('baseRevision', 'says nothing for a create', draft.baseRevision)])
    return undefined
  }
  if (!found) throw refuse.invalid([fault('resourceId', `refers to a ${kind.name} that does not exist`, draft.resourceId)])
  if (draft.baseRevision !== undefined && draft.baseRevision > found.revision) throw refuse.invalid([fault('baseRevision', `is not there yet: ${kind.name} ${draft.resourceId} has revision ${found.revision}`, draft.baseRevision)])
  return draft.baseRevision ?? found.revision
}

const requiredFaults = (draft: CatalogChange): Fault[] => (draft.resourceId === undefined && draft.action !== 'create' ? [fault('resourceId', 'is required for what is there already')] : [])

export const catalogChange: Resource<typeof schema> = defineResource({
  api: catalogChangeApi,
  name: 'catalogChange',
  type: 'CatalogChange',
  table: 'catalog_change',
  description: 'What becomes of one resource of the catalog when its change set is activated. A resource is in a set once. Whoever drafts needs the permission for what the change does (productOffering:update).',
  schema,
  external: false,
  otherKey: true,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { required: ['catalogChangeSet', 'resource', 'action'] },
  update: { immutable: ['catalogChangeSet', 'resource', 'resourceId'] },
  serverSet: ['changedBy'],
  stamps: { onWrite: ['lastUpdate'] },
  visibility: 'house',
  filters: { 'catalogChangeSet.id': 'text', resource: 'text', resourceId: 'text', action: 'text', lastUpdate: 'instant' },
  references: [{ path: 'catalogChangeSet', to: 'catalogChangeSet', weak: true }],
  prepare: async (draft, work) => {
    const faults = requiredFaults(draft)
    if (faults.length > 0) throw refuse.invalid(faults)
    const { baseRevision: _, ...rest } = draft
    const doc: CatalogChange = { ...rest, resourceId: draft.resourceId ?? newId() }
    const baseRevision = await baseOf({ ...draft, resourceId: doc.resourceId! }, work)
    return { ...doc, ...(baseRevision !== undefined && { baseRevision }), changedBy: [...new Set([...(work.previous?.changedBy ?? []), work.context.principal.id])] }
  },
  check: async (doc, { context, by, deps, previous, tx }) => {
    if (isConfined(context.principal)) throw refuse.forbidden('A caller that is confined to some parties\' rows has no part in work on the catalog')
    const faults = documentFaults(doc)
    if (faults.length > 0) throw refuse.invalid(faults)
    if (by === 'client') requirePermission(context, doc.resource ?? '', PERMISSIONS[doc.action ?? 'update'])
    if (previous) return
    // The unique index decides; this says it in words.
    const [twin] = await deps.store.find(systemContext(context.brand, context.correlationId), catalogChange, { where: [{ path: 'catalogChangeSet.id', value: doc.catalogChangeSet?.id ?? '' }, { path: 'resource', value: doc.resource }, { path: 'resourceId', value: doc.resourceId }], limit: 1 }, tx ? { tx } : {})
    if (twin) throw refuse.conflict('alreadyInSet', `${doc.resource ?? ''} ${doc.resourceId ?? ''} is in the change set already, as catalogChange ${twin.id}`, [fault('resourceId', `is what catalogChange ${twin.id} changes`, doc.resourceId)])
  },
  consequences: (doc, { context, tx }) => lockDraft(tx, context.brand, doc.catalogChangeSet?.id ?? ''),
  changeConsequences: async (doc, { context, tx, previous, by }) => {
    // Tandem itself takes changes away with their set.
    if (doc || by === 'client') await lockDraft(tx, context.brand, previous.catalogChangeSet?.id ?? '')
  },
  example: { catalogChangeSet: { id: 'set' }, resource: 'productOffering', action: 'create', document: { name: 'Fibre 1000', lifecycleStatus: 'In design' }, note: 'For the new network' },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'what is to be changed does not exist', attribute: 'resourceId' },
    { status: 400, code: 'invalidAttribute', when: 'a create or an update says nothing', attribute: 'document' },
    { status: 409, code: 'notADraft', when: 'its set is no draft any more', attribute: 'catalogChangeSet.id' },
  ],
})
