/** What the sample data is made of: documents by resource name, each with the readable id that it is stored under. */

export interface SampleRecord {
  brand: string
  /** Name of a TMF resource or of one of Tandem's own: `productOffering`, `deliveryRule`. */
  resource: string
  id: string
  doc: Record<string, unknown>
  /** Ids of the same kind that it points at. */
  needs?: readonly string[]
  /** What is changed right after: states that nothing begins in. */
  afterwards?: Record<string, unknown>
}

/** The provider's own brand, and a virtual operator that shares its systems and nothing else. */
export const brands = { own: 'default', virtual: 'breeze' } as const

export const currency = 'GBP'
export const jurisdiction = 'GB'

/** A reference with its name, so that documents can be read without looking everything up. */
export const ref = (resource: string, id: string, name: string): Record<string, unknown> => ({ id, name, '@referredType': resource })

/** A sequence of numbers in [0, 1) that is the same on every machine (mulberry32). */
export const randomFrom = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
