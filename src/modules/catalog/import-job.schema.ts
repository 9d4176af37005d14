/** Stored form of importJob (TMF620), and what creates and updates may carry. */
import { Type, type Static } from 'typebox'
import { JobStateType } from './job-types.ts'
import { extensible } from '../../tmf/types/attributes.ts'

/** Task that reads catalog records from a file at a URL. */
export const ImportJob = Type.Object(
  {
    id: Type.String({ description: 'Identifier, unique among its kind' }),
    href: Type.String({ format: 'uri-reference', description: 'Where it can be read' }),
    completionDate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was finished' })),
    contentType: Type.Optional(Type.String({ description: 'Media type of the file' })),
    creationDate: Type.Optional(Type.String({ format: 'date-time', description: 'When it was made' })),
    errorLog: Type.Optional(Type.String({ description: 'What went wrong, one line a record' })),
    path: Type.Optional(Type.String({ description: 'Collection that the records belong to, such as /productOffering; left out for all' })),
    url: Type.Optional(Type.String({ format: 'uri', description: 'Where the file to import is fetched' })),
    status: Type.Optional(JobStateType),
    ...extensible,
  },
  { description: 'Task that reads catalog records from a file at a URL' },
)
export type ImportJob = Static<typeof ImportJob>

export const importJobCreate = { required: ['url'] }
