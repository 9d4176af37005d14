/** Which promotions codes are for. Asked of the store, not of the price engine: a promotion that was made a moment ago counts. */
import { systemContext, type Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { codeOf } from '../pricing/index.ts'
import { promotion } from './promotion.ts'
import type { Promotion } from './promotion.schema.ts'

const hasCode = ({ pattern = [] }: Promotion, code: string): boolean =>
  pattern.some(one => one.criteriaGroup.some(group => group.criteria.some(({ criteriaParameter, criteriaOperator, criteriaValue }) => criteriaParameter === 'promotionCode' && criteriaOperator === '=' && codeOf(criteriaValue) === code)))

const ALL = 1_000_000

/** Promotions in whatever state that ask for the code, in whatever spelling. */
export const promotionsOf = async (deps: Pick<Services, 'store'>, { brand, correlationId }: Pick<Context, 'brand' | 'correlationId'>, entered: string): Promise<Promotion[]> => {
  const context = systemContext(brand, correlationId)
  const code = codeOf(entered)
  const spelled = await deps.store.find(context, promotion, { where: [{ path: 'pattern.criteriaGroup.criteria.criteriaValue', value: [...new Set([entered, code, code.toLowerCase()])] }], limit: ALL })
  const found = spelled.filter(one => hasCode(one.doc, code))
  if (found.length > 0) return found.map(one => one.doc)
  // Spelled in another way than codes are as a rule.
  return (await deps.store.find(context, promotion, { limit: ALL })).flatMap(one => (hasCode(one.doc, code) ? [one.doc] : []))
}
