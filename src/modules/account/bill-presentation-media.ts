/** TMF666 billPresentationMedia: what a bill is sent by, such as electronic mail or paper. Accounts name it in their billStructure. */
import { Type } from 'typebox'
import { defineResource } from '../../tmf/resource.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { accountApi } from './api.ts'

const schema = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    name: Type.Optional(Type.String({ description: 'Name shown to people' })),
    description: Type.Optional(Type.String({ description: 'Free text for people' })),
    ...extensible,
  },
  { description: 'A medium of bills' },
)

export const billPresentationMedia = defineResource({
  api: accountApi,
  name: 'billPresentationMedia',
  type: 'BillPresentationMedia',
  table: 'bill_presentation_media',
  description: 'What a bill is sent by, such as electronic mail or paper.',
  schema,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { required: ['name'] },
  update: { required: ['name'] },
  visibility: 'brand',
  writtenBy: 'house',
  filters: { name: 'text' },
  example: { name: 'Electronic mail', description: 'PDF to the account’s contact' },
})
