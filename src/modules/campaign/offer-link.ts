/** What stands in the fragment of a link to an offer: the token, after the brand where it is another than the default one. Pure. */
import { DEFAULT_BRAND } from '../../platform/principal.ts'

const FRAGMENT = /^(?:([A-Za-z0-9][A-Za-z0-9_.-]{0,62})\/)?([A-Za-z0-9_-]{16,100})$/

export const fragmentOf = (brand: string, token: string): string => (brand === DEFAULT_BRAND ? token : `${brand}/${token}`)

/** No token where it is none. */
export const readFragment = (text: string): { brand: string; token: string | undefined } => {
  const [, brand = DEFAULT_BRAND, token] = FRAGMENT.exec(text.trim()) ?? []
  return { brand, token }
}
