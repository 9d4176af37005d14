/** Stored form of permission (TMF672), and what creates and updates may carry. */
import { Type, type Static } from 'typebox'
import { entityRef, extensible } from '../../tmf/types/attributes.ts'
import { TimePeriod } from '../../tmf/types/basics.ts'
import { RelatedParty } from '../../tmf/types/references.ts'

const ManageableAsset = entityRef('What it is about: a brand (@referredType Brand), or a party for which the user acts')

const UserRoleRef = Type.Object(
  {
    id: Type.String({ description: 'Identifier of what is referred to' }),
    href: Type.Optional(Type.String({ description: 'Where it can be read' })),
    '@referredType': Type.Optional(Type.String({ description: 'Class of what is referred to' })),
    ...extensible,
  },
  { description: 'A role' },
)

const AssetUserRole = Type.Object({ manageableAsset: ManageableAsset, userRole: UserRoleRef, ...extensible }, { description: 'A role that the user has on something' })

const Privilege = Type.Object(
  {
    action: Type.String({ description: 'create, read, update, delete, readSecret, or * for all of them but readSecret' }),
    function: Type.String({ description: 'Name of a resource or operation, such as productOrder; * for all of them' }),
    manageableAsset: ManageableAsset,
    ...extensible,
  },
  { description: 'A single thing that the user may do on something' },
)

export const Permission = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    creationDate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was given' })),
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    assetUserRole: Type.Optional(Type.Array(AssetUserRole, { maxItems: 100, description: 'Roles that the user has' })),
    granter: Type.Optional(RelatedParty),
    privilege: Type.Optional(Type.Array(Privilege, { maxItems: 500, description: 'Single things that the user may do' })),
    user: Type.Optional(RelatedParty),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'What a user may do' },
)
export type Permission = Static<typeof Permission>

export const permissionCreate = { required: ['user', 'validFor'], omits: ['creationDate'] }
export const permissionUpdate = { required: ['user', 'validFor'] }
