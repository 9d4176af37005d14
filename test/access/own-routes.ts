/**
 * What is expected of each operation that is no operation of a registered resource. A route that is not here fails the matrix: whoever adds
 * one says who may use it.
 */

/**
 * public: without credentials. operator: only for those who act for all brands. closed: not for callers confined to some parties. scoped: they
 * may, and keep to their rows. brand: reference data that all of a brand read. self: about the caller, without a permission.
 */
export type Access = 'public' | 'operator' | 'closed' | 'scoped' | 'brand' | 'self'

export interface Expectation {
  access: Access
  /** Resource whose rows stand for the first path parameter. */
  of?: string
  /** Sent with it; `{id}` and `{marker}` are the victim's. */
  query?: string
  payload?: unknown
}

const expectations = (access: Access, routes: readonly string[]): Record<string, Expectation> => Object.fromEntries(routes.map(route => [route, { access }]))

export const OWN_ROUTES: Readonly<Record<string, Expectation>> = {
  ...expectations('public', ['GET /', 'GET /health/live', 'GET /health/ready', 'POST /tandem/v1/callback/:taskId']),
  ...expectations('operator', [
    'GET /metrics',
    'POST /tandem/v1/clock',
    'GET /tandem/v1/deadLetter',
    'POST /tandem/v1/deadLetter/:id/replay',
    'DELETE /tandem/v1/deadLetter/:id',
    'GET /tandem/v1/pausedHub',
    'POST /tandem/v1/pausedHub/:id/resume',
    'POST /tandem/v1/customerSearchIndex/rebuild',
  ]),
  ...expectations('closed', [
    'PUT /tandem/v1/external/:source/:resource/:externalId',
    'GET /tandem/v1/external/:source/:resource/:externalId',
    'DELETE /tandem/v1/external/:source/:resource/:externalId',
    'POST /tandem/v1/external/:source/:resource',
    'GET /tandem/v1/sourceRank',
    'PUT /tandem/v1/sourceRank',
    'DELETE /tandem/v1/sourceRank',
    'GET /tandem/v1/exportJob/:id/content',
    'POST /tandem/v1/partyMerge/:id/undo',
    'GET /tandem/v1/party/:id/cluster',
    'POST /tandem/v1/identitySuggestion/:id/accept',
    'POST /tandem/v1/identitySuggestion/:id/refuse',
    'POST /tandem/v1/partyIdentifier',
    'GET /tandem/v1/partyIdentifier',
    'GET /tandem/v1/partyIdentifier/:id',
    'POST /tandem/v1/partyIdentifier/:id/verify',
    'POST /tandem/v1/partyIdentifier/:id/end',
    'GET /tandem/v1/partyByIdentifier',
    'GET /tandem/v1/auditRecord',
    'GET /tandem/v1/coverage',
    'GET /tandem/v1/coverage/:id',
    'POST /tandem/v1/coverage',
    'POST /tandem/v1/coverage/bulk',
    'DELETE /tandem/v1/coverage/:id',
    'DELETE /tandem/v1/coverage',
    'GET /tandem/v1/coverageSource',
    'GET /tandem/v1/coverageSource/:id',
    'POST /tandem/v1/coverageSource',
    'PATCH /tandem/v1/coverageSource/:id',
    'DELETE /tandem/v1/coverageSource/:id',
    'POST /tandem/v1/coverageSource/:id/import',
    'POST /tandem/v1/coverageSource/:id/upload',
    'GET /tandem/v1/coverageImport',
    'POST /tandem/v1/qualificationBatch',
    'GET /tandem/v1/qualificationBatch/:id',
    'GET /tandem/v1/qualificationBatch/:id/result',
    'DELETE /tandem/v1/qualificationBatch/:id',
    'GET /tandem/v1/coverageImport/:id',
    'POST /tandem/v1/address/bulk',
    'DELETE /tandem/v1/address/:id',
    'POST /tandem/v1/addressImport',
    'GET /tandem/v1/addressImport',
    'GET /tandem/v1/addressImport/:id',
    'GET /tandem/v1/addressImport/:id/rejected',
    'PUT /tandem/v1/addressImport/:id/content',
    'DELETE /tandem/v1/addressImport/:id',
    'GET /tandem/v1/fallout',
    'POST /tandem/v1/fallout/:taskId/retry',
    'POST /tandem/v1/fallout/:taskId/editAndRetry',
    'POST /tandem/v1/fallout/:taskId/skip',
    'POST /tandem/v1/fallout/:taskId/compensate',
    'POST /tandem/v1/fallout/:taskId/handOver',
    'POST /tandem/v1/fallout/:taskId/complete',
    'POST /tandem/v1/billRun',
    'GET /tandem/v1/billRun',
    'GET /tandem/v1/billRun/:id',
    'POST /tandem/v1/billRun/:id/retry',
    'GET /tandem/v1/billingProblem',
    'POST /tandem/v1/personalDataErasure/:id/lift',
    'POST /tandem/v1/retentionRule/:id/run',
    'GET /tandem/v1/retentionRule/:id/run',
    'GET /tandem/v1/customerSearchIndex',
    'POST /tandem/v1/shoppingCart/:id/discount',
    'DELETE /tandem/v1/shoppingCart/:id/discount/:discount',
  ]),
  ...expectations('brand', ['GET /tandem/v1/clock', 'GET /tandem/v1/serviceability', 'GET /tandem/v1/address', 'GET /tandem/v1/address/:id', 'GET /tmf-api/geographicAddressManagement/v4/geographicAddress/:geographicAddressId/geographicSubAddress', 'GET /tmf-api/geographicAddressManagement/v4/geographicAddress/:geographicAddressId/geographicSubAddress/:geographicSubAddressId', 'GET /tandem/v1/schema/:name', 'GET /tandem/v1/schema/:name/:version']),
  ...expectations('self', ['GET /tmf-api/openid/v4/userinfo', 'GET /tmf-api/openid/v4/userinfo/:id']),
  ...expectations('scoped', ['GET /tandem/v1/apiKey', 'POST /tandem/v1/apiKey', 'GET /tandem/v1/apiKey/:id', 'DELETE /tandem/v1/apiKey/:id', 'POST /tandem/v1/apiKey/:id/rotate', 'GET /tandem/v1/personalDataExport', 'GET /tandem/v1/personalDataErasure']),
  'POST /tandem/v1/price': { access: 'brand', payload: { item: [{ id: '1', productOffering: { id: 'none' } }] } },
  'GET /tandem/v1/provenance/:resource/:id': { access: 'scoped' },
  'POST /tandem/v1/qualificationCheck': { access: 'scoped', payload: { qualification: [{ id: '{productOfferingQualification}' }] } },
  'POST /tandem/v1/agreement/:id/version': { access: 'scoped', of: 'agreement' },
  'GET /tandem/v1/deliveryPlan': { access: 'scoped', query: 'productOrder={productOrder}' },
  'GET /tandem/v1/productOrder/:id/cancellationPreview': { access: 'scoped', of: 'productOrder' },
  'GET /tandem/v1/customerBill/:id/document': { access: 'scoped', of: 'customerBill' },
  'GET /tandem/v1/billingAccount/:id/balance': { access: 'scoped', of: 'billingAccount' },
  'GET /tandem/v1/customer360/:id': { access: 'scoped', of: 'individual' },
  'GET /tandem/v1/customer360': { access: 'scoped', query: 'identifier=customerNumber:{customer}' },
  'GET /tandem/v1/customerSearch': { access: 'scoped', query: 'q={individual}' },
  'POST /tandem/v1/customerContact': { access: 'scoped', payload: { customer: { id: '{individual}', '@referredType': 'Individual' }, reason: 'matrix' } },
  'POST /tandem/v1/shoppingCart/:id/item': { access: 'scoped', of: 'shoppingCart', payload: { productOffering: { id: 'none' } } },
  'POST /tandem/v1/shoppingCart/:id/handOver': { access: 'scoped', of: 'shoppingCart' },
  'POST /tandem/v1/shoppingCart/:id/merge': { access: 'scoped', of: 'shoppingCart', payload: { customer: { id: '{individual}' }, strategy: 'merge' } },
  'GET /tandem/v1/shoppingCart/:id/history': { access: 'scoped', of: 'shoppingCart' },
  'GET /tandem/v1/shoppingCart/:id/presence': { access: 'scoped', of: 'shoppingCart' },
  'PUT /tandem/v1/shoppingCart/:id/presence': { access: 'scoped', of: 'shoppingCart', payload: { session: 'matrix' } },
  'GET /tandem/v1/shoppingCart': { access: 'scoped', query: 'customer={individual}' },
  'POST /tandem/v1/cartTakeOver': { access: 'scoped', payload: { code: 'AAA-AAA-AAA' } },
  'GET /tandem/v1/consent': { access: 'scoped', query: 'party={individual}' },
  'POST /tandem/v1/consent': { access: 'scoped', payload: { party: '{individual}', purpose: 'marketing', action: 'revoke' } },
  'POST /tandem/v1/personalDataErasure': { access: 'scoped', payload: { party: '{individual}', reason: 'matrix' } },
  'GET /tandem/v1/personalDataErasure/:id': { access: 'scoped', of: 'individual' },
  'POST /tandem/v1/personalDataErasure/:id/confirm': { access: 'scoped', of: 'individual', payload: {} },
  'POST /tandem/v1/personalDataExport': { access: 'scoped', payload: { party: '{individual}' } },
  'GET /tandem/v1/personalDataExport/:id': { access: 'scoped', of: 'individual' },
  'GET /tandem/v1/personalDataExport/:id/content': { access: 'scoped', of: 'individual' },
  'DELETE /tandem/v1/personalDataExport/:id': { access: 'scoped', of: 'individual' },
}
