import { expect, it } from 'vitest'
import { originsOf } from '../../../src/platform/http/origins.ts'

it('knows a process by its loopback names and by the address it listens on', () => {
  expect(originsOf('127.0.0.1', 3000)).toEqual(['http://127.0.0.1:3000', 'http://localhost:3000', 'http://[::1]:3000'])
  expect(originsOf('10.1.2.3', 80)).toContain('http://10.1.2.3')
  expect(originsOf('::', 3000)).toContain('http://[::]:3000')
})

it('knows none while there is no port', () => {
  expect(originsOf('127.0.0.1', 0)).toEqual([])
})
