/** Export jobs: tasks that write TMF620 records to a URL and keep them for fetching. */
import { defineResource } from '../../tmf/resource.ts'
import { catalogApi } from './api.ts'
import { ExportJob, exportJobCreate } from './export-job.schema.ts'
import { exportPlan } from './transfer/export-plan.ts'
import { checkFile, jobDeclaration } from './transfer/job-state.ts'

export const exportJob = defineResource({
  api: catalogApi,
  name: 'exportJob',
  type: 'ExportJob',
  table: 'export_job',
  description: 'Writes the catalog, or what path and query choose of it, to a URL with PUT. The file can also be fetched at /tandem/v1/exportJob/{id}/content, and be read by an import job.',
  schema: ExportJob,
  create: exportJobCreate,
  ...jobDeclaration,
  check: (doc, { deps, by, previous }) => {
    if (by === 'server' || previous) return
    checkFile(deps, doc)
    exportPlan(doc.path, doc.query)
  },
  example: { url: 'https://catalog.example.com/upload/offerings.json', contentType: 'application/json', path: '/productOffering', query: 'lifecycleStatus=Launched' },
})
