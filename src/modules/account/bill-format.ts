/** TMF666 billFormat: how a bill looks. Accounts name it in their billStructure. */
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
  { description: 'The form of a bill' },
)

export const billFormat = defineResource({
  api: accountApi,
  name: 'billFormat',
  type: 'BillFormat',
  table: 'bill_format',
  description: 'How a bill looks: a layout, a language, with or without every line.',
  schema,
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { required: ['name'] },
  update: { required: ['name'] },
  visibility: 'brand',
  writtenBy: 'house',
  filters: { name: 'text' },
  example: { name: 'Itemized', description: 'Every line with its period, on A4' },
})
