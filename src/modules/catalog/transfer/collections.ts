/** The collections that a catalog file can hold, in the order in which they depend on each other. */
import { fault, refuse } from '../../../platform/errors.ts'
import type { AnyResource } from '../../../tmf/module.ts'
import { catalog } from '../catalog.ts'
import { category } from '../category.ts'
import { productOffering } from '../product-offering.ts'
import { productOfferingPrice } from '../product-offering-price.ts'
import { productSpecification } from '../product-specification.ts'

export const collections: readonly AnyResource[] = [productSpecification, productOfferingPrice, productOffering, category, catalog]

export const collectionNamed = (name: string): AnyResource | undefined => collections.find(resource => resource.name === name)

/** By class: `ProductOffering`. */
export const collectionOfType = (type: string): AnyResource | undefined => collections.find(resource => resource.type === type)

/** The collection that a job's path is about (`productOffering`, `/productOffering`, a whole address); undefined for all of them. */
export function collectionOfPath(path: string | undefined): AnyResource | undefined {
  if (path === undefined || path === '' || path === '/') return undefined
  const found = (path.split('?', 1)[0] ?? '').split('/').map(collectionNamed).find(resource => resource !== undefined)
  if (!found) throw refuse.invalid([fault('path', `must name one of ${collections.map(resource => resource.name).join(', ')}, or be left out for all`, path)])
  return found
}

export type FileFormat = 'json' | 'ndjson'

/** JSON and newline-delimited JSON are what files may be in; undefined when the media type is another one. */
export function formatOf(contentType: string | undefined): FileFormat | undefined {
  const type = (contentType ?? 'application/json').split(';', 1)[0]!.trim().toLowerCase()
  if (/^application\/(x-)?(ndjson|jsonl|jsonlines|json-lines)$/.test(type) || type === 'text/x-ndjson') return 'ndjson'
  return /^application\/([\w.-]+\+)?json$/.test(type) || type === 'text/json' ? 'json' : undefined
}

export const mediaTypeOf = (format: FileFormat): string => (format === 'json' ? 'application/json' : 'application/x-ndjson')
