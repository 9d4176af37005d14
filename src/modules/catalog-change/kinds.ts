/** What a change set can change: the catalog, and all that prices depend on. Each after those that it refers to. */
import { catalog, category, productOffering, productOfferingPrice, productSpecification } from '../catalog/index.ts'
import { priceList, priceListEntry, priceRule } from '../pricing/index.ts'
import { promotion } from '../promotion/index.ts'
import { salesRule } from '../sales-rule/index.ts'
import { taxRate } from '../tax/index.ts'
import type { AnyResource } from '../../tmf/module.ts'

export const KINDS: readonly AnyResource[] = [taxRate, priceRule, productSpecification, productOfferingPrice, category, productOffering, catalog, priceList, priceListEntry, promotion, salesRule]

export const KIND_NAMES = ['taxRate', 'priceRule', 'productSpecification', 'productOfferingPrice', 'category', 'productOffering', 'catalog', 'priceList', 'priceListEntry', 'promotion', 'salesRule'] as const
export type KindName = (typeof KIND_NAMES)[number]

export type Doc = Record<string, unknown>

export const kindNamed = (name: string | undefined): AnyResource | undefined => KINDS.find(kind => kind.name === name)

/** A resource in messages and as a key: `productOffering home-trio`. */
export const keyOf = (resource: string, id: string): string => `${resource} ${id}`

/** What the server writes into each document by itself: no part of what somebody drafts, compares or takes elsewhere. */
export const volatileOf = (kind: AnyResource): readonly string[] => ['id', 'href', ...(kind.serverSet ?? []), ...(kind.stamps?.onWrite ?? []), ...(kind.stamps?.onCreate ?? [])]
