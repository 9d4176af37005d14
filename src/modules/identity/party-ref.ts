/** A reference to an individual or organization, as merges and suggestions hold it. */
import { Type, type Static } from 'typebox'
import { hrefOf } from '../../tmf/kit.ts'
import type { Resource } from '../../tmf/resource.ts'
import { individual, organization } from '../customer/index.ts'

export const PartyRef = Type.Object(
  {
    id: Type.String({ description: 'Identifier of the party' }),
    href: Type.Optional(Type.String({ description: 'Where it can be read' })),
    '@referredType': Type.Enum(['Individual', 'Organization'], { type: 'string', description: 'Class of the party' }),
  },
  { description: 'An individual or organization' },
)
export type PartyRef = Static<typeof PartyRef>

/** What kind of party it is, by the name of its resource. */
export type PartyKind = 'individual' | 'organization'

/** Both kinds are read and written alike. */
export const resourceOfKind: Readonly<Record<PartyKind, Resource<any>>> = { individual, organization }

export const partyRef = (kind: PartyKind, id: string): PartyRef => ({ id, href: hrefOf(resourceOfKind[kind], id), '@referredType': kind === 'individual' ? 'Individual' : 'Organization' })

export const kindOf = (ref: PartyRef): PartyKind => (ref['@referredType'] === 'Individual' ? 'individual' : 'organization')
