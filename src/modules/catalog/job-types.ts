/** State of import and export jobs (TMF620). */
import { Type } from 'typebox'

/** State of an import or export. */
export const JobStateType = Type.Enum(
  [
    'Not Started',
    'Running',
    'Succeeded',
    'Failed',
  ],
  { type: 'string', description: 'State of an import or export' },
)
