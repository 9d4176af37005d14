/**
 * Lets few through at once: what prepares a document inside a transaction reads on a second connection, and were all connections taken by
 * such transactions, each would wait for one that none gives back.
 */
const MOST = 3

let inside = 0
const waiting: (() => void)[] = []

export const throughGate = async <T>(work: () => Promise<T>): Promise<T> => {
  if (inside >= MOST) await new Promise<void>(enter => waiting.push(enter))
  else inside += 1
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    // Its place is handed on.
    if (next) next()
    else inside -= 1
  }
}
