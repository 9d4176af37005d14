import { describe, expect, it } from 'vitest'
import { createSecrets } from '../../src/platform/secrets.ts'

describe('secrets', () => {
  const secrets = createSecrets('a key that is long enough for tests')

  it('are sealed anew each time, and opened with the same key only', () => {
    const text = 'what deliveries are signed with: π'
    const [one, other] = [secrets.seal(text), secrets.seal(text)]
    expect(one).not.toBe(other)
    for (const sealed of [one, other]) {
      expect(sealed).not.toContain('signed')
      expect(secrets.open(sealed)).toBe(text)
    }
    expect(() => createSecrets('another key that is long enough too').open(one)).toThrow(/SECRETS_KEY/)
    expect(() => createSecrets(undefined).open(one)).toThrow(/SECRETS_KEY/)
  })

  it('that were tampered with are not opened', () => {
    const sealed = secrets.seal('text')
    const raw = Buffer.from(sealed.slice('sealed:1:'.length), 'base64')
    raw[raw.length - 1]! ^= 1
    expect(() => secrets.open(`sealed:1:${raw.toString('base64')}`)).toThrow()
  })

  it('stay in clear without a key, and those that were stored so are read with one', () => {
    expect(createSecrets(undefined).seal('text')).toBe('text')
    expect(secrets.open('text')).toBe('text')
  })
})
