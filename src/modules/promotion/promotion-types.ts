/** Parts of a promotion (TMF671). */
import { Type } from 'typebox'
import { entityRef, extensible } from '../../tmf/types/attributes.ts'
import { Duration, TimePeriod } from '../../tmf/types/basics.ts'

const text = (description: string) => Type.Optional(Type.String({ description }))

export const PromotionCriteria = Type.Object(
  {
    id: text('Identifier within the promotion'),
    criteriaOperator: Type.String({ description: 'How the two are compared: =, >, <, >=, <= or <>' }),
    criteriaParameter: Type.String({ minLength: 1, maxLength: 200, description: 'What is looked at: productOffering, productSpecification, category, channel, segment, customer, agreement, place, market, promotionCode, existingProduct, currency, quantity, termMonths, cartTotal, cartQuantity, characteristic.<name>, or condition (CEL in criteriaValue)' }),
    criteriaValue: Type.String({ maxLength: 4000, description: 'What it is compared with' }),
    ...extensible,
  },
  { description: 'One comparison' },
)

export const PromotionCriteriaGroup = Type.Object(
  {
    id: text('Identifier within the promotion'),
    criteriaLogicalRelationship: text('AND (when left out): all criteria must be met. OR: one of them'),
    groupName: text('Name shown to people'),
    criteria: Type.Array(PromotionCriteria, { maxItems: 200, description: 'Comparisons' }),
    ...extensible,
  },
  { description: 'Comparisons that belong together' },
)

export const PromotionAction = Type.Object(
  {
    id: text('Identifier within the promotion'),
    actionType: Type.String({ minLength: 1, description: 'What is given: percentage or currency for discounts and reductions (oneTime, recurring or deposit says chargeType at the same time); voice, data, SMS, bonus point, gift, voucher … for awards' }),
    actionValue: text('How much: 10 (percent) of a Discount, 5.00 EUR of a Reduction, any text of an Award'),
    actionEntityRef: Type.Optional(entityRef('The offering whose price is reduced, instead of what the criteria match; of an award, what is given')),
    chargeType: text('Own extension: which charges it is on, oneTime, recurring or deposit; when left out, a share is on one-time and recurring ones and an amount on one-time ones'),
    applicationDuration: Type.Optional(Duration),
    ...extensible,
  },
  { description: 'What is given' },
)

export const PromotionPattern = Type.Object(
  {
    id: text('Identifier within the promotion'),
    name: text('Name shown to people'),
    description: text('Free text for people'),
    priority: Type.Optional(Type.Integer({ description: 'Smaller comes first' })),
    criteriaGroupLogicalRelationship: text('AND (when left out): all groups must be met. OR: one of them'),
    criteriaGroup: Type.Array(PromotionCriteriaGroup, { maxItems: 50, description: 'When it applies' }),
    action: Type.Array(PromotionAction, { maxItems: 50, description: 'What is given then' }),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'When something is given, and what' },
)
