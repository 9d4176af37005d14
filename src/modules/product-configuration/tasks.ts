/** The two tasks of TMF760: answered in the request, kept as they were answered. */
import { defineResource } from '../../tmf/resource.ts'
import { answerCheck, answerQuery } from './answer-task.ts'
import { productConfigurationApi } from './api.ts'
import { customerIn } from './read-selection.ts'
import { CheckProductConfiguration, QueryProductConfiguration, TASK_STATES } from './task.schema.ts'

const lifecycle = {
  attribute: 'state',
  states: TASK_STATES,
  initial: ['acknowledged'],
  moves: { acknowledged: ['inProgress', 'done', 'rejected', 'cancelled', 'terminatedWithError'], inProgress: ['done', 'cancelled', 'terminatedWithError'] },
  movedBy: 'server',
} as const

const answers = { takesId: true, alsoAnswers: [200, 202], answers: (doc: { instantSync?: boolean }) => (doc.instantSync === true ? 200 : 201) }
const refusals = [{ status: 400, code: 'invalidAttribute', when: 'two items have one id, or a configuration names no offering', attribute: 'productConfiguration.productOffering' }]

export const checkProductConfiguration = defineResource({
  api: productConfigurationApi,
  name: 'checkProductConfiguration',
  type: 'CheckProductConfiguration',
  table: 'check_product_configuration',
  description: 'Checks configurations, all of a task as one selection: approved, or rejected with every reason, the smallest change that mends it and, where wanted, what it would be then.',
  schema: CheckProductConfiguration,
  operations: ['list', 'get', 'create'],
  create: { required: ['@type', 'checkProductConfigurationItem'], ...answers },
  lifecycle,
  filters: { state: 'text', 'channel.id': 'text' },
  references: [{ path: 'relatedParty[].partyOrPartyRole' }],
  ownerParty: customerIn,
  external: false,
  prepare: async (draft, { previous, deps, context, now }) => (previous === undefined ? await answerCheck(draft, deps, context, now) : draft),
  example: {
    '@type': 'CheckProductConfiguration',
    instantSync: false,
    provideAlternatives: true,
    checkProductConfigurationItem: [{ '@type': 'CheckProductConfigurationItem', id: '1', productConfiguration: { '@type': 'ProductConfiguration', id: '1', quantity: 1, isSelected: true, productOffering: { '@type': 'ProductOfferingRef', id: 'home-trio' } } }],
  },
  refusals,
})

export const queryProductConfiguration = defineResource({
  api: productConfigurationApi,
  name: 'queryProductConfiguration',
  type: 'QueryProductConfiguration',
  table: 'query_product_configuration',
  description: 'Asks what can be chosen, given what was chosen so far: each offering, part and value as selected, defaulted, required, excluded or allowed, with reasons and prices. Asked again after each choice.',
  schema: QueryProductConfiguration,
  operations: ['list', 'get', 'create'],
  create: { required: ['@type', 'requestProductConfigurationItem'], ...answers },
  serverSet: ['computedProductConfigurationItem'],
  lifecycle,
  filters: { state: 'text', 'channel.id': 'text' },
  references: [{ path: 'relatedParty[].partyOrPartyRole' }],
  ownerParty: customerIn,
  external: false,
  prepare: async (draft, { previous, deps, context, now }) => (previous === undefined ? await answerQuery(draft, deps, context, now) : draft),
  example: {
    '@type': 'QueryProductConfiguration',
    instantSync: false,
    requestProductConfigurationItem: [{ '@type': 'QueryProductConfigurationItem', id: '1', productConfiguration: { '@type': 'ProductConfiguration', id: '1', productOffering: { '@type': 'ProductOfferingRef', id: 'home-trio' } } }],
  },
  refusals,
})
