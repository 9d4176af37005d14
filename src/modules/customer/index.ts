/** The customer module: people, organizations, and customers as their role. What other modules may ask about them. */
import type { Context } from '../../platform/principal.ts'
import { defineModule } from '../../tmf/module.ts'
import type { Stored } from '../../tmf/resource.ts'
import type { Services } from '../../tmf/services.ts'
import { customer } from './customer.ts'
import type { Customer } from './customer.schema.ts'
import { individual } from './individual.ts'
import type { Individual } from './individual.schema.ts'
import { organization } from './organization.ts'
import type { Organization } from './organization.schema.ts'
import { individualName, organizationName } from './party.ts'
import { customerHoldings } from './personal.ts'
import { partyRole } from './party-role.ts'
import { roleHolding, roleSection } from './role-view.ts'
import { customerSearch, personSection } from './view.ts'

export { customer } from './customer.ts'
export { isSegment } from './granted.ts'
export { individual } from './individual.ts'
export { organization } from './organization.ts'
export { partyRole } from './party-role.ts'
export { contactFaults, individualName, organizationName } from './party.ts'
export type { Customer } from './customer.schema.ts'
export type { Individual } from './individual.schema.ts'
export type { Organization } from './organization.schema.ts'
export type { PartyRole } from './party-role.schema.ts'

export const customerModule = defineModule({
  name: 'customer',
  dependsOn: [],
  resources: [individual, organization, customer, partyRole],
  contributions: { view: [personSection, roleSection], personal: [...customerHoldings, roleHolding], search: customerSearch },
})

type StoreDeps = Pick<Services, 'store'>

/** A reference to a party or to a role that it plays, as documents hold them. */
export interface PartyReference {
  id: string
  '@referredType'?: string
}

/** A party as others see it. */
export interface Party {
  id: string
  kind: 'individual' | 'organization'
  name: string | undefined
  doc: Individual | Organization
}

const partyById = async (deps: StoreDeps, context: Context, id: string): Promise<Party | undefined> => {
  const person = await deps.store.get(context, individual, id)
  if (person !== undefined) return { id, kind: 'individual', name: individualName(person.doc), doc: person.doc }
  const group = await deps.store.get(context, organization, id)
  return group === undefined ? undefined : { id, kind: 'organization', name: organizationName(group.doc), doc: group.doc }
}

/**
 * The individual or organization behind a reference. A reference to a customer leads to the party that is engaged.
 * undefined when it is not known here (it lives in another system).
 */
export const partyOf = async (deps: StoreDeps, context: Context, ref: PartyReference): Promise<Party | undefined> => {
  if (ref['@referredType'] !== customer.type) {
    const direct = await partyById(deps, context, ref.id)
    if (direct !== undefined || ref['@referredType'] !== undefined) return direct
  }
  const role = await deps.store.get(context, customer, ref.id)
  return role?.doc.engagedParty === undefined ? undefined : partyById(deps, context, role.doc.engagedParty.id)
}

/** Every customer role of a party, oldest first. */
export const customersOf = (deps: StoreDeps, context: Context, partyId: string): Promise<Stored<Customer>[]> =>
  deps.store.find(context, customer, { where: [{ path: 'engagedParty.id', value: partyId }], limit: 100 })

/** The customer that a related party names: itself, or the first customer role of the party. undefined when there is none here. */
export const customerOf = async (deps: StoreDeps, context: Context, ref: PartyReference): Promise<Stored<Customer> | undefined> => {
  if (ref['@referredType'] === undefined || ref['@referredType'] === customer.type) {
    const itself = await deps.store.get(context, customer, ref.id)
    if (itself !== undefined || ref['@referredType'] === customer.type) return itself
  }
  return (await customersOf(deps, context, ref.id))[0]
}
