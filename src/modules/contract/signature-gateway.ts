/** The signature service, over HTTP: an envelope is made under a key that follows from the signature's row, so that a repeat makes no second one. What became of it is asked, never taken from a call-back. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Context } from '../../platform/principal.ts'
import { systemContext } from '../../platform/principal.ts'
import type { Services } from '../../tmf/services.ts'
import { at, ownAddress, TargetUnreachable, textAt, transportEach, type HttpAnswer, type Target } from '../delivery/index.ts'
import type { ContractSignature } from './contract-signature.ts'
import type { SignatureWork } from './signature-store.ts'

const transport = transportEach({ failures: 20, openMs: 1_000 })

export const closeSignatures = (deps: Services): Promise<void> => transport.close(deps)

/** No answer, or none that can be understood: worth another try under the same key. */
export class SignatureUnavailable extends Error {
  override readonly name = 'SignatureUnavailable'
}

const TIMEOUT_MS = 3_000

interface Gateway {
  baseUrl?: string
  timeoutMs?: number
  secret?: { header: string; name: string }
}

/** Where the brand's signature service answers; undefined when there is none, or no running module keeps gateways. */
export const signatureTarget = async (deps: Services, { brand, correlationId }: Pick<Context, 'brand' | 'correlationId'>): Promise<Target | undefined> => {
  const resource = deps.store.resource('salesGateway')
  if (resource === undefined) return undefined
  const [found] = await deps.store.find(systemContext(brand, correlationId), resource, { where: [{ path: 'port', value: 'signature' }], sort: '-lastUpdate', limit: 1 })
  const { baseUrl, timeoutMs, secret } = (found?.doc ?? {}) as Gateway
  if (baseUrl === undefined) return undefined
  const headers = secret ? { [secret.header]: (await readFile(path.join(deps.config.dataDir, 'secrets', secret.name), 'utf8')).trim() } : {}
  return { system: 'sales-signature', baseUrl, timeoutMs: timeoutMs ?? TIMEOUT_MS, headers }
}

const keyOf = (work: SignatureWork): string => `${work.signatureId}.signature`

const ask = async (deps: Services, target: Target, work: SignatureWork, method: 'GET' | 'POST', where: string, body?: unknown): Promise<HttpAnswer> => {
  const callback = `${ownAddress(deps)}/tandem/v1/signatureCallback/${work.signatureId}?token=${work.callbackToken}`
  let answer: HttpAnswer
  try {
    answer = await transport.of(deps).send(target, { method, path: where, ...(body !== undefined && { body }), headers: { 'x-work-reference': work.signatureId, ...(method === 'POST' && { 'idempotency-key': keyOf(work), 'x-callback-url': callback }) } })
  } catch (error) {
    if (error instanceof TargetUnreachable) throw new SignatureUnavailable(error.message, { cause: error })
    throw error
  }
  if (answer.status >= 500 || answer.status === 408 || answer.status === 429) throw new SignatureUnavailable(`${target.system} answered ${answer.status}`)
  return answer
}

export interface Envelope {
  id?: string
  state: 'pending' | 'signed' | 'declined' | 'expired' | 'cancelled' | 'refused'
  signUrl?: string
  reason?: string
  evidence?: NonNullable<ContractSignature['evidence']>
}

const STATES: readonly string[] = ['pending', 'signed', 'declined', 'expired', 'cancelled']

const envelopeOf = (answer: HttpAnswer, target: Target): Envelope => {
  if (answer.status >= 400) return { state: 'refused', reason: textAt(answer.body, 'message') ?? `answered ${answer.status}` }
  const [id, state, signUrl] = [textAt(answer.body, 'id'), textAt(answer.body, 'state'), textAt(answer.body, 'signUrl')]
  if (id === undefined || state === undefined || !STATES.includes(state)) throw new SignatureUnavailable(`${target.system} answered without id or state`)
  const said = { id: textAt(answer.body, 'signature', 'id'), date: textAt(answer.body, 'signature', 'time'), signer: textAt(answer.body, 'signature', 'signer'), hash: textAt(answer.body, 'signature', 'hash'), reference: textAt(answer.body, 'signature', 'evidence') }
  if (state === 'signed' && (at(answer.body, 'signature') === undefined || said.hash === undefined || said.date === undefined || Number.isNaN(Date.parse(said.date)))) throw new SignatureUnavailable(`${target.system} says signed without a signature`)
  const evidence = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)) as Envelope['evidence'] & object
  return { id, state: state as Envelope['state'], ...(signUrl !== undefined && { signUrl: new URL(signUrl, target.baseUrl).href }), ...(state === 'signed' && { evidence }) }
}

/** Makes the envelope, or finds the one that there is, and tells where it stands. */
export const askEnvelope = async (deps: Services, target: Target, work: SignatureWork, doc: ContractSignature): Promise<Envelope> =>
  envelopeOf(
    doc.envelopeId === undefined
      ? await ask(deps, target, work, 'POST', '/envelope', { document: { hash: doc.hash, name: doc.contractSummary ? 'Contract summary' : 'Agreement' }, signer: { name: doc.signer?.name, ...(doc.signer?.email !== undefined && { email: doc.signer.email }) }, ...(doc.expirationDate !== undefined && { expires: doc.expirationDate }) })
      : await ask(deps, target, work, 'GET', `/envelope/${encodeURIComponent(doc.envelopeId)}`),
    target,
  )

/** Takes it back, whether or not an answer ever came; then tells where it stands: what was signed before stays signed. */
export const takeBack = async (deps: Services, target: Target, work: SignatureWork): Promise<Envelope> => {
  const key = encodeURIComponent(keyOf(work))
  const taken = await ask(deps, target, work, 'POST', `/by-key/${key}/cancel`, {})
  if (taken.status >= 400 || textAt(taken.body, 'state') !== 'cancelled') throw new SignatureUnavailable(`${target.system} did not take it back (${taken.status})`)
  const now = await ask(deps, target, work, 'GET', `/by-key/${key}`)
  return now.status === 404 ? { state: 'cancelled' } : envelopeOf(now, target)
}
