import { expect, it, vi } from 'vitest'
import { isUuid, newId } from '../../src/platform/ids.ts'

it('gives ids that are unique and rise strictly, also when the clock steps back', () => {
  const ids = Array.from({ length: 20_000 }, newId)
  vi.useFakeTimers({ now: Date.now() - 3_600_000 })
  ids.push(...Array.from({ length: 1000 }, newId))
  vi.useRealTimers()
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids).toEqual(ids.toSorted())
})

it('recognises its own ids and nothing else', () => {
  expect(isUuid(newId())).toBe(true)
  expect(isUuid(newId().toUpperCase())).toBe(false)
  expect(isUuid(`${newId()}\n`)).toBe(false)
  expect(isUuid('42')).toBe(false)
})
