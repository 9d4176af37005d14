/** What the document of Tandem's own operations says of records of other systems. */
import type { FastifySchema } from 'fastify'

const TAGS = ['records of other systems']
const text = (description: string) => ({ type: 'string', description })

const ERRORS: Readonly<Record<number, string>> = {
  400: 'The record is not valid; every fault is listed and names its attribute',
  401: 'The caller is not known',
  403: 'The caller may not do this: it needs external:update (external:delete to withdraw) and the same on the resource',
  404: 'No such resource is served, or the source has no such record here',
  409: 'referenceUnresolved: a record that it refers to has not arrived yet, send it again later. stillReferenced: something refers to what would end',
  410: 'erased: the record is about a person who was forgotten; nothing was stored',
  413: 'The body is too large',
  415: 'The body is not JSON',
  500: 'The server failed unexpectedly',
  503: 'The service cannot answer now; Retry-After tells when to come again',
}
const errors = (...statuses: number[]) => Object.fromEntries(statuses.map(status => [status, { description: ERRORS[status], $ref: 'Error#' }]))

const SOURCE = text('Name of the system that has the record: crm, mobile-stack')
const RESOURCE = text('Resource that the record is: individual, productOffering, any that is served')
const PARAMS = { type: 'object', required: ['source', 'resource', 'externalId'], properties: { source: SOURCE, resource: RESOURCE, externalId: text('Identity of the record in that system') } }
const VERSION = 'Version of the record there: a number or an instant orders records, any other text is told apart. Also as the query parameter sourceVersion'
const SEEN = 'When the source said so; now when left out. Orders records whose versions do not. Also as the query parameter seenAt'
const FRESHNESS = {
  headers: { type: 'object', properties: { 'x-source-version': text(VERSION), 'x-seen-at': { ...text(SEEN), format: 'date-time' } } },
  querystring: { type: 'object', properties: { sourceVersion: text(VERSION), seenAt: { ...text(SEEN), format: 'date-time' } } },
}
const DOCUMENT = { type: 'object', additionalProperties: true, description: 'The resource, as its own API has it' }
const OUTCOME = { 'x-tandem-outcome': { type: 'string', enum: ['created', 'changed', 'unchanged', 'older'], description: 'What became of the record' }, ETag: text('Revision of the resource') }

export const putSchema = {
  operationId: 'upsertExternal',
  summary: 'Brings a record of another system here, or what has changed in it',
  description:
    'The document is the resource as its API has it, without id and href, as the source sees it; it may leave out what the source does not know. ' +
    'What is stored is what survives of all that sources say, attribute by attribute: the source with the lowest rank, then the newest word (sourceRank); changes made here come first. ' +
    'An older version never overwrites a newer one, and a record that says what it said before writes nothing. Sent again, it changes nothing. ' +
    'A reference may name a record instead of an id: { "externalId": "…", "source": "…", "@referredType": "Customer" }; source is this one when left out.',
  tags: TAGS,
  params: PARAMS,
  ...FRESHNESS,
  body: { ...DOCUMENT, example: { givenName: 'Mira', familyName: 'Aldenhoven' } },
  response: { 200: { ...DOCUMENT, description: 'The resource as it is now; x-tandem-outcome says whether it was changed', headers: OUTCOME }, 201: { ...DOCUMENT, description: 'The new resource', headers: { ...OUTCOME, Location: text('Address of the resource') } }, ...errors(400, 401, 403, 404, 409, 410, 413, 415, 500, 503) },
} as FastifySchema

export const getSchema = {
  operationId: 'retrieveByExternalIdentity',
  summary: 'Reads a resource by its identity in another system',
  tags: TAGS,
  params: PARAMS,
  querystring: { type: 'object', properties: { fields: text('Attributes to give, comma-separated') } },
  response: { 200: { ...DOCUMENT, description: 'The resource', headers: { ETag: text('Revision of the resource'), 'Content-Location': text('Its own address') } }, ...errors(400, 401, 403, 404, 500, 503) },
} as FastifySchema

export const deleteSchema = {
  operationId: 'withdrawExternal',
  summary: 'Says that another system has a record no more',
  description: 'What the source said goes. The resource stays while another source has it; otherwise it is deleted, kept, or set to its end, as its declaration says.',
  tags: TAGS,
  params: PARAMS,
  ...FRESHNESS,
  response: {
    200: {
      description: 'What became of it',
      type: 'object',
      required: ['outcome', 'id'],
      properties: { outcome: { type: 'string', enum: ['reduced', 'deleted', 'ended', 'kept', 'unchanged', 'older'], description: 'reduced: others have it still. ended: set to its last state. unchanged: it was withdrawn before' }, id: text('Of the resource') },
    },
    ...errors(400, 401, 403, 404, 409, 500, 503),
  },
} as FastifySchema

const RECORD = {
  type: 'object',
  required: ['externalId'],
  properties: {
    externalId: text('Identity of the record in that system'),
    sourceVersion: text('Version of the record there, a number or a text'),
    seenAt: { ...text('When the source said so; now when left out'), format: 'date-time' },
    document: { ...DOCUMENT, description: 'The resource without id and href' },
    withdrawn: { type: 'boolean', description: 'true, without a document: the source has it no more' },
  },
}

export const loadSchema = {
  operationId: 'loadExternal',
  summary: 'Brings many records of another system here',
  description:
    'One record a line (application/x-ndjson, 10,000 records or 64 MiB) or a JSON list (8 MiB). Each record is taken by itself, in a transaction of its own: what is wrong with one is said in its result and stops no other. ' +
    'Records may refer to others of the same load in any order.',
  tags: TAGS,
  consumes: ['application/json', 'application/x-ndjson'],
  params: { type: 'object', required: ['source', 'resource'], properties: { source: SOURCE, resource: RESOURCE } },
  body: { type: 'array', items: RECORD, example: [{ externalId: 'C-4711', sourceVersion: '7', document: { givenName: 'Mira', familyName: 'Aldenhoven' } }] },
  response: {
    200: {
      description: 'How many came to what, and one result for each record, in their order',
      type: 'object',
      properties: {
        received: { type: 'integer', description: 'How many records there were' },
        results: {
          type: 'array',
          items: {
            type: 'object',
            properties: {
              position: { type: 'integer', description: 'Place in the load, from 0' },
              externalId: text('Identity of the record, where it could be read'),
              outcome: { type: 'string', enum: ['created', 'changed', 'unchanged', 'older', 'failed', 'erased', 'reduced', 'deleted', 'ended', 'kept'], description: 'What became of it. erased: it is about somebody who was forgotten, nothing was stored' },
              id: text('Of the resource'),
              status: { type: 'integer', description: 'Of a record that failed: the status that it alone would have been answered with. 409 with referenceUnresolved and 503 are worth another try' },
              code: text('What is wrong, stable'),
              message: text('What is wrong with this record'),
              details: { type: 'array', items: { type: 'object', additionalProperties: true }, description: 'Every fault of the record' },
            },
          },
        },
      },
      additionalProperties: { type: 'integer' },
    },
    ...errors(400, 401, 403, 404, 413, 415, 500, 503),
  },
} as FastifySchema
