import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { isLoopback, isPublicAddress, parseAllowedHosts } from '../../../src/platform/http/address.ts'
import { createOutbound, OutboundBlocked, type Outbound } from '../../../src/platform/http/outbound.ts'

let server: Server
let port: number
let hits: string[] = []
let outbound: Outbound

beforeAll(async () => {
  server = createServer((request, response) => {
    hits.push(request.url ?? '')
    if (request.url === '/redirect') response.writeHead(302, { location: `http://127.0.0.1:${String(port)}/secret` }).end()
    else if (request.url === '/slow') setTimeout(() => { response.end('late') }, 5000).unref()
    else if (request.url === '/long') response.end('x'.repeat(5000))
    else response.end('hello')
  })
  await new Promise<void>(resolve => { server.listen(0, '127.0.0.1', resolve) })
  port = (server.address() as AddressInfo).port
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const guard = (...allowed: string[]): Outbound => (outbound = createOutbound(allowed))

describe('addresses', () => {
  it.each(['127.0.0.1', '127.9.9.9', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.100.100.200', '224.0.0.1', '255.255.255.255',
    '::', '::1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '64:ff9b::7f00:1', 'fd00:ec2::254', 'fe80::1', 'fe80::1%eth0', '2002:7f00:1::', 'ff02::1', '::7f00:1', 'example.com', ''])('%s is not public', address => {
    expect(isPublicAddress(address)).toBe(false)
  })

  it.each(['8.8.8.8', '172.32.0.1', '100.128.0.1', '1.1.1.1', '2606:4700::1111', '2a00:1450:4001::1'])('%s is public', address => {
    expect(isPublicAddress(address)).toBe(true)
  })

  it('knows what only this machine reaches', () => {
    expect(['localhost', '127.0.0.1', '127.1.2.3', '::1'].every(isLoopback)).toBe(true)
    expect(['0.0.0.0', '::', '10.0.0.1', '127.evil.com', 'localhost.evil.com', ''].some(isLoopback)).toBe(false)
  })

  it('refuses a configured host that cannot be read, naming it', () => {
    expect(() => parseAllowedHosts(['ok.example', '10.0.0.0/99'])).toThrow('10.0.0.0/99')
    expect(() => parseAllowedHosts(['http://x/'])).toThrow('http://x/')
  })
})

describe('the guard', () => {
  afterEach(async () => {
    hits = []
    await outbound.close()
  })

  it.each(['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '0x7f.1', '2130706433', '0'])('does not connect to %s', async host => {
    await expect(guard().send(`http://${host}:${String(port)}/`)).rejects.toBeInstanceOf(OutboundBlocked)
    expect(hits).toEqual([])
  })

  it('does not connect to a name that resolves to a private address, also through the bare dispatcher', async () => {
    const url = `http://localhost:${String(port)}/`
    await expect(guard().send(url)).rejects.toBeInstanceOf(OutboundBlocked)
    const { request } = await import('undici')
    await expect(request(url, { dispatcher: outbound.dispatcher })).rejects.toMatchObject({ code: 'OUTBOUND_BLOCKED' })
    await expect(request(`http://127.0.0.1:${String(port)}/`, { dispatcher: outbound.dispatcher })).rejects.toMatchObject({ code: 'OUTBOUND_BLOCKED' })
    expect(hits).toEqual([])
  })

  it.each(['127.0.0.1', '127.0.0.0/8'])('reaches a private address that is allowed as %s', async entry => {
    expect(await guard(entry).send(`http://127.0.0.1:${String(port)}/`)).toMatchObject({ status: 200, body: 'hello' })
  })

  it('allows a host by name and port, and no other port', async () => {
    expect((await guard(`localhost:${String(port)}`).send(`http://localhost:${String(port)}/`)).body).toBe('hello')
    await expect(outbound.send(`http://localhost:${String(port + 1)}/`)).rejects.toBeInstanceOf(OutboundBlocked)
  })

  it('does not follow redirects', async () => {
    const answer = await guard('127.0.0.1').send(`http://127.0.0.1:${String(port)}/redirect`)
    expect(answer.status).toBe(302)
    expect(hits).toEqual(['/redirect'])
  })

  it('bounds time and size of an answer', async () => {
    guard('127.0.0.1')
    const begin = Date.now()
    await expect(outbound.send(`http://127.0.0.1:${String(port)}/slow`, { timeoutMs: 100 })).rejects.toThrow()
    expect(Date.now() - begin).toBeLessThan(2000)
    await expect(outbound.send(`http://127.0.0.1:${String(port)}/long`, { maxBytes: 1000 })).rejects.toThrow(/longer than 1000/)
  })

  it('objects to URLs before they are stored', () => {
    guard('*.lab.internal')
    for (const url of ['ftp://example.com/', 'not a url', '/relative', 'http://user:pw@example.com/', 'http://10.0.0.1/', 'http://[fd00::1]/', 'http://localhost/', 'http://metadata.google.internal/', 'file:///etc/passwd']) {
      expect(outbound.objection(url), url).toMatch(/^must/)
    }
    expect(outbound.objection('https://hooks.example.com/x')).toBeUndefined()
    expect(outbound.objection('http://hub.lab.internal/x')).toBeUndefined()
  })
})
