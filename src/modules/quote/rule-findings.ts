/** What the sales rules say of a quote: findings, which are put right before it is approved. */
import { exact } from '../../platform/money.ts'
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import type { LoadedOffering } from '../catalog/index.ts'
import type { PricedComponent } from '../pricing/index.ts'
import { depositWanted } from '../ordering/index.ts'
import { hasGuards, judgeSale } from '../sales-rule/index.ts'
import { customerOf, offeringIdOf, type Finding, type Placed } from './placed-items.ts'
import type { Quote } from './quote.schema.ts'

interface Completed {
  every: readonly Placed[]
  values: ReadonlyMap<string, { characteristic: readonly { name: string; value: unknown }[] }>
  offerings: ReadonlyMap<string, LoadedOffering>
  charges: readonly PricedComponent[]
  now: Date
}

const sum = (charges: readonly PricedComponent[]): { unit: string; value: number } | undefined =>
  charges[0] && { unit: charges[0].currency, value: charges.reduce((total, one) => total.plus(exact(one.taxIncludedAmount)), exact(0)).toNumber() }

export const ruleFindings = async (deps: Services, context: Context, quote: Pick<Quote, 'relatedParty' | 'promotionCode'>, { every, values, offerings, charges, now }: Completed): Promise<Finding[]> => {
  if (!(await hasGuards(deps, context.brand))) return []
  const customer = customerOf(quote)
  const type = quote.relatedParty?.find(one => one.id === customer?.id)?.['@referredType']
  const oneCurrency = new Set(charges.map(one => one.currency)).size < 2
  const sold = every.flatMap(one => {
    const offeringId = offeringIdOf(one.item)
    return offeringId === undefined ? [] : [{ ...one, offeringId }]
  })
  const ids = new Set(sold.map(one => one.id))
  const findings = await judgeSale(deps, context, {
    item: sold.map(({ item, id, parent, place, offeringId }) => {
      const at = place.map(one => one['id']).find(one => typeof one === 'string')
      return {
        id, offeringId, action: item.action ?? 'add', quantity: item.quantity ?? 1,
        characteristic: Object.fromEntries((values.get(id)?.characteristic ?? []).map(one => [one.name, one.value])),
        ...(parent !== undefined && ids.has(parent) && { partOf: parent }),
        ...(typeof at === 'string' && { place: at }),
        ...(item.product?.id !== undefined && { productId: item.product.id }),
      }
    }),
    ...(customer && { customer: type === undefined || type === 'Party' ? { id: customer.id } : { id: customer.id, '@referredType': type } }),
    ...(quote.promotionCode && { promotionCode: quote.promotionCode }),
    ...(oneCurrency && {
      total: { due: sum(charges.filter(one => one.kind === 'oneTime' || one.kind === 'deposit')), monthly: sum(charges.filter(one => one.kind === 'recurring' && one.recurring?.unit === 'month' && one.recurring.count === 1)) },
      ...(charges[0] && { currency: charges[0].currency }),
    }),
    at: now, offerings,
  })
  return findings.map(({ itemId, code, message, rule, deposit, addition }) => ({
    '@type': 'QuoteFinding',
    code, message: deposit === undefined ? message : `${message} (${depositWanted(deposit)})`,
    quoteItemId: itemId,
    salesRule: rule.id,
    ...(deposit && { deposit }),
    ...(addition?.[0] !== undefined && { fix: `Add ${addition.map(id => offerings.get(id)?.doc.name ?? id).join(' or ')}` }),
  }))
}
