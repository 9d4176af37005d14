/** Categories: the tree that offerings are listed in (TMF620). */
import { fault, refuse } from '../../platform/errors.ts'
import { systemContext } from '../../platform/principal.ts'
import { defineResource, type Resource } from '../../tmf/resource.ts'
import { catalogApi } from './api.ts'
import { Category, categoryCreate, categoryUpdate } from './category.schema.ts'
import { idsOf, refuseCycle } from './cycle.ts'
import { periodFaults } from './document-faults.ts'
import { catalogLifecycle } from './lifecycle.ts'

export const category: Resource<typeof Category> = defineResource({
  api: catalogApi,
  name: 'category',
  type: 'Category',
  table: 'category',
  description: 'A group of offerings and of further categories.',
  schema: Category,
  visibility: 'brand',
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: categoryCreate,
  update: categoryUpdate,
  lifecycle: catalogLifecycle,
  stamps: { onWrite: ['lastUpdate'] },
  filters: {
    name: 'text',
    lifecycleStatus: 'text',
    lastUpdate: 'instant',
    version: 'text',
    isRoot: 'boolean',
    parentId: 'text',
    'validFor.startDateTime': 'instant',
    'validFor.endDateTime': 'instant',
  },
  references: [
    { path: 'subCategory[]', to: 'category' },
    { path: 'productOffering[]', to: 'productOffering' },
  ],
  prepare: draft => ({ ...draft, isRoot: draft.isRoot ?? draft.parentId === undefined }),
  check: async (doc, work) => {
    const faults = periodFaults(doc)
    if (doc.isRoot === true && doc.parentId !== undefined) faults.push(fault('isRoot', 'must be false for a category that has a parentId', true))
    if (faults.length > 0) throw refuse.invalid(faults)
    await refuseCycle(doc, work, { resource: () => category, attribute: 'subCategory', contained: one => idsOf(one.subCategory) })
    // parentId is plain text in the definition, so the kit's references do not see it. Tandem's own writes (sample data, imports) may
    // stand in a transaction whose earlier rows are not visible from here; they put a category after its parent themselves.
    if (work.by === 'client' && doc.parentId !== undefined && doc.parentId !== work.previous?.parentId) {
      const parent = doc.parentId === doc.id ? undefined : await work.deps.store.get(systemContext(work.context.brand, work.context.correlationId), category, doc.parentId)
      if (!parent) throw refuse.invalid([fault('parentId', doc.parentId === doc.id ? 'must not be the category itself' : 'refers to a category that does not exist', doc.parentId)])
      await refuseCycle(doc, work, { resource: () => category, attribute: 'parentId', contained: one => (one.parentId === undefined ? [] : [one.parentId]) })
    }
  },
  example: { name: 'Internet', description: 'Access to the internet', isRoot: true, lifecycleStatus: 'Active', version: '1.0' },
})
