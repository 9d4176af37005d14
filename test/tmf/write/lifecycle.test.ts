import { describe, expect, it } from 'vitest'
import type { Fault } from '../../../src/platform/errors.ts'
import type { AnyResource } from '../../../src/tmf/module.ts'
import { checkMove, initialState } from '../../../src/tmf/write/lifecycle.ts'

const lifecycle = { attribute: 'state', states: ['active', 'suspended', 'aborted', 'aborted '], initial: ['active'], moves: { active: ['suspended', 'aborted '] }, movedBy: 'client' as const }
const resource = { lifecycle } as unknown as AnyResource
const begun = (state: unknown): { state: unknown; faults: Fault[] } => {
  const [draft, faults] = [{ state }, [] as Fault[]]
  initialState(lifecycle, draft, 'client', faults)
  return { state: draft.state, faults }
}

describe('states', () => {
  it('are kept as the lifecycle spells them, however a client writes them', () => {
    expect(begun('Active')).toEqual({ state: 'active', faults: [] })
    expect(begun(undefined)).toEqual({ state: 'active', faults: [] })
    const next = { state: 'SUSPENDED' }
    expect(checkMove(resource, { state: 'active' }, next, 'client')).toBe(true)
    expect(next.state).toBe('suspended')
    expect(checkMove(resource, { state: 'active' }, { state: 'Active' }, 'client')).toBe(false)
  })

  it('are told apart by more than their case', () => {
    const next = { state: 'aborted ' }
    expect(checkMove(resource, { state: 'active' }, next, 'client')).toBe(true)
    expect(next.state).toBe('aborted ')
    expect(begun('Suspended').faults).toHaveLength(1)
    expect(begun('nothing of the kind').faults).toHaveLength(1)
    expect(begun(null)).toEqual({ state: null, faults: [] })
    expect(begun(5)).toEqual({ state: 5, faults: [] })
  })
})
