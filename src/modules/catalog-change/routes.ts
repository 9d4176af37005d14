/** What can be done with a change set beyond reading and writing it, and the catalog as a whole: checked, taken out as a file. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { requirePermission } from '../../platform/auth/permission.ts'
import { refuse } from '../../platform/errors.ts'
import { inputOf } from '../../platform/http/input.ts'
import { isCurrency } from '../../platform/money.ts'
import type { Services } from '../../tmf/services.ts'
import { priceLineOf, totalLinesOf, type PricingAnswer } from '../pricing/index.ts'
import { activateLater, activateNow, momentOf, rollBack } from './activate.ts'
import { catalogChangeSet, CatalogChangeSet } from './change-set.ts'
import { PriceCase, type Finding } from './change-set-types.ts'
import { differences } from './difference.ts'
import { KIND_NAMES } from './kinds.ts'
import { previewPrice, productsTouchedBy, touchedProducts } from './preview.ts'
import { DifferenceAnswer, errors, findingsAnswer, params, PricePreviewAnswer, ProductParams, Retired, TouchedAnswer } from './route-schemas.ts'
import { approveSet, cancelSet, rejectSet, submitSet, withdrawSet } from './stages.ts'
import { blocking, validateLive, validateSet } from './validate.ts'

/** Who may approve, and who may activate and roll back: apart from who may draft. */
const APPROVAL = 'catalogChangeApproval'
const ACTIVATION = 'catalogChangeActivation'

const Note = Type.Object({ note: Type.Optional(Type.String({ maxLength: 2000, description: 'Why' })) }, { additionalProperties: false, description: 'A decision' })
const Moment = Type.Object({ activateAt: Type.Optional(Type.String({ format: 'date-time', description: 'When; now when left out or past' })) }, { additionalProperties: false, description: 'When to activate' })
const ProductPage = Type.Object({ offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000, description: 'How many are skipped' })), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: 'How many at most; 100 when left out' })) }, { additionalProperties: false, description: 'A page' })

const readNote = inputOf(Note)
const readMoment = inputOf(Moment)
const readPage = inputOf(ProductPage, { query: true })
const readCase = inputOf(PriceCase)

const shown = (answer: PricingAnswer) => ({ ...answer, line: answer.line.map(line => ({ ...line, itemPrice: line.component.map(priceLineOf) })), totalPrice: totalLinesOf(answer.line.flatMap(line => line.component)) })
const counted = (findings: readonly Finding[]) => ({ finding: findings, error: findings.filter(one => one.severity === 'error').length, warning: findings.filter(one => one.severity === 'warning').length, blocking: blocking(findings).length })
const idOf = (request: FastifyRequest): string => (request.params as { id: string }).id
const PATH = '/tandem/v1/catalogChangeSet/:id'

export const changeRoutes = (app: FastifyInstance, deps: Services): void => {
  const tags = ['catalogChangeSet']
  const setOf = async (request: FastifyRequest): Promise<CatalogChangeSet> => {
    requirePermission(request.context, catalogChangeSet.name, 'read')
    const found = await deps.store.get(request.context, catalogChangeSet, idOf(request))
    if (!found) throw refuse.notFound('catalogChangeSet', idOf(request))
    return found.doc
  }

  app.get('/tandem/v1/catalogValidation', { schema: { tags: ['catalogValidation'], operationId: 'validateCatalog', summary: 'Everything that is wrong with the catalog as it is', response: { 200: findingsAnswer, ...errors } } }, async request => {
    requirePermission(request.context, catalogChangeSet.name, 'read')
    return counted(await validateLive(deps, request.context.brand))
  })

  app.post(`${PATH}/validate`, { schema: { tags, operationId: 'validateCatalogChangeSet', summary: 'Everything that would be wrong with the catalog with these changes', description: 'Carries the changes out in a transaction that is taken back, checks the whole catalog inside it, and tries the tests of the set. What the catalog has without the changes too is marked existing.', params, response: { 200: findingsAnswer, ...errors } } }, async request => {
    const set = await setOf(request)
    return counted(await validateSet(deps, request.context, set))
  })

  app.post(`${PATH}/previewPrice`, { schema: { tags, operationId: 'previewCatalogChangeSetPrice', summary: 'What would somebody pay with these changes, and what without', description: 'Both for the moment that the case names, else when the set is to be activated, else now. It is the price that everybody gets once the set is active.', params, body: PriceCase, response: { 200: PricePreviewAnswer, ...errors } } }, async request => {
    requirePermission(request.context, 'price', 'read')
    const set = await setOf(request)
    const asked = readCase(request.body)
    if (asked.currency !== undefined && !isCurrency(asked.currency)) throw refuse.invalid([{ path: 'currency', rule: 'must be an ISO 4217 currency code', value: asked.currency }])
    const { before, after } = await previewPrice(deps, request.context, set, asked)
    return { before: shown(before), after: shown(after) }
  })

  app.get(`${PATH}/difference`, { schema: { tags, operationId: 'listCatalogChangeSetDifferences', summary: 'Each resource as it is and as it will be, and what differs', description: 'Of a set that was activated: as it was before and after that. 409 when the changes cannot be applied to the catalog as it is.', params, response: { 200: DifferenceAnswer, ...errors } } }, async request => {
    return { difference: await differences(deps, request.context, await setOf(request)) }
  })

  app.get(`${PATH}/touchedProduct`, { schema: { tags, operationId: 'listTouchedProductCounts', summary: 'How many products that customers have each change is about', description: 'Products keep the price and terms that they were sold under; these are the ones that were sold by what changes: by the offering, price or specification, from the price list or its entry, with the promotion in their price, or by a price that the rule is about; of a tax rate those that it is on, which are billed by it from then on.', params, response: { 200: TouchedAnswer, ...errors } } }, async request => {
    requirePermission(request.context, 'product', 'read')
    return { touched: await touchedProducts(deps, request.context, await setOf(request)) }
  })

  app.get(`${PATH}/touchedProduct/:resource/:resourceId`, { schema: { tags, operationId: 'listTouchedProducts', summary: 'The products that one change is about', params: ProductParams, querystring: ProductPage, response: { 200: Type.Array(Type.Object({}, { additionalProperties: true, description: 'A product (TMF637)' })), ...errors } } }, async (request, reply) => {
    requirePermission(request.context, 'product', 'read')
    const { resource, resourceId } = request.params as { resource: string; resourceId: string }
    const { offset = 0, limit = 100 } = readPage(request.query)
    if (!(KIND_NAMES as readonly string[]).includes(resource)) throw refuse.invalid([{ path: 'resource', rule: `must be one of ${KIND_NAMES.join(', ')}`, value: resource.slice(0, 80) }])
    const { total, product } = await productsTouchedBy(deps, request.context, await setOf(request), resource, resourceId, { offset, limit })
    return reply.header('x-total-count', total).header('x-result-count', product.length).send(product)
  })

  const stage = (name: string, permission: string, action: 'create' | 'update', summary: string, move: (request: FastifyRequest) => Promise<CatalogChangeSet>, body?: typeof Note): void => {
    app.post(`${PATH}/${name}`, { schema: { tags, operationId: `${name}CatalogChangeSet`, summary, params, ...(body && { body }), response: { 200: CatalogChangeSet, ...errors } } }, async request => {
      requirePermission(request.context, permission, action)
      return move(request)
    })
  }
  stage('submit', catalogChangeSet.name, 'update', 'Submit a draft: 409 with everything that is in its way, else approved, or submitted where the brand asks for a second person', request => submitSet(deps, request.context, idOf(request)))
  stage('approve', APPROVAL, 'create', 'Approve what others wrote and submitted', request => approveSet(deps, request.context, idOf(request), readNote(request.body ?? {}).note), Note)
  stage('reject', APPROVAL, 'create', 'Send a submitted set back to its authors', request => rejectSet(deps, request.context, idOf(request), readNote(request.body ?? {}).note), Note)
  stage('withdraw', catalogChangeSet.name, 'update', 'Make it a draft again, before it is activated; an approval counts no more', request => withdrawSet(deps, request.context, idOf(request)))
  stage('cancel', catalogChangeSet.name, 'update', 'End a set that was not activated', request => cancelSet(deps, request.context, idOf(request)))

  app.post(`${PATH}/activate`, { schema: { tags, operationId: 'activateCatalogChangeSet', summary: 'Activate an approved set, now or at a moment', description: 'All changes in one transaction with their events, or none: 409 names every resource that has changed since it was drafted, and whatever else is in the way. Sent again it answers the active set. 202 when it is to be activated later.', params, body: Moment, response: { 200: CatalogChangeSet, 202: CatalogChangeSet, ...errors } } }, async (request, reply) => {
    requirePermission(request.context, ACTIVATION, 'create')
    const at = momentOf(readMoment(request.body ?? {}).activateAt, deps.clock.now())
    if (at === undefined) return activateNow(deps, request.context, idOf(request))
    return reply.code(202).send(await activateLater(deps, request.context, idOf(request), at))
  })

  app.post(`${PATH}/rollBack`, { schema: { tags, operationId: 'rollBackCatalogChangeSet', summary: 'Take an activation back', description: 'What was changed or deleted is again as it was, in new revisions; what was made is deleted, or out of use where others refer to it. 409 names what was changed since.', params, response: { 200: Type.Object({ catalogChangeSet: CatalogChangeSet, retired: Type.Array(Retired, { description: 'What went out of use instead of being deleted' }) }), ...errors } } }, async request => {
    requirePermission(request.context, ACTIVATION, 'create')
    const { set, retired } = await rollBack(deps, request.context, idOf(request))
    return { catalogChangeSet: set, retired }
  })
}
