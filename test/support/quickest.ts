/** How promises of speed are tested: a busy machine delays any one try, but not every one, unless the code waits for a poll instead of a wake-up. */

/** Milliseconds of the quickest of up to twenty tries; ends with the first that takes less than `enough`. */
export const quickest = async (enough: number, attempt: (turn: number) => Promise<number>): Promise<number> => {
  let best = Number.POSITIVE_INFINITY
  for (let turn = 0; turn < 20 && best >= enough; turn++) best = Math.min(best, await attempt(turn))
  return best
}
