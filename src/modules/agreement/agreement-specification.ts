/** TMF651 agreementSpecification: a template that agreements follow. */
import { Type, type Static } from 'typebox'
import { fault, refuse } from '../../platform/errors.ts'
import { defineResource } from '../../tmf/resource.ts'
import { entityRef, extensible } from '../../tmf/types/attributes.ts'
import { AttachmentRefOrValue, TimePeriod } from '../../tmf/types/basics.ts'
import { RelatedParty } from '../../tmf/types/references.ts'
import { AgreementSpecCharacteristic, AgreementSpecificationRelationship } from './agreement-types.ts'
import { agreementApi } from './api.ts'

const text = (description: string) => Type.Optional(Type.String({ description }))

const AgreementSpecification = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    description: text('Free text for people'),
    isBundle: Type.Optional(Type.Boolean({ description: 'True when it is made of others of its kind' })),
    lastUpdate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was last written' })),
    lifecycleStatus: text('Where it stands in its life: In design, Active, Retired'),
    name: text('Name shown to people'),
    version: text('Label of the edition'),
    attachment: Type.Optional(Type.Array(AttachmentRefOrValue, { description: 'The text of the template and other files' })),
    relatedParty: Type.Optional(Type.Array(RelatedParty, { description: 'Parties with a part in it, each with its role' })),
    serviceCategory: Type.Optional(entityRef('A category', { version: text('Label of the edition') })),
    specificationCharacteristic: Type.Optional(Type.Array(AgreementSpecCharacteristic, { description: 'What agreements of this kind say by name' })),
    specificationRelationship: Type.Optional(Type.Array(AgreementSpecificationRelationship, { description: 'How it relates to other templates' })),
    signatureRequired: Type.Optional(Type.Boolean({ description: 'Agreements that follow it are approved once one of their authorizations is signed electronically (own extension)' })),
    validFor: Type.Optional(TimePeriod),
    ...extensible,
  },
  { description: 'A template that agreements follow' },
)
export type AgreementSpecification = Static<typeof AgreementSpecification>

export const agreementSpecification = defineResource({
  api: agreementApi,
  name: 'agreementSpecification',
  type: 'AgreementSpecification',
  table: 'agreement_specification',
  description: 'A template that agreements follow: its text, and the characteristics that agreements of this kind have.',
  schema: AgreementSpecification,
  visibility: 'brand',
  writtenBy: 'house',
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { required: ['attachment', 'name'] },
  update: { required: ['attachment', 'name'] },
  // TMF651 names no states of a template, and an event of their change.
  lifecycle: { attribute: 'lifecycleStatus', states: [], initial: [], moves: {}, movedBy: 'client', open: true },
  stamps: { onWrite: ['lastUpdate'] },
  history: true,
  filters: { name: 'text', lifecycleStatus: 'text', version: 'text', lastUpdate: 'instant' },
  references: [{ path: 'relatedParty[]' }, { path: 'serviceCategory', to: 'category' }, { path: 'specificationRelationship[]', to: 'agreementSpecification' }],
  prepare: draft => ({ ...draft, lifecycleStatus: draft.lifecycleStatus ?? 'Active', isBundle: draft.isBundle ?? false }),
  check: doc => {
    const { startDateTime: from, endDateTime: until } = doc.validFor ?? {}
    if (from !== undefined && until !== undefined && new Date(from) >= new Date(until)) throw refuse.invalid([fault('validFor.endDateTime', 'must be after startDateTime', until)])
  },
  example: {
    name: 'Frame agreement for companies',
    version: '1.0',
    attachment: [{ name: 'Terms', mimeType: 'text/plain', content: 'VGVybXMgb2YgdGhlIGZyYW1lIGFncmVlbWVudA==' }],
    specificationCharacteristic: [{ name: 'paymentDays', valueType: 'number', configurable: true, specCharacteristicValue: [{ value: 14, default: true }, { value: 30 }] }],
  },
})
