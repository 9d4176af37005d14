/** Export jobs: tasks that write TMF620 records to a URL and keep them for fetching. */
import { fault, refuse } from '../../platform/errors.ts'
import { defineResource } from '../../tmf/resource.ts'
import { catalogApi } from './api.ts'
import { ExportJob, exportJobCreate } from './export-job.schema.ts'
import { formatOf } from './transfer/collections.ts'
import { exportPlan } from './transfer/export-plan.ts'
import { jobLifecycle, urlFaults } from './transfer/job-state.ts'

export const exportJob = defineResource({
  api: catalogApi,
  name: 'exportJob',
  type: 'ExportJob',
  table: 'export_job',
  description: 'Writes the catalog, or what path and query choose of it, to a URL with PUT. The file can also be fetched at /tandem/v1/exportJob/{id}/content, and be read by an import job.',
  schema: ExportJob,
  operations: ['list', 'get', 'create', 'delete'],
  create: exportJobCreate,
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
    exportPlan(doc.path, doc.query)
  },
  example: { url: 'https://catalog.example.com/upload/offerings.json', contentType: 'application/json', path: '/productOffering', query: 'lifecycleStatus=Launched' },
})
