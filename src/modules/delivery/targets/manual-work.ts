/** Work that a person does: it waits until somebody completes it in the work queue (POST /tandem/v1/fallout/{taskId}/complete). */
import type { Adapter, Outcome } from './target.ts'

const byHand: Outcome = { status: 'waiting', answer: { waitsFor: 'a person' }, note: 'waits for a person', byPerson: true }

export const manualWork: Adapter = {
  kind: 'manual',
  execute: () => Promise.resolve(byHand),
  poll: () => Promise.resolve(byHand),
  parseCallback: () => undefined,
  compensate: () => Promise.resolve({ status: 'failed', code: 'manualCompensation', message: 'a person has to undo this work', retryable: false }),
}
