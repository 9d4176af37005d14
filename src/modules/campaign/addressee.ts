/** Who is meant by the recipients of a campaign: persons who are known here, by whatever name, or addresses that nobody is known by. */
import type { Context } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { customer as customerResource, individual, organization } from '../customer/index.ts'
import { firstHolders, normalise, phoneCountry } from '../identity/index.ts'

export interface Recipient {
  customer?: { id: string }
  email?: string
  phone?: string
  /** Of an address that nobody here is known by: what was agreed to, and when. */
  consent?: { textVersion: string; givenAt: string }
}

export interface Addressee {
  /** party/…, email/… or phone/…: each has one offer of a campaign. */
  key: string
  customer?: { id: string; '@referredType'?: string }
  partyId?: string
  consent?: Recipient['consent']
}

interface Address {
  type: 'email' | 'phone'
  value: string
}

const addressOf = (deps: Services, { brand }: Context, { email, phone }: Recipient): Address | undefined => {
  const type = email === undefined ? 'phone' : 'email'
  const read = normalise(type, email ?? phone ?? '', phoneCountry(deps.config, brand))
  return 'value' in read ? { type, value: type === 'email' ? read.value.toLowerCase() : read.value } : undefined
}

/** The customer and the party behind ids of either; ids that are neither are left out. */
const knownOf = async (deps: Services, context: Context, ids: readonly string[]): Promise<Map<string, Addressee>> => {
  const roles = await deps.store.getMany(context, customerResource, ids)
  const bare = ids.filter(id => !roles.has(id))
  const engaged = [...roles.values()].flatMap(one => one.doc.engagedParty?.id ?? [])
  const parties = [...new Set([...ids, ...engaged])]
  const [people, groups, own] = [
    await deps.store.getMany(context, individual, parties),
    await deps.store.getMany(context, organization, parties),
    bare.length === 0 ? [] : await deps.store.find(context, customerResource, { where: [{ path: 'engagedParty.id', value: bare }], limit: 100 * bare.length }),
  ]
  const isParty = (id: string | undefined): id is string => id !== undefined && (people.has(id) || groups.has(id))
  return new Map(
    [...new Set(ids)].flatMap((id): [string, Addressee][] => {
      const role = roles.get(id) ?? own.find(one => one.doc.engagedParty?.id === id)
      const party = isParty(id) ? id : isParty(role?.doc.engagedParty?.id) ? role?.doc.engagedParty?.id : undefined
      if (!role && party === undefined) return []
      const partyId = party ?? id
      return [[id, { key: `party/${partyId}`, partyId, customer: role ? { id: role.id, '@referredType': customerResource.type } : { id } }]]
    }),
  )
}

/** Who each of them is; in words why it is nobody. Asks the same few questions for however many there are. */
export const addresseesOf = async (deps: Services, context: Context, recipients: readonly Recipient[]): Promise<(Addressee | string)[]> => {
  const addresses = recipients.map(one => (one.customer ? undefined : addressOf(deps, context, one)))
  const valuesOf = (type: Address['type']): string[] => addresses.flatMap(one => (one?.type === type ? one.value : []))
  const now = deps.clock.now()
  const [emails, phones] = [await firstHolders(deps.database, context.brand, 'email', valuesOf('email'), now), await firstHolders(deps.database, context.brand, 'phone', valuesOf('phone'), now)]
  const holderOf = ({ type, value }: Address): string | undefined => (type === 'email' ? emails : phones).get(value)
  const known = await knownOf(deps, context, [...new Set([...recipients.flatMap(one => one.customer?.id ?? []), ...emails.values(), ...phones.values()])])
  return recipients.map((recipient, index): Addressee | string => {
    if (recipient.customer) return known.get(recipient.customer.id) ?? 'is not known here'
    const address = addresses[index]
    if (address === undefined) return `is no ${recipient.email === undefined ? 'number' : 'e-mail address'}`
    const holder = holderOf(address)
    if (holder !== undefined) return known.get(holder) ?? 'is not known here'
    return { key: `${address.type}/${address.value}`, ...(recipient.consent && { consent: recipient.consent }) }
  })
}
