/** What of a file was not taken, and why: the first of it one by one, the rest counted. */

import { visible } from '../../../platform/text.ts'

/** Where in a file: a line, or a feature of a GeoJSON document; both from 1. */
export interface RejectedPart {
  line?: number
  feature?: number
  reason: string
}

const MOST_SHOWN = 100
const LONGEST_REASON = 300

export interface Rejections {
  add(at: Omit<RejectedPart, 'reason'>, reason: string): void
  readonly count: number
  readonly shown: readonly RejectedPart[]
}

export const rejections = (): Rejections => {
  const shown: RejectedPart[] = []
  let count = 0
  return {
    add: (at, reason) => {
      count += 1
      if (shown.length < MOST_SHOWN) shown.push({ ...at, reason: visible(reason.slice(0, LONGEST_REASON)) })
    },
    get count() {
      return count
    },
    shown,
  }
}
