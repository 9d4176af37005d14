/** Stored forms of checkProductConfiguration and queryProductConfiguration (TMF760 v5). */
import { Type, type Static } from 'typebox'
import { extensible } from '../../tmf/types/attributes.ts'
import { bundledGroupProductOfferingDefinition, checkProductConfigurationItemDefinition, productConfigurationDefinition, queryProductConfigurationItemDefinition, type CheckProductConfigurationItem, type QueryProductConfigurationItem } from './configuration-types.ts'
import { definition } from '../../tmf/types/attributes.ts'
import { Characteristic, ChannelRef, EntityRef, RelatedPartyOrPartyRole } from './v5-references.ts'
import { productRefOrValueDefinition } from './v5-product.ts'

export const TASK_STATES = ['acknowledged', 'rejected', 'inProgress', 'cancelled', 'done', 'terminatedWithError'] as const

const MOST_ITEMS = 100

const common = {
  id: Type.String({ description: 'Identifier, unique among its kind' }),
  href: Type.String({ description: 'Where it can be read' }),
  channel: Type.Optional(ChannelRef),
  relatedParty: Type.Optional(Type.Array(RelatedPartyOrPartyRole, { description: 'Parties with a part in it, each with its role' })),
  contextEntity: Type.Optional(EntityRef),
  contextCharacteristic: Type.Optional(Type.Array(Characteristic, { description: 'Further circumstances by name; currency is one' })),
  instantSync: Type.Optional(Type.Boolean({ description: 'True when the answer is wanted in the request; it always is in it' })),
  state: Type.Optional(Type.Enum([...TASK_STATES], { type: 'string', description: 'Where the task stands' })),
}
const shared = { ProductConfiguration: productConfigurationDefinition, ProductRefOrValue: productRefOrValueDefinition, BundledGroupProductOffering: bundledGroupProductOfferingDefinition }

export const CheckProductConfiguration = Type.Object(
  {
    ...common,
    provideAlternatives: Type.Optional(Type.Boolean({ description: 'True to be told what can be had instead' })),
    checkProductConfigurationItem: Type.Optional(Type.Array(definition<CheckProductConfigurationItem>('CheckProductConfigurationItem'), { minItems: 1, maxItems: MOST_ITEMS, description: 'What is checked; all items together are one selection' })),
    ...extensible,
  },
  { description: 'Whether configurations can be had', $defs: { CheckProductConfigurationItem: checkProductConfigurationItemDefinition, ...shared } },
)
export type CheckProductConfiguration = Static<typeof CheckProductConfiguration>

export const QueryProductConfiguration = Type.Object(
  {
    ...common,
    requestProductConfigurationItem: Type.Optional(Type.Array(definition<QueryProductConfigurationItem>('QueryProductConfigurationItem'), { minItems: 1, maxItems: MOST_ITEMS, description: 'What is asked about, with what has been chosen so far' })),
    computedProductConfigurationItem: Type.Optional(Type.Array(definition<QueryProductConfigurationItem>('QueryProductConfigurationItem'), { description: 'The answer: what can be chosen, and what follows' })),
    ...extensible,
  },
  { description: 'What can be chosen', $defs: { QueryProductConfigurationItem: queryProductConfigurationItemDefinition, ...shared } },
)
export type QueryProductConfiguration = Static<typeof QueryProductConfiguration>
