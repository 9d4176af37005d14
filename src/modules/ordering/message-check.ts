/**
 * What is wrong with the message of a product order: item ids that repeat, relationships to items that are not there, circles.
 * Such an order is refused (400) and nothing is stored; faults of its business content are in business-check.ts.
 */
import { fault, type Fault } from '../../platform/errors.ts'
import { relationDirection, type OrderItem } from './order-document.ts'

interface Found { item: OrderItem; path: string; parent: string | undefined }

const collect = (items: readonly OrderItem[], path: string, parent: string | undefined, into: Found[]): Found[] => {
  items.forEach((item, index) => {
    const here = `${path}productOrderItem[${index}]`
    into.push({ item, path: here, parent })
    if (item.productOrderItem) collect(item.productOrderItem, `${here}.`, item.id, into)
  })
  return into
}

/** The ids on a circle of `edges`, if there is one. */
const findCircle = (edges: ReadonlyMap<string, readonly string[]>): string[] | undefined => {
  const done = new Set<string>()
  for (const start of edges.keys()) {
    // An explicit stack: a long chain of items must not exhaust the call stack.
    const stack: Array<{ id: string; next: number }> = [{ id: start, next: 0 }]
    const onPath = new Set([start])
    while (!done.has(start) && stack.length > 0) {
      const top = stack[stack.length - 1]!
      const target = edges.get(top.id)?.[top.next++]
      if (target === undefined) {
        done.add(top.id)
        onPath.delete(top.id)
        stack.pop()
      } else if (onPath.has(target)) {
        const ids = stack.map(entry => entry.id)
        return [...ids.slice(ids.indexOf(target)), target]
      } else if (!done.has(target)) {
        stack.push({ id: target, next: 0 })
        onPath.add(target)
      }
    }
  }
  return undefined
}

/** Every fault of the order's message, in the order of the items. */
export const messageFaults = (items: readonly OrderItem[]): Fault[] => {
  if (items.length === 0) return [fault('productOrderItem', 'must have at least one item')]
  const faults: Fault[] = []
  const found = collect(items, '', undefined, [])
  const seen = new Set<string>()
  for (const { item, path } of found) {
    if (seen.has(item.id)) faults.push(fault(`${path}.id`, 'is the id of another item too', item.id))
    seen.add(item.id)
  }
  const parts = new Map<string, string[]>()
  const order = new Map<string, string[]>()
  const link = (edges: Map<string, string[]>, from: string, to: string): void => {
    edges.set(from, [...(edges.get(from) ?? []), to])
  }
  for (const { item, path, parent } of found) {
    if (parent !== undefined) link(parts, parent, item.id)
    ;(item.productOrderItemRelationship ?? []).forEach((relation, index) => {
      const at = `${path}.productOrderItemRelationship[${index}].id`
      if (relation.id === undefined || !seen.has(relation.id)) faults.push(fault(at, 'must be the id of an item of this order', relation.id ?? ''))
      else if (relation.id === item.id) faults.push(fault(at, 'must not be the item itself', relation.id))
      else {
        const direction = relationDirection(relation.relationshipType)
        if (direction === 'down') link(parts, item.id, relation.id)
        else if (direction === 'up') link(parts, relation.id, item.id)
        else link(order, item.id, relation.id)
      }
    })
  }
  if (faults.length > 0) return faults
  for (const edges of [parts, order]) {
    const circle = findCircle(edges)
    if (circle) faults.push(fault('productOrderItem', `has items that wait for each other in a circle: ${circle.slice(0, 10).join(' → ')}`))
  }
  return faults
}
