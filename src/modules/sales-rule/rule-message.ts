/** The words of a rule in a language that the reader understands. Pure. */
import { inLanguageOf } from '../../platform/language.ts'
import type { SalesRule } from './sales-rule-types.ts'

/** In the reader's language, else the rule's own fallback, else its first words. */
export const messageOf = ({ message = [], fallbackLanguage, name, id }: Pick<SalesRule, 'message' | 'fallbackLanguage' | 'name' | 'id'>, accept: string | undefined): string =>
  inLanguageOf(message, accept, fallbackLanguage)?.text ?? message[0]?.text ?? name ?? id
