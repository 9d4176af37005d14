/** HTML put together from text: whatever is no HTML yet is escaped. Pure. */

export interface Html {
  readonly html: string
}

type Part = string | number | Html | undefined | false | readonly Part[]

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string): string => text.replace(/[&<>"']/g, char => ESCAPES[char] ?? char)

const render = (part: Part): string => {
  if (part === undefined || part === false) return ''
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part))
  return 'html' in part ? part.html : part.map(render).join('')
}

export const html = (texts: TemplateStringsArray, ...parts: Part[]): Html => ({ html: texts.reduce((all, text, index) => all + render(parts[index - 1]) + text) })
