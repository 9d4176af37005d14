/** Settings that each request asks for and that change once a month: remembered for a second, and forgotten at once by the process that changes them. */
import type { Services } from './services.ts'

const REMEMBERED_MS = 1_000

interface Remembered<T> {
  value: Promise<T>
  until: number
}

/** What `load` answers for a brand. A load that fails is not remembered. */
export const remembering = <T, D extends Pick<Services, 'database'>>(load: (deps: D, brand: string) => Promise<T>) => {
  const memories = new WeakMap<object, Map<string, Remembered<T>>>()
  return {
    of: (deps: D, brand: string): Promise<T> => {
      let memory = memories.get(deps.database)
      if (!memory) memories.set(deps.database, (memory = new Map()))
      const known = memory.get(brand)
      if (known && performance.now() < known.until) return known.value
      const value = load(deps, brand)
      memory.set(brand, { value, until: performance.now() + REMEMBERED_MS })
      value.catch(() => memory.delete(brand))
      return value
    },
    forget: (deps: Pick<Services, 'database'>): void => void memories.delete(deps.database),
  }
}
