/** Tells numbers of bank accounts (ISO 13616) from other long numbers. */

/** How long they are in each country that the registry names. */
const LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20'
    .split(' ')
    .map(one => [one.slice(0, 2), Number(one.slice(2))]),
)

/** Country and check digits to the end, letters as numbers, the rest of a division by 97 is one. */
export const isIban = (text: string): boolean => {
  const iban = text.replaceAll(/[\s-]/g, '').toUpperCase()
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban)) return false
  const digits = `${iban.slice(4)}${iban.slice(0, 4)}`.replaceAll(/[A-Z]/g, letter => String(letter.charCodeAt(0) - 55))
  return digits.split('').reduce((rest, digit) => (rest * 10 + Number(digit)) % 97, 0) === 1
}

const START = /(?<![A-Za-z0-9])([A-Z]{2})\d{2}(?=[\s-]?[A-Z0-9])/g

/** The text without the numbers of bank accounts that stand in it, of their country's length and right by their check digits. */
export const withoutIbans = (text: string): string => {
  let rest = ''
  let from = 0
  for (const found of text.matchAll(START)) {
    const length = LENGTHS[found[1]!]
    if (length === undefined || found.index < from) continue
    let end = found.index
    for (let count = 0; count < length && end < text.length; end += 1) {
      if (/[A-Z0-9]/i.test(text[end]!)) count += 1
      else if (!/[\s-]/.test(text[end]!)) break
    }
    const candidate = text.slice(found.index, end)
    if (candidate.replaceAll(/[\s-]/g, '').length !== length || /^[A-Za-z0-9]/.test(text.slice(end)) || !isIban(candidate)) continue
    rest += `${text.slice(from, found.index)}|IBAN|`
    from = end
  }
  return rest + text.slice(from)
}
