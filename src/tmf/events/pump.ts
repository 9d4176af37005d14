/** Loops that work on due rows: woken when there may be some, looking by themselves when nobody wakes them. */
import type { Logger } from 'pino'

export interface PumpOptions {
  name: string
  /** How many work side by side in this process. */
  loops: number
  /** How often idle loops look by themselves. */
  idleMs: number
  log: Logger
  /** One turn. `busy`: come again at once. `full`: there is work for another loop too. */
  turn: () => Promise<'idle' | 'busy' | 'full'>
}

export interface Pump {
  start: () => void
  /** There may be work: wakes one loop. */
  wake: () => void
  /** Lets the turns in hand end; resolves false when they did not by the deadline. */
  stop: (deadlineMs: number) => Promise<boolean>
}

const ERROR_PAUSE_MS = 1_000

export const createPump = (options: PumpOptions): Pump => {
  const { name, loops, idleMs, log, turn } = options
  const sleepers: (() => void)[] = []
  const running: Promise<void>[] = []
  let wakeUps = 0
  let isStopping = false

  const wake = (): void => {
    const sleeper = sleepers.shift()
    if (sleeper) sleeper()
    else wakeUps = Math.min(wakeUps + 1, 1)
  }

  const rest = (ms: number): Promise<void> => {
    if (wakeUps > 0 || isStopping) {
      wakeUps = 0
      return Promise.resolve()
    }
    return new Promise(resolve => {
      const done = (): void => {
        clearTimeout(timer)
        const at = sleepers.indexOf(done)
        if (at >= 0) sleepers.splice(at, 1)
        resolve()
      }
      // Spread, so that processes started together do not look together.
      const timer = setTimeout(done, ms * (0.75 + Math.random() / 2))
      sleepers.push(done)
    })
  }

  const loop = async (): Promise<void> => {
    while (!isStopping) {
      try {
        const outcome = await turn()
        if (outcome === 'full') wake()
        // Together the idle loops look once in this time.
      if (outcome === 'idle') await rest(idleMs * loops)
      } catch (error) {
        log.error({ err: error }, `${name} failed and will go on`)
        await rest(ERROR_PAUSE_MS)
      }
    }
  }

  return {
    wake,
    start: () => {
      for (let i = 0; i < loops; i++) running.push(loop())
    },
    stop: async deadlineMs => {
      isStopping = true
      for (const sleeper of sleepers.splice(0)) sleeper()
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<boolean>(resolve => {
        timer = setTimeout(() => resolve(false), deadlineMs)
      })
      const ended = await Promise.race([Promise.all(running).then(() => true), late])
      clearTimeout(timer)
      return ended
    },
  }
}
