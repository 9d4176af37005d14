/** The contract of a checkout: the summary that was accepted before, and the signature that a rule wants, for which it waits with all that is held. */
import { v5 } from 'uuid'
import type { Context } from '../../platform/principal.ts'
import { hrefOf } from '../../tmf/kit.ts'
import type { Services } from '../../tmf/services.ts'
import { acceptedSummary, cancelSignature, contractSignature, contractSummary, runSignature, signatureRuleFor, termsNow, versionOf, type AcceptedSummary } from '../contract/index.ts'
import { partyOf } from '../customer/index.ts'
import { customerOf } from '../ordering/index.ts'
import type { CheckoutFault, CheckoutRow } from './checkout-types.ts'
import { shoppingCart } from './shopping-cart.ts'
import type { ShoppingCart } from './shopping-cart.schema.ts'

/** Any constant: ids of summaries and signatures follow from checkout and attempt. */
const NAMESPACE = '51c27d0b-0a2c-4ac1-8d67-3f0a5b1f7d0e'

const idOf = (row: Pick<CheckoutRow, 'id' | 'attempt'>, what: string): string => v5(`${row.id} ${row.attempt} ${what}`, NAMESPACE)

const buyerOf = async (deps: Services, context: Context, cart: ShoppingCart): ReturnType<typeof partyOf> => {
  const id = customerOf(cart)
  const ref = cart.relatedParty?.find(one => one.id === id)
  return ref === undefined ? undefined : await partyOf(deps, context, ref['@referredType'] === 'Party' ? { id: ref.id } : ref)
}

const namedSummary = (deps: Services, context: Context, cart: ShoppingCart, row: CheckoutRow): Promise<AcceptedSummary | undefined> =>
  row.request.contractSummary === undefined ? Promise.resolve(undefined) : acceptedSummary(deps, context, row.request.contractSummary, { resource: 'shoppingCart', id: cart.id, version: versionOf('shoppingCart', { doc: cart }) })

/** A summary that is named has to be of this cart as it is and accepted; where the brand's terms want one of consumers, one has to be named. */
export const summaryFaults = async (deps: Services, context: Context, cart: ShoppingCart, row: CheckoutRow): Promise<CheckoutFault[]> => {
  if (row.request.contractSummary !== undefined) {
    // Signing accepts it: while somebody has to sign, it need not be accepted yet.
    if ((await namedSummary(deps, context, cart, row)) !== undefined || (await signatureRuleFor(deps, context, 'shoppingCart', cart, row.request.channel)) !== undefined) return []
    return [{ code: 'contractSummaryMissing', message: `contractSummary ${row.request.contractSummary.slice(0, 80)} is not an accepted summary of what is in the cart now` }]
  }
  if ((await termsNow(deps, context, deps.clock.now()))?.summaryBeforeCheckout !== true || (await signatureRuleFor(deps, context, 'shoppingCart', cart, row.request.channel)) !== undefined) return []
  return (await buyerOf(deps, context, cart))?.kind === 'individual' ? [{ code: 'contractSummaryMissing', message: 'the contract summary of the cart has to be accepted first (POST /tandem/v1/contractSummary, then contractSummary here)' }] : []
}

type Outcome = { is: 'signed' } | { is: 'waits'; redirectUrl?: string } | { is: 'failed'; fault: CheckoutFault }

const keep = (row: CheckoutRow, summary: AcceptedSummary, signatureId?: string): void => {
  row.progress.contract = { summary: summary.id, hash: summary.hash, ...(signatureId !== undefined && { signature: signatureId }) }
}

const FAILURES: Readonly<Record<string, string>> = { declined: 'the contract was not signed: the signer declined', expired: 'the contract was not signed in time', cancelled: 'the signing was taken back', failed: 'something else was signed than the contract, or the signature service refused it' }

/** Has the contract signed where a rule wants it: makes summary and signature under ids that follow from the row, and tells where it stands. */
export const obtainSignature = async (deps: Services, context: Context, cart: ShoppingCart, row: CheckoutRow): Promise<Outcome> => {
  if (row.progress.contract?.hash !== undefined) return { is: 'signed' }
  const accepted = await namedSummary(deps, context, cart, row)
  const rule = await signatureRuleFor(deps, context, 'shoppingCart', cart, row.request.channel)
  if (rule === undefined || accepted?.signature !== undefined) {
    if (accepted !== undefined) keep(row, accepted, accepted.signature?.contractSignature?.id)
    return { is: 'signed' }
  }
  const of = { id: cart.id, href: hrefOf(shoppingCart, cart.id) }
  // One that was named and is of the cart as it is gets signed; else one is made.
  const named = row.request.contractSummary === undefined ? undefined : (await deps.store.get(context, contractSummary, row.request.contractSummary))?.doc
  const isOfCart = named?.state === 'given' && named.document?.source.id === cart.id && named.document.source.version === versionOf('shoppingCart', { doc: cart })
  const summaryId = isOfCart ? named.id : idOf(row, 'summary')
  if (!isOfCart && (await deps.store.get(context, contractSummary, summaryId)) === undefined) await deps.store.create(context, contractSummary, { shoppingCart: of }, { id: summaryId })
  const id = idOf(row, 'signature')
  if ((await deps.store.get(context, contractSignature, id)) === undefined) {
    const signer = row.request.signer ?? { name: (await buyerOf(deps, context, cart))?.name ?? 'Customer' }
    await deps.store.create(context, contractSignature, { contractSummary: { id: summaryId, href: hrefOf(contractSummary, summaryId) }, signer, ...(row.heldUntil && { expirationDate: new Date(row.heldUntil).toISOString() }) }, { id })
    await runSignature(deps, id)
  }
  const signature = (await deps.store.get(context, contractSignature, id))?.doc
  const state = signature?.state ?? 'requested'
  if (state === 'requested' || state === 'pending') return { is: 'waits', ...(signature?.signUrl !== undefined && { redirectUrl: signature.signUrl }) }
  const summary = state === 'signed' ? await acceptedSummary(deps, context, summaryId, { resource: 'shoppingCart', id: cart.id, version: versionOf('shoppingCart', { doc: cart }) }) : undefined
  if (summary?.signature === undefined) return { is: 'failed', fault: { code: state === 'declined' ? 'signatureDeclined' : 'signatureMissing', message: FAILURES[state] ?? 'what was signed is not what is in the cart', ...(signature?.reason !== undefined && { reason: signature.reason }) } }
  keep(row, summary, id)
  return { is: 'signed' }
}

/** Nobody has to sign what is not bought. One that cannot be taken back now is taken back later, by who works on signatures. */
export const dropSignature = async (deps: Services, context: Context, row: CheckoutRow): Promise<void> => {
  const id = idOf(row, 'signature')
  if ((await deps.store.get(context, contractSignature, id)) !== undefined) await cancelSignature(deps, context, id)
}
