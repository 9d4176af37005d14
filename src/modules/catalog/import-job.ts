/** Import jobs: tasks that read TMF620 records from a URL into the catalog. */
import { defineResource } from '../../tmf/resource.ts'
import { catalogApi } from './api.ts'
import { ImportJob, importJobCreate } from './import-job.schema.ts'
import { collectionOfPath } from './transfer/collections.ts'
import { checkFile, jobDeclaration } from './transfer/job-state.ts'

export const importJob = defineResource({
  api: catalogApi,
  name: 'importJob',
  type: 'ImportJob',
  table: 'import_job',
  description: 'Reads catalog records from a URL: a JSON list, an object with one list for each collection, or newline-delimited JSON. Records keep their ids; what is there with the same content is left alone. errorLog has a line for each record that could not be written.',
  schema: ImportJob,
  create: importJobCreate,
  ...jobDeclaration,
  check: (doc, { deps, by, previous }) => {
    if (by === 'server' || previous) return
    checkFile(deps, doc)
    collectionOfPath(doc.path)
  },
  example: { url: 'https://catalog.example.com/export.json', contentType: 'application/json', path: '/productOffering' },
})
