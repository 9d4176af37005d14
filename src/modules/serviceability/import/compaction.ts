/**
 * Puts cells together into larger ones, so that a point is found in the result exactly where it lies in one of the cells. H3's own compaction
 * goes by descent, but a cell does not contain its descendants: they stick out of it at its edges, and others' reach in. A check looks a point's
 * cells up by where it lies, so what was put together by descent alone has gaps along its seams, and reaches beyond its rim. Pure.
 */
import { cellToCenterChild, cellToChildren, cellToParent, compactCells, getResolution, gridDisk, uncompactCells } from 'h3-js'

/** The cells, all of one resolution and none twice, as fewer ones of several. */
export const putTogether = (cells: readonly string[], resolution: number): string[] => {
  const kept: string[] = []
  let level = [...cells]
  for (let finer = resolution; finer > 0 && level.length > 0; finer -= 1) {
    const coarser = finer - 1
    const byDescent = compactCells(level)
    const alone = new Set(byDescent.filter(cell => getResolution(cell) === finer))
    const complete = new Set(uncompactCells(byDescent.filter(cell => getResolution(cell) < finer), coarser))
    const isThere = (cell: string): boolean => alone.has(cell) || complete.has(cellToParent(cell, coarser))
    // One may stand for what lies in it when all that lies in it is there: its children, and those beside them that reach in.
    const standing = new Set([...complete].filter(cell => gridDisk(cell, 1).every(near => complete.has(near)) || gridDisk(cellToCenterChild(cell, finer), 2).every(isThere)))
    for (const cell of alone) kept.push(cell)
    for (const cell of complete) {
      const isStanding = standing.has(cell)
      if (isStanding && gridDisk(cell, 1).every(near => standing.has(near))) continue
      // A child that sticks out of it stays, unless the one that it reaches into stands too.
      for (const child of cellToChildren(cell, finer)) if (!isStanding || !gridDisk(child, 1).every(near => standing.has(cellToParent(near, coarser)))) kept.push(child)
    }
    level = [...standing]
  }
  // Of resolution 0, or none.
  for (const cell of level) kept.push(cell)
  return kept
}
