/** GET /tandem/v1/acceptanceProof/{orderId}: everything that is kept on how an order was accepted, by whom, when and where, in one answer. Put together when it is asked for: each part is kept once. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { requirePermission } from '../../platform/auth/permission.ts'
import { refuse } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import { systemContext } from '../../platform/principal.ts'
import { hrefOf } from '../../tmf/kit.ts'
import type { Services } from '../../tmf/services.ts'
import { contractSignature, contractSummary } from '../contract/index.ts'
import { productOrder } from '../ordering/index.ts'
import { readCheckoutOfOrder } from './checkout-store.ts'
import { shoppingCart } from './shopping-cart.ts'

const instant = (value: string | Date): string => new Date(value).toISOString()

/** What the order was accepted by. The caller sees the order: what proves its acceptance belongs to it. */
const proofOf = async (deps: Services, brand: string, orderId: string, quoteId: string | undefined): Promise<Record<string, unknown>> => {
  const house = systemContext(brand, newId())
  const checkout = await readCheckoutOfOrder(deps.database, brand, orderId)
  const summaryId = checkout?.progress.contract?.summary
  const [summary] =
    summaryId !== undefined
      ? [await deps.store.get(house, contractSummary, summaryId)]
      : quoteId !== undefined
        ? await deps.store.find(house, contractSummary, { where: [{ path: 'quote.id', value: quoteId }, { path: 'state', value: 'accepted' }], sort: '-creationDate', limit: 1 })
        : []
  const { document, hash, acceptance } = summary?.doc ?? {}
  const signatureId = checkout?.progress.contract?.signature ?? acceptance?.signature?.contractSignature?.id
  const signature = signatureId === undefined ? undefined : await deps.store.get(house, contractSignature, signatureId)
  const { terms, acceptedAt, channel, principal, termsAccepted } = checkout?.request ?? {}
  const inSummary = document?.terms.id === undefined ? undefined : [document.terms]
  return {
    ...(checkout && { shoppingCart: { id: checkout.cartId, href: hrefOf(shoppingCart, checkout.cartId) } }),
    ...(quoteId !== undefined && { quote: { id: quoteId } }),
    acceptance: {
      ...(acceptance?.by !== undefined && { by: acceptance.by }),
      ...((principal ?? acceptance?.caller) !== undefined && { caller: principal ?? acceptance?.caller }),
      ...((channel ?? acceptance?.channel) !== undefined && { channel: channel ?? acceptance?.channel }),
      ...((acceptedAt ?? acceptance?.date) !== undefined && { date: instant(acceptedAt ?? acceptance?.date ?? '') }),
    },
    ...(termsAccepted !== undefined && { termsAccepted }),
    terms: terms ?? inSummary ?? [],
    ...(summary && { contractSummary: { id: summary.id, href: summary.doc.href, hash, document, acceptance, pdf: `${summary.doc.href}/document` } }),
    ...(signature && { signature: { id: signature.id, href: signature.doc.href, state: signature.doc.state, hash: signature.doc.hash, signer: signature.doc.signer, evidence: signature.doc.evidence } }),
  }
}

export const acceptanceRoutes = (app: FastifyInstance, deps: Services): void => {
  app.get<{ Params: { orderId: string } }>(
    '/tandem/v1/acceptanceProof/:orderId',
    {
      config: { confined: true },
      schema: {
        tags: ['acceptanceProof'], operationId: 'acceptanceProof', summary: 'How an order was accepted',
        description: 'The contract summary with its hash, who accepted it when, where and through which account, the editions of the terms, and the electronic signature with its evidence. Orders that came in as such were accepted elsewhere: of them nothing is kept here, and acceptance is empty.',
        params: Type.Object({ orderId: Type.String({ minLength: 1, maxLength: 255, description: 'The product order' }) }),
      },
    },
    async request => {
      const { context } = request
      requirePermission(context, productOrder.name, 'read')
      const found = await deps.store.get(context, productOrder, request.params.orderId)
      if (found === undefined) throw refuse.notFound('productOrder', request.params.orderId)
      const quote = (found.doc as { quote?: { id: string }[] }).quote?.[0]?.id
      return { productOrder: { id: found.id, href: found.doc.href }, ...(await proofOf(deps, context.brand, found.id, quote)) }
    },
  )
}
