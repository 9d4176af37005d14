/** TMF671 promotion: the price engine applies those that are released. */
import { isDeepStrictEqual } from 'node:util'
import type { Static } from 'typebox'
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import { defineResource, type Resource } from '../../tmf/resource.ts'
import { LONGEST_CODE, promotionFaults, type PromotionDoc } from '../pricing/index.ts'
import { promotionApi } from './api.ts'
import { Promotion, promotionStates } from './promotion.schema.ts'

/** Codes that nobody could enter. */
const codeFaults = ({ pattern = [] }: Static<typeof Promotion>): Fault[] =>
  pattern.flatMap((one, p) => one.criteriaGroup.flatMap((group, g) => group.criteria.flatMap(({ criteriaParameter, criteriaValue }, n) =>
    criteriaParameter === 'promotionCode' && criteriaValue.trim().length > LONGEST_CODE ? [fault(`pattern[${p}].criteriaGroup[${g}].criteria[${n}].criteriaValue`, `a code has at most ${LONGEST_CODE} characters`, criteriaValue)] : [])))

export const promotion: Resource<typeof Promotion> = defineResource({
  api: promotionApi,
  name: 'promotion',
  type: 'Promotion',
  table: 'promotion',
  description: 'Something that is given to those who meet its criteria: a share or an amount off charges, or an award beside the price. By priority, exclusive or stackable, with a budget and limits that orders are counted against.',
  schema: Promotion,
  // Its criteria hold codes that are not for everyone, and whom it is for: what it does for a caller is told by its price.
  visibility: 'house',
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { required: ['name'] },
  lifecycle: {
    attribute: 'lifecycleStatus',
    states: promotionStates,
    initial: ['draft', 'test', 'waitForApproval', 'release'],
    moves: {
      draft: ['test', 'waitForApproval', 'release', 'retirement'],
      test: ['draft', 'waitForApproval', 'release', 'retirement'],
      waitForApproval: ['draft', 'test', 'release', 'retirement'],
      release: ['suspend', 'retirement'],
      suspend: ['draft', 'release', 'retirement'],
    },
    movedBy: 'client',
  },
  stamps: { onWrite: ['lastUpdate'] },
  filters: { name: 'text', lifecycleStatus: 'text', promotionType: 'text', lastUpdate: 'instant', 'validFor.startDateTime': 'instant', 'validFor.endDateTime': 'instant' },
  check: (doc, { previous }) => {
    // One that was made when codes could be longer can still be ended.
    const faults = [...promotionFaults(doc as PromotionDoc), ...(isDeepStrictEqual(doc.pattern, previous?.pattern) ? [] : codeFaults(doc))]
    if (faults.length > 0) throw refuse.invalid(faults)
  },
  example: {
    name: 'Spring on the web',
    description: 'A tenth off everything for those who enter the code on the web',
    lifecycleStatus: 'draft',
    promotionType: 'Discount',
    pattern: [
      {
        name: 'A tenth off',
        priority: 10,
        criteriaGroupLogicalRelationship: 'AND',
        criteriaGroup: [{ criteriaLogicalRelationship: 'AND', criteria: [{ criteriaParameter: 'channel', criteriaOperator: '=', criteriaValue: 'web' }, { criteriaParameter: 'promotionCode', criteriaOperator: '=', criteriaValue: 'SPRING' }] }],
        action: [{ actionType: 'percentage', actionValue: '10', chargeType: 'recurring', applicationDuration: { amount: 6, units: 'month' } }],
      },
    ],
  },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'a criterion compares what is not known, or a condition is none', attribute: 'pattern[0].criteriaGroup[0].criteria[0].criteriaParameter' },
    { status: 400, code: 'invalidAttribute', when: 'a discount has no share, or a reduction no amount with a currency', attribute: 'pattern[0].action[0].actionValue' },
  ],
})
