/**
 * Doggerhaven, the town of the sample: streets and houses on the Dogger Bank, where on the map there is only sea (so that nobody's
 * address is hit by accident), and what can be delivered where, on real H3 cells.
 */
import { cellToChildren, gridDisk, gridRingUnsafe, latLngToCell } from 'h3-js'

const centre = { latitude: 54.72, longitude: 2.75 } as const
const city = 'Doggerhaven'

export interface SampleAddress {
  id: string
  street: string
  streetNumber: string
  postcode: string
  city: string
  country: string
  latitude: number
  longitude: number
  locality: string
  stateOrProvince: string
  subAddress?: { subAddressType: string; levelType: string; levelNumber: string; subUnitType: string; subUnitNumber: string }[]
}

interface Street {
  name: string
  postcode: string
  /** Metres east and north of the centre where the street begins. */
  from: readonly [east: number, north: number]
  /** Degrees clockwise from north. */
  heading: number
  houses: number
}

const streets: Street[] = [
  { name: 'Quay Street', postcode: 'ZD1 1AA', from: [-200, -100], heading: 90, houses: 24 },
  { name: 'Herring Lane', postcode: 'ZD1 1AB', from: [-150, 0], heading: 80, houses: 20 },
  { name: 'Lighthouse Road', postcode: 'ZD1 1AC', from: [100, 150], heading: 20, houses: 22 },
  { name: 'Chandler Square', postcode: 'ZD1 1AD', from: [50, -50], heading: 120, houses: 12 },
  { name: 'Foghorn Terrace', postcode: 'ZD1 2AE', from: [-600, 300], heading: 300, houses: 18 },
  { name: 'Kittiwake Avenue', postcode: 'ZD2 1AA', from: [900, 400], heading: 60, houses: 26 },
  { name: 'Samphire Street', postcode: 'ZD2 1AB', from: [1000, 900], heading: 90, houses: 20 },
  { name: 'Marram Road', postcode: 'ZD2 2AC', from: [-1000, -900], heading: 200, houses: 22 },
  { name: 'Sandbank Crescent', postcode: 'ZD3 1AA', from: [1900, -1500], heading: 150, houses: 20 },
  { name: 'Amber Way', postcode: 'ZD3 1AB', from: [-2100, 1600], heading: 280, houses: 20 },
  { name: 'Tidegauge Lane', postcode: 'ZD3 2AC', from: [300, 2300], heading: 10, houses: 14 },
  { name: 'Far Skerry', postcode: 'ZD4 1AA', from: [-500, -4700], heading: 180, houses: 6 },
]

const metresPerDegree = 111_320
const metresBetweenHouses = 18

const at = (east: number, north: number): { latitude: number; longitude: number } => ({
  latitude: Number((centre.latitude + north / metresPerDegree).toFixed(6)),
  longitude: Number((centre.longitude + east / (metresPerDegree * Math.cos((centre.latitude * Math.PI) / 180))).toFixed(6)),
})

/** `Quay Street` 7 → `adr-quay-street-7`. */
export const addressId = (street: string, number: number): string => `adr-${street.toLowerCase().replaceAll(' ', '-')}-${number}`

/** Districts by the beginning of the postcode. */
const localities: Readonly<Record<string, string>> = { ZD1: 'Harbour', ZD2: 'Upper Town', ZD3: 'Sands', ZD4: 'The Skerries' }

/** The houses around the square have three floors with two flats each. */
const flats = ['0', '1', '2'].flatMap(levelNumber => ['A', 'B'].map(letter => ({ subAddressType: 'subunit', levelType: 'floor', levelNumber, subUnitType: 'flat', subUnitNumber: `${levelNumber}${letter}` })))

const housesOf = (street: Street): SampleAddress[] =>
  Array.from({ length: street.houses }, (_, index) => {
    const along = index * metresBetweenHouses
    const radians = (street.heading * Math.PI) / 180
    return {
      id: addressId(street.name, index + 1),
      street: street.name,
      streetNumber: String(index + 1),
      postcode: street.postcode,
      city,
      country: 'GB',
      locality: localities[street.postcode.slice(0, 3)] ?? 'Outer Bank',
      stateOrProvince: 'Dogger Bank',
      ...(street.name === 'Chandler Square' && { subAddress: flats }),
      ...at(street.from[0] + along * Math.sin(radians), street.from[1] + along * Math.cos(radians)),
    }
  })

export const sampleAddresses: SampleAddress[] = streets.flatMap(housesOf)

/** A row of coverage as the serviceability module reads it. */
export interface SampleCoverage {
  provider: string
  technology: string
  maxDownload: number
  maxUpload: number
  latencyClass: 'low' | 'standard'
  marketSegment: 'business' | 'residential' | 'both'
  cell?: string
  addressId?: string
  since?: string
  capacity?: number
  source: string
  asOf: string
}

type Line = Pick<SampleCoverage, 'provider' | 'technology' | 'maxDownload' | 'maxUpload' | 'latencyClass'> & Partial<SampleCoverage>

const own = 'doggerland-fixed'
const mobile = 'doggerland-mobile'
const wholesale = 'northsea-wholesale'

const row = (line: Line): SampleCoverage => ({ marketSegment: 'both', source: 'sample', asOf: '2025-01-01T00:00:00Z', ...line })
const onCells = (cells: readonly string[], line: Line): SampleCoverage[] => cells.map(cell => row({ ...line, cell }))

/** Cells of about 0.7 km²: the town is a disk of 37 of them. */
const middle = latLngToCell(centre.latitude, centre.longitude, 8)
const ring = (distance: number): string[] => (distance === 0 ? [middle] : gridRingUnsafe(middle, distance))
const newTown = latLngToCell(at(1900, -1500).latitude, at(1900, -1500).longitude, 8)

const fibre = { provider: own, technology: 'fibre', latencyClass: 'low' } as const
const masts = (provider: string): SampleCoverage[] => [
  ...onCells(gridDisk(middle, 2), { provider, technology: 'mobile5g', maxDownload: 300, maxUpload: 50, latencyClass: 'low' }),
  ...onCells(gridDisk(middle, 4), { provider, technology: 'mobile4g', maxDownload: 60, maxUpload: 10, latencyClass: 'standard' }),
]

export const ownCoverage: SampleCoverage[] = [
  // Fibre in the old town, and every second cell around it; companies get more of it at the harbour.
  ...onCells([...ring(0), ...ring(1)], { ...fibre, maxDownload: 2000, maxUpload: 2000, capacity: 5000, marketSegment: 'residential' }),
  ...onCells([...ring(0), ...ring(1)], { ...fibre, maxDownload: 10_000, maxUpload: 10_000, capacity: 500, marketSegment: 'business' }),
  ...onCells(ring(2).filter((_, index) => index % 2 === 0), { ...fibre, maxDownload: 1000, maxUpload: 1000, capacity: 2000 }),
  ...onCells(gridDisk(middle, 2), { provider: own, technology: 'cable', maxDownload: 1000, maxUpload: 100, latencyClass: 'standard' }),
  ...onCells(gridDisk(middle, 3), { provider: own, technology: 'copper', maxDownload: 80, maxUpload: 20, latencyClass: 'standard' }),
  // A wholesale partner on one side of the rim; on the other the diggers are still at work, cell by small cell.
  ...onCells(ring(3).filter((_, index) => index < 6), { provider: wholesale, technology: 'fibre', maxDownload: 500, maxUpload: 500, latencyClass: 'low', marketSegment: 'residential' }),
  ...onCells(cellToChildren(newTown, 9), { ...fibre, maxDownload: 1000, maxUpload: 1000, since: '2035-01-01T00:00:00Z' }),
  // One house whose cabinet is full, and one that has its own line.
  row({ ...fibre, maxDownload: 2000, maxUpload: 2000, addressId: addressId('Herring Lane', 13), capacity: 0 }),
  row({ ...fibre, maxDownload: 10_000, maxUpload: 10_000, addressId: addressId('Far Skerry', 1), marketSegment: 'business', capacity: 1 }),
  ...masts(mobile),
]

export const virtualCoverage: SampleCoverage[] = onCells(gridDisk(middle, 4), { provider: mobile, technology: 'mobile4g', maxDownload: 60, maxUpload: 10, latencyClass: 'standard' })
