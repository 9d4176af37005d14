/** Refuses to make parties one, or two again, while another module is at work on all that a person has. */
import { refuse } from '../../platform/errors.ts'
import type { MergeWork } from './work.ts'

/** `members`: all parties of the persons that this is about, locked. 409 names the one that stands against it. */
export const refuseUnmergeable = async ({ tx, context, deps }: MergeWork, members: readonly string[]): Promise<void> => {
  for (const { sql, because } of deps.parts.unmergeable) {
    const [one] = await tx.query<{ id: string }>(sql, [context.brand, members])
    if (one) throw refuse.conflict('notNow', `${one.id} ${because}`)
  }
}
