import { describe, expect, it } from 'vitest'
import { Refusal } from '../../../src/platform/errors.ts'
import { jsonPatch } from '../../../src/tmf/write/patch.ts'

describe('JSON Patch', () => {
  it('refuses to move a value into itself, naming the operation', () => {
    const move = (): unknown => jsonPatch({ list: [{ a: 1 }] }, [{ op: 'move', from: '/list', path: '/list/0' }])
    expect(move).toThrow(Refusal)
    expect(move).toThrow(/\[0\]\.path/)
  })

  it('moves beside what begins with the same letters', () => {
    expect(jsonPatch({ list: [1], lists: {} }, [{ op: 'move', from: '/list', path: '/lists/list' }])).toEqual({ lists: { list: [1] } })
  })
})
