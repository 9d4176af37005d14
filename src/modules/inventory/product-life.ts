/**
 * How orders change the inventory: products are made pending, become active, change, end or are given up, always inside the
 * transaction of whoever asks, so that an order and its products never disagree.
 */
import type { Transaction } from '../../platform/database/sql.ts'
import { systemContext, type Context } from '../../platform/principal.ts'
import type { Doc, Stored } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { resourceInstance, serviceInstance } from './instance.ts'
import { product } from './product.ts'
import { productMoves, type ProductState } from './product-state.ts'

export type ProductDoc = Doc<typeof product>
type Characteristic = NonNullable<ProductDoc['productCharacteristic']>[number]

/** What a change of the inventory happens within. */
export interface InventoryWork {
  tx: Transaction
  context: Context
  deps: Services
}

/** A service or resource that a back-office system made or changed. */
export interface RealizedInstance {
  kind: 'service' | 'resource'
  /** Keep it to make a repeat change nothing. */
  id: string
  system: string
  type: string
  externalId: string
  name: string
  value?: string
  specification?: { id?: string; name?: string }
  characteristic: Array<{ name: string; value: unknown }>
}

/** A new product that is being delivered. `id` is given by the caller, who has to remember it. */
export const createPendingProduct = async ({ tx, context, deps }: InventoryWork, id: string, doc: Partial<ProductDoc>): Promise<void> => {
  await deps.store.create(context, product, { ...doc, status: 'pendingActive' }, { tx, id })
}

/** Which instances of the product's realization to add; characteristics overwrite those of the same name. */
export interface ProductChange {
  status?: ProductState
  characteristic?: Characteristic[]
  realizedBy?: readonly RealizedInstance[]
  /** Anything else that the order changes, as it shall be. */
  doc?: Partial<ProductDoc>
  /** The same, worked out from what the product is now. Pure. */
  amend?: (doc: ProductDoc) => Partial<ProductDoc>
}

const mergeCharacteristics = (have: readonly Characteristic[], add: readonly Characteristic[]): Characteristic[] => {
  const names = new Set(add.map(one => one.name))
  return [...have.filter(one => !names.has(one.name)), ...add]
}

const addRefs = <R extends { id: string }>(have: readonly R[] | undefined, add: readonly R[]): R[] => [...(have ?? []).filter(one => !add.some(other => other.id === one.id)), ...add]

/** Changes a product of this order; a product that is already there is left as it is. Answers it as it is then. */
export const changeProduct = async ({ tx, context, deps }: InventoryWork, id: string, change: ProductChange): Promise<Stored<ProductDoc>> =>
  await deps.store.update(
    context,
    product,
    id,
    doc => {
      const next: ProductDoc = { ...doc, ...change.doc, ...change.amend?.(doc) }
      if (change.status !== undefined) next.status = change.status
      if (change.characteristic?.length) next.productCharacteristic = mergeCharacteristics(next.productCharacteristic ?? [], change.characteristic)
      const refs = (change.realizedBy ?? []).map(one => ({
        kind: one.kind,
        ref: { id: one.id, href: `/tandem/v1/${one.kind}Instance/${one.id}`, name: one.name, '@referredType': one.kind === 'service' ? 'ServiceInstance' : 'ResourceInstance' },
      }))
      const services = refs.filter(one => one.kind === 'service').map(one => one.ref)
      const resources = refs.filter(one => one.kind === 'resource').map(one => one.ref)
      if (services.length > 0) next.realizingService = addRefs(doc.realizingService, services)
      if (resources.length > 0) next.realizingResource = addRefs(doc.realizingResource, resources)
      return next
    },
    { tx },
  )

/** Writes what a system realized for a product; instances that exist already are brought up to date. */
export const recordInstances = async ({ tx, context, deps }: InventoryWork, productId: string, instances: readonly RealizedInstance[], existing: ReadonlySet<string>, startDate: Date): Promise<void> => {
  for (const one of instances) {
    const common = { name: one.name, system: one.system, externalId: one.externalId, product: { id: productId, href: `/tmf-api/productInventory/v4/product/${productId}` }, characteristic: one.characteristic }
    const supporting = instances.filter(other => other.kind === 'resource').map(other => ({ id: other.id, href: `/tandem/v1/resourceInstance/${other.id}`, name: other.name, '@referredType': 'ResourceInstance' }))
    const specification = one.specification ? { ...one.specification } : undefined
    if (one.kind === 'service') {
      const doc = { ...common, serviceType: one.type, ...(specification ? { serviceSpecification: specification } : {}), ...(supporting.length > 0 ? { supportingResource: supporting } : {}) }
      if (existing.has(one.id)) await deps.store.update(context, serviceInstance, one.id, before => ({ ...before, ...doc }), { tx })
      else await deps.store.create(context, serviceInstance, { ...doc, startDate: startDate.toISOString() }, { tx, id: one.id })
    } else {
      const doc = { ...common, resourceType: one.type, ...(one.value === undefined ? {} : { value: one.value }), ...(specification ? { resourceSpecification: specification } : {}) }
      if (existing.has(one.id)) await deps.store.update(context, resourceInstance, one.id, before => ({ ...before, ...doc }), { tx })
      else await deps.store.create(context, resourceInstance, { ...doc, startDate: startDate.toISOString() }, { tx, id: one.id })
    }
  }
}

/** Ends the services and releases the resources of a product, or only those that a system holds; the systems have done so already. */
export const endInstances = async ({ tx, context, deps }: InventoryWork, productId: string, endDate: Date, only?: { system: string; externalIds: readonly string[] }): Promise<void> => {
  const where = [{ path: 'product.id', value: productId }, ...(only ? [{ path: 'system', value: only.system }, { path: 'externalId', value: only.externalIds }] : [])]
  for (const service of await deps.store.find(context, serviceInstance, { where }, { tx })) {
    if (service.doc.state !== 'terminated') await deps.store.update(context, serviceInstance, service.id, doc => ({ ...doc, state: 'terminated' as const, endDate: endDate.toISOString() }), { tx })
  }
  for (const resource of await deps.store.find(context, resourceInstance, { where }, { tx })) {
    if (resource.doc.resourceStatus !== 'released') await deps.store.update(context, resourceInstance, resource.id, doc => ({ ...doc, resourceStatus: 'released' as const, endDate: endDate.toISOString() }), { tx })
  }
}

/** The instances that realize these products, with their ids in the systems that hold them. */
export const instancesOf = async ({ tx, context, deps }: InventoryWork, productIds: readonly string[]): Promise<Array<{ id: string; kind: 'service' | 'resource'; productId: string; system: string; type: string; externalId: string }>> => {
  if (productIds.length === 0) return []
  const where = [{ path: 'product.id', value: productIds }]
  const services = await deps.store.find(context, serviceInstance, { where }, { tx })
  const resources = await deps.store.find(context, resourceInstance, { where }, { tx })
  const flat = (kind: 'service' | 'resource', row: { id: string; doc: { product?: { id: string }; system?: string; externalId?: string } }, type: string | undefined) => ({
    id: row.id, kind, productId: row.doc.product?.id ?? '', system: row.doc.system ?? '', type: type ?? '', externalId: row.doc.externalId ?? '',
  })
  return [
    ...services.filter(row => row.doc.state !== 'terminated').map(row => flat('service', row, row.doc.serviceType)),
    ...resources.filter(row => row.doc.resourceStatus !== 'released').map(row => flat('resource', row, row.doc.resourceType)),
  ]
}

const LIVING = Object.keys(productMoves)

/** Products that came to be by an order and have not ended, a few of them: whoever they belong to. */
export const livingProductsOf = async ({ context, deps }: Pick<InventoryWork, 'context' | 'deps'>, orderId: string): Promise<Stored<ProductDoc>[]> => {
  const everybody = systemContext(context.brand, context.correlationId)
  return await deps.store.find(everybody, product, { where: [{ path: 'productOrderItem.productOrderId', value: orderId }, { path: 'status', value: LIVING }], limit: 5 })
}

/** Products by id, for orders that change or end them. */
export const loadProducts = async ({ context, deps }: Pick<InventoryWork, 'context' | 'deps'>, ids: readonly string[], tx?: Transaction): Promise<Map<string, Stored<ProductDoc>>> =>
  await deps.store.getMany(context, product, ids, tx ? { tx } : undefined)


/** Ids of the products that a bundle is made of. */
export const partIdsOf = (doc: Pick<ProductDoc, 'productRelationship'>): string[] => (doc.productRelationship ?? []).flatMap(one => (one.relationshipType === 'bundles' && one.product?.id !== undefined ? [one.product.id] : []))

/** The bundle that each of these products is a living part of, by the id of the part. */
export const bundlesAround = async ({ context, deps }: Pick<InventoryWork, 'context' | 'deps'>, ids: readonly string[]): Promise<Map<string, Stored<ProductDoc>>> => {
  const around = new Map<string, Stored<ProductDoc>>()
  if (ids.length === 0) return around
  const found = await deps.store.find(context, product, { where: [{ path: 'productRelationship.product.id', value: [...ids] }, { path: 'status', value: LIVING }], limit: 500 })
  for (const bundle of found) for (const id of partIdsOf(bundle.doc)) if (ids.includes(id)) around.set(id, bundle)
  return around
}
