import { describe, expect, it } from 'vitest'
import { backoffDelay } from '../../../src/platform/jobs/runner.ts'

describe('the pause before a retry', () => {
  it('doubles, is spread, and has an upper bound', () => {
    for (let i = 0; i < 200; i++) {
      expect(backoffDelay(100, 1)).toBeGreaterThanOrEqual(50)
      expect(backoffDelay(100, 1)).toBeLessThanOrEqual(100)
      expect(backoffDelay(100, 3)).toBeGreaterThanOrEqual(200)
      expect(backoffDelay(100, 3)).toBeLessThanOrEqual(400)
      expect(backoffDelay(1_000, 40)).toBeLessThanOrEqual(300_000)
    }
    expect(new Set(Array.from({ length: 50 }, () => backoffDelay(10_000, 1))).size).toBeGreaterThan(10)
  })
})
