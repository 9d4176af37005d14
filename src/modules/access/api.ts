/** TMF672 User Roles and Permissions, and the API of Tandem's own that delegation belongs to. */
import { defineApi } from '../../tmf/resource.ts'

export const rolesApi = defineApi({
  number: 672,
  name: 'rolesAndPermissionsManagement',
  version: 'v4',
  release: '4.0.0',
  title: 'User Roles and Permissions',
  description: 'Roles with what they entitle to, and the permissions of users: roles and single privileges, on a brand or for a party.',
  slug: 'roles-and-permissions',
  // The definition leaves the prefix out.
  aliases: ['/rolesAndPermissions/v4', '/tmf-api/rolesAndPermissions/v4'],
})

export const accessApi = defineApi({
  name: 'access',
  version: 'v1',
  release: '1.0.0',
  title: 'Access',
  description: 'Who may act for whom, and who did what.',
  slug: 'access',
})
