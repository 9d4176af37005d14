/** Stored form of userRole (TMF672), and what creates and updates may carry. */
import { Type, type Static } from 'typebox'
import { extensible } from '../../tmf/types/attributes.ts'

/** What a role entitles to. */
export const Entitlement = Type.Object(
  {
    action: Type.Optional(Type.String({ description: 'create, read, update, delete, or * for all of them' })),
    function: Type.Optional(Type.String({ description: 'Name of a resource or operation, such as productOrder; * for all of them' })),
    ...extensible,
  },
  { description: 'Something that may be done' },
)

export const UserRole = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    involvementRole: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: "The role's name; tokens of the identity provider name it too" })),
    entitlement: Type.Optional(Type.Array(Entitlement, { maxItems: 500, description: 'What it entitles to' })),
    ...extensible,
  },
  { description: 'A role that users have' },
)
export type UserRole = Static<typeof UserRole>

export const userRoleCreate = { required: ['entitlement'] }
export const userRoleUpdate = { required: [] }
