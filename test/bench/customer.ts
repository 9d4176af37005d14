/**
 * What is known of a person and the search for people, among 100,000 customers and, with --large, among a million. Few ask at once, because a
 * page that somebody waits for is measured and not how many a server can carry; the floor is a read of one row by its key.
 */
import pg from 'pg'
import { addPeople, personOf } from './customer-data.ts'
import { timed, type Timed } from './latency.ts'
import type { Measured } from './measure.ts'
import { startServers } from './servers.ts'

const SMALL = 100_000
const LARGE = 1_000_000
const ASKED = 400
const CALLERS = 2
const MOST_TURNS = 3

/** Spread over all, always the same; `step` chooses those of whom there is much (100). */
const some = (size: number, step: number): number[] => Array.from({ length: ASKED }, (_, n) => (1 + ((n * 7_919) % (Math.floor(size / step) - 1))) * step)

/** The letters of a word with two of them swapped. */
const misspelt = (word: string): string => `${word.slice(0, 3)}${word[4] ?? ''}${word[3] ?? ''}${word.slice(5)}`

const requestsOf = (tandem: string, size: number): Record<string, string[]> => {
  const busy = some(size, 100)
  const others = some(size, 1).map(i => (i % 100 === 0 ? i + 1 : i))
  const view = `${tandem}/tandem/v1/customer360`
  const search = (q: string): string => `${tandem}/tandem/v1/customerSearch?q=${encodeURIComponent(q)}`
  const people = others.map(personOf)
  return {
    '360': [...others.map(i => `${view}/cus-${i}`), ...busy.slice(0, ASKED / 99).map(i => `${view}/person-${i}`)],
    '360 of the busy 1%': busy.map(i => `${view}/person-${i}`),
    '360 of others': others.map(i => `${view}/cus-${i}`),
    '360 by phone': others.map(i => `${view}?identifier=phone:${encodeURIComponent(personOf(i).phone)}`),
    'search e-mail': people.map(person => search(person.email)),
    'search name': people.map(person => search(`${person.given} ${person.family}`)),
    'search beginning': people.map(person => search(`${person.given} ${person.family.slice(0, 5)}`)),
    'search typo': people.map(person => search(`${person.given} ${misspelt(person.family)}`)),
    'search address': people.map(person => search(`${person.family} ${person.street} ${person.post}`)),
  }
}

/** Each request must find somebody: a search that finds nothing is fast and worth nothing. */
const check = async (name: string, urls: readonly string[]): Promise<void> => {
  for (const url of urls.slice(0, 20)) {
    const answer = await fetch(url)
    const body = (await answer.json()) as { person?: unknown[]; section?: Record<string, { total?: number }> }
    if (answer.status !== 200 || (body.person?.length ?? body.section?.['products']?.total ?? 0) === 0) throw new Error(`${name}: ${url} found nothing (${answer.status})`)
  }
}

const within = async (databaseUrl: string, work: (client: pg.Client) => Promise<void>): Promise<void> => {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  await work(client)
  await client.end()
}

const rounded = (ms: number): string => String(Math.round(ms * 10) / 10)

export async function* customer(options: { turns: number; seconds: number; large: boolean }): AsyncGenerator<Measured> {
  const servers = await startServers(url => within(url, client => addPeople(client, 1, SMALL)))
  const before = new Map<string, Timed>()
  try {
    for (const size of options.large ? [SMALL, LARGE] : [SMALL]) {
      if (size > SMALL) await within(servers.databaseUrl, client => addPeople(client, SMALL, size))
      const floor = some(size, 1).map(i => `${servers.floor}/person/person-${i}`)
      for (const [name, urls] of Object.entries(requestsOf(servers.tandem, size))) {
        await check(name, urls)
        const measured = await timed(`${name}, ${size === SMALL ? '100k' : '1M'}`, urls, floor, { turns: Math.min(options.turns, MOST_TURNS), seconds: options.seconds, callers: CALLERS })
        const small = before.get(name)
        before.set(name, measured)
        const above = `p99 ${rounded(measured.p99 - measured.floorP99)} ms above the floor's`
        yield { ...measured, note: small === undefined ? above : `${above}; p50 ${rounded(measured.p50 / small.p50)} and p99 ${rounded(measured.p99 / small.p99)} times that of 100k` }
      }
    }
  } finally {
    await servers.stop()
  }
}
