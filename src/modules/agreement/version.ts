/** A version of an agreement takes the place of the one before it when it is approved itself. */
import type { Reaction } from '../../tmf/module.ts'
import { agreement } from './agreement.ts'
import type { Agreement } from './agreement.schema.ts'

/** Once a version is approved, the one before it is over, at the same moment for whoever asks (agreementsOf). */
export const supersede: Reaction = {
  name: 'agreement.supersede',
  on: ['AgreementStateChangeEvent'],
  run: async (event, { tx, context, deps }) => {
    const { status, replaces } = event.doc as Agreement
    if (status !== 'approved' || replaces === undefined) return
    const before = await deps.store.get(context, agreement, replaces.id, { tx })
    if (before?.doc.status !== 'approved') return
    await deps.store.update(context, agreement, replaces.id, doc => (doc.status === 'approved' ? { ...doc, status: 'superseded' } : doc), { tx })
  },
}
