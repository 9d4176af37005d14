import { describe, expect, it } from 'vitest'
import { covers, isPermission } from '../../../src/platform/auth/permission.ts'

describe('permissions', () => {
  it.each([
    [['productOrder:create'], 'productOrder', 'create', true],
    [['productOrder:create'], 'productOrder', 'read', false],
    [['productOrder:*'], 'productOrder', 'delete', true],
    [['*:read'], 'anything', 'read', true],
    [['*:read'], 'anything', 'update', false],
    [['product:read'], 'productOrder', 'read', false],
    [['*:*'], 'x', 'delete', true],
    [['productOrder:read'], '*', 'read', false],
    [[], 'x', 'read', false],
  ])('%j on %s:%s → %s', (permissions, resource, action, expected) => {
    expect(covers(permissions, resource, action)).toBe(expected)
  })

  it('have one form', () => {
    expect(['a:read', '*:*', 'x:*'].every(isPermission)).toBe(true)
    expect(['a', 'a:write', ':read', 'a b:read', 'a:read:x', 'openid'].some(isPermission)).toBe(false)
  })
})
