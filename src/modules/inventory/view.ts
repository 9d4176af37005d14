/** The inventory's part of the 360° view and of the search for people: what they own, pay for and use, and the numbers that these have. */
import type { SearchSource, SearchTerm } from '../../tmf/contributions.ts'
import { viewList } from '../../tmf/view-section.ts'

const partyJson = (condition: string): string =>
  `json_agg(json_build_object('id', p.id, 'name', p.name, 'isThisPerson', EXISTS (SELECT 1 FROM known WHERE known.id = p.id))) FILTER (WHERE lower(p.role) ${condition})`

/** Who pays when the product does not say: the parties of its billing account. */
const ofAccount = `(SELECT json_agg(json_build_object('id', e.to_id, 'billingAccount', e.from_id, 'isThisPerson', EXISTS (SELECT 1 FROM known WHERE known.id = e.to_id)))
  FROM reference_edge e WHERE e.brand = $1 AND e.from_resource = 'billingAccount' AND e.from_id = d."billingAccount" ->> 'id' AND e.path = 'relatedParty[]' AND e.from_id IN (SELECT a.id FROM {billingAccount} a))`

export const productSection = viewList({
  name: 'products',
  resource: 'product',
  description: 'Products of all stacks that the person owns, pays for or uses, those that live first; owner, payer and user are told apart',
  ids: `SELECT from_id FROM ref WHERE from_resource = 'product' UNION SELECT from_id FROM paid WHERE from_resource = 'product'`,
  order: `r.f_status IN ('terminated', 'cancelled', 'aborted '), r.created_at DESC, r.id DESC`,
  keep: 'r.f_status AS status',
  more: `'active', (SELECT count(*) FROM hit WHERE hit.status = 'active')`,
  attributes:
    'name text, description text, status text, "startDate" text, "terminationDate" text, "productSerialNumber" text, "productOffering" json, "productPrice" json, "productTerm" json, "billingAccount" json, "realizingService" json, "realizingResource" json, "relatedParty" json, "soldBy" json, place json',
  join: `(SELECT ${partyJson("IN ('owner', 'customer')")} AS owner, ${partyJson("= 'payer'")} AS payer, ${partyJson("= 'user'")} AS "user" FROM json_to_recordset(d."relatedParty") AS p(id text, name text, role text)) AS part`,
  item: `'name', d.name, 'description', d.description, 'status', d.status, 'startDate', d."startDate", 'terminationDate', d."terminationDate", 'productSerialNumber', d."productSerialNumber",
    'productOffering', d."productOffering", 'productPrice', d."productPrice", 'productTerm', d."productTerm", 'billingAccount', d."billingAccount", 'place', d.place,
    'owner', part.owner, 'payer', coalesce(part.payer, ${ofAccount}, part.owner), 'user', coalesce(part."user", part.owner), 'soldBy', d."soldBy",
    'realizingService', d."realizingService", 'realizingResource', d."realizingResource"`,
})

/** Characteristics that tell one line, card or device from all others. */
const NUMBER = /msisdn|phone|iccid|imsi|imei|serial|sim|mac|number/i

interface Named {
  name?: string
  value?: unknown
}

const numbersOf = (characteristics: readonly Named[] = []): SearchTerm[] =>
  characteristics.flatMap(({ name = '', value }) =>
    NUMBER.test(name) && (typeof value === 'string' || typeof value === 'number') ? [{ kind: /msisdn|phone/i.test(name) ? ('phone' as const) : ('identifier' as const), field: name, value: String(value) }] : [],
  )

interface ProductDoc {
  productSerialNumber?: string
  productCharacteristic?: Named[]
  relatedParty?: { id: string; role?: string }[]
}

const PEOPLE = ['owner', 'customer', 'user', 'payer']

const productTerms = (doc: ProductDoc): SearchTerm[] => [
  ...(doc.productSerialNumber === undefined ? [] : [{ kind: 'identifier' as const, field: 'serialNumber', value: doc.productSerialNumber }]),
  ...numbersOf(doc.productCharacteristic),
]

interface InstanceDoc {
  value?: string
  externalId?: string
  resourceType?: string
  serviceType?: string
  product?: { id: string }
  characteristic?: Named[]
}

const instanceTerms = (doc: InstanceDoc): SearchTerm[] => {
  const kind = /msisdn|phone|number/i.test(doc.resourceType ?? '') ? 'phone' : 'identifier'
  return [
    ...(doc.value === undefined ? [] : [{ kind, field: doc.resourceType ?? 'resource', value: doc.value } as const]),
    ...(doc.externalId === undefined ? [] : [{ kind: 'identifier', field: 'externalId', value: doc.externalId } as const]),
    ...numbersOf(doc.characteristic),
  ]
}

const viaProduct = (doc: InstanceDoc): { resource: string; id: string } | undefined => (doc.product === undefined ? undefined : { resource: 'product', id: doc.product.id })

export const inventorySearch: readonly SearchSource[] = [
  {
    resource: 'product',
    idField: 'productId',
    terms: productTerms,
    // The owner first; who uses or pays for it is found by its number too.
    subjects: (doc: ProductDoc) => PEOPLE.flatMap(role => (doc.relatedParty ?? []).filter(party => party.role?.toLowerCase() === role).map(party => party.id)),
  },
  { resource: 'resourceInstance', idField: 'resourceId', fields: ['serialNumber'], terms: instanceTerms, via: viaProduct },
  { resource: 'serviceInstance', idField: 'serviceId', terms: instanceTerms, via: viaProduct },
]
