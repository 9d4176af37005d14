/** How often a bundle takes each of its children. Pure. */
import { fault, type Fault } from '../../platform/errors.ts'

interface Limits {
  numberRelOfferLowerLimit?: number
  numberRelOfferDefault?: number
  numberRelOfferUpperLimit?: number
}

export interface BundleChild {
  id?: string
  href?: string
  bundledProductOfferingOption?: Limits
}

/** Fewest and most that may be chosen, and how many when nothing is said. */
export interface ChildLimits {
  lower: number
  upper: number
  preset: number
}

/** Limits of a bundle's child as they apply when some are left out: at least one, at most as many as one likes, the lower limit by default. */
export function childLimits(child: BundleChild): ChildLimits {
  const option = child.bundledProductOfferingOption ?? {}
  const lower = option.numberRelOfferLowerLimit ?? Math.min(1, option.numberRelOfferDefault ?? 1, option.numberRelOfferUpperLimit ?? 1)
  const upper = option.numberRelOfferUpperLimit ?? Number.MAX_SAFE_INTEGER
  return { lower, upper, preset: option.numberRelOfferDefault ?? lower }
}

/** 0 ≤ lower ≤ default ≤ upper, where they are given. */
export function limitFaults(option: Limits | undefined, path: string): Fault[] {
  if (!option) return []
  const faults: Fault[] = []
  const { numberRelOfferLowerLimit: lower, numberRelOfferDefault: preset, numberRelOfferUpperLimit: upper } = option
  for (const [name, value] of Object.entries({ numberRelOfferLowerLimit: lower, numberRelOfferDefault: preset, numberRelOfferUpperLimit: upper })) {
    if (value !== undefined && value < 0) faults.push(fault(`${path}.${name}`, 'must not be negative', value))
  }
  if (lower !== undefined && upper !== undefined && lower > upper) faults.push(fault(`${path}.numberRelOfferUpperLimit`, 'must not be less than numberRelOfferLowerLimit', upper))
  if (lower !== undefined && preset !== undefined && preset < lower) faults.push(fault(`${path}.numberRelOfferDefault`, 'must not be less than numberRelOfferLowerLimit', preset))
  if (upper !== undefined && preset !== undefined && preset > upper) faults.push(fault(`${path}.numberRelOfferDefault`, 'must not be more than numberRelOfferUpperLimit', preset))
  return faults
}
