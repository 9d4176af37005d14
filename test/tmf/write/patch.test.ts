import { describe, expect, it } from 'vitest'
import { Refusal } from '../../../src/platform/errors.ts'
import { jsonPatch } from '../../../src/tmf/write/json-patch.ts'

describe('JSON Patch', () => {
  it('refuses to move a value into itself, naming the operation', () => {
    const move = (): unknown => jsonPatch({ list: [{ a: 1 }] }, [{ op: 'move', from: '/list', path: '/list/0' }])
    expect(move).toThrow(Refusal)
    expect(move).toThrow(/\[0\]\.path/)
  })

  it.each([
    ['/list/01', /\[0\]\.path must name a position of the list list, not 01/],
    ['/list/+1', /not \+1/],
    ['/list/-', /not -/],
    ['/list/', /not nothing/],
    ['/list/x/y', /not x/],
    ['/~2', /\[0\]\.path must be a JSON Pointer/],
    ['/a~', /must be a JSON Pointer/],
    ['list', /must be a JSON Pointer/],
  ])('refuses %s, which RFC 6901 does not allow', (path, message) => {
    expect(() => jsonPatch({ list: [{ a: 1 }, 2] }, [{ op: 'replace', path, value: 1 }])).toThrow(message)
  })

  it('takes what looks like a position for a name where there is no list', () => {
    expect(jsonPatch({ map: { '01': 1, '-': 2, 'a/b~': 3 } }, [{ op: 'replace', path: '/map/01', value: 5 }, { op: 'remove', path: '/map/-' }, { op: 'replace', path: '/map/a~1b~0', value: 6 }])).toEqual({ map: { '01': 5, 'a/b~': 6 } })
    expect(jsonPatch({ list: [1] }, [{ op: 'add', path: '/list/-', value: 2 }, { op: 'test', path: '/list/1', value: 2 }])).toEqual({ list: [1, 2] })
  })

  it('moves beside what begins with the same letters', () => {
    expect(jsonPatch({ list: [1], lists: {} }, [{ op: 'move', from: '/list', path: '/lists/list' }])).toEqual({ lists: { list: [1] } })
  })
})
