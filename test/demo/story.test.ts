/** The demo keeps its word: it ends well on a real server, and fails loudly when a server does not do what the story promises. */
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import type { AddressInfo } from 'node:net'

const story = fileURLToPath(new URL('../../src/demo/story.ts', import.meta.url))

const run = async (environment: Record<string, string>): Promise<{ code: number | null; out: string; err: string }> => {
  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), story], { env: { ...process.env, ...environment } })
  const [out, err] = [child.stdout, child.stderr].map(stream => {
    const parts: string[] = []
    stream.setEncoding('utf8').on('data', (part: string) => parts.push(part))
    return parts
  })
  const code = await new Promise<number | null>(done => child.once('close', done))
  return { code, out: (out ?? []).join(''), err: (err ?? []).join('') }
}

it('is told to its end on a server of its own', { timeout: 180_000 }, async () => {
  const { code, out, err } = await run({ TANDEM_URL: '', NODE_ENV: '' })
  expect(err).not.toContain('breaks off')
  // How much was done when the cancellation came depends on the machine; that all of it was undone does not.
  expect(out).toMatch(/([1-9]) executed, \1 compensated, nothing twice/)
  expect(out).toContain('120.00 GBP, with tax 144.00 GBP')
  expect(out).toMatch(/As promised, in [\d.]+ s\./)
  expect(code).toBe(0)
})

it('breaks off with an error, the promise and what came when a step is not as promised', { timeout: 60_000 }, async () => {
  // Says yes to everything, and means none of it.
  const server = createServer((_request, response) => {
    response.writeHead(201, { 'content-type': 'application/json', location: '/somewhere/else' })
    response.end('{"id":"1"}')
  })
  await new Promise<void>(ready => server.listen(0, '127.0.0.1', ready))
  try {
    const { code, err } = await run({ TANDEM_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
    expect(code).toBe(1)
    expect(err).toMatch(/promised: a Location of the new resource\n\s+came: \/somewhere\/else/)
  } finally {
    await new Promise(done => server.close(done))
  }
})
