/** A bounded map whose entries end by themselves: credentials that were looked up a moment ago. */

export interface TimedCache<T> {
  get(key: string): T | undefined
  set(key: string, value: T, lifeMs: number): void
  clear(): void
}

/** When it is full the oldest entries go first, so that a flood of guesses costs memory only once. */
export const timedCache = <T>(most: number): TimedCache<T> => {
  const entries = new Map<string, { value: T; until: number }>()
  return {
    get: key => {
      const entry = entries.get(key)
      if (entry === undefined) return undefined
      if (entry.until > Date.now()) return entry.value
      entries.delete(key)
      return undefined
    },
    set: (key, value, lifeMs) => {
      if (lifeMs <= 0) return
      entries.delete(key)
      if (entries.size >= most) {
        const oldest = entries.keys().next()
        if (oldest.done !== true) entries.delete(oldest.value)
      }
      entries.set(key, { value, until: Date.now() + lifeMs })
    },
    clear: () => { entries.clear() },
  }
}
