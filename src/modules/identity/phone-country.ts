/** The country by whose rules a brand's phone numbers are read where they are written without one. */
import type { CountryCode } from 'libphonenumber-js'
import type { Config } from '../../config.ts'
import { countryOf } from './normalise.ts'

export const phoneCountry = (config: Pick<Config, 'phoneCountries'>, brand: string): CountryCode | undefined => countryOf(config.phoneCountries[brand] ?? config.phoneCountries['*'])
