/** GET /tandem/v1/agreement/{id}/commitment: what was promised, what there is so far, and what is missing. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { requirePermission } from '../../platform/auth/permission.ts'
import { refuse } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import { systemContext, type Context } from '../../platform/principal.ts'
import { hrefOf } from '../../tmf/kit.ts'
import type { Services } from '../../tmf/services.ts'
import { customer } from '../customer/index.ts'
import { product } from '../inventory/index.ts'
import { buyersOf } from '../pricing/index.ts'
import { agreement } from './agreement.ts'
import type { Agreement } from './agreement.schema.ts'
import { commitmentsAt, type CommittedProduct, type CommitmentState } from './commitment.ts'

/** Products of one agreement that are counted. */
const MOST_PRODUCTS = 100_000

/** Who promised: the parties who buy, with the customers that they are. */
const promising = async (deps: Services, house: Context, doc: Agreement): Promise<string[]> => {
  const parties = buyersOf(doc.engagedParty).map(one => one.id)
  const customers = await deps.store.find(house, customer, { where: [{ path: 'engagedParty.id', value: parties }], limit: 1000 })
  const own = await deps.store.getMany(house, customer, parties)
  return [...new Set([...parties, ...customers.map(one => one.id), ...[...own.values()].flatMap(one => one.doc.engagedParty?.id ?? [])])]
}

/** How the commitments of an agreement stand now. What there is belongs to the parties of the agreement: it is counted as Tandem itself. */
const commitmentsOf = async (deps: Services, brand: string, doc: Agreement): Promise<CommitmentState[]> => {
  const house = systemContext(brand, newId())
  const commitment = (doc.agreementItem ?? []).flatMap(item => (item.commitment ?? []).map(one => ({ ...one, offeringIds: (one.productOffering ?? item.productOffering ?? []).map(of => of.id) })))
  const parties = commitment.length === 0 ? [] : await promising(deps, house, doc)
  const products = parties.length === 0 ? [] : await deps.store.find(house, product, { where: [{ path: 'relatedParty.id', value: parties }], limit: MOST_PRODUCTS })
  return commitmentsAt({ commitment, ...(doc.agreementPeriod?.startDateTime !== undefined && { from: doc.agreementPeriod.startDateTime }) }, products.map(one => one.doc as CommittedProduct), deps.clock.now())
}

export const commitmentRoutes = (app: FastifyInstance, deps: Services): void => {
  app.get<{ Params: { id: string } }>(
    '/tandem/v1/agreement/:id/commitment',
    {
      config: { confined: true },
      schema: {
        tags: ['agreement'], operationId: 'agreementCommitment', summary: 'How the commitments of an agreement stand',
        description: 'Of kind quantity: products of the parties that are active or on their way. Of kind revenue: charges that fell due since the present period began, counted from the beginning of the agreement, by the prices at which the products were sold, without tax. Of kind term: until when.',
        params: Type.Object({ id: Type.String({ minLength: 1, maxLength: 255, description: 'The agreement' }) }),
      },
    },
    async request => {
      requirePermission(request.context, agreement.name, 'read')
      const found = await deps.store.get(request.context, agreement, request.params.id)
      if (!found) throw refuse.notFound('agreement', request.params.id)
      return { agreement: { id: found.id, href: hrefOf(agreement, found.id), status: found.doc.status }, commitment: await commitmentsOf(deps, request.context.brand, found.doc) }
    },
  )
}
