import { describe, expect, it } from 'vitest'
import { readConfig, settings, type Setting } from '../src/config.ts'

describe('settings', () => {
  it('have values that run on any machine when nothing is set', () => {
    expect(readConfig({})).toMatchObject({ host: '127.0.0.1', port: 3000, auth: 'open', seed: 'sample', roles: ['api', 'worker'], databaseUrl: undefined, redisUrl: undefined, production: false })
  })

  it('count as not set when they are empty', () => {
    expect(readConfig({ REDIS_URL: '', PORT: ' ' })).toMatchObject({ redisUrl: undefined, port: 3000 })
  })

  it.each([
    ['PORT', '65536'], ['PORT', '-1'], ['PORT', '3000.5'], ['HOST', 'a b'], ['PUBLIC_URL', 'example.com'], ['DATABASE_URL', 'mysql://localhost/x'],
    ['DATABASE_CONNECTIONS', '1'], ['REDIS_URL', 'http://localhost'], ['ROLES', 'api,cook'], ['AUTH', 'none'], ['BOOTSTRAP_KEY', 'short'], ['OIDC_ISSUER', 'me'],
    ['SEED', 'yes'], ['BACKENDS_URL', 'x'], ['BODY_LIMIT', '1'], ['PAGE_LIMIT', '0'], ['MODULES', ','], ['LOG_LEVEL', 'verbose'], ['NODE_ENV', 'prod'], ['OVERLOAD_LAG_MS', '0'], ['STOP_TIMEOUT_MS', '1h'],
  ])('refuse %s=%s by its name', (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(new RegExp(`^${name} must be `))
  })

  it('never show a secret', () => {
    for (const setting of Object.values<Setting>(settings).filter(each => each.secret)) {
      const attempt = (): unknown => readConfig({ [setting.name]: 'open sesame' })
      expect(attempt).toThrow(setting.name)
      expect(attempt).not.toThrow(/sesame/)
    }
  })

  it('are refused together when several are wrong', () => {
    expect(() => readConfig({ PORT: 'x', AUTH: 'y', SEED: 'z' })).toThrow(/PORT must be[^]*AUTH must be[^]*SEED must be/)
  })

  it('refuse open access beyond loopback and in production, and oidc without an issuer', () => {
    expect(() => readConfig({ HOST: '0.0.0.0' })).toThrow('loopback')
    expect(() => readConfig({ HOST: '192.168.1.10', AUTH: 'open' })).toThrow('loopback')
    expect(() => readConfig({ NODE_ENV: 'production' })).toThrow('AUTH=open is not for NODE_ENV=production')
    expect(() => readConfig({ AUTH: 'oidc', OIDC_AUDIENCE: 'tandem' })).toThrow('OIDC_ISSUER')
    expect(readConfig({ HOST: '0.0.0.0', AUTH: 'key', NODE_ENV: 'production' })).toMatchObject({ host: '0.0.0.0', production: true })
  })
})
