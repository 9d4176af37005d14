/** Languages that a reader understands, as Accept-Language says them, and words that are kept in several. Pure. */

/** Languages of an Accept-Language header, the liked ones first; those that are refused (q=0) left out. */
export const languagesOf = (accept: string | undefined): string[] =>
  (accept ?? '')
    .split(',')
    .flatMap((part, index) => {
      const [tag = '', ...parameters] = part.trim().split(';')
      const q = parameters.map(one => /^\s*q=([0-9.]+)\s*$/i.exec(one)?.[1]).find(one => one !== undefined)
      const weight = q === undefined ? 1 : Number(q)
      return tag === '' || tag === '*' || !(weight > 0) ? [] : [{ tag: tag.toLowerCase(), weight, index }]
    })
    .sort((a, b) => b.weight - a.weight || a.index - b.index)
    .map(one => one.tag)

const primary = (tag: string): string => tag.split('-')[0] ?? tag

/** The one in a language that the reader likes best, else in the fallback; undefined where there is none. de-CH is content with de, and de with de-CH. */
export const inLanguageOf = <T extends { language: string }>(all: readonly T[], accept: string | undefined, fallback?: string): T | undefined => {
  const known = all.map(one => ({ tag: one.language.toLowerCase(), one }))
  for (const wanted of [...languagesOf(accept), ...(fallback === undefined ? [] : [fallback.toLowerCase()])]) {
    const found = known.find(each => each.tag === wanted) ?? known.find(each => each.tag === primary(wanted)) ?? known.find(each => primary(each.tag) === primary(wanted))
    if (found) return found.one
  }
  return undefined
}
