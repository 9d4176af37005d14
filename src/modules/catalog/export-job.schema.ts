/** Stored form of exportJob (TMF620), and what creates and updates may carry. */
import { Type, type Static } from 'typebox'
import { JobStateType } from './job-types.ts'
import { extensible } from '../../tmf/types/attributes.ts'

/** Task that writes catalog records to a file. */
export const ExportJob = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ format: 'uri-reference', description: 'Where it can be read' }),
    completionDate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was finished' })),
    contentType: Type.Optional(Type.String({ description: 'Media type of the file' })),
    creationDate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was made' })),
    errorLog: Type.Optional(Type.String({ description: 'What went wrong, one line a record' })),
    path: Type.Optional(Type.String({ description: 'Collection to export, such as /productOffering; left out for all' })),
    query: Type.Optional(Type.String({ description: 'Which records, in the form of a list query' })),
    url: Type.Optional(Type.String({ format: 'uri', description: 'Where the exported file is put' })),
    status: Type.Optional(JobStateType),
    ...extensible,
  },
  { description: 'Task that writes catalog records to a file' },
)
export type ExportJob = Static<typeof ExportJob>

export const exportJobCreate = { required: ['url'] }
