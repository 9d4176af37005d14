/**
 * Services and resources that realize products: separate instances, so that what was sold, what realizes it and what it runs on can change
 * apart from each other. Shapes follow TMF638 and TMF639; only delivery writes them.
 */
import { Type } from 'typebox'
import { defineApi, defineResource } from '../../tmf/resource.ts'

export const instanceApi = defineApi({
  name: 'inventory',
  version: 'v1',
  release: '1.0.0',
  title: 'Service and Resource Instances',
  description: 'What realizes products in the back-office systems: services, and the resources they run on.',
  slug: 'inventory',
})

const text = (description: string) => Type.Optional(Type.String({ description }))
const instant = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))

const Ref = (description: string) =>
  Type.Object({ id: Type.String({ description: 'Identifier' }), href: text('Where it can be read'), name: text('Name'), '@referredType': text('Class of what is referred to') }, { description })

const shared = {
  id: Type.String({ description: 'Identifier' }),
  href: Type.String({ description: 'Where it can be read' }),
  '@type': text('Class of the instance'),
  name: text('Name of what it is'),
  externalId: text('Identifier in the system that holds it'),
  system: text('System that holds it'),
  startDate: instant('When it began'),
  endDate: instant('When it ended'),
  lastUpdate: instant('When it was last changed'),
  product: Type.Optional(Ref('Product that it realizes')),
  characteristic: Type.Optional(
    Type.Array(Type.Object({ name: Type.String({ description: 'Name' }), value: Type.Unknown({ description: 'Value' }) }, { description: 'A characteristic' }), { description: 'Values of its characteristics' }),
  ),
}

const specification = (description: string) => Type.Optional(Type.Object({ id: text('Identifier'), name: text('Name') }, { description }))

export const serviceInstance = defineResource({
  api: instanceApi,
  name: 'serviceInstance',
  type: 'ServiceInstance',
  table: 'service_instance',
  description: 'A service that realizes a product in a back-office system.',
  schema: Type.Object({
    ...shared,
    state: Type.Optional(Type.Enum(['active', 'inactive', 'terminated'], { type: 'string', description: 'State of the service' })),
    serviceType: text("The system's word for its kind"),
    serviceSpecification: specification('What kind of service it is'),
    supportingResource: Type.Optional(Type.Array(Ref('A resource'), { description: 'Resources that it runs on' })),
  }),
  operations: ['list', 'get'],
  lifecycle: { attribute: 'state', states: ['active', 'inactive', 'terminated'], initial: ['active'], moves: { active: ['inactive', 'terminated'], inactive: ['active', 'terminated'] }, movedBy: 'server' },
  stamps: { onWrite: ['lastUpdate'] },
  filters: { name: 'text', state: 'text', system: 'text', externalId: 'text', 'product.id': 'text' },
  references: [{ path: 'product', to: 'product', onMissing: 'record', weak: true }],
  example: { name: 'Fibre access', system: 'fixed', serviceType: 'broadband' },
})

export const resourceInstance = defineResource({
  api: instanceApi,
  name: 'resourceInstance',
  type: 'ResourceInstance',
  table: 'resource_instance',
  description: 'A resource that a product runs on: a number, a SIM, a port, a device.',
  schema: Type.Object({
    ...shared,
    resourceStatus: Type.Optional(Type.Enum(['reserved', 'installed', 'released'], { type: 'string', description: 'State of the resource' })),
    resourceType: text("The system's word for its kind"),
    value: text('What it is called in the network or in the warehouse: a phone number, a port, a serial number'),
    resourceSpecification: specification('What kind of resource it is'),
  }),
  operations: ['list', 'get'],
  lifecycle: { attribute: 'resourceStatus', states: ['reserved', 'installed', 'released'], initial: ['installed', 'reserved'], moves: { reserved: ['installed', 'released'], installed: ['released'] }, movedBy: 'server' },
  stamps: { onWrite: ['lastUpdate'] },
  filters: { name: 'text', resourceStatus: 'text', system: 'text', externalId: 'text', value: 'text', 'product.id': 'text' },
  references: [{ path: 'product', to: 'product', onMissing: 'record', weak: true }],
  example: { name: 'Phone number', system: 'mobile', resourceType: 'msisdn', value: '+447700900001' },
})
