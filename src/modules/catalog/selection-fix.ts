/** The smallest change that makes a selection valid: tried in sets of one, two, then three, the mildest first. Pure. */
import { findingsOf } from './selection-findings.ts'
import type { Finding, Fix, SelectedItem, SelectionRequest } from './selection-types.ts'

const MOST_CHANGES = 3
/** Each try judges the whole selection. */
const MOST_TRIES = 300
const MOST_CANDIDATES = 12

const MILDNESS: Readonly<Record<Fix['action'], number>> = { setValue: 0, removeValue: 0, setQuantity: 1, add: 2, remove: 3 }

/** The selection after a change. What is taken out takes its parts with it. */
export const applyFix = (items: readonly SelectedItem[], fix: Fix): SelectedItem[] => {
  switch (fix.action) {
    case 'add': {
      let id = `${fix.partOf === undefined ? '' : `${fix.partOf}.`}${fix.offeringId}`
      while (items.some(one => one.id === id)) id = `${id}+`
      return [...items, { id, offeringId: fix.offeringId, quantity: fix.quantity, defaulted: true, ...(fix.partOf !== undefined && { partOf: fix.partOf }) }]
    }
    case 'remove': {
      const gone = new Set([fix.itemId])
      for (let before = 0; before !== gone.size; ) {
        before = gone.size
        for (const one of items) if (one.partOf !== undefined && gone.has(one.partOf)) gone.add(one.id)
      }
      return items.filter(one => !gone.has(one.id))
    }
    case 'setQuantity':
      return items.map(one => (one.id === fix.itemId ? { ...one, quantity: fix.quantity } : one))
    case 'removeValue':
      return items.map(one => (one.id === fix.itemId ? { ...one, characteristic: (one.characteristic ?? []).filter(given => given.name !== fix.characteristic) } : one))
    case 'setValue':
      return items.map(one => (one.id === fix.itemId ? { ...one, characteristic: [...(one.characteristic ?? []).filter(given => given.name !== fix.characteristic), { name: fix.characteristic, value: fix.value }] } : one))
  }
}

const candidates = (findings: readonly Finding[]): Fix[] => {
  const all = new Map(findings.flatMap(one => one.fix).map(fix => [JSON.stringify({ ...fix, message: '' }), fix]))
  return [...all.values()].sort((a, b) => MILDNESS[a.action] - MILDNESS[b.action]).slice(0, MOST_CANDIDATES)
}

/** No change within the bounds: an empty list. A selection with nothing left in it is no answer. */
export const smallestFix = (items: readonly SelectedItem[], asked: Pick<SelectionRequest, 'offerings' | 'existing' | 'now'>, findings: readonly Finding[]): Fix[] => {
  let front: { items: readonly SelectedItem[]; fixes: Fix[]; findings: readonly Finding[] }[] = [{ items, fixes: [], findings }]
  let tries = 0
  for (let size = 1; size <= MOST_CHANGES; size++) {
    const next: typeof front = []
    for (const state of front) {
      for (const fix of candidates(state.findings)) {
        if (++tries > MOST_TRIES) return []
        const changed = applyFix(state.items, fix)
        if (changed.length === 0) continue
        const left = findingsOf(changed, asked)
        if (left.length === 0) return [...state.fixes, fix]
        next.push({ items: changed, fixes: [...state.fixes, fix], findings: left })
      }
    }
    // What has fewer findings left is nearer to the end.
    front = next.sort((a, b) => a.findings.length - b.findings.length)
  }
  return []
}
