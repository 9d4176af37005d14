/** Access technologies: the names that coverage uses, and the codes that the FCC's availability files use for them. */

/** FCC Broadband Data Collection codes and our names. Coverage may use further names (mobile5g); data decides, not this list. */
const FCC_TECHNOLOGIES: Readonly<Record<string, string>> = {
  '0': 'other',
  '10': 'copper',
  '40': 'cable',
  '50': 'fibre',
  '60': 'geostationarySatellite',
  '61': 'lowOrbitSatellite',
  '70': 'unlicensedFixedWireless',
  '71': 'licensedFixedWireless',
  '72': 'licensedByRuleFixedWireless',
}

/** Other spellings that channels and files send; compared in lower case without spaces, dashes and underscores. */
const SPELLINGS: Readonly<Record<string, string>> = {
  fiber: 'fibre',
  ftth: 'fibre',
  fttp: 'fibre',
  dsl: 'copper',
  vdsl: 'copper',
  adsl: 'copper',
  coax: 'cable',
  docsis: 'cable',
  hfc: 'cable',
  '5g': 'mobile5g',
  '4g': 'mobile4g',
  lte: 'mobile4g',
}

/** What a technology is called here, at most 40 letters and digits. */
export const TECHNOLOGY_PATTERN = '^[a-z][A-Za-z0-9]{0,39}$'

const known = new Map(Object.values(FCC_TECHNOLOGIES).map(name => [name.toLowerCase(), name]))

/** The name for a code of the FCC's files; undefined when it is none of theirs. */
export const fccTechnologyOf = (code: string): string | undefined => (Object.hasOwn(FCC_TECHNOLOGIES, code) ? FCC_TECHNOLOGIES[code] : undefined)

/** The name for a code (`50`, 50) or a spelling (`FTTH`, `Fiber`); undefined when it cannot be a technology. */
export const technologyOf = (given: string | number): string | undefined => {
  const text = String(given).trim()
  const code = Object.hasOwn(FCC_TECHNOLOGIES, text) ? FCC_TECHNOLOGIES[text] : undefined
  if (code !== undefined) return code
  const plain = text.toLowerCase().replaceAll(/[\s_-]/g, '')
  if (Object.hasOwn(SPELLINGS, plain)) return SPELLINGS[plain]
  const name = known.get(plain) ?? text.charAt(0).toLowerCase() + text.slice(1).replaceAll(/[\s_-]/g, '')
  return new RegExp(TECHNOLOGY_PATTERN).test(name) ? name : undefined
}
