/** An HTTP listener for events, which answers as it is told and remembers what came. */
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  body: string
  event: any
  headers: IncomingHttpHeaders
  at: number
}

export interface Listener {
  url: string
  /** What was answered with 2xx. */
  taken: Received[]
  /** Every request. */
  asked: Received[]
  /** Decides the status of each answer; may wait. */
  answer: (received: Received) => number | Promise<number>
  close(): Promise<void>
}

export const startListener = async (): Promise<Listener> => {
  const listener: Listener = { url: '', taken: [], asked: [], answer: () => 204, close: async () => {} }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      const received: Received = { body, event: JSON.parse(body), headers: request.headers, at: Date.now() }
      listener.asked.push(received)
      void Promise.resolve(listener.answer(received)).then(status => {
        if (status >= 200 && status < 300) listener.taken.push(received)
        response.writeHead(status, status >= 300 && status < 400 ? { location: '/elsewhere' } : {}).end()
      })
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  listener.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`
  listener.close = () =>
    new Promise(resolve => {
      server.closeAllConnections()
      server.close(() => resolve())
    })
  return listener
}
