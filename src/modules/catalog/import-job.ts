/** Import jobs: tasks that read TMF620 records from a URL into the catalog. */
import { fault, refuse } from '../../platform/errors.ts'
import { defineResource } from '../../tmf/resource.ts'
import { catalogApi } from './api.ts'
import { ImportJob, importJobCreate } from './import-job.schema.ts'
import { collectionOfPath, formatOf } from './transfer/collections.ts'
import { jobLifecycle, urlFaults } from './transfer/job-state.ts'

export const importJob = defineResource({
  api: catalogApi,
  name: 'importJob',
  type: 'ImportJob',
  table: 'import_job',
  description: 'Reads catalog records from a URL: a JSON list, an object with one list for each collection, or newline-delimited JSON. Records keep their ids; what is there with the same content is left alone. errorLog has a line for each record that could not be written.',
  schema: ImportJob,
  operations: ['list', 'get', 'create', 'delete'],
  create: importJobCreate,
  serverSet: ['status', 'creationDate', 'completionDate', 'errorLog'],
  lifecycle: jobLifecycle,
  stamps: { onCreate: ['creationDate'] },
  events: ['create', 'stateChange', 'delete'],
  filters: { status: 'text', creationDate: 'instant', completionDate: 'instant' },
  check: (doc, { deps, by, previous }) => {
    if (by === 'server' || previous) return
    const faults = urlFaults(deps, doc.url)
    if (formatOf(doc.contentType) === undefined) faults.push(fault('contentType', 'must be application/json or application/x-ndjson', doc.contentType))
    if (faults.length > 0) throw refuse.invalid(faults)
    collectionOfPath(doc.path)
  },
  example: { url: 'https://catalog.example.com/export.json', contentType: 'application/json', path: '/productOffering' },
})
