/** What a simulator process can be told, by its environment or by the program that starts it. */
import { resolve } from 'node:path'

export interface BackEndSettings {
  /** 0 picks a free one. */
  port: number
  host: string
  dataDir: string
  /** Of the fault draws. */
  seed: number
  /** Milliseconds from a mobile service order to its completion. */
  mobileMs: number
  /** Milliseconds from a shipment to `shipped`. */
  pickMs: number
  /** Milliseconds from `shipped` to `delivered`, and from a return to `received`. */
  transitMs: number
  /** Phone numbers in the pool. */
  pool: number
  /** Stock of a SKU that was never set. */
  stock: number
  /** How long a request hangs when a time-out was drawn. */
  hangMs: number
}

export const defaultSettings = {
  port: 3900,
  host: '127.0.0.1',
  dataDir: '.data/back-ends',
  seed: 1,
  mobileMs: 400,
  pickMs: 600,
  transitMs: 900,
  pool: 1000,
  stock: 1000,
  hangMs: 60_000,
} satisfies BackEndSettings

const variables = {
  port: 'BACK_ENDS_PORT',
  seed: 'BACK_ENDS_SEED',
  mobileMs: 'BACK_ENDS_MOBILE_MS',
  pickMs: 'BACK_ENDS_PICK_MS',
  transitMs: 'BACK_ENDS_TRANSIT_MS',
  pool: 'BACK_ENDS_POOL',
  stock: 'BACK_ENDS_STOCK',
  hangMs: 'BACK_ENDS_HANG_MS',
} as const

/** Reads the simulators' own environment (their process has nothing to do with Tandem's configuration). Throws on a wrong number, naming the variable. */
export const settingsFromEnvironment = (environment: NodeJS.ProcessEnv): BackEndSettings => {
  const settings: BackEndSettings = {
    ...defaultSettings,
    host: environment['BACK_ENDS_HOST'] ?? defaultSettings.host,
    dataDir: resolve(environment['BACK_ENDS_DATA_DIR'] ?? defaultSettings.dataDir),
  }
  for (const [name, variable] of Object.entries(variables) as [keyof typeof variables, string][]) {
    const text = environment[variable]
    if (text === undefined || text === '') continue
    if (!/^\d{1,9}$/.test(text)) throw new Error(`${variable} must be a whole number, not ${JSON.stringify(text)}`)
    settings[name] = Number(text)
  }
  return settings
}

/** The environment that makes a new process use these settings. */
export const settingsToEnvironment = (settings: BackEndSettings): Record<string, string> => ({
  BACK_ENDS_HOST: settings.host,
  BACK_ENDS_DATA_DIR: settings.dataDir,
  ...Object.fromEntries((Object.entries(variables) as [keyof typeof variables, string][]).map(([name, variable]) => [variable, String(settings[name])])),
})
