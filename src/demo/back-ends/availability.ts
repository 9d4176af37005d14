/** What the fixed stack says can be had at a point: by the distance to its exchange, as stacks do. */
import { refused } from './refused.ts'
import type { Reply } from './work.ts'

/** In the middle of Doggerhaven. */
const exchange = { latitude: 54.72, longitude: 2.75 }
const earthKm = 6371
const fibreKm = 1.5
const copperKm = 5

const radians = (degrees: number): number => (degrees * Math.PI) / 180

const kmTo = (latitude: number, longitude: number): number => {
  const [north, east] = [radians(latitude - exchange.latitude), radians(longitude - exchange.longitude)]
  const a = Math.sin(north / 2) ** 2 + Math.cos(radians(latitude)) * Math.cos(radians(exchange.latitude)) * Math.sin(east / 2) ** 2
  return 2 * earthKm * Math.asin(Math.sqrt(a))
}

/** GET /availability?latitude=…&longitude=… */
export const availability = (query: URLSearchParams): Reply => {
  const [latitude, longitude] = [Number(query.get('latitude') ?? Number.NaN), Number(query.get('longitude') ?? Number.NaN)]
  if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) throw refused(400, 'invalidRequest', 'latitude and longitude must be degrees on earth')
  const km = kmTo(latitude, longitude)
  const line = (tech: string, reach: number, down: number, up: number, delay: 'low' | 'standard'): object => ({ tech, orderable: km <= reach, speed: { down, up }, delay, freePorts: 8 })
  const copper = Math.max(6, Math.round(100 * (1 - km / copperKm)))
  return { status: 200, body: { distanceKm: Math.round(km * 100) / 100, lines: [line('FTTH', fibreKm, 1000, 500, 'low'), line('VDSL', copperKm, copper, Math.round(copper / 4), 'standard')] } }
}
