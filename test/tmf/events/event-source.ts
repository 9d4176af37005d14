/** A reader of server-sent events over real HTTP, which can be told not to read. */
import { request as open, type ClientRequest, type IncomingMessage } from 'node:http'

export interface Message {
  id: string
  type: string
  data: any
}

export interface EventSource {
  status: number
  headers: IncomingMessage['headers']
  messages: Message[]
  /** Id that a new connection would go on from. */
  lastId: () => string
  /** Everything as it came. */
  text: () => string
  isOver: () => boolean
  pause: () => void
  resume: () => void
  close: () => void
  /** The body of an answer that is no stream. */
  error: () => any
}

export const connect = (url: string, headers: Record<string, string> = {}): Promise<EventSource> =>
  new Promise((resolve, reject) => {
    const request: ClientRequest = open(url, { headers: { accept: 'text/event-stream', ...headers }, agent: false }, answer => {
      let text = ''
      let rest = ''
      let lastId = ''
      let isOver = false
      const source: EventSource = {
        status: answer.statusCode ?? 0,
        headers: answer.headers,
        messages: [],
        lastId: () => lastId,
        text: () => text,
        isOver: () => isOver,
        pause: () => void answer.pause(),
        resume: () => void answer.resume(),
        close: () => void request.destroy(),
        error: () => JSON.parse(text),
      }
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => {
        text += chunk
        rest += chunk
        const blocks = rest.split('\n\n')
        rest = blocks.pop() ?? ''
        for (const block of blocks) {
          const lines = block.split('\n').map(line => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trimStart()] as const)
          const field = (name: string): string | undefined => lines.find(([key]) => key === name)?.[1]
          lastId = field('id') ?? lastId
          const data = field('data')
          if (data !== undefined) source.messages.push({ id: lastId, type: field('event') ?? 'message', data: JSON.parse(data) })
        }
        if (answer.headers['content-type']?.startsWith('text/event-stream')) resolve(source)
      })
      const over = (): void => {
        isOver = true
        resolve(source)
      }
      answer.on('end', over)
      answer.on('close', over)
      answer.on('error', over)
    })
    request.on('error', reject)
    request.end()
  })
