/** Stored form of agreement (TMF651), and what creates and updates may carry. */
import { Type, type Static } from 'typebox'
import { AgreementAuthorization, AgreementItem, AgreementSpecificationRef } from './agreement-types.ts'
import { extensible } from '../../tmf/types/attributes.ts'
import { Characteristic, TimePeriod } from '../../tmf/types/basics.ts'
import { AgreementRef, RelatedParty } from '../../tmf/types/references.ts'

const text = (description: string) => Type.Optional(Type.String({ description }))

export const Agreement = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ description: 'Where it can be read' }),
    agreementType: text('Kind of agreement: commercial, frame, interconnect'),
    description: text('Free text for people'),
    documentNumber: Type.Optional(Type.Integer({ description: 'Number of the document' })),
    initialDate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was begun' })),
    name: text('Name shown to people'),
    statementOfIntent: text('What it is to achieve'),
    status: text('Where it stands: inProcess, approved, rejected, superseded, terminated'),
    version: text('Label of the edition'),
    agreementAuthorization: Type.Optional(Type.Array(AgreementAuthorization, { description: 'Approvals that it needs, and those that were given' })),
    agreementItem: Type.Optional(Type.Array(AgreementItem, { description: 'What it is about' })),
    agreementPeriod: Type.Optional(TimePeriod),
    agreementSpecification: Type.Optional(AgreementSpecificationRef),
    associatedAgreement: Type.Optional(Type.Array(AgreementRef, { description: 'Other agreements that belong to it' })),
    replaces: Type.Optional(AgreementRef),
    characteristic: Type.Optional(Type.Array(Characteristic, { description: 'Further values by name' })),
    completionDate: Type.Optional(TimePeriod),
    engagedParty: Type.Optional(Type.Array(RelatedParty, { description: 'Who has agreed, each with its role. Frame prices hold for those who buy: customer, buyer, owner, orderer or client; a party without a role where nobody is named so; never provider, seller, partner, signatory or another role' })),
    ...extensible,
  },
  { description: 'What the provider and a party have agreed on' },
)
export type Agreement = Static<typeof Agreement>

export const agreementCreate = { required: ['agreementItem', 'agreementType', 'engagedParty', 'name'] }
export const agreementUpdate = { required: ['agreementItem', 'agreementType', 'engagedParty', 'name'], immutable: ['completionDate', 'replaces'] }
