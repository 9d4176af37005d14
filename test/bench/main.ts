/** `npm run bench [area] [-- --json --short --large]`: every hot path as a ratio to a floor measured in the same run. */
import { customer } from './customer.ts'
import { kit } from './kit.ts'
import type { Measured } from './measure.ts'
import { sales } from './sales.ts'
import { serviceability } from './serviceability.ts'

const areas: Record<string, (options: { turns: number; seconds: number; large: boolean }) => AsyncGenerator<Measured>> = { kit, customer, serviceability, sales }

const words = process.argv.slice(2)
const json = words.includes('--json')
const short = words.includes('--short')
// As many rows as an operator has: filling takes minutes.
const large = words.includes('--large')
const asked = words.filter(word => !word.startsWith('--'))
const unknown = asked.filter(area => !Object.hasOwn(areas, area))
if (unknown.length > 0) {
  console.error(`bench: no area ${unknown.join(', ')}; there are ${Object.keys(areas).join(', ')}`)
  process.exit(2)
}

const column = (value: string | number, width: number): string => String(value).padStart(width)
if (!json) console.log(`${'path'.padEnd(28)}${column('req/s', 9)}${column('floor', 9)}${column('ratio', 8)}${column('p50 ms', 8)}${column('p99 ms', 8)}${column('n', 9)}`)
for (const area of asked.length > 0 ? asked : Object.keys(areas)) {
  for await (const m of areas[area]!({ turns: short ? 1 : 5, seconds: short ? 1 : 3, large })) {
    console.log(json ? JSON.stringify(m) : `${m.name.padEnd(28)}${column(m.value, 9)}${column(m.floor, 9)}${column(m.ratio.toFixed(3), 8)}${column(m.p50, 8)}${column(m.p99, 8)}${column(m.n, 9)}${m.note === undefined ? '' : `  ${m.note}`}`)
  }
}
