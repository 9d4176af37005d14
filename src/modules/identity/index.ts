/** The identity module: how parties are recognized, which of them are one person, and how that is taken back. */
import type { Sql, Transaction } from '../../platform/database/sql.ts'
import type { Context } from '../../platform/principal.ts'
import { defineModule } from '../../tmf/module.ts'
import { lockClusters, membersOf, readMembers } from './cluster-store.ts'
import { recognizeParties } from './derive.ts'
import { identityContributions } from './holdings.ts'
import { identitySuggestion } from './identity-suggestion.ts'
import { partyMerge } from './party-merge.ts'
import { phoneCountry } from './phone-country.ts'
import { identityRoutes } from './routes.ts'

export { knownAddressesOf, knownAddressesSql } from './addresses-of.ts'
export { memberSql } from './cluster-store.ts'
export { normalise } from './normalise.ts'
export { firstHolders, holdersOf } from './identifier-store.ts'
export { onPersonsChanged } from './persons-changed.ts'
export { phoneCountry } from './phone-country.ts'

export const identityModule = defineModule({
  name: 'identity',
  dependsOn: ['customer'],
  resources: [partyMerge, identitySuggestion],
  reactions: [recognizeParties((deps, brand) => phoneCountry(deps.config, brand))],
  contributions: identityContributions,
  routes: identityRoutes,
})

/** The same, and nobody merges them with others, or takes a merge of them back, until the transaction ends. */
export const lockPerson = async (tx: Transaction, context: Pick<Context, 'brand'>, partyId: string): Promise<string[]> => {
  const leaders = await lockClusters(tx, context.brand, [partyId])
  return membersOf(leaders, partyId).sort()
}

/** The parties that are the same person as this one, itself included, sorted. One party alone is its own cluster. */
export const clusterOf = (sql: Sql, context: Pick<Context, 'brand'>, partyId: string): Promise<string[]> => readMembers(sql, context.brand, partyId)
