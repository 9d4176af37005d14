/** Registered extension schemas: what objects of a class may have beyond it. Tandem's own resource, served by the kit; the kit enforces what is registered. */
import { Type } from 'typebox'
import { fault, refuse, type Fault } from '../../platform/errors.ts'
import { EXTENSION_SCHEMA, schemaPath } from '../../tmf/extensions/extension.ts'
import { schemaFaults } from '../../tmf/extensions/schema-rules.ts'
import { defineApi, defineResource } from '../../tmf/resource.ts'

const extensionsApi = defineApi({
  name: 'extensions',
  version: 'v1',
  release: '1.0.0',
  title: 'Extensions',
  description: 'JSON Schemas of extensions: registered here, served from here, enforced on what names them.',
  slug: 'extensions',
})

/** Every write may look at each of them. */
const MOST = 200

const NAME = '^[A-Za-z][A-Za-z0-9_-]{0,63}$'

export const extensionSchema = defineResource({
  api: extensionsApi,
  name: EXTENSION_SCHEMA,
  type: 'ExtensionSchema',
  table: 'extension_schema',
  otherKey: true,
  description:
    'The JSON Schema of an extension: which attributes objects of a class may have beyond it. Objects name it by @schemaLocation (the location given here), or by an @type of this name; ' +
    'then their further attributes must be as it says, can be filtered by, and are hidden where x-tandem-tag says so. It does not change: a new version is registered beside it.',
  schema: Type.Object(
    {
      id: Type.String({ description: 'Identifier' }),
      href: Type.String({ description: 'Where it can be read' }),
      name: Type.Optional(Type.String({ pattern: NAME, description: 'Name of the extended class, the @type of its objects: letters, digits, - and _' })),
      version: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$', description: 'Version; 1.0 when not said' })),
      extends: Type.Optional(Type.String({ pattern: NAME, description: 'Class that is extended: ProductOffering, RelatedParty' })),
      description: Type.Optional(Type.String({ maxLength: 2000, description: 'Free text for people' })),
      schema: Type.Optional(
        Type.Unsafe<Record<string, unknown>>({
          type: 'object',
          additionalProperties: true,
          description: 'JSON Schema of the further attributes: by itself (no $ref but #/$defs/…, none that holds itself), at most 64 kB and 12 levels, patterns in RE2 syntax. x-tandem-tag: personal or secret hides an attribute',
        }),
      ),
      location: Type.Optional(Type.String({ description: 'What @schemaLocation says to name it; the schema can be read there' })),
      '@type': Type.Optional(Type.String({ description: 'Class of this object' })),
    },
    { description: 'The schema of an extension' },
  ),
  visibility: 'brand',
  writtenBy: 'house',
  operations: ['list', 'get', 'create', 'patch', 'delete'],
  create: { required: ['name', 'extends', 'schema'] },
  update: { immutable: ['name', 'version', 'extends', 'schema'] },
  serverSet: ['location'],
  filters: { name: 'text', version: 'text', extends: 'text' },
  prepare: draft => {
    const version = draft.version ?? '1.0'
    return { ...draft, version, location: schemaPath(draft.name ?? '', version) }
  },
  check: async (draft, { context, deps, previous }) => {
    if (previous !== undefined) return
    const faults: Fault[] = schemaFaults(draft.schema)
    if (draft.name === draft.extends) faults.push(fault('name', 'must not be that of the class that it extends', draft.name))
    if (faults.length > 0) throw refuse.invalid(faults)
    const same = await deps.store.count(context, extensionSchema, { where: [{ path: 'name', value: draft.name }, { path: 'version', value: draft.version }] })
    if (same > 0) throw refuse.conflict('alreadyExists', `name ${draft.name ?? ''} with version ${draft.version ?? ''} is registered already: register another version`)
    if ((await deps.store.count(context, extensionSchema, {})) >= MOST) throw refuse.conflict('tooManyExtensions', `${MOST} extension schemas are registered already`)
  },
  refusals: [
    { status: 400, code: 'invalidAttribute', when: 'the schema is none, refers to what is elsewhere or to itself, is too large or too deep, or has a pattern that does not run in linear time', attribute: 'schema' },
    { status: 409, code: 'alreadyExists', when: 'this version of the name is registered', attribute: 'name' },
    { status: 409, code: 'tooManyExtensions', when: `${MOST} are registered` },
  ],
  example: {
    name: 'FibreOffering',
    extends: 'ProductOffering',
    description: 'What our shop shows beside an offering of fibre',
    schema: {
      type: 'object',
      required: ['campaignCode'],
      properties: {
        campaignCode: { type: 'string', pattern: '^[A-Z]{2}[0-9]{4}$', description: 'Code of the campaign' },
        soldFrom: { type: 'string', format: 'date-time', description: 'When shops may sell it' },
        badge: { type: 'array', maxItems: 5, items: { type: 'object', required: ['text'], properties: { text: { type: 'string' }, colour: { type: 'string', enum: ['red', 'green'] } } } },
      },
    },
  },
})
