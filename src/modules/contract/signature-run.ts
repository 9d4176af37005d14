/** Drives a signature from where it stands: the envelope, its outcome, and what follows from a signature of exactly what was to be signed. */
import { hostname } from 'node:os'
import { Type, type Static } from 'typebox'
import { Refusal } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import { systemContext, type Context } from '../../platform/principal.ts'
import type { Transaction } from '../../platform/database/sql.ts'
import { defineJob, type Reaction } from '../../tmf/module.ts'
import type { Services } from '../../tmf/services.ts'
import { agreement, agreementHash, withSignature } from '../agreement/index.ts'
import { contractSignature, OPEN_STATES, type ContractSignature } from './contract-signature.ts'
import { contractSummary } from './contract-summary.ts'
import { askEnvelope, SignatureUnavailable, signatureTarget, takeBack, type Envelope } from './signature-gateway.ts'
import { claimWork, findDueWork, nudgeWork, readWork, releaseWork, type SignatureWork } from './signature-store.ts'

/** Who works on signatures in this process. */
const OWNER = `${hostname()}:${process.pid}:${newId()}`
/** A service that loses its call-backs is asked. */
const POLL_MS = 5_000
const LONGEST_BACKOFF_MS = 30_000

type Ended = Exclude<NonNullable<ContractSignature['state']>, 'requested' | 'pending'>

/** What a signature brings about; refused where what was signed is not what stands now. Answers why not. */
const takesEffect = async (deps: Services, context: Context, doc: ContractSignature, tx: Transaction): Promise<string | undefined> => {
  const { evidence } = doc
  if (evidence === undefined) return 'there is no evidence'
  const signature = { ...evidence, contractSignature: { id: doc.id, href: doc.href } }
  try {
    if (doc.contractSummary) {
      await deps.store.update(context, contractSummary, doc.contractSummary.id, one => (one.state === 'accepted' ? one : { ...one, state: 'accepted' as const, acceptance: { by: evidence.signer ?? doc.signer?.name ?? '', caller: context.principal.id, ...(doc.channel !== undefined && { channel: doc.channel }), hash: one.hash ?? '', signature } }), { tx })
    } else if (doc.agreement) {
      const found = await deps.store.get(context, agreement, doc.agreement.id, { tx })
      if (found === undefined || agreementHash(found.doc) !== evidence.hash) return 'the agreement has changed since'
      await deps.store.update(context, agreement, doc.agreement.id, one => withSignature(one, signature), { tx })
    }
  } catch (error) {
    if (error instanceof Refusal && error.status < 500) return error.message
    throw error
  }
  return undefined
}

const ended = async (deps: Services, context: Context, id: string, state: Ended, more: Partial<ContractSignature> = {}): Promise<void> => {
  const now = deps.clock.now().toISOString()
  const write = async (tx: Transaction, reason?: string): Promise<ContractSignature> =>
    (await deps.store.update(context, contractSignature, id, doc => (OPEN_STATES.includes(doc.state ?? '') ? { ...doc, ...more, state, endDate: now, ...(reason !== undefined && { reason }) } : doc), { tx })).doc
  if (state !== 'signed') return void (await deps.database.transaction(tx => write(tx)))
  // A refusal inside a transaction leaves nothing to go on with: what came of it is written in a second one.
  let reason: string | undefined
  const done = await deps.database
    .transaction(async tx => {
      const doc = await write(tx)
      reason = await takesEffect(deps, context, doc, tx)
      if (reason !== undefined) throw new NoEffect()
      return true
    })
    .catch((error: unknown) => {
      if (error instanceof NoEffect) return false
      throw error
    })
  if (!done) await deps.database.transaction(tx => write(tx, `signed, but without effect: ${reason ?? ''}`.slice(0, 1000)))
}

class NoEffect extends Error {
  override readonly name = 'NoEffect'
}

/** Writes down what the service says. Answers whether it has come to an end. */
const heard = async (deps: Services, context: Context, doc: ContractSignature, envelope: Envelope): Promise<boolean> => {
  const known = { ...(envelope.id !== undefined && { envelopeId: envelope.id }) }
  switch (envelope.state) {
    case 'pending':
      if (doc.state === 'requested' || doc.signUrl !== envelope.signUrl) await deps.store.update(context, contractSignature, doc.id, one => (OPEN_STATES.includes(one.state ?? '') ? { ...one, ...known, state: 'pending' as const, ...(envelope.signUrl !== undefined && { signUrl: envelope.signUrl }) } : one))
      return false
    case 'signed':
      // The signature is of something else: kept as evidence of what happened, and good for nothing.
      if (envelope.evidence?.hash !== doc.hash) {
        deps.log.error({ signature: doc.id }, 'something else was signed than was to be')
        await ended(deps, context, doc.id, 'failed', { ...known, ...(envelope.evidence && { evidence: envelope.evidence }), reason: 'wrongHash: what was signed is not what was to be signed' })
      } else await ended(deps, context, doc.id, 'signed', { ...known, ...(envelope.evidence && { evidence: envelope.evidence }) })
      return true
    case 'declined':
    case 'expired':
    case 'cancelled':
      await ended(deps, context, doc.id, envelope.state, known)
      return true
    case 'refused':
      await ended(deps, context, doc.id, 'failed', { reason: (envelope.reason ?? 'the signature service refuses it').slice(0, 1000) })
      return true
  }
}

const step = async (deps: Services, context: Context, work: SignatureWork): Promise<boolean> => {
  const found = await deps.store.get(context, contractSignature, work.signatureId)
  if (found === undefined || !OPEN_STATES.includes(found.doc.state ?? '')) return true
  const { doc } = found
  const isOver = doc.expirationDate !== undefined && new Date(doc.expirationDate) <= deps.clock.now()
  const target = await signatureTarget(deps, context)
  if (target === undefined) {
    // Nothing was asked of anybody: nothing has to be taken back.
    if (!work.cancelAsked && !isOver) throw new SignatureUnavailable('there is no signature service (salesGateway with port signature)')
    await ended(deps, context, doc.id, work.cancelAsked ? 'cancelled' : 'expired')
    return true
  }
  if (!work.cancelAsked && !isOver) return await heard(deps, context, doc, await askEnvelope(deps, target, work, doc))
  const left = await takeBack(deps, target, work)
  return await heard(deps, context, doc, left.state === 'cancelled' && !work.cancelAsked ? { ...left, state: 'expired' } : left)
}

/** Works on a signature as far as it goes now. Nothing happens when somebody else does, or when it has ended. */
export const runSignature = async (deps: Services, id: string): Promise<void> => {
  const work = await claimWork(deps.database, id, OWNER)
  if (work === undefined) return
  const context = systemContext(work.brand, id)
  try {
    await releaseWork(deps.database, work, OWNER, (await step(deps, context, work)) ? 'over' : { afterMs: POLL_MS, tries: 0 })
  } catch (error) {
    // The row keeps what is to be done: it is tried again until its time is over.
    deps.log.warn({ err: error, signature: id, tries: work.tries }, 'a signature could not be worked on; it is tried again')
    await releaseWork(deps.database, work, OWNER, { afterMs: Math.min(LONGEST_BACKOFF_MS, 200 * 2 ** Math.min(work.tries, 8)), tries: work.tries + 1 })
  }
}

/** Takes it back, if nobody has signed yet; answers how it stands then. */
export const cancelSignature = async (deps: Services, context: Context, id: string): Promise<ContractSignature | undefined> => {
  await nudgeWork(deps.database, id, true)
  await runSignature(deps, id)
  return (await deps.store.get(context, contractSignature, id))?.doc
}

/** There is news of it. */
export const signatureNews = async (deps: Services, id: string, isToken: (expected: string) => boolean): Promise<boolean> => {
  const work = await readWork(deps.database, id)
  if (work === undefined || !isToken(work.callbackToken)) return false
  await nudgeWork(deps.database, id)
  wake(deps, id)
  return true
}

const schema = Type.Object({ id: Type.String() })

export const runSignatureJob = defineJob({
  name: 'contract.run-signature',
  schema,
  run: async ({ id }: Static<typeof schema>, deps: Services) => await runSignature(deps, id),
  retry: { attempts: 3, backoffMs: 500 },
  concurrency: 4,
})

export const sweepSignaturesJob = defineJob({
  name: 'contract.sweep-signatures',
  schema: Type.Object({}),
  run: async (_: object, deps: Services) => void (await Promise.all((await findDueWork(deps.database, 20)).map(id => runSignature(deps, id)))),
  retry: { attempts: 1, backoffMs: 1_000 },
  concurrency: 1,
  every: { intervalMs: 1_000, data: {} },
})

/** Losing a wake-up only delays: the sweep finds the row. */
const wake = (deps: Services, id: string): void => {
  deps.jobs.enqueue({ name: runSignatureJob.name, schema }, { id }).catch((error: unknown) => {
    deps.log.warn({ err: error, signature: id }, 'a wake-up for a signature was lost; the sweep finds it')
  })
}

/** Asks for the signature as soon as it is written that it is wanted. */
export const startSignature: Reaction = {
  name: 'contract.start-signature',
  on: ['ContractSignatureCreateEvent'],
  run: async (event, { deps, afterCommit }) => afterCommit(async () => wake(deps, event.resourceId)),
}
