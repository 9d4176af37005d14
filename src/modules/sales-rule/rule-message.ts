/** The words of a rule in a language that the reader understands. Pure. */
import type { SalesRule } from './sales-rule-types.ts'

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

/** de-CH is content with de, and de with de-CH; else the rule's own fallback, else its first words. */
export const messageOf = ({ message = [], fallbackLanguage, name, id }: Pick<SalesRule, 'message' | 'fallbackLanguage' | 'name' | 'id'>, accept: string | undefined): string => {
  const known = message.map(one => ({ tag: one.language.toLowerCase(), text: one.text }))
  for (const wanted of [...languagesOf(accept), ...(fallbackLanguage === undefined ? [] : [fallbackLanguage.toLowerCase()])]) {
    const found = known.find(one => one.tag === wanted) ?? known.find(one => one.tag === primary(wanted)) ?? known.find(one => primary(one.tag) === primary(wanted))
    if (found) return found.text
  }
  return known[0]?.text ?? name ?? id
}
